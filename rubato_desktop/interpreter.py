"""How Python itself is set, so that neither the start nor a note waits for it."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

GARBAGE_EVERY = 20_000  # objects; Python's own 700 take a tenth of the start
SWITCH_INTERVAL_S = 0.0005  # how long another thread may keep a note waiting


def settle() -> None:
    """Set what must be set before anything large is imported."""
    gc.set_threshold(GARBAGE_EVERY, 20, 20)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    # The program does no linear algebra: numpy need not start threads for it.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def keep_what_is_loaded() -> None:
    """Never look again for garbage among what is loaded now: languages of many words would hold a note up."""
    gc.collect(1)  # what is young and has gone already is not to be kept
    gc.freeze()


def stand_back() -> None:
    """Let this thread, and those that it starts, run only when nobody else wants the processor.

    On Linux, where a thread can be told so (sched(7), SCHED_IDLE); elsewhere its process is niced, which has to do.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def give_memory_back() -> None:
    """Give free memory back to the system: the C library of Linux would keep a hundred megabytes of it."""
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):  # another C library than glibc
            ctypes.CDLL(None).malloc_trim(0)


def own_process(module: str, arguments: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Return the command and the environment of another process of the program.

    Args:
        module: The module that it runs as a program.
        arguments: What it is given.
    """
    package = str(Path(__file__).parent.parent)
    known = os.environ.get("PYTHONPATH")
    path = os.pathsep.join([package, known] if known else [package])
    return [sys.executable, "-m", module, *arguments], {**os.environ, "PYTHONPATH": path}
