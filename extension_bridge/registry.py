"""The part of the Windows registry that native hosts need: the default value of keys of this user."""

from __future__ import annotations

import contextlib
import sys
from typing import Protocol


class Registry(Protocol):
    def get(self, key: str) -> str | None:
        """Return a key's value; None when there is no such key."""
        ...

    def set(self, key: str, text: str) -> None: ...

    def remove(self, key: str) -> None:
        """Remove a key; does nothing when it does not exist."""
        ...


class NoRegistry:
    """An empty registry, for systems without one."""

    def get(self, key: str) -> str | None:
        return None

    def set(self, key: str, text: str) -> None:
        raise OSError("this system has no registry")

    def remove(self, key: str) -> None:
        pass


def registry() -> Registry:
    """Return the registry of this machine."""
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
            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as handle:
                winreg.SetValueEx(handle, "", 0, winreg.REG_SZ, text)

        def remove(self, key: str) -> None:
            with contextlib.suppress(FileNotFoundError):
                winreg.DeleteKey(winreg.HKEY_CURRENT_USER, key)

    return UserRegistry()
