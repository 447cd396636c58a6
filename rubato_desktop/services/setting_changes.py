"""Changing a setting: writes the file and publishes the change."""

from __future__ import annotations

from typing import Any

from rubato_desktop.errors import RubatoError, reason
from rubato_desktop.events import Bus, Notice, SettingChanged
from rubato_desktop.settings import SettingsFile


def change_setting(settings: SettingsFile, bus: Bus, t: int, name: str, value: Any) -> None:
    """Change a setting. An invalid value, or a file that cannot be written, is reported as a notice.

    Args:
        settings: The settings; they change even if the file cannot be written.
        bus: Carries `SettingChanged`, unless the value is refused.
        t: Time of the change, µs.
        name: Name of the setting.
        value: Its new value.
    """
    try:
        stored = settings.set(name, value)
    except RubatoError as error:
        bus.publish(Notice(t, "warning", error.happened, error.kept, error.todo))
        return
    except OSError as error:
        happened = f"The settings could not be written: {reason(error)}"
        bus.publish(Notice(t, "warning", happened, f"The new value of {name} is used until the program ends"))
        stored = getattr(settings.values, name)
    bus.publish(SettingChanged(t, name, stored))
