"""The process that serves the small model.

It has a process of its own so that its threads never take the interpreter's lock from the keys, and so that what
goes wrong in it ends nothing else. Its token comes in on standard input, where no list of processes shows it; its port
goes out when it is ready; it ends when its input does.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor

from rubato_desktop.ipc.child_process import ChildProcess
from rubato_desktop.services.model.api import Served
from rubato_desktop.services.model.llama import Llama

NICE = 19  # with 10, words waited for it: p99 1.45 ms of the 1 ms they may take, with 19 0.93


def serve(child: ChildProcess) -> None:
    """Serve until the orders end."""
    orders = child.orders()
    token = str(next(orders, ""))
    loading: Future[Llama] = ThreadPoolExecutor(1).submit(Llama)
    served = Served(token, loading.result)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    child.ready(served.port)
    for _ in orders:
        pass


def main() -> None:
    """Run the process."""
    child = ChildProcess(nice=NICE)
    child.run(lambda: serve(child))


if __name__ == "__main__":
    main()
