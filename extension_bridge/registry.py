"""The Windows registry, as far as native hosts need it: one text a key, of this user."""

from __future__ import annotations

import contextlib
import sys
from typing import Protocol


class Registry(Protocol):
    def get(self, key: str) -> str | None:
        """Return a key's text; None when there is no such key."""
        ...

    def set(self, key: str, text: str) -> None: ...

    def remove(self, key: str) -> None:
        """Remove a key; nothing happens when there is none."""
        ...


class NoRegistry:
    """Where there is none."""

    def get(self, key: str) -> str | None:
        return None

    def set(self, key: str, text: str) -> None:
        raise OSError("there is no registry here")

    def remove(self, key: str) -> None:
        pass


def registry() -> Registry:
    """Return this machine's registry."""
    if sys.platform != "win32":
        return NoRegistry()
    import winreg

    class UserRegistry:
        def get(self, key: str) -> str | None:
            try:
                return str(winreg.QueryValue(winreg.HKEY_CURRENT_USER, key))
            except OSError:
                return None

        def set(self, key: str, text: str) -> None:
            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as made:
                winreg.SetValueEx(made, "", 0, winreg.REG_SZ, text)

        def remove(self, key: str) -> None:
            with contextlib.suppress(FileNotFoundError):
                winreg.DeleteKey(winreg.HKEY_CURRENT_USER, key)

    return UserRegistry()
