"""Settings of the Python interpreter that keep start-up and notes fast."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

GARBAGE_EVERY = 20_000  # objects; with Python's default of 700, collecting takes a tenth of the start-up time
SWITCH_INTERVAL_S = 0.0005  # how long another thread may delay a note


def settle() -> None:
    """Apply the settings that must be in place before anything large is imported."""
    gc.set_threshold(GARBAGE_EVERY, 20, 20)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    # The program does no linear algebra: numpy need not start threads for it.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def keep_what_is_loaded() -> None:
    """Exclude everything loaded so far from garbage collection: scanning large languages would delay a note."""
    gc.collect(1)  # do not freeze garbage
    gc.freeze()


def stand_back() -> None:
    """Run this thread, and those it starts, only when the processor is otherwise idle.

    Linux only (sched(7), SCHED_IDLE); on other systems the nice value of the process has to do.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def give_memory_back() -> None:
    """Return free memory to the system: glibc would keep a hundred megabytes of it."""
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):  # not glibc
            ctypes.CDLL(None).malloc_trim(0)


def own_process(module: str, arguments: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Return the command line and environment of a child process that runs a module of the program.

    Args:
        module: The module it runs (``python -m``).
        arguments: Its command-line arguments.
    """
    package = str(Path(__file__).parent.parent)
    known = os.environ.get("PYTHONPATH")
    path = os.pathsep.join([package, known] if known else [package])
    return [sys.executable, "-m", module, *arguments], {**os.environ, "PYTHONPATH": path}
