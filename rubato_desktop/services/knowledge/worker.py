"""The knowledge process: has the store open, so that Chroma, embedding and learning do not delay any note.

It reads calls from standard input and writes results and events to standard output, one JSON object per line. It ends
with its input, or when it has been idle for a while and watches no folder.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from rubato_desktop.errors import RubatoError
from rubato_desktop.ipc.child_process import ChildProcess
from rubato_desktop.services.knowledge import knowledge_folder
from rubato_desktop.services.knowledge.api import KnowledgeApi
from rubato_desktop.services.knowledge.store import Store

log = logging.getLogger(__name__)

_NICE: Final = 10  # below keys, sound and the browser
_CALL_THREADS: Final = 4
_PROGRESS_INTERVAL_S: Final = 0.2


class KnowledgeWorker:
    """Executes calls until the input ends.

    Args:
        child: The connection to the program.
        data: The data folder.
        model, ollama_host, chroma_url: Arguments of `Store`.
        unused_s: Idle time after which the process ends, in seconds.
    """

    def __init__(
        self,
        child: ChildProcess,
        data: Path,
        model: str,
        ollama_host: str,
        chroma_url: str,
        unused_s: float,
    ) -> None:
        self._child = child
        self._unused_s = unused_s
        self._last_call_at = time.monotonic()
        self._progress_at = 0.0
        self._running = 0  # calls
        self._count_lock = threading.Lock()
        self._api = KnowledgeApi(
            lambda: Store(
                knowledge_folder(data),
                model=model,
                ollama_host=ollama_host,
                chroma_url=chroma_url,
                on_problem=self._report_problem,
            ),
            on_progress=lambda progress: self._report_progress(progress.as_json()),
            on_done=lambda result: self._child.report({"done": result.as_json()}),
            on_problem=self._report_problem,
        )

    def run(self) -> None:
        """Execute calls until the input ends."""
        threading.Thread(target=self._exit_when_idle, daemon=True).start()
        self._child.ready()
        with ThreadPoolExecutor(_CALL_THREADS) as threads:
            for order in self._child.orders():
                self._count(1)
                threads.submit(self._execute, **order)
            threads.shutdown(cancel_futures=True)
        self._api.close()

    def _execute(self, n: int, call: str, args: Mapping[str, Any]) -> None:
        try:
            if call == "resume":
                self._api.resume()
                self._child.report({"n": n, "value": None})
            else:
                self._child.report({"n": n, "value": self._api(call, **args)})
        except RubatoError as problem:
            self._child.report({"n": n, "problem": problem.as_json()})
        except Exception:
            log.exception("the call %s failed", call)
            bug = RubatoError(
                "Internal error in the knowledge process",
                kept="Everything else keeps running",
                todo="See knowledge.log for details",
                code="bug",
            )
            self._child.report({"n": n, "problem": bug.as_json()})
        finally:
            self._count(-1)

    def _count(self, calls: int) -> None:
        with self._count_lock:
            self._running += calls
            self._last_call_at = time.monotonic()

    def _exit_when_idle(self) -> None:
        """End the process when it is idle, to free its memory."""
        while True:
            time.sleep(min(5.0, self._unused_s))
            idle = time.monotonic() - self._last_call_at > self._unused_s
            if idle and not self._running and not self._api.needed:
                self._child.announce_end()
                self._api.close()
                self._child.exit()  # the thread that reads the input cannot be woken

    def _report_progress(self, progress: Mapping[str, Any]) -> None:
        # The end is always reported.
        if (now := time.monotonic()) > self._progress_at + _PROGRESS_INTERVAL_S or not progress["source"]:
            self._progress_at = now
            self._child.report({"progress": progress})

    def _report_problem(self, problem: RubatoError) -> None:
        self._child.report({"problem": problem.as_json()})


def main(arguments: list[str]) -> None:
    """Run the process: DATA MODEL OLLAMA_HOST CHROMA_URL UNUSED_S."""
    child = ChildProcess(nice=_NICE, output="log")
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    data, model, host, chroma, unused = arguments
    child.run(KnowledgeWorker(child, Path(data), model, host, chroma, float(unused)).run)


if __name__ == "__main__":
    main(sys.argv[1:])
