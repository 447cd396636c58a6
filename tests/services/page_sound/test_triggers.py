"""Pages sound when they have loaded, and stop at any key."""

from __future__ import annotations

import pytest

from rubato_desktop.events import Event, PageLoaded, Played
from rubato_desktop.midi.messages import note_off, note_on
from rubato_desktop.services.page_sound.triggers import PageSoundTriggers
from rubato_desktop.settings import Settings

LOADED = PageLoaded(1, "News", "https://example.org/", True)


class RecordedCalls(list[str]):
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
def test_events_start_and_stop_page_sounds(event: Event, feedback: bool, expected: list[str]) -> None:
    calls, settings = RecordedCalls(), Settings()
    settings.feedback = feedback
    PageSoundTriggers(calls, settings).listen(event)  # type: ignore[arg-type]
    assert calls == expected
