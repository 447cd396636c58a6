"""The process that serves the small model.

It is a process of its own so that its threads never hold the interpreter lock while keys wait for it, and so that a
crash ends nothing else. It receives its token on standard input, where no process list shows it, and reports its port
when it is ready. It ends when its input does.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor

from rubato_desktop.ipc.child_process import ChildProcess
from rubato_desktop.services.model.api import ModelServer
from rubato_desktop.services.model.llama import Llama

NICE = 19  # the latency of keys may be 1 ms at p99: at 10 it is 1.45 ms, at 19 it is 0.93 ms


def serve(child: ChildProcess) -> None:
    """Serve until the input ends."""
    orders = child.orders()
    token = str(next(orders, ""))
    loading: Future[Llama] = ThreadPoolExecutor(1).submit(Llama)
    server = ModelServer(token, loading.result)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    child.ready(server.port)
    for _ in orders:
        pass


def main() -> None:
    """Run the process."""
    child = ChildProcess(nice=NICE)
    child.run(lambda: serve(child))


if __name__ == "__main__":
    main()
