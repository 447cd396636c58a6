"""The results of the parser: recognised words, rejected runs, and previews of the next key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Reason = Literal["unknown", "lapsed", "erased"]


@dataclass(frozen=True, slots=True)
class RecognisedWord:
    """A word with its parameters.

    Attributes:
        t: Time of its first note-on in µs.
        end: Time of its last note-on in µs, parameters included.
        keys: Its keys and those of its parameters (0-24), in the order played.
        word: The name of the word (``tab``).
        language: The name of its language.
        command: The id of its command; empty if it only has a meaning.
        args: The arguments of the command, by name.
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
    """A run of keys that is not a word.

    Attributes:
        t: Time of its first note-on in µs.
        end: Time of its last note-on in µs.
        keys: Its keys (0-24) in the order played.
        reason: ``unknown``: no word continues like this; ``lapsed``: it timed out; ``erased``: the player left it.
    """

    t: int
    end: int
    keys: tuple[int, ...]
    reason: Reason


ParseResult = RecognisedWord | RejectedRun


@dataclass(frozen=True, slots=True)
class Option:
    """What a key would mean if it came next.

    Attributes:
        label: Short text for the key: the word it would complete, the value it would enter (``3``, ``1.5×``), or the
            shortest word that continues with it.
        language: The language of the word, for its colour; empty for values and for leaving.
        completes: Whether the key completes a word or a value.
        words: The names of all words that continue with the key, in the order of the tree.
    """

    label: str
    language: str = ""
    completes: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What is half played, and what each next key would mean.

    Attributes:
        keys: The keys played so far; empty at rest.
        word: The name of the word whose parameter is being read; empty while the word itself is half played.
        awaits: ``rest`` (nothing is half played), ``word`` (a word is), ``unknown`` (an unknown run), ``off`` (piano
            off), or the kind of the parameter that is being read, one of `language.readers.KINDS`.
        options: Key (0-24) → what it would mean; keys without a meaning are left out.
        value: What has been read of the parameter so far, as text (``-12``, ``row 4``).
    """

    keys: tuple[int, ...] = ()
    word: str = ""
    awaits: str = "rest"
    options: Mapping[int, Option] = field(default_factory=dict)
    value: str = ""
