"""The lines of the log."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QAbstractItemModelTester

from rubato_desktop.events import CommandDone, Notice, Result, WordHeard, WordMissed
from rubato_desktop.language.results import RecognisedWord, RejectedRun
from rubato_desktop.ui.accessibility.announce import announcement
from rubato_desktop.ui.panels.word_log import CAPACITY, LogModel
from rubato_desktop.ui.panels.word_log_lines import (
    Line,
    clock,
    duration,
    missed_line,
    notice_line,
    values,
    with_result,
    word_line,
)

TAB = RecognisedWord(4_000_000, 5_000_000, (12, 7, 12, 14, 15, 12), "tab", "core", "tab", {"number": 12})
RECOGNISED = WordHeard(5_000_000, TAB, 9)
NEAR = (((0, 7, 0), "click", "core"),)


def test_a_line_has_the_words_values_and_keys() -> None:
    line = word_line(RECOGNISED, {})
    assert (line.title, line.keys, line.mood) == ("tab 12", "12 7 12 14 15 12", "waiting")


def test_arguments_that_the_word_itself_sets_are_not_shown() -> None:
    assert word_line(RECOGNISED, {"number": 12}).title == "tab"


# status, text → outcome, mood
RESULTS = [
    (Result(9, "tab", {}, "ok", text="Tab 12", elapsed_ms=21.4), "21 ms", "ok"),
    (Result(9, "tab", {}, "refused", text="needs the browser"), "refused", "refused"),
    (Result(9, "tab", {}, "failed", text="no such tab"), "failed", "failed"),
    (Result(9, "tab", {}, "timeout", text="no answer"), "timeout", "failed"),
]


@pytest.mark.parametrize(("result", "outcome", "mood"), RESULTS)
def test_a_line_takes_its_result(result: Result, outcome: str, mood: str) -> None:
    line = with_result(word_line(RECOGNISED, {}), result)
    assert (line.outcome, line.mood, line.detail) == (outcome, mood, result.text)


# reason, nearest → title, detail
MISSED = [
    ("unknown", NEAR, "not a word", "did you mean: click 0 7 0"),
    ("unknown", (), "not a word", "no word has these keys"),
    ("lapsed", (), "timed out", "you stopped before the word was complete"),
    ("erased", (), "erased", "you cancelled it"),
]


@pytest.mark.parametrize(("reason", "nearest", "title", "detail"), MISSED)
def test_the_line_of_a_run_that_is_no_word_says_why(
    reason: str, nearest: tuple, title: str, detail: str
) -> None:  # type: ignore[type-arg]
    line = missed_line(WordMissed(0, RejectedRun(0, 1, (0, 8, 0), reason), nearest))  # type: ignore[arg-type]
    assert (line.title, line.keys, line.detail) == (title, "0 8 0", detail)


def test_a_notice_has_a_line() -> None:
    line = notice_line(Notice(7, "warning", "The disk is full", "Nothing is lost", "Make room"))
    assert (line.title, line.outcome, line.detail) == (
        "The disk is full",
        "warning",
        "Nothing is lost. Make room.",
    )


def test_the_newest_line_is_first_and_the_oldest_is_dropped(qapp: object) -> None:
    model = LogModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for n in range(CAPACITY + 5):
        model.add(Line(n, str(n), "", "", "", "ok"))
    assert model.rowCount() == CAPACITY
    assert model.lines[0].title == str(CAPACITY + 4)
    assert model.index(CAPACITY - 1).data() is not None


def test_a_result_finds_its_line_among_others(qapp: object) -> None:
    model = LogModel()
    model.add(word_line(RECOGNISED, {}))
    model.add(Line(6, "later", "", "", "", "waiting", id=10))
    model.add_result(RESULTS[0][0])
    assert [line.mood for line in model.lines] == ["waiting", "ok"]


@pytest.mark.parametrize(("t", "shown"), [(0, "0:00"), (65_400_000, "1:05"), (3_725_000_000, "1:02:05")])
def test_times_are_written_as_people_write_them(t: int, shown: str) -> None:
    assert clock(t) == shown


@pytest.mark.parametrize(("ms", "shown"), [(0.31, "0.3 ms"), (21.4, "21 ms"), (4200, "4.2 s")])
def test_durations_are_short(ms: float, shown: str) -> None:
    assert duration(ms) == shown


VALUES = [
    ({"number": 3}, "3"),
    ({"factor": 1.5}, "1.5"),
    ({"point": {"row": 4, "column": 2}}, "row 4 column 2"),
    ({"name": [0, 16, 21]}, "0 16 21"),
]


@pytest.mark.parametrize(("args", "shown"), VALUES)
def test_values_are_short(args: dict[str, object], shown: str) -> None:
    assert values(args) == shown


ANNOUNCED = [
    (CommandDone(0, Result(1, "tab", {}, "ok", text="Tab 12: Nocturne"), TAB), "Tab 12: Nocturne"),
    (CommandDone(0, Result(1, "tab", {}, "ok", text="Twelve"), TAB), "tab. Twelve"),
    (CommandDone(0, Result(1, "zoom", {}, "ok", text="12 seconds in view")), ""),
    (CommandDone(0, Result(1, "zoom", {}, "failed", text="Zoom goes to 100")), "Zoom goes to 100"),
    (
        WordMissed(0, RejectedRun(0, 1, (0, 8, 0), "unknown"), NEAR),
        "0 8 0: no word has these keys, did you mean click",
    ),
    (Notice(0, "info", "Keystation is connected"), "Keystation is connected."),
    (RECOGNISED, ""),
]


@pytest.mark.parametrize(("event", "spoken"), ANNOUNCED)
def test_announcements(event: object, spoken: str) -> None:
    assert announcement(event) == spoken  # type: ignore[arg-type]
