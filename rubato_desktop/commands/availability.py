"""Which of the parts that commands need are available, and why one is not. Read from the services on each call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from rubato_desktop.commands.context import Services
from rubato_desktop.commands.registry import NEEDS
from rubato_desktop.errors import RubatoError


def present(services: Services, name: str) -> bool:
    """Return whether a part is available.

    Args:
        services: The services of the run.
        name: A key of `NEEDS`.

    Raises:
        RubatoError: It is not available, and the reason is known.
    """
    check = _CHECKS.get(name)  # None for a part that does not exist yet
    return check is not None and check(services)


def absent(services: Services) -> dict[str, RubatoError | None]:
    """Return the parts that are not available: a key of `NEEDS` → the reason, or None where it is not known."""
    reasons: dict[str, RubatoError | None] = {}
    for name in NEEDS:
        try:
            if not present(services, name):
                reasons[name] = None
        except RubatoError as error:
            reasons[name] = error
    return reasons


def _browser(services: Services) -> bool:
    browser = services.browser
    if browser is not None and not browser.connected and browser.problem is not None:
        raise browser.problem
    return browser is not None and browser.connected


def _window(services: Services) -> bool:
    return bool(services.state.panels)


def _sound(services: Services) -> bool:
    sound = services.sound
    if sound.silent:
        raise RubatoError("Sound is off", todo="Turn it on in the settings (sound)", code="sound_off")
    if sound.problem is not None:
        raise sound.problem
    return bool(sound.output)


def _speech(services: Services) -> bool:
    from rubato_desktop.services.voice.voices import choose_voice

    choose_voice(services.data, services.settings.values.voice)
    return _sound(services)


def _hearing(services: Services) -> bool:
    from rubato_desktop.services.hearing.models import choose_model

    if services.hearing is None:
        return False
    choose_model(services.data, services.settings.values.hearing_model)
    # A missing microphone only shows when listening starts.
    if services.state.hearing_problem is not None:
        raise services.state.hearing_problem
    return True


_CHECKS: Final[Mapping[str, Callable[[Services], bool]]] = {
    "browser": _browser,
    "window": _window,
    "sound": _sound,
    "speech": _speech,
    "hearing": _hearing,
    "knowledge": lambda services: services.knowledge is not None,
    "model": lambda services: services.answers is not None,
}
