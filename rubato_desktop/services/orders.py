"""Orders to a process of the program's own: lines on its standard input, and what it says of its faults in a file."""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Final

_LARGEST_LOG: Final = 1_000_000  # bytes; then it begins anew


def hand_on(process: subprocess.Popen[bytes], orders: SimpleQueue[bytes | None]) -> None:
    """Write orders on a thread of its own, until None: who gives them never waits for the one who takes them."""
    assert process.stdin is not None
    with contextlib.suppress(OSError), process.stdin:  # one that has ended takes no orders
        while (order := orders.get()) is not None:
            process.stdin.write(order)
            process.stdin.flush()


def fault_log(path: Path) -> IO[bytes]:
    """Open the file for what a process says of its faults; those of the process before it stay."""
    with contextlib.suppress(OSError):
        if path.stat().st_size > _LARGEST_LOG:
            path.unlink()
    return path.open("ab")
