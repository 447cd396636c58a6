"""The process that serves the small model.

It has a process of its own so that its threads never take the interpreter's lock from the keys, and so that what
goes wrong in it ends nothing else. Its token comes in on standard input, where no list of processes shows it; its port
goes out on standard output as one line of JSON; it ends when its input does.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor

from rubato_desktop.services.model.api import Served
from rubato_desktop.services.model.llama import Llama

NICE = 19  # with 10, words waited for it: p99 1.45 ms of the 1 ms they may take, with 19 0.93


def main() -> None:
    """Serve until standard input ends."""
    # Ctrl-C in a terminal goes to every process there; this one ends when its input does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(AttributeError, OSError):
        os.nice(NICE)
    reports = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # llama.cpp prints what it pleases.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    token = sys.stdin.readline().strip()
    loading: Future[Llama] = ThreadPoolExecutor(1).submit(Llama)
    served = Served(token, loading.result)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    print(json.dumps({"port": served.port}), file=reports, flush=True)
    while sys.stdin.read(1):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
