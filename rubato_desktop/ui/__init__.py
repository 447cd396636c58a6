"""The window: the only part of the program that uses Qt."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rubato_desktop.engine import Engine


def run_window(engine: Engine, on_shown: Callable[[], None] = lambda: None) -> int:
    """Show the window of a running engine until it is closed.

    Args:
        engine: The engine.
        on_shown: Called once the window is on the screen.

    Returns:
        The exit code.
    """
    # Importing this package must not load Qt, which takes long.
    from rubato_desktop.ui.application import run_window as run

    return run(engine, on_shown)
