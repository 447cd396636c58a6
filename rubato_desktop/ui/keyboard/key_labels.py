"""The labels of the 25 keys and the hint above them, made from the engine's preview. No drawing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from rubato_desktop.language.dictionary import Language, Word
from rubato_desktop.language.keys import COUNT, LEAVE, format_keys
from rubato_desktop.language.results import Option, Preview
from rubato_desktop.plurals import counted

Kind = Literal["nothing", "completes", "leads", "value", "leave"]

MOST_SORTED = 200  # words behind a key; more are counted, not sorted
EXAMPLES = 12

HINTS = {
    "grid": "Play a row on the low keys and a column on the high keys · the middle key erases",
    "box": "Play a point (row and column), then the middle key or a second point",
    "scroll": "Play below the middle to scroll down, above it to scroll up · two keys scroll both ways",
    "number": "Play digits right of the middle, negative ones left of it · the middle key ends",
    "number2": "Right of the middle adds 1, 2, 4 … · left of it subtracts · the middle key ends",
    "choice": "Play the number in the list, digits right of the middle · the middle key ends",
    "speed": "Play one key for the speed",
    "volume": "Play one key for the volume",
    "note": "Play the key that is to be the lowest",
    "name": "Play three to twelve keys, key 0 among them · the top key ends",
    "name or choice": "Play a name, or its number in the list",
    "keys": "Play the keys of the new word · the top key or a rest ends it",
    "text": "Play two keys for each character, the middle key for a space · the top key ends",
    "choice or text": "Play the number in the list, or spell a text",
}


@dataclass(frozen=True, slots=True)
class KeyLabel:
    """What one key shows.

    Attributes:
        kind: Whether the key ``completes`` a word, ``leads`` to longer words, is a ``value``, is the one to ``leave``,
            or means ``nothing``.
        text: The large text.
        detail: The small text below it.
        language: The language whose colour it has; empty for none.
        words: All words that go on with the key.
    """

    kind: Kind = "nothing"
    text: str = ""
    detail: str = ""
    language: str = ""
    words: tuple[str, ...] = ()

    @property
    def spoken(self) -> str:
        """The label in words, for tooltips and screen readers."""
        match self.kind:
            case "nothing":
                return "no word"
            case "completes":
                return f"completes {self.text}"
            case "leads":
                shown = ", ".join(self.words[:EXAMPLES])
                more = len(self.words) - EXAMPLES
                return f"leads to {shown}" + (f" and {more} more" if more > 0 else "")
            case _:
                return self.text


NO_LABEL = KeyLabel()


def words_by_name(languages: Iterable[Language]) -> dict[str, Word]:
    """Return the words by name; of two words with the same name, the shorter."""
    words: dict[str, Word] = {}
    for language in languages:
        for word in language.words:
            known = words.get(word.name)
            if known is None or len(word.keys) < len(known.keys):
                words[word.name] = word
    return words


def key_labels(preview: Preview, words: Mapping[str, Word]) -> list[KeyLabel]:
    """Return the labels of the 25 keys.

    Args:
        preview: What is open now.
        words: The words by name, from `words_by_name`.
    """
    return [_label(preview, preview.options.get(key), key, words) for key in range(COUNT)]


def _label(preview: Preview, option: Option | None, key: int, words: Mapping[str, Word]) -> KeyLabel:
    if option is None:
        return NO_LABEL
    if key == LEAVE and not option.completes and not option.words:
        return KeyLabel("leave", option.label)
    if preview.word:
        word = words.get(preview.word)
        return KeyLabel("value", option.label, language=word.language if word else "")
    if option.completes:
        return KeyLabel("completes", option.label, language=option.language, words=option.words)
    if not option.words:
        return KeyLabel("leave", option.label)
    if preview.awaits == "rest" and len(option.words) > 1:
        examples = _by_length(option.words, words)
        shown = ", ".join(sorted(examples[:EXAMPLES], key=len)[:4])
        return KeyLabel("leads", counted(len(option.words), "word"), shown, option.language, examples)
    ordered = _by_length(option.words, words)
    others = len(ordered) - 1
    return KeyLabel("leads", ordered[0], f"+{others}" if others else "", option.language, ordered)


def _by_length(names: tuple[str, ...], words: Mapping[str, Word]) -> tuple[str, ...]:
    if len(names) > MOST_SORTED:
        return names
    return tuple(sorted(names, key=lambda name: len(words[name].keys) if name in words else COUNT))


def slots(preview: Preview, words: Mapping[str, Word]) -> tuple[tuple[str, ...], int]:
    """Return the keys played so far, and how many more the shortest word that is still possible needs."""
    played = tuple(map(str, preview.keys))
    if preview.awaits != "word":
        return played, 0
    possible = (name for option in preview.options.values() for name in option.words[:MOST_SORTED])
    lengths = [len(words[name].keys) for name in possible if name in words]
    return played, max(0, min(lengths) - len(played)) if lengths else 0


def hint(preview: Preview, piano_on: str = "") -> str:
    """Return what to play next, in one line.

    Args:
        preview: What is open now.
        piano_on: Keys of the word that switches command input on; empty where there is none.
    """
    match preview.awaits:
        case "rest":
            return "Play a word: the lit keys begin one"
        case "off":
            return f"Music only · play {piano_on} alone to give commands again" if piano_on else "Music only"
        case "unknown":
            return f"No word has these keys · key {preview.keys[0]} or the top key ends the run"
        case "word":
            count = sum(len(option.words) for option in preview.options.values())
            begin = "begins" if count == 1 else "begin"
            return f"{counted(count, 'word')} {begin} with {format_keys(preview.keys)} · the top key cancels"
        case kind:
            return HINTS.get(kind, "Play the value · the top key cancels")
