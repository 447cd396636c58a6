"""What is written on the 25 keys and above them: made from the engine's preview, without drawing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from rubato_desktop.language.dictionary import Language, Word
from rubato_desktop.language.keys import COUNT, LEAVE, format_keys
from rubato_desktop.language.results import Option, Preview

Kind = Literal["nothing", "completes", "leads", "value", "leave"]

MANY = 200  # more words than this behind a key are counted, not compared
EXAMPLES = 12

HINTS = {
    "grid": "a row on the low keys, a column on the high keys · middle key erases",
    "box": "a point: row and column; then the middle key, or a second point",
    "scroll": "below the middle scrolls down, above it up · two keys: both ways",
    "number": "digits right of the middle, negative ones left of it · middle key ends",
    "number2": "right of the middle adds 1, 2, 4 … · left of it takes away · middle key ends",
    "choice": "the number in the list, digits right of the middle · middle key ends",
    "speed": "one key: how fast",
    "volume": "one key: how loud",
    "note": "any key: it becomes the lowest",
    "name": "three to twelve keys with key 0 among them · the top key ends",
    "name or choice": "a name, or its number in the list",
    "keys": "the keys of the new word · the top key or a rest ends it",
    "text": "two keys a character, the middle key is a space · the top key ends",
    "choice or text": "its number in the list, or spelt text",
}


@dataclass(frozen=True, slots=True)
class Face:
    """What one key shows.

    Attributes:
        kind: ``completes`` a word, ``leads`` on to several keys, is a ``value``, ``leave``, or ``nothing``.
        label: The large text.
        detail: The small text below it.
        language: Whose colour it has; empty for none.
        words: Everything that lies behind the key.
    """

    kind: Kind = "nothing"
    label: str = ""
    detail: str = ""
    language: str = ""
    words: tuple[str, ...] = ()

    @property
    def spoken(self) -> str:
        """The face in a sentence, for tooltips and screen readers."""
        match self.kind:
            case "nothing":
                return "continues nothing"
            case "completes":
                return f"completes {self.label}"
            case "leads":
                shown = ", ".join(self.words[:EXAMPLES])
                more = len(self.words) - EXAMPLES
                return f"leads to {shown}" + (f" and {more} more" if more > 0 else "")
            case _:
                return self.label


NOTHING = Face()


def shortest(languages: Iterable[Language]) -> dict[str, Word]:
    """The words by name; of two with one name the shorter."""
    words: dict[str, Word] = {}
    for language in languages:
        for word in language.words:
            known = words.get(word.name)
            if known is None or len(word.keys) < len(known.keys):
                words[word.name] = word
    return words


def faces(preview: Preview, words: Mapping[str, Word]) -> list[Face]:
    """The faces of the 25 keys.

    Args:
        preview: What is open now.
        words: The words by name, from `shortest`.
    """
    return [_face(preview, preview.options.get(key), key, words) for key in range(COUNT)]


def _face(preview: Preview, option: Option | None, key: int, words: Mapping[str, Word]) -> Face:
    if option is None:
        return NOTHING
    if key == LEAVE and not option.completes and not option.words:
        return Face("leave", option.label)
    if preview.word:
        word = words.get(preview.word)
        return Face("value", option.label, language=word.language if word else "")
    if option.completes:
        return Face("completes", option.label, language=option.language, words=option.words)
    if not option.words:
        return Face("leave", option.label)
    if preview.awaits == "rest" and len(option.words) > 1:
        examples = _by_length(option.words, words)
        shown = ", ".join(sorted(examples[:EXAMPLES], key=len)[:4])
        return Face("leads", f"{len(option.words)} words", shown, option.language, examples)
    ordered = _by_length(option.words, words)
    others = len(ordered) - 1
    return Face("leads", ordered[0], f"+{others}" if others else "", option.language, ordered)


def _by_length(names: tuple[str, ...], words: Mapping[str, Word]) -> tuple[str, ...]:
    if len(names) > MANY:
        return names
    return tuple(sorted(names, key=lambda name: len(words[name].keys) if name in words else COUNT))


def slots(preview: Preview, words: Mapping[str, Word]) -> tuple[tuple[str, ...], int]:
    """The keys played so far, and how many more the shortest word that is still possible needs."""
    played = tuple(map(str, preview.keys))
    if preview.awaits != "word":
        return played, 0
    behind = (name for option in preview.options.values() for name in option.words[:MANY])
    lengths = [len(words[name].keys) for name in behind if name in words]
    return played, max(0, min(lengths) - len(played)) if lengths else 0


def hint(preview: Preview, piano_on: str = "") -> str:
    """What to do next, in one line.

    Args:
        preview: What is open now.
        piano_on: The keys of the word that switches command input on.
    """
    match preview.awaits:
        case "rest":
            return "play a word: the lit keys begin one"
        case "off":
            return "only music: " + (
                f"play {piano_on} alone to give commands again" if piano_on else "commands are off"
            )
        case "unknown":
            return f"no word goes on like this · key {preview.keys[0]} or the top key ends it"
        case "word":
            count = sum(len(option.words) for option in preview.options.values())
            begin = "begins" if count == 1 else "begin"
            noun = "word" if count == 1 else "words"
            return f"keep going: {count} {noun} {begin} with {format_keys(preview.keys)} · the top key leaves"
        case kind:
            return HINTS.get(kind, "play its value · the top key leaves")
