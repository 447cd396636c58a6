"""What is seen in the pianoroll, in words."""

from __future__ import annotations

from collections.abc import Sequence

from rubato_desktop.language.keys import format_keys
from rubato_desktop.language.results import ParseResult, RejectedRun
from rubato_desktop.ui.pianoroll.marks import Mark
from rubato_desktop.ui.pianoroll.ruler import format_time
from rubato_desktop.ui.pianoroll.words import label_of

MOST_WORDS = 12


def summarise(
    *,
    left: float,
    right: float,
    notes: int,
    held: Sequence[str] = (),
    words: Sequence[ParseResult] = (),
    marks: Sequence[Mark] = (),
    playhead: float | None = None,
    following: bool = True,
    title: str = "",
    iterations: int = 0,
    pictures: Sequence[str] = (),
) -> str:
    """Return the text summary of a stretch of the roll.

    Args:
        left: Microsecond at the left edge.
        right: Microsecond at the right edge.
        notes: How many notes begin between.
        held: Names of the notes that sound now.
        words: Words and runs not understood that begin between, in order.
        marks: Pauses, feedback and remarks between.
        playhead: Microsecond of the playhead, None when there is none.
        following: Whether the view follows it.
        title: Name of what is shown.
        iterations: How many iterations of a piece are in all of it.
        pictures: The pictures between, each as it is told.

    Returns:
        One calm sentence a fact, e.g. ``0:00 to 0:10, 34 notes, words: read, tab 3; unknown 0 8 0. Playhead at 0:08.``
    """
    facts = [f"{format_time(max(left, 0))} to {format_time(right)}", _counted(notes, "note")]
    if words:
        facts.append(f"{_words(words)}")
    sentences = [", ".join(facts)]
    if held:
        sentences.append(f"Held: {', '.join(held)}")
    if iterations:
        sentences.append(f"{_counted(iterations, 'iteration')} in all")
    for mark in marks[:MOST_WORDS]:
        name = f"{mark.kind.capitalize()} at {format_time(mark.t)}"
        sentences.append(f"{name}: {mark.text}" if mark.text else name)
    sentences += pictures[:MOST_WORDS]
    if playhead is not None:
        sentences.append(f"Playhead at {format_time(playhead)}" + ("" if following else ", not followed"))
    return ". ".join([title, *sentences] if title else sentences) + "."


def summarise_stack(
    *,
    title: str,
    lengths: Sequence[int],
    notes: Sequence[int],
    left: float,
    right: float,
    lane: int | None,
    into: float | None,
    following: bool = True,
) -> str:
    """Return the text summary of iterations that lie one under another.

    Args:
        title: Name of what is shown.
        lengths: How long each is, µs.
        notes: How many notes each has.
        left: Microsecond of each at the left edge.
        right: Microsecond of each at the right edge.
        lane: The one the playhead is in, from 0; None when it is in none.
        into: How far into it, µs.
        following: Whether the view follows the playhead.

    Returns:
        One sentence a fact, e.g. ``3 iterations, one under another: 1st 0:39 long, 34 notes; 2nd 0:41 long, 35 notes;
        3rd 0:40 long, 34 notes. 0:00 to 0:41 of each. Playhead in the 3rd, at 0:12 of it.``
    """
    told = [
        f"{ordinal(number)} {format_time(length)} long, {_counted(count, 'note')}"
        for number, (length, count) in enumerate(zip(lengths, notes, strict=True), 1)
    ]
    more = f"; and {len(told) - MOST_WORDS} more" if len(told) > MOST_WORDS else ""
    sentences = [
        f"{_counted(len(lengths), 'iteration')}, one under another: {'; '.join(told[:MOST_WORDS])}{more}",
        f"{format_time(max(left, 0))} to {format_time(right)} of each",
    ]
    if lane is not None and into is not None:
        where = f"Playhead in the {ordinal(lane + 1)}, at {format_time(into)} of it"
        sentences.append(where + ("" if following else ", not followed"))
    else:
        sentences.append("Playhead in none of them")
    return ". ".join([title, *sentences] if title else sentences) + "."


def ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd, 4th …"""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _words(words: Sequence[ParseResult]) -> str:
    told = words if len(words) <= MOST_WORDS else words[-MOST_WORDS:]
    names = [
        f"{heard.reason} {format_keys(heard.keys)}" if isinstance(heard, RejectedRun) else label_of(heard)
        for heard in told
    ]
    start = "words" if len(told) == len(words) else f"{len(words)} words, the last {len(told)}"
    return f"{start}: {', '.join(names)}"


def _counted(count: int, name: str) -> str:
    return f"{count} {name}" if count == 1 else f"{count:,} {name}s"
