"""Recognised words as JSON for files and the command line; key presses of recorded notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from rubato_desktop.language.dictionary import Word
from rubato_desktop.language.keys import Press
from rubato_desktop.language.results import ParseResult, RecognisedWord, RejectedRun
from rubato_desktop.midi.notes import Notes


def presses_of(notes: Notes, base: int) -> list[Press]:
    """Return the presses and releases of notes, sorted by time; at equal times, releases come first.

    Args:
        notes: The notes.
        base: MIDI note of key 0.
    """
    table = notes.table
    keys = table["note"].astype(np.int64) - base
    times = np.concatenate([table["on"], np.maximum(table["off"], table["on"] + 1)])
    order = np.lexsort((np.repeat([1, 0], len(table)), times))
    count = len(table)
    all_times, all_keys = times.tolist(), keys.tolist()
    return [Press(all_times[i], all_keys[i % count], i < count) for i in order.tolist()]


def word_as_json(word: RecognisedWord) -> dict[str, Any]:
    """Return a word as ``{"t": seconds, "keys", "word", "language", "command", "args"}``."""
    return {
        "t": word.t / 1e6,
        "keys": list(word.keys),
        "word": word.word,
        "language": word.language,
        "command": word.command,
        "args": dict(word.args),
    }


def word_from_json(raw: Mapping[str, Any]) -> RecognisedWord:
    """Read the output of `word_as_json`.

    Raises:
        KeyError, TypeError, ValueError: it is not a word in that form.
    """
    t = round(float(raw["t"]) * 1e6)
    keys = tuple(int(key) for key in raw["keys"])
    args = raw.get("args") or {}
    if not isinstance(args, Mapping):
        raise TypeError("args is not an object")
    end = round(float(raw.get("end", raw["t"])) * 1e6)
    word, language, command = (str(raw.get(name, "")) for name in ("word", "language", "command"))
    return RecognisedWord(t, max(t, end), keys, word, language, command, dict(args))


def missed_as_json(run: RejectedRun, nearest: Iterable[Word]) -> dict[str, Any]:
    """Return a rejected run as ``{"t": seconds, "keys", "reason", "nearest": names}``."""
    return {
        "t": run.t / 1e6,
        "keys": list(run.keys),
        "reason": run.reason,
        "nearest": [word.name for word in nearest],
    }


def heard_as_json(
    results: Sequence[ParseResult], nearest: Callable[[tuple[int, ...]], Sequence[Word]]
) -> dict[str, list[dict[str, Any]]]:
    """Return results of the parser as ``{"words": [...], "unknown": [...]}``."""
    return {
        "words": [word_as_json(item) for item in results if isinstance(item, RecognisedWord)],
        "unknown": [
            missed_as_json(item, nearest(item.keys)) for item in results if isinstance(item, RejectedRun)
        ],
    }
