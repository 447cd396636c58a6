"""The pianoroll's state: seeking, jumping by words or notes, zooming, playing, iterations."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rubato_desktop.clock import SECOND, ManualClock
from rubato_desktop.errors import RubatoError
from rubato_desktop.events import Bus, Event, RollMoved, RollOpened
from rubato_desktop.language.results import RecognisedWord
from rubato_desktop.midi.notes import Notes
from rubato_desktop.services.roll.iterations import Iteration, Span
from rubato_desktop.services.roll.overlay import Overlay
from rubato_desktop.services.roll.recording import OpenRecording, Row, Stretch
from rubato_desktop.services.roll.state import NARROWEST, RollState


class Deck:
    """A deck whose time stands still, and which stores what it was told."""

    def __init__(self) -> None:
        self.at = 0
        self.playing = False
        self.speed = self.level = 0.0
        self.skipped: list[Span] = []

    def load(self, notes: Notes, messages: Sequence[Row], skipped: Sequence[Span]) -> None:
        self.at, self.playing = 0, False
        self.skipped = list(skipped)

    def skip(self, stretches: Sequence[Span]) -> None:
        self.skipped = list(stretches)

    def play(self) -> None:
        self.playing = True

    def pause(self) -> None:
        self.playing = False

    def seek(self, t: int) -> None:
        self.at = t

    def set_speed(self, speed: float) -> None:
        self.speed = speed

    def set_volume(self, level: float) -> None:
        self.level = level

    def position_us(self) -> int:
        return self.at


@pytest.fixture
def deck() -> Deck:
    return Deck()


@pytest.fixture
def published() -> list[Event]:
    return []


@pytest.fixture
def roll(deck: Deck, published: list[Event]) -> RollState:
    bus = Bus()
    bus.subscribe(published.append)
    return RollState(bus, ManualClock(7), deck)


NOTES = Notes.of(
    [(second * SECOND, second * SECOND + 900_000, 0, 0, 60, 80) for second in range(10)], ["piano"]
)
WORDS = tuple(RecognisedWord(t * SECOND, t * SECOND, (0, 7, 0), "click", "core", "click") for t in (2, 4, 8))


def test_commands_without_a_recording_are_refused(roll: RollState) -> None:
    for act in (roll.play, lambda: roll.seek(0), lambda: roll.jump(1)):
        with pytest.raises(RubatoError, match="No recording is open"):
            act()
    assert roll.live and roll.position == 7


def test_a_recording_opens_stopped_at_its_beginning(roll: RollState, published: list[Event]) -> None:
    roll.open(OpenRecording("a take", NOTES))
    assert (roll.live, roll.position, roll.playing, roll.title) == (False, 0, False, "a take")
    assert published == [RollOpened(7)]


@pytest.mark.parametrize(
    ("here", "events", "there"), [(0, 1, 2), (2, 1, 4), (3, 1, 4), (3, -1, 2), (9, -1, 8), (0, 9, 8)]
)
def test_jumping_moves_by_words_if_there_are_any(here: int, events: int, there: int, roll: RollState) -> None:
    roll.open(OpenRecording("a take", NOTES, words=WORDS))
    roll.seek(here * SECOND)
    assert roll.jump(events) == there * SECOND


@pytest.mark.parametrize(
    ("here", "events", "there"), [(0, 1, 1), (0, 3, 3), (5, -2, 3), (5, 99, 9), (5, -99, 0)]
)
def test_jumping_moves_by_notes_if_there_are_no_words(
    here: int, events: int, there: int, roll: RollState
) -> None:
    roll.open(OpenRecording("a take", NOTES))
    roll.seek(here * SECOND)
    assert roll.jump(events) == there * SECOND


def test_seeking_stays_within_the_recording(roll: RollState) -> None:
    roll.open(OpenRecording("a take", NOTES))
    roll.skip(-5)
    assert roll.position == 0
    roll.skip(100)
    assert roll.position == NOTES.end


def test_playing_at_the_end_starts_from_the_beginning(roll: RollState, deck: Deck) -> None:
    roll.open(OpenRecording("a take", NOTES))
    roll.seek(NOTES.end)
    roll.play()
    assert deck.playing and deck.at == 0 and deck.speed == 1.0 and deck.level == 0.8
    roll.pause()
    assert not roll.playing


def test_live_and_back(roll: RollState, deck: Deck) -> None:
    roll.open(OpenRecording("a take", NOTES))
    roll.play()
    roll.show_live()
    assert roll.live and not deck.playing
    roll.seek(SECOND)
    assert not roll.live and roll.position == SECOND


def test_zoom_is_limited(roll: RollState, published: list[Event]) -> None:
    before = roll.span
    roll.zoom(2)
    assert roll.span == before // 2
    for _ in range(40):
        roll.zoom(2)
    assert roll.span == NARROWEST
    assert isinstance(published[-1], RollMoved)


TAKES = OpenRecording(
    "takes", NOTES, marked=((1 * SECOND, "start"), (3 * SECOND, "end"), (4 * SECOND, "start"))
)


def test_pauses_are_skipped_until_that_is_switched_off(roll: RollState, deck: Deck) -> None:
    pause = Stretch(2 * SECOND, 4 * SECOND, "pause", "recording was paused")
    remark = Stretch(5 * SECOND, 6 * SECOND, "remark", "remark")
    roll.open(OpenRecording("a take", NOTES, stretches=(pause, remark)))
    assert deck.skipped == [(2 * SECOND, 4 * SECOND)]
    roll.set_skip_pauses(False)
    assert deck.skipped == []
    roll.open(OpenRecording("a take", NOTES, stretches=(pause,)))
    assert deck.skipped == []
    roll.set_skip_pauses(True)
    assert deck.skipped == [(2 * SECOND, 4 * SECOND)]


def test_iterations_can_be_stacked_if_there_are_any(roll: RollState) -> None:
    roll.open(OpenRecording("a take", NOTES))
    with pytest.raises(RubatoError, match="a take has no iterations"):
        roll.stack(True)
    roll.open(TAKES.laid(Overlay()))
    roll.stack(True)
    assert roll.stacked
    roll.lay(Overlay())
    assert roll.stacked and roll.iterations == (
        Iteration(SECOND, 3 * SECOND),
        Iteration(4 * SECOND, NOTES.end),
    )
    roll.open(OpenRecording("another", NOTES))
    assert not roll.stacked


def test_marks_of_the_overlay_count_with_those_of_the_recording() -> None:
    laid = TAKES.laid(Overlay(edges=((5 * SECOND, "end"), (7 * SECOND, "start"))))
    assert [one.t for one in laid.iterations] == [1 * SECOND, 4 * SECOND, 7 * SECOND]
    assert [one.end for one in laid.iterations] == [3 * SECOND, 5 * SECOND, NOTES.end]


def test_without_marks_the_takes_lie_between_remarks() -> None:
    remark = Stretch(3_500_000, 6_500_000, "remark", "remark")
    pause = Stretch(8_500_000, 9_000_000, "pause", "recording was paused")
    laid = OpenRecording("a take", NOTES, stretches=(remark, pause)).laid(Overlay())
    assert laid.iterations == (Iteration(0, 3_500_000), Iteration(7 * SECOND, NOTES.end))
    assert OpenRecording("a take", NOTES, stretches=(pause,)).laid(Overlay()).iterations == ()


@pytest.mark.parametrize(
    ("here", "by", "there"),
    [(1.5, 1, 4.5), (4.5, -1, 1.5), (9.0, -1, 2.999_999), (3.5, 1, 4.0), (3.5, -1, 1.0)],
)
def test_changing_the_iteration_keeps_the_position_within_it(
    here: float, by: int, there: float, roll: RollState
) -> None:
    roll.open(TAKES.laid(Overlay()))
    roll.seek(round(here * SECOND))
    roll.change_iteration(by)
    assert roll.position == there * SECOND


def test_there_is_no_iteration_before_the_first_or_after_the_last(roll: RollState) -> None:
    roll.open(TAKES.laid(Overlay()))
    roll.go_to_iteration(2)
    assert (roll.position, roll.iteration) == (4 * SECOND, 1)
    for act in (
        lambda: roll.change_iteration(1),
        lambda: roll.go_to_iteration(3),
        lambda: roll.go_to_iteration(0),
    ):
        with pytest.raises(RubatoError):
            act()
    assert roll.position == 4 * SECOND
