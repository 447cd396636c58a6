"""Where the pianoroll stands: seeking, jumping by words or notes, zooming, playing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rubato_desktop.clock import SECOND, ManualClock
from rubato_desktop.errors import RubatoError
from rubato_desktop.events import Bus, Event, RollMoved, RollOpened
from rubato_desktop.language.results import Understood
from rubato_desktop.midi.notes import Notes
from rubato_desktop.services.roll import NARROWEST, Opened, Roll, Row


class Deck:
    """A deck that stands still: what it was told is all there is to see."""

    def __init__(self) -> None:
        self.at = 0
        self.playing = False
        self.speed = self.level = 0.0

    def load(self, notes: Notes, messages: Sequence[Row]) -> None:
        self.at, self.playing = 0, False

    def play(self) -> None:
        self.playing = True

    def pause(self) -> None:
        self.playing = False

    def seek(self, t: int) -> None:
        self.at = t

    def set_speed(self, speed: float) -> None:
        self.speed = speed

    def set_volume(self, kind: str, level: float) -> None:
        self.level = level

    def position_us(self) -> int:
        return self.at


@pytest.fixture
def deck() -> Deck:
    return Deck()


@pytest.fixture
def heard() -> list[Event]:
    return []


@pytest.fixture
def roll(deck: Deck, heard: list[Event]) -> Roll:
    bus = Bus()
    bus.subscribe(heard.append)
    return Roll(bus, ManualClock(7), deck)


NOTES = Notes.of(
    [(second * SECOND, second * SECOND + 900_000, 0, 0, 60, 80) for second in range(10)], ["piano"]
)
WORDS = tuple(Understood(t * SECOND, t * SECOND, (0, 7, 0), "click", "core", "click") for t in (2, 4, 8))


def test_nothing_open_is_said(roll: Roll) -> None:
    for act in (roll.play, lambda: roll.seek(0), lambda: roll.jump(1)):
        with pytest.raises(RubatoError, match="No recording is open"):
            act()
    assert roll.live and roll.position == 7


def test_a_recording_opens_stopped_at_its_beginning(roll: Roll, heard: list[Event]) -> None:
    roll.open(Opened("a take", NOTES))
    assert (roll.live, roll.position, roll.playing, roll.title) == (False, 0, False, "a take")
    assert heard == [RollOpened(7)]


@pytest.mark.parametrize(
    ("here", "events", "there"), [(0, 1, 2), (2, 1, 4), (3, 1, 4), (3, -1, 2), (9, -1, 8), (0, 9, 8)]
)
def test_jumping_goes_by_words_where_there_are_any(here: int, events: int, there: int, roll: Roll) -> None:
    roll.open(Opened("a take", NOTES, words=WORDS))
    roll.seek(here * SECOND)
    assert roll.jump(events) == there * SECOND


@pytest.mark.parametrize(
    ("here", "events", "there"), [(0, 1, 1), (0, 3, 3), (5, -2, 3), (5, 99, 9), (5, -99, 0)]
)
def test_jumping_goes_by_notes_where_there_are_no_words(
    here: int, events: int, there: int, roll: Roll
) -> None:
    roll.open(Opened("a take", NOTES))
    roll.seek(here * SECOND)
    assert roll.jump(events) == there * SECOND


def test_seeking_stays_within_the_recording(roll: Roll) -> None:
    roll.open(Opened("a take", NOTES))
    roll.skip(-5)
    assert roll.position == 0
    roll.skip(100)
    assert roll.position == NOTES.end


def test_playing_begins_again_at_the_end(roll: Roll, deck: Deck) -> None:
    roll.open(Opened("a take", NOTES))
    roll.seek(NOTES.end)
    roll.play()
    assert deck.playing and deck.at == 0 and deck.speed == 1.0 and deck.level == 0.8
    roll.pause()
    assert not roll.playing


def test_live_and_back(roll: Roll, deck: Deck) -> None:
    roll.open(Opened("a take", NOTES))
    roll.play()
    roll.show_live()
    assert roll.live and not deck.playing
    roll.seek(SECOND)
    assert not roll.live and roll.position == SECOND


def test_zoom_has_ends(roll: Roll, heard: list[Event]) -> None:
    before = roll.span
    roll.zoom(2)
    assert roll.span == before // 2
    for _ in range(40):
        roll.zoom(2)
    assert roll.span == NARROWEST
    assert isinstance(heard[-1], RollMoved)
