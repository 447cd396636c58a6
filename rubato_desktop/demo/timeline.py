"""The timeline of a tour: words, results and notices, one per line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rubato_desktop.clock import SECOND
from rubato_desktop.events import CommandDone, Event, Listed, Notice, WordHeard, WordMissed
from rubato_desktop.language.keys import format_keys


def timeline_lines(event: Event) -> Iterator[str]:
    """Yield the lines of a timeline for an event."""
    match event:
        case WordHeard(word=word):
            args = " ".join(f"{name}={_plain(value)}" for name, value in word.args.items())
            yield f"{stamp(event.t)}  {format_keys(word.keys):<34} {word.word} {args}".rstrip()
        case WordMissed(run=run, nearest=nearest):
            near = f", near: {', '.join(name for _, name, _ in nearest)}" if nearest else ""
            yield f"{stamp(event.t)}  {format_keys(run.keys):<34} ? {run.reason}{near}"
        case CommandDone(result=result):
            yield f"{'':>7}  {'':<34} {result.status}: {result.text}"
        case Listed(title=title, items=items):
            yield f"{'':>7}  {'':<34} list of {len(items)}: {title}"
        case Notice(happened=happened, kept=kept, todo=todo):
            yield f"{stamp(event.t)}  {'':<34} {'. '.join(filter(None, (happened, kept, todo)))}"


def _plain(value: Any) -> str:
    return (
        format_keys(value) if isinstance(value, list) and value and isinstance(value[0], int) else str(value)
    )


def stamp(t: int) -> str:
    """Format a time (µs) for the beginning of a line, in seconds."""
    return f"{t / SECOND:7.2f}"
