"""A page is heard by itself when it has loaded, and falls silent at any key."""

from __future__ import annotations

import pytest

from rubato_desktop.events import Event, PageLoaded, Played
from rubato_desktop.midi.messages import note_off, note_on
from rubato_desktop.services.page_sound.triggers import PageSoundTriggers
from rubato_desktop.settings import Settings

LOADED = PageLoaded(1, "News", "https://example.org/", True)


class Heard(list[str]):
    def stop(self) -> None:
        self.append("stop")

    def loaded(self) -> None:
        self.append("loaded")


@pytest.mark.parametrize(
    ("event", "feedback", "expected"),
    [
        (LOADED, True, ["loaded"]),
        (LOADED, False, []),
        (PageLoaded(1, "News", "https://example.org/", False), True, []),
        (Played(1, note_on(1, "controller", 60), 12), True, ["stop"]),
        (Played(1, note_on(1, "controller", 20), None), True, ["stop"]),
        (Played(1, note_off(1, "controller", 60), 12), True, []),
    ],
)
def test_what_makes_a_page_sound_and_what_stops_it(event: Event, feedback: bool, expected: list[str]) -> None:
    heard, settings = Heard(), Settings()
    settings.feedback = feedback
    PageSoundTriggers(heard, settings).listen(event)  # type: ignore[arg-type]
    assert heard == expected
