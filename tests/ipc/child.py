"""Children that behave in one way each: ``python child.py MODE``."""

from __future__ import annotations

import os
import signal
import sys
import time

from rubato_desktop.ipc.child_process import ChildProcess

FOREVER = 600.0


def echo(child: ChildProcess) -> None:
    """Report each order; some make it misbehave."""
    child.ready({"pid": os.getpid()})
    for order in child.orders():
        match order:
            case "raise":
                raise ValueError("the order was to raise")
            case "segfault":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "exit":
                print("out of ideas", file=sys.stderr, flush=True)
                os._exit(3)
            case "announce":
                child.announce_end()
                return
            case "stop reading":
                child.report({"echo": order})
                time.sleep(FOREVER)
            case "close reports":
                os.close(child._reports)
                time.sleep(FOREVER)
            case "junk":
                os.write(child._reports, b'not JSON\n{"half": \n')
            case _:
                child.report({"echo": order})


def hang(_: ChildProcess) -> None:
    """Never become ready."""
    time.sleep(FOREVER)


def late(child: ChildProcess) -> None:
    """Become ready only after a while."""
    time.sleep(0.5)
    echo(child)


def hang_at_end(child: ChildProcess) -> None:
    """Ignore the end of the orders."""
    echo(child)
    child.report({"echo": "no more orders"})
    time.sleep(FOREVER)


def die(_: ChildProcess) -> None:
    """End before it is ready."""
    print("no room", file=sys.stderr, flush=True)
    os._exit(4)


def flood(child: ChildProcess) -> None:
    """Report without end and read nothing."""
    child.ready()
    while True:
        child.report({"echo": "x" * 1000})


MODES = {made.__name__: made for made in (echo, hang, late, hang_at_end, die, flood)}

if __name__ == "__main__":
    this = ChildProcess(output="log")
    this.run(lambda: MODES[sys.argv[1]](this))
