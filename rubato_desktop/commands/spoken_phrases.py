"""The phrases that speech recognition listens for, in lower case: words, their parameters, and names of things."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from rubato_desktop.language.dictionary import NAMES, Word
from rubato_desktop.services.hearing.numbers import LARGEST, in_words
from rubato_desktop.services.languages import LanguageLibrary

if TYPE_CHECKING:
    from rubato_desktop.services.browser import Window

# Other phrases for a word: more natural, or easier to tell from other phrases.
SYNONYMS: Final[Mapping[str, tuple[str, ...]]] = {
    "start recording": ("record",),
    "remark start": ("start remark",),
    "remark end": ("end remark",),
    "iteration start": ("start iteration",),
    "iteration end": ("end iteration",),
    "confirm": ("yes",),
    "cancel": ("no",),
    "silence": ("be quiet",),
    "add tag": ("new tag",),
    "mute": ("sound off",),
    "unmute": ("sound on",),
    "back": ("go back",),
    "forward": ("go forward",),
    "where am i": ("where are we",),
}
ENDS_DICTATION: Final = ("remark_end", "stop", "cancel")
WITH_WORD: Final = 99  # the largest number that can be said in the same phrase as a word
_TITLE_WORDS: Final = 5
_CELLS: Final = 12
_STEPS: Final = 12


@dataclass(frozen=True, slots=True)
class SpokenPhrase:
    """The meaning of a phrase.

    Attributes:
        word: The word.
        args: The parameters that are said with it.
        ends_dictation: Whether the phrase is a command even during dictation.
    """

    word: Word
    args: Mapping[str, Any] = field(default_factory=dict)
    ends_dictation: bool = False


def words(
    library: LanguageLibrary, listed: Sequence[str] = (), windows: Sequence[Window] = ()
) -> dict[str, SpokenPhrase]:
    """Return the phrases that are recognised while nothing is half played, with their meanings.

    Args:
        library: The languages and their words.
        listed: The lines of the list on screen.
        windows: The windows of the browser.
    """
    phrases: dict[str, SpokenPhrase] = {}
    for word in library.stack.words():
        ends = word.command in ENDS_DICTATION
        for name in (plain(word.name), *SYNONYMS.get(word.name.lower(), ())):
            phrases.setdefault(name, SpokenPhrase(word, {}, ends))
            # With several parameters, it would be unclear which of them are still to be played.
            if len(word.parameters) == 1:
                parameter = word.parameters[0]
                for phrase, value in values(parameter.kind, library, listed, most=WITH_WORD).items():
                    phrases.setdefault(f"{name} {phrase}", SpokenPhrase(word, {parameter.name: value}))
    tab = library.stack.word("tab")
    if tab is not None:
        for title, number in _tabs(windows):
            phrases.setdefault(
                f"{plain(tab.name)} {title}", SpokenPhrase(tab, {tab.parameters[0].name: number})
            )
    phrases.pop("", None)
    return phrases


def values(
    kind: str, library: LanguageLibrary, listed: Sequence[str] = (), *, most: int = LARGEST
) -> dict[str, Any]:
    """Return the phrases for the value of a parameter, with the values.

    Args:
        kind: The kind of parameter, one of `language.readers.KINDS`.
        library: The languages and their words.
        listed: The lines of the list on screen.
        most: The largest number.
    """
    match kind:
        case "number" | "number2":
            positive = _numbers(0, most)
            negative = {f"minus {phrase}": -value for phrase, value in positive.items() if 0 < value < 100}
            return {**positive, **negative}
        case "choice" | "choice or text":
            return {**_numbers(0, most), **_listed(listed)}
        case "name or choice":
            return {**_numbers(0, most), **_listed(listed), **_named(library)}
        case "name":
            return _named(library)
        case "note":
            return _numbers(0, 24)
        case "volume":
            levels = {phrase: value / 100 for phrase, value in _numbers(0, 100).items()}
            return {**levels, **{f"{phrase} percent": level for phrase, level in levels.items()}}
        case "speed":
            return dict(_speeds())
        case "grid":
            return dict(_cells())
        case "box":
            return {phrase: [cell] for phrase, cell in _cells()}
        case "scroll":
            return dict(_scrolls())
    return {}


def plain(text: str) -> str:
    """Return a text as it is spoken: in lower case, without punctuation."""
    return " ".join(re.findall(r"[^\W_]+(?:'[^\W_]+)?", text.lower()))


def _numbers(least: int, most: int) -> dict[str, int]:
    return {in_words(number): number for number in range(least, most + 1)}


def _speeds() -> Iterator[tuple[str, float | str]]:
    yield from (("half", 0.5), ("normal", 1.0), ("double", 2.0), ("pause", "pause"), ("play", "play"))
    for tenths in range(1, 41):
        whole, part = divmod(tenths, 10)
        yield in_words(whole) + (f" point {in_words(part)}" if part else ""), tenths / 10


def _cells() -> Iterator[tuple[str, dict[str, int]]]:
    for row in range(_CELLS):
        for column in range(_CELLS):
            cell = {"row": row, "column": column}
            yield f"row {in_words(row)} column {in_words(column)}", cell
            yield f"{in_words(row)} {in_words(column)}", cell


def _scrolls() -> Iterator[tuple[str, dict[str, int]]]:
    directions: Mapping[str, Callable[[int], dict[str, int]]] = {
        "down": lambda steps: {"vertical": steps, "horizontal": 0},
        "up": lambda steps: {"vertical": -steps, "horizontal": 0},
        "right": lambda steps: {"vertical": 0, "horizontal": steps},
        "left": lambda steps: {"vertical": 0, "horizontal": -steps},
    }
    for direction, steps in directions.items():
        yield direction, steps(1)
        yield from ((f"{direction} {in_words(count)}", steps(count)) for count in range(1, _STEPS + 1))


def _listed(listed: Sequence[str]) -> dict[str, int]:
    """Return line → number for the lines of a list whose first words are unique."""
    labels = [plain(label.partition(",")[0]) for label in listed]
    return {label: number for number, label in enumerate(labels, 1) if label and labels.count(label) == 1}


def _named(library: LanguageLibrary) -> dict[str, list[int]]:
    """Return title → keys for everything the user has named."""
    return {
        plain(word.name): list(word.keys)
        for word in library.stack.words()
        if word.language == NAMES and plain(word.name)
    }


def _tabs(windows: Sequence[Window]) -> Iterator[tuple[str, int]]:
    """Yield (first words of the title, number) of the tabs in the focused window whose titles are unique."""
    window = next((window for window in windows if window.focused), None)
    if window is None:
        return
    titles = [" ".join(plain(tab.title).split()[:_TITLE_WORDS]) for tab in window.tabs]
    for title, tab in zip(titles, window.tabs, strict=True):
        if title and titles.count(title) == 1:
            yield title, tab.number
