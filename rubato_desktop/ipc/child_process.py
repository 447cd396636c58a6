"""A child process of the program as seen from inside: what every one of them does alike."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, NoReturn

from rubato_desktop.ipc.framing import json_line

_LONGEST_BUG: Final = 400  # characters: a frame of the sound holds no more


class ChildProcess:
    """The child's end of a `ManagedProcess`. Reports go out on standard output, which nothing else may use.

    Args:
        nice: How far it steps back behind other processes, 0 to 19.
        output: Where libraries that print to standard output print to.
        encode: Makes bytes of a report.
    """

    def __init__(
        self,
        *,
        nice: int = 0,
        output: Literal["nowhere", "log"] = "nowhere",
        encode: Callable[[Mapping[str, Any]], bytes] = json_line,
    ) -> None:
        # Ctrl-C in a terminal reaches every process there; this one ends when its input does.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if nice and hasattr(os, "nice"):
            with contextlib.suppress(OSError):
                os.nice(nice)
        self._encode = encode
        self._reports = os.dup(1)
        self._sending = threading.Lock()
        if output == "log":
            os.dup2(2, 1)
        else:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.close(nowhere)

    def report(self, report: Mapping[str, Any]) -> None:
        """Send a report, whole; without a parent it is lost."""
        data = self._encode(report)
        with self._sending, contextlib.suppress(OSError):
            while data:
                data = data[os.write(self._reports, data) :]

    def ready(self, value: Any = True) -> None:
        """Report that orders are taken from now on.

        Args:
            value: What the parent has to know.
        """
        self.report({"ready": value})

    def announce_end(self) -> None:
        """Report that it ends by itself: it is no fault, and another run takes the orders that follow."""
        self.report({"ending": True})

    def report_bug(self) -> None:
        """Report the exception that is being handled."""
        traceback.print_exc()
        self.report({"bug": traceback.format_exc()[-_LONGEST_BUG:]})

    def orders(self) -> Iterator[Any]:
        """Yield what the parent sends, one JSON value a line, until it sends no more."""
        for line in sys.stdin.buffer:
            yield json.loads(line)

    def run(self, work: Callable[[], None]) -> NoReturn:
        """Do the work and end; the exit code says whether it went well."""
        try:
            work()
        except BaseException:
            self.report_bug()
            self.exit(1)
        self.exit(0)

    def exit(self, code: int = 0, *, after_s: float = 0.0) -> NoReturn:
        """End at once; Python's own end may wait for a device or a server that no longer answers.

        Args:
            code: Exit code.
            after_s: Seconds to leave to an orderly end on another thread.
        """
        time.sleep(after_s)
        with contextlib.suppress(Exception):
            sys.stderr.flush()
        os._exit(code)
