"""Waiting for what another thread or process does: looking often, never sleeping a guessed while."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def until(look: Callable[[], Found], what: str = "", *, patience: float = 60.0) -> Found:
    """Return what `look` finds as soon as it is true.

    Args:
        look: Called again and again, cheap.
        what: What is waited for, to be said when it does not come.
        patience: Seconds after which the test has failed.
    """
    deadline = time.monotonic() + patience
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited {patience:g} s in vain for {what or look}"
        time.sleep(0.005)
    return found
