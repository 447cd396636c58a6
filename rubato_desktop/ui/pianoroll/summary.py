"""Text summary of what the pianoroll shows, for screen readers."""

from __future__ import annotations

from collections.abc import Sequence

from rubato_desktop.language.keys import format_keys
from rubato_desktop.language.results import ParseResult, RejectedRun
from rubato_desktop.plurals import counted
from rubato_desktop.ui.pianoroll.marks import Mark
from rubato_desktop.ui.pianoroll.ruler import format_time
from rubato_desktop.ui.pianoroll.words import label_of

MAX_LISTED = 12


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
    """Return the summary of the visible part of the roll.

    Args:
        left: Time at the left edge, µs.
        right: Time at the right edge, µs.
        notes: Number of notes that start in view.
        held: Names of the notes that are held.
        words: Words and rejected runs that start in view, in order.
        marks: Pauses, feedback and remarks in view.
        playhead: Position of the playhead, µs; None if there is none.
        following: Whether the view follows the playhead.
        title: Title of the recording.
        iterations: Number of iterations in the whole recording.
        pictures: Descriptions of the pictures in view.

    Returns:
        One sentence per fact, e.g. ``0:00 to 0:10, 34 notes, words: read, tab 3, unknown 0 8 0. Playhead at 0:08.``
    """
    facts = [f"{format_time(max(left, 0))} to {format_time(right)}", counted(notes, "note")]
    if words:
        facts.append(_words(words))
    sentences = [", ".join(facts)]
    if held:
        sentences.append(f"Held: {', '.join(held)}")
    if iterations:
        sentences.append(f"{counted(iterations, 'iteration')} in all")
    for mark in marks[:MAX_LISTED]:
        name = f"{mark.kind.capitalize()} at {format_time(mark.t)}"
        sentences.append(f"{name}: {mark.text}" if mark.text else name)
    sentences += pictures[:MAX_LISTED]
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
    offset: float | None,
    following: bool = True,
) -> str:
    """Return the summary of stacked iterations.

    Args:
        title: Title of the recording.
        lengths: Length of each iteration, µs.
        notes: Number of notes in each iteration.
        left: Time at the left edge, µs from the start of an iteration.
        right: Time at the right edge, µs from the start of an iteration.
        lane: Index of the iteration with the playhead; None if it is in none.
        offset: Position of the playhead in that iteration, µs.
        following: Whether the view follows the playhead.

    Returns:
        One sentence per fact, e.g. ``3 stacked iterations: 1st 0:39 long, 34 notes; 2nd 0:41 long, 35 notes; 3rd 0:40
        long, 34 notes. 0:00 to 0:41 of each. Playhead in the 3rd, at 0:12.``
    """
    listed = [
        f"{ordinal(number)} {format_time(length)} long, {counted(count, 'note')}"
        for number, (length, count) in enumerate(zip(lengths, notes, strict=True), 1)
    ]
    more = f"; and {len(listed) - MAX_LISTED} more" if len(listed) > MAX_LISTED else ""
    sentences = [
        f"{counted(len(lengths), 'stacked iteration')}: {'; '.join(listed[:MAX_LISTED])}{more}",
        f"{format_time(max(left, 0))} to {format_time(right)} of each",
    ]
    if lane is not None and offset is not None:
        where = f"Playhead in the {ordinal(lane + 1)}, at {format_time(offset)}"
        sentences.append(where + ("" if following else ", not followed"))
    else:
        sentences.append("Playhead outside the iterations")
    return ". ".join([title, *sentences] if title else sentences) + "."


def ordinal(number: int) -> str:
    """Return the ordinal of a number: 1st, 2nd, 3rd, 4th …"""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _words(words: Sequence[ParseResult]) -> str:
    listed = words if len(words) <= MAX_LISTED else words[-MAX_LISTED:]
    names = [
        f"{result.reason} {format_keys(result.keys)}" if isinstance(result, RejectedRun) else label_of(result)
        for result in listed
    ]
    start = "words" if len(listed) == len(words) else f"{len(words)} words, the last {len(listed)}"
    return f"{start}: {', '.join(names)}"
