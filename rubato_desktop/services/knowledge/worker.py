"""The process that knows: it has the store open, so that Chroma, the embedding and learning disturb no note.

Calls come in on standard input, answers and news go out on standard output, one JSON object a line; it ends when its
input does, or when nobody has asked for a while and nothing is watched.
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

_AFTER_OTHERS: Final = 10  # niceness: keys, sound and the browser first
_AT_ONCE: Final = 4  # calls
_PROGRESS_S: Final = 0.2


class KnowledgeWorker:
    """Answers until its orders end.

    Args:
        child: The way to the program.
        data: The data folder.
        model, ollama_host, chroma_url: As `Store` has them.
        unused_s: Seconds after which it ends of itself when nothing needs it.
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
        self._asked_at = time.monotonic()
        self._told_at = 0.0
        self._calls = 0
        self._counting = threading.Lock()
        self._desk = KnowledgeApi(
            lambda: Store(
                knowledge_folder(data),
                model=model,
                ollama_host=ollama_host,
                chroma_url=chroma_url,
                on_problem=self._problem,
            ),
            on_progress=lambda progress: self._progress(progress.as_json()),
            on_done=lambda said: self._child.report({"done": said.as_json()}),
            on_problem=self._problem,
        )

    def run(self) -> None:
        """Answer until the input ends."""
        threading.Thread(target=self._rest, daemon=True).start()
        self._child.ready()
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            for asked in self._child.orders():
                self._count(1)
                threads.submit(self._answer, **asked)
            threads.shutdown(cancel_futures=True)
        self._desk.close()

    def _answer(self, n: int, call: str, args: Mapping[str, Any]) -> None:
        try:
            if call == "resume":
                self._desk.resume()
                self._child.report({"n": n, "value": None})
            else:
                self._child.report({"n": n, "value": self._desk(call, **args)})
        except RubatoError as problem:
            self._child.report({"n": n, "problem": problem.as_json()})
        except Exception:
            log.exception("a call was not answered: %s", call)
            bug = RubatoError(
                "Something went wrong in what has been learnt",
                kept="Everything else goes on",
                todo="knowledge.log has the details",
                code="bug",
            )
            self._child.report({"n": n, "problem": bug.as_json()})
        finally:
            self._count(-1)

    def _count(self, calls: int) -> None:
        with self._counting:
            self._calls += calls
            self._asked_at = time.monotonic()

    def _rest(self) -> None:
        """Give the memory back when nobody wants anything."""
        while True:
            time.sleep(min(5.0, self._unused_s))
            idle = time.monotonic() - self._asked_at > self._unused_s
            if idle and not self._calls and not self._desk.needed:
                self._child.announce_end()
                self._desk.close()
                self._child.exit()  # the thread that reads orders cannot be woken

    def _progress(self, progress: Mapping[str, Any]) -> None:
        # The end is always told.
        if (now := time.monotonic()) > self._told_at + _PROGRESS_S or not progress["source"]:
            self._told_at = now
            self._child.report({"progress": progress})

    def _problem(self, problem: RubatoError) -> None:
        self._child.report({"problem": problem.as_json()})


def main(arguments: list[str]) -> None:
    """Run the process: DATA MODEL OLLAMA_HOST CHROMA_URL UNUSED_S."""
    child = ChildProcess(nice=_AFTER_OTHERS, output="log")
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    data, model, host, chroma, unused = arguments
    child.run(KnowledgeWorker(child, Path(data), model, host, chroma, float(unused)).run)


if __name__ == "__main__":
    main(sys.argv[1:])
