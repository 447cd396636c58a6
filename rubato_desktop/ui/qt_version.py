"""Whether Qt loads here, and which: for `rubato doctor`."""

from __future__ import annotations

import sys

from rubato_desktop.errors import RubatoError


def qt_version() -> str:
    """Return Qt's version.

    Raises:
        RubatoError: it does not load, or is one that is broken on this Python.
    """
    try:
        from PySide6 import __version__
        from PySide6.QtWidgets import QApplication  # noqa: F401 (loads the libraries that may be missing)
    except ImportError as error:
        raise RubatoError(
            f"Qt does not load: {error}", todo="Run ./run once: it installs what Qt needs"
        ) from None
    if __version__.startswith("6.12.") and sys.version_info < (3, 12):
        raise RubatoError(
            f"Qt {__version__} is broken on Python before 3.12", todo="Run ./run once: it installs Qt 6.11"
        )
    return str(__version__)
