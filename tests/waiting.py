"""Waiting for a condition by polling, instead of sleeping for a fixed time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def until(look: Callable[[], Found], what: str = "", *, patience: float = 60.0) -> Found:
    """Poll `look` until it returns a true value, and return that value.

    Args:
        look: The condition; called every 5 ms.
        what: What is awaited, for the failure message.
        patience: Timeout after which the test fails, s.
    """
    deadline = time.monotonic() + patience
    while not (found := look()):
        assert time.monotonic() < deadline, f"timed out after {patience:g} s waiting for {what or look}"
        time.sleep(0.005)
    return found
