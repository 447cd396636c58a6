"""Changes of settings: written to their file, and told to everybody."""

from __future__ import annotations

from typing import Any

from rubato_desktop.errors import RubatoError
from rubato_desktop.events import Bus, Notice, SettingChanged
from rubato_desktop.settings import SettingsFile


def change_setting(settings: SettingsFile, bus: Bus, t: int, name: str, value: Any) -> None:
    """Change a setting; what is wrong with it, or with its file, is a notice.

    Args:
        settings: The settings; changed also where the file cannot be written.
        bus: Carries `SettingChanged`, unless the value is refused.
        t: µs of the change.
        name: The setting.
        value: Its new value.
    """
    try:
        kept = settings.set(name, value)
    except RubatoError as error:
        bus.publish(Notice(t, "warning", error.happened, error.kept, error.todo))
        return
    except OSError as error:
        happened = f"The settings could not be written: {error.strerror}"
        bus.publish(Notice(t, "warning", happened, f"{name} holds until the program ends"))
        kept = getattr(settings.values, name)
    bus.publish(SettingChanged(t, name, kept))
