"""The process that makes sessions: a million messages would keep the keys waiting for the interpreter.

Each line of standard input is a request, a JSON list as in `_answer`; each is answered by one line of JSON on standard
output, with what was logged meanwhile as ``log``. It ends when its input does, whatever it is doing then.
"""

from __future__ import annotations

import gc
import io
import json
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final

from rubato_desktop.interpreter import give_memory_back

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
            notices = [found.notice(0) for found in recover(Path(data))]
            return {"notices": [(said.level, said.happened, said.kept, said.todo) for said in notices]}
    raise ValueError(f"unknown request: {request}")


def _answer_or_failure(request: list[Any]) -> dict[str, Any]:
    try:
        return _answer(request)
    except OSError as error:
        return {"failed": error.strerror or str(error)}
    except Exception:
        log.exception("a bug in making a session")
        return {"failed": "a bug; the log has the details"}


def _read(requests: SimpleQueue[bytes]) -> None:
    for line in sys.stdin.buffer:
        requests.put(line)
    os._exit(0)


def main() -> None:
    """Answer requests until standard input ends."""
    # Ctrl-C in a terminal reaches every process there; this one finishes its session.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_NICE)
    logged = io.StringIO()
    logging.basicConfig(stream=logged, format="%(levelname)s %(name)s: %(message)s")
    requests: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_read, args=(requests,), daemon=True).start()
    while True:
        request = json.loads(requests.get())
        gc.disable()  # all that a session is made of is needed until it is written
        answer = _answer_or_failure(request)
        print(json.dumps({**answer, "log": logged.getvalue()}), flush=True)
        logged.seek(0)
        logged.truncate()
        gc.enable()
        gc.collect()
        give_memory_back()


if __name__ == "__main__":
    main()
