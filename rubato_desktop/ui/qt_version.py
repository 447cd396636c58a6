"""Qt's version, and whether it loads, for `rubato doctor`."""

from __future__ import annotations

import sys

from rubato_desktop.errors import RubatoError


def qt_version() -> str:
    """Return Qt's version.

    Raises:
        RubatoError: it cannot be loaded, or is a version that is broken on this Python.
    """
    try:
        from PySide6 import __version__
        from PySide6.QtWidgets import QApplication  # noqa: F401 (loads the libraries that may be missing)
    except ImportError as error:
        raise RubatoError(
            f"Cannot load Qt: {error}", todo="Run ./run once to install what Qt needs"
        ) from None
    if __version__.startswith("6.12.") and sys.version_info < (3, 12):
        raise RubatoError(
            f"Qt {__version__} is broken on Python before 3.12", todo="Run ./run once to install Qt 6.11"
        )
    return str(__version__)
