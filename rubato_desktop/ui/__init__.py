"""The window. Qt lives here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rubato_desktop.engine import Engine


def run_window(engine: Engine, shown: Callable[[], None] = lambda: None) -> int:
    """Show the window of a running engine until it ends; returns the exit code. `shown` is called when it is there."""
    # Qt is loaded only when a window is wanted: reading this package must stay cheap.
    from rubato_desktop.ui.application import run_window as run

    return run(engine, shown)
