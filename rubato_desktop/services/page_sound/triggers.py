"""Plays the loaded sound when a page has loaded, and stops page sounds at any key."""

from __future__ import annotations

from rubato_desktop.events import Event, PageLoaded, Played
from rubato_desktop.services.page_sound import PageSound
from rubato_desktop.settings import Settings


class PageSoundTriggers:
    """Starts and stops page sounds on events.

    Args:
        sound: The page's sound.
        settings: `feedback` says whether pages are heard.
    """

    def __init__(self, sound: PageSound, settings: Settings) -> None:
        self._sound, self._settings = sound, settings

    def listen(self, event: Event) -> None:
        match event:
            case Played(message=message) if message.is_note_on:
                self._sound.stop()
            case PageLoaded(current=True) if self._settings.feedback:
                self._sound.loaded()
