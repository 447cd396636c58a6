"""What the parser says: words understood, runs not understood, and what each next key would mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Reason = Literal["unknown", "lapsed", "erased"]


@dataclass(frozen=True, slots=True)
class RecognisedWord:
    """A word, with its parameters read.

    Attributes:
        t: Microsecond of its first note-on.
        end: Microsecond of the last key that belongs to it.
        keys: Its keys and those of its parameters (0-24), in the order played.
        word: The dictionary's word, without parameters (``tab``).
        language: The language the word is from.
        command: Id in the command registry; empty for a word that only means something.
        args: The command's parameter names and their values.
    """

    t: int
    end: int
    keys: tuple[int, ...]
    word: str
    language: str
    command: str
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RejectedRun:
    """A run of keys that became no word.

    Attributes:
        t: Microsecond of its first note-on.
        end: Microsecond of its last key.
        keys: The run (0-24), in the order played.
        reason: ``unknown``: a key continued nothing; ``lapsed``: time ran out; ``erased``: the player left it.
    """

    t: int
    end: int
    keys: tuple[int, ...]
    reason: Reason


ParseResult = RecognisedWord | RejectedRun


@dataclass(frozen=True, slots=True)
class Option:
    """What one key would mean if it came next.

    Attributes:
        label: Short text for the key's face: the word it would complete, the value it would be
            (``3``, ``1.5x``), or a word that begins there.
        language: The language of the word, for its colour; empty for values and leaving.
        completes: True when the key completes a word or a value.
        words: The names of all words that lie behind the key, in the order of the dictionary.
    """

    label: str
    language: str = ""
    completes: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What is open, and what each next key would mean now.

    Attributes:
        keys: Keys played so far of what is open; empty at rest.
        word: The word whose parameter is being read; empty while the word itself is open.
        awaits: ``rest`` (nothing open), ``word`` (half-played), ``unknown`` (a run that continues nothing),
            ``off`` (piano off), or the kind of parameter that is awaited, one of `language.readers.KINDS`.
        options: Key 0-24 → what it would mean; a key that would mean nothing is absent.
        value: What of the parameter has been read so far, as people would say it (``-12``, ``row 4``).
    """

    keys: tuple[int, ...] = ()
    word: str = ""
    awaits: str = "rest"
    options: Mapping[int, Option] = field(default_factory=dict)
    value: str = ""
