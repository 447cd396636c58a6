"""What is seen in the pianoroll, in words."""

from __future__ import annotations

from collections.abc import Sequence

from rubato_desktop.language.keys import format_keys
from rubato_desktop.language.results import Heard, NotUnderstood
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
    words: Sequence[Heard] = (),
    marks: Sequence[Mark] = (),
    playhead: float | None = None,
    following: bool = True,
    title: str = "",
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

    Returns:
        One calm sentence a fact, e.g. ``0:00 to 0:10, 34 notes, words: read, tab 3; unknown 0 8 0. Playhead at 0:08.``
    """
    facts = [f"{format_time(max(left, 0))} to {format_time(right)}", _counted(notes, "note")]
    if words:
        facts.append(f"{_words(words)}")
    sentences = [", ".join(facts)]
    if held:
        sentences.append(f"Held: {', '.join(held)}")
    for mark in marks[:MOST_WORDS]:
        name = f"{mark.kind.capitalize()} at {format_time(mark.t)}"
        sentences.append(f"{name}: {mark.text}" if mark.text else name)
    if playhead is not None:
        sentences.append(f"Playhead at {format_time(playhead)}" + ("" if following else ", not followed"))
    return ". ".join([title, *sentences] if title else sentences) + "."


def _words(words: Sequence[Heard]) -> str:
    told = words if len(words) <= MOST_WORDS else words[-MOST_WORDS:]
    names = [
        f"{heard.reason} {format_keys(heard.keys)}" if isinstance(heard, NotUnderstood) else label_of(heard)
        for heard in told
    ]
    start = "words" if len(told) == len(words) else f"{len(words)} words, the last {len(told)}"
    return f"{start}: {', '.join(names)}"


def _counted(count: int, name: str) -> str:
    return f"{count} {name}" if count == 1 else f"{count:,} {name}s"
