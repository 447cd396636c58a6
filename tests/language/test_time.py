"""Time in the parser: chords, deadlines, speech, and the times of results."""

from __future__ import annotations

import pytest
from parser_output import format_result

from rubato_desktop.language.dictionary import Language, Stack, Word
from rubato_desktop.language.keys import Press, read_line
from rubato_desktop.language.parameters import Timing
from rubato_desktop.language.parser import Parser, parse
from rubato_desktop.language.results import ParseResult, RecognisedWord, RejectedRun


def after(line: str, stack: Stack, timing: Timing) -> Parser:
    parser = Parser(stack, timing)
    for press in read_line(line):
        parser.feed(press)
    return parser


# A line, and the parser's deadline after it in µs.
DEADLINES = [
    ("", None),
    ("0 7 0", None),
    ("24", None),
    ("0", 4_000_000),
    ("0 7", 4_250_000),
    ("0 8", 4_250_000),
    ("0 8 5", 4_500_000),
    ("1", None),
    ("12 7 12", 4_500_000),
    ("12 7 12 14", 750_000 + 1_200_000),
    ("12 7 12 14 15", 1_000_000 + 1_200_000),
    ("23 20 22 23 13", 1_000_000 + 1_200_000),
    ("23 20 22 23 12", None),  # the middle key alone is zero as soon as no chord can come of it
    ("0 9 9 0 5", 1_000_000 + 4_000_000),
    ("0 4 5 0", 750_000 + 4_000_000),
    ("12 9 12", 500_000 + 4_000_000),
    ("12 9 12 0 16", 750_000 + 2_000_000),
    ("12 11 12 0 16", 750_000 + 2_000_000),
    ("12 11 12 0", 750_000 + 4_000_000),
    ("0 10 0 14", 750_000 + 1_200_000),
    ("0 10 0 0 16", 750_000 + 2_000_000),
    ("12 9 10 11 12 7", 1_250_000 + 2_000_000),
    ("12 7 9 11 12 14", 1_250_000 + 1_200_000),
    ("12 7 9 11 12 0 13", 1_500_000 + 2_000_000),
    ("0 7 3 0", None),
    ("0 7 3 0 (1) 0", 2_000_000 + 4_000_000),
    ("0 7 3 0 (1) 0 8", None),
    ("0 7 3 0 (1) 0 3 7 0", 2_950_000 + 500_000),
]


@pytest.mark.parametrize(("line", "deadline"), DEADLINES, ids=[line for line, _ in DEADLINES])
def test_timeout_runs_at_the_deadline_and_not_before(
    line: str, deadline: int | None, stack: Stack, timing: Timing
) -> None:
    parser = after(line, stack, timing)
    assert parser.deadline == deadline
    if deadline is not None:
        assert parser.advance(deadline - 1) == []
        parser.advance(deadline)
        assert parser.deadline is None or parser.deadline > deadline


@pytest.mark.parametrize(("gap", "expected"), [(35_000, "skip seconds=3"), (35_001, "?open")])
def test_keys_at_most_35_ms_apart_are_a_chord(gap: int, expected: str, stack: Stack, timing: Timing) -> None:
    # A chord is complete when it is released, a run only after a timeout.
    parser = after("23 20 22 23", stack, timing)
    presses = [Press(0, 13, True), Press(gap, 14, True), Press(90_000, 13, False), Press(90_000, 14, False)]
    results = [
        item for press in presses for item in parser.feed(Press(1_000_000 + press.t, press.key, press.down))
    ]
    assert "; ".join(map(format_result, results)) == (expected if expected != "?open" else "")
    assert parser.is_open is (expected == "?open")


def test_held_chord_has_only_the_pending_timeout(stack: Stack, timing: Timing) -> None:
    parser = after("23 20 22 23", stack, timing)
    parser.press(1_000_000, 13)
    parser.press(1_000_000, 14)
    assert parser.deadline == 1_000_000 + timing.pending
    parser.release(1_100_000, 13)
    assert [format_result(item) for item in parser.release(1_100_000, 14)] == ["skip seconds=3"]


def test_middle_key_alone_is_zero_as_soon_as_it_cannot_become_a_chord(stack: Stack, timing: Timing) -> None:
    parser = after("23 20 22 23", stack, timing)
    parser.press(1_000_000, 12)
    assert parser.deadline == 1_035_001
    assert [format_result(item) for item in parser.advance(1_035_001)] == ["skip seconds=0"]


@pytest.mark.parametrize(
    ("gap", "by"), [(35_000, '{"vertical":1,"horizontal":2}'), (35_001, '{"vertical":7,"horizontal":0}')]
)
def test_scroll_of_two_keys_is_a_chord(gap: int, by: str, stack: Stack, timing: Timing) -> None:
    parser = after("0 4 5 0", stack, timing)
    results = [*parser.press(1_000_000, 5), *parser.press(1_000_000 + gap, 20)]
    assert format_result(results[0]) == f"scroll by={by}"


def test_middle_key_ends_a_run_at_once(stack: Stack, timing: Timing) -> None:
    parser = after("23 20 22 23 13 14", stack, timing)
    assert [format_result(item) for item in parser.press(1_500_000, 12)] == ["skip seconds=3"]


def parse_line(line: str, stack: Stack, timing: Timing) -> list[ParseResult]:
    return parse(read_line(line), stack, timing)


def test_result_has_the_times_of_its_first_and_last_key_and_all_its_keys(
    stack: Stack, timing: Timing
) -> None:
    assert parse_line("(1) 12 7 12 14 12 0 8 24", stack, timing) == [
        RecognisedWord(1_000_000, 2_000_000, (12, 7, 12, 14, 12), "tab", "core", "tab", {"number": 1}),
        RejectedRun(2_250_000, 2_500_000, (0, 8), "unknown"),
    ]


def test_keys_that_a_parameter_pushes_back_belong_to_the_next_result(stack: Stack, timing: Timing) -> None:
    tab, click = parse_line("12 7 12 14 0 7 0", stack, timing)
    assert (tab.keys, tab.end, click.keys, click.t) == ((12, 7, 12, 14), 750_000, (0, 7, 0), 1_000_000)
    stopped, run = parse_line("12 11 12 0 8 24", stack, timing)
    assert (stopped.keys, stopped.end, run.keys, run.t) == ((12, 11, 12), 500_000, (0, 8), 750_000)


def test_piano_on_has_the_times_of_its_own_keys(stack: Stack, timing: Timing) -> None:
    _, on = parse_line("0 7 3 0 (1) 0 3 7 0", stack, timing)
    assert on == RecognisedWord(2_000_000, 2_750_000, (0, 3, 7, 0), "piano on", "core", "piano_on", {})


def test_piano_on_can_be_played_legato(stack: Stack, timing: Timing) -> None:
    parser = after("0 7 3 0 (1)", stack, timing)
    for number, key in enumerate((0, 3, 7)):
        parser.press(2_000_000 + number * 100_000, key)
    for key in (0, 3, 7):
        parser.release(2_300_000, key)
    parser.press(2_400_000, 0)
    parser.release(2_500_000, 0)
    assert [format_result(item) for item in parser.advance(3_000_000)] == ["piano on"]


def test_piano_on_is_not_recognised_while_its_last_key_is_held(stack: Stack, timing: Timing) -> None:
    parser = after("0 7 3 0 (1) 0 3 7", stack, timing)
    parser.press(3_000_000, 0)
    assert parser.advance(60_000_000) == [] and not parser.piano
    parser.release(60_000_000, 0)
    assert parser.finish() == []


def test_leave_and_set_piano_reject_what_is_half_played(stack: Stack, timing: Timing) -> None:
    parser = after("0 7", stack, timing)
    assert parser.leave(300_000) == [RejectedRun(0, 250_000, (0, 7), "erased")]
    assert parser.leave(300_000) == [] and parser.deadline is None
    parser = after("0 7", stack, timing)
    assert parser.set_piano(300_000, on=True) == [] and parser.is_open
    assert parser.set_piano(300_000, on=False) == [RejectedRun(0, 250_000, (0, 7), "erased")]
    assert not parser.piano and not parser.is_open and parser.deadline is None
    assert parser.press(2_000_000, 0) == () and not parser.is_open
    assert parser.set_piano(3_000_000, on=True) == [] and parser.piano
    for key in (0, 7):
        parser.press(4_000_000, key)
    assert [format_result(item) for item in parser.press(4_000_000, 0)] == ["click"]


def test_value_is_ignored_if_no_parameter_is_read(stack: Stack, timing: Timing) -> None:
    parser = after("0 7", stack, timing)
    assert parser.give(300_000, 3) == [] and parser.is_open
    parser = after("12 7 12 14", stack, timing)
    assert [format_result(item) for item in parser.give(1_000_000, 3)] == ["tab number=3"]
    assert parser.awaited is None


def test_new_languages_apply_from_the_next_word(stack: Stack, timing: Timing) -> None:
    other = Stack(
        [Language("x", "X", words=(Word((1, 2), "mine", "x"), Word((1, 3), "on", "x", "piano_on")))]
    )
    parser = after("0 7", stack, timing)
    parser.use(other)
    assert [format_result(item) for item in parser.press(500_000, 0)] == ["click"]
    parser.press(600_000, 1)
    assert [format_result(item) for item in parser.press(700_000, 2)] == ["mine"]
    parser = Parser(stack, timing)
    parser.use(other)
    parser.press(0, 1)
    assert [format_result(item) for item in parser.press(1, 2)] == ["mine"]


def test_new_languages_bring_their_own_piano_on(stack: Stack, timing: Timing) -> None:
    parser = Parser(stack, timing)
    parser.set_piano(0, on=False)
    parser.press(0, 0)
    parser.use(Stack([Language("x", "X", words=(Word((1, 3), "on", "x", "piano_on"),))]))
    parser.release(100_000, 0)
    results = [item for press in read_line("(2) 1 3 (1)") for item in parser.feed(press)]
    assert [format_result(item) for item in [*results, *parser.finish()]] == ["on"]


def test_spoken_word_has_the_time_of_its_recognition(stack: Stack, timing: Timing) -> None:
    parser = Parser(stack, timing)
    word = stack.word("click")
    assert word is not None
    assert parser.set_speaking(1_000_000, True) == []
    assert parser.speak(1_000_000, 2_000_000, word, {}) == [
        RecognisedWord(2_000_000, 2_000_000, (0, 7, 0), "click", "core", "click", {})
    ]


def test_spoken_word_with_keys_starts_with_the_first_of_them(stack: Stack, timing: Timing) -> None:
    parser = Parser(stack, timing)
    word = stack.word("tab")
    assert word is not None
    parser.set_speaking(1_000_000, True)
    results = [*parser.press(1_500_000, 14), *parser.release(1_600_000, 14)]
    assert results == []
    results += parser.speak(1_000_000, 2_000_000, word, {})
    assert results == [] and parser.deadline == 1_500_000 + timing.number
    assert parser.advance(2_700_000) == [
        RecognisedWord(1_500_000, 1_500_000, (12, 7, 12, 14), "tab", "core", "tab", {"number": 1})
    ]


def test_spoken_word_ends_the_speech(stack: Stack, timing: Timing) -> None:
    parser = Parser(stack, timing)
    word = stack.word("click")
    assert word is not None
    parser.set_speaking(0, True)
    parser.speak(0, 1_000_000, word, {})
    assert [format_result(item) for item in parser.press(2_000_000, 1)] == ["?unknown 1"]


def test_key_at_the_start_of_speech_belongs_to_the_spoken_word(stack: Stack, timing: Timing) -> None:
    parser = Parser(stack, timing)
    word = stack.word("tab")
    assert word is not None
    parser.set_speaking(1_000_000, True)
    parser.press(1_000_000, 5)
    assert parser.speak(1_000_000, 1_500_000, word, {}) == []
    assert [format_result(item) for item in parser.finish()] == ["tab number=-6"]


def test_speech_suspends_the_timeouts_and_restarts_them_when_it_ends(stack: Stack, timing: Timing) -> None:
    parser = after("12 7 12", stack, timing)
    parser.set_speaking(1_000_000, True)
    assert parser.deadline is None and parser.advance(90_000_000) == []
    parser.set_speaking(90_000_000, False)
    assert parser.deadline == 94_000_000
    parser = Parser(stack, timing)
    parser.set_speaking(1_000_000, True)
    parser.press(2_000_000, 0)
    parser.set_speaking(3_000_000, False)
    assert parser.deadline == 6_000_000, "a word that started during speech keeps its own timeout"
    parser = after("12 7 12", stack, timing)
    assert [format_result(item) for item in parser.set_speaking(4_500_000, True)] == ["?lapsed 12 7 12"]
    parser.set_speaking(5_000_000, False)
    assert parser.deadline is None
