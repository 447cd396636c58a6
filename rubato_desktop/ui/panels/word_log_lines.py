"""What the word log says of each word, each rejected run and each notice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from rubato_desktop.events import Notice, Result, WordHeard, WordMissed
from rubato_desktop.language.keys import format_keys
from rubato_desktop.language.results import RejectedRun
from rubato_desktop.ui.sentences import sentences

Mood = Literal["waiting", "ok", "refused", "failed", "missed", "erased", "notice"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log.

    Attributes:
        t: µs since the program began.
        title: The word with its values, or what became of a run that is no word.
        keys: The keys, as people write them.
        outcome: ``21 ms``, ``failed``.
        detail: The result in words, or why there is none and which words are near.
        mood: How it went.
        language: The word's language.
        id: Number of the request, by which its result finds it.
        word: Name of the word in the dictionary.
    """

    t: int
    title: str
    keys: str
    outcome: str
    detail: str
    mood: Mood
    language: str = ""
    id: int = 0
    word: str = ""

    @property
    def spoken(self) -> str:
        """The whole line in words."""
        return ", ".join(filter(None, [clock(self.t), self.title, self.outcome, self.detail]))


def clock(t: int) -> str:
    """Return a time in µs as ``m:ss``, with hours where there are any."""
    minutes, seconds = divmod(t // 1_000_000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def duration(ms: float) -> str:
    """Return a duration in ms as people read it: ``0.3 ms``, ``21 ms``, ``4.2 s``."""
    if ms < 10:
        return f"{ms:.1f} ms"
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


def values(args: Mapping[str, Any]) -> str:
    """Return the values of a word's parameters, short: ``3``, ``row 4 column 2``."""
    return " ".join(_value(value) for value in args.values())


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{name} {_value(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return " ".join(map(_value, value))
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def word_line(event: WordHeard, fixed: Mapping[str, Any]) -> Line:
    """Return the line of a word that was just recognised.

    Args:
        event: The word.
        fixed: The arguments that the word itself sets; they are not shown.
    """
    word = event.word
    played = {name: value for name, value in word.args.items() if name not in fixed}
    title = f"{word.word} {values(played)}".strip()
    return Line(word.t, title, format_keys(word.keys), "", "", "waiting", word.language, event.id, word.word)


def with_result(line: Line, result: Result) -> Line:
    """Return the line with its result."""
    if result.status == "ok":
        return replace(line, outcome=duration(result.elapsed_ms), detail=result.text, mood="ok")
    mood: Mood = "refused" if result.status == "refused" else "failed"
    return replace(line, outcome=result.status, detail=result.text, mood=mood)


def missed_line(event: WordMissed) -> Line:
    """Return the line of a run that is no word: why, and which words are near."""
    near = " · ".join(f"{name} {format_keys(keys)}" for keys, name, _ in event.nearest)
    detail = f"did you mean: {near}" if near else reason(event.run)
    title = {"unknown": "not a word", "lapsed": "timed out", "erased": "erased"}[event.run.reason]
    mood: Mood = "erased" if event.run.reason == "erased" else "missed"
    return Line(event.run.t, title, format_keys(event.run.keys), "", detail, mood)


def missed_text(run: RejectedRun, nearest: Sequence[tuple[tuple[int, ...], str, str]]) -> str:
    """Return in a sentence that a run is no word, and the word that is nearest.

    Args:
        run: The run.
        nearest: Keys, name and language of the words that are near, the nearest first.
    """
    keys = format_keys(run.keys)
    if run.reason != "unknown":
        return f"{'Timed out' if run.reason == 'lapsed' else 'Cancelled'}: {keys}"
    near = f". Did you mean {nearest[0][1]} {format_keys(nearest[0][0])}?" if nearest else ""
    return f"{keys} is not a word{near}"


def reason(run: RejectedRun) -> str:
    """Return in words why a run is no word."""
    return {
        "unknown": "no word has these keys",
        "lapsed": "you stopped before the word was complete",
        "erased": "you cancelled it",
    }[run.reason]


def notice_line(event: Notice) -> Line:
    """Return the line of a notice."""
    detail = sentences(event.kept, event.todo)
    return Line(event.t, event.happened, "", "" if event.level == "info" else event.level, detail, "notice")
