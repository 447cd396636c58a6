"""The child's side of a managed process: start-up, reports, orders and exit."""

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

_LONGEST_BUG: Final = 400  # characters; the frames of the sound process hold no more


class ChildProcess:
    """The child's side of a `ManagedProcess`. Reports go to standard output, which nothing else may use.

    Args:
        nice: Nice value, 0 to 19.
        output: Where to redirect libraries that print to standard output.
        encode: Encodes a report.
    """

    def __init__(
        self,
        *,
        nice: int = 0,
        output: Literal["nowhere", "log"] = "nowhere",
        encode: Callable[[Mapping[str, Any]], bytes] = json_line,
    ) -> None:
        # Ctrl-C in a terminal reaches all its processes; this one ends when its input ends.
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
        """Send a report; if the parent has ended, it is lost."""
        data = self._encode(report)
        with self._sending, contextlib.suppress(OSError):
            while data:
                data = data[os.write(self._reports, data) :]

    def ready(self, value: Any = True) -> None:
        """Report that the process is ready for orders.

        Args:
            value: A value for the parent.
        """
        self.report({"ready": value})

    def announce_end(self) -> None:
        """Report that the process ends of its own accord: further orders go to a new run."""
        self.report({"ending": True})

    def report_bug(self) -> None:
        """Report the exception that is being handled."""
        traceback.print_exc()
        self.report({"bug": traceback.format_exc()[-_LONGEST_BUG:]})

    def orders(self) -> Iterator[Any]:
        """Yield the parent's orders, one JSON value per line, until the input ends."""
        for line in sys.stdin.buffer:
            yield json.loads(line)

    def run(self, work: Callable[[], None]) -> NoReturn:
        """Call `work` and exit: with code 0, or 1 after an exception."""
        try:
            work()
        except BaseException:
            self.report_bug()
            self.exit(1)
        self.exit(0)

    def exit(self, code: int = 0, *, after_s: float = 0.0) -> NoReturn:
        """Exit at once; Python's regular exit may wait for a device or server that no longer responds.

        Args:
            code: Exit code.
            after_s: Seconds to wait first, for cleanup on another thread.
        """
        time.sleep(after_s)
        with contextlib.suppress(Exception):
            sys.stderr.flush()
        os._exit(code)
