"""The process that writes sessions: with a million messages, it would keep the keys waiting for the interpreter.

Each order is a request, a JSON list as in `_answer`. Each is answered by one report: the answer, and what was logged
meanwhile. The process ends when its input does, even in the middle of a request.
"""

from __future__ import annotations

import gc
import io
import logging
import threading
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final, NoReturn

from rubato_desktop.errors import reason
from rubato_desktop.interpreter import give_memory_back
from rubato_desktop.ipc.child_process import ChildProcess

log = logging.getLogger(__name__)

_NICE: Final = 10  # keys and sound first


def _answer(request: list[Any]) -> dict[str, Any]:
    # Imported with the first request: until then this process takes little time and memory.
    from rubato_desktop.services.sessions.outline import Outline
    from rubato_desktop.services.sessions.recovery import recover
    from rubato_desktop.services.sessions.session_writer import keep_recording, keep_since_save

    match request:
        case ["recording", str(data), str(journal), int(id)]:
            return {"folder": str(keep_recording(Path(data), Outline.of(Path(journal)), id).folder)}
        case ["save", str(data), str(journal), int(id)]:
            return {"folder": str(keep_since_save(Path(data), Outline.of(Path(journal)), id).folder)}
        case ["recover", str(data)]:
            notices = [result.notice(0) for result in recover(Path(data))]
            return {
                "notices": [(notice.level, notice.happened, notice.kept, notice.todo) for notice in notices]
            }
    raise ValueError(f"unknown request: {request}")


def _answer_or_failure(request: list[Any]) -> dict[str, Any]:
    try:
        return _answer(request)
    except OSError as error:
        return {"failed": reason(error)}
    except Exception:
        log.exception("a request failed")
        return {"failed": "an internal error; the log has the details"}


def _serve(child: ChildProcess) -> NoReturn:
    """Answer requests for ever; the thread that reads them ends the process."""
    logged = io.StringIO()
    logging.basicConfig(stream=logged, format="%(levelname)s %(name)s: %(message)s")
    requests: SimpleQueue[list[Any]] = SimpleQueue()

    def read() -> None:
        for request in child.orders():
            requests.put(request)

    threading.Thread(target=lambda: child.run(read), daemon=True).start()
    child.ready()
    while True:
        request = requests.get()
        gc.disable()  # a session needs everything it is made of until it is written
        child.report({"answer": _answer_or_failure(request), "log": logged.getvalue()})
        logged.seek(0)
        logged.truncate()
        gc.enable()
        gc.collect()
        give_memory_back()


def main() -> None:
    """Run the process."""
    child = ChildProcess(nice=_NICE)
    child.run(lambda: _serve(child))


if __name__ == "__main__":
    main()
