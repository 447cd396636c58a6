"""What may be said: words with their parameters, values alone, and names of what is there. All in small letters."""

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

# Other names under which a word may be said: more natural, or better told from others.
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
WITH_WORD: Final = 99  # the largest number that is said in one breath with a word
_TITLE_WORDS: Final = 5
_CELLS: Final = 12
_STEPS: Final = 12


@dataclass(frozen=True, slots=True)
class SpokenPhrase:
    """What a phrase means.

    Attributes:
        word: The word.
        args: The parameters that were said with it.
        ends_dictation: Whether it is meant also where anything may be dictated.
    """

    word: Word
    args: Mapping[str, Any] = field(default_factory=dict)
    ends_dictation: bool = False


def words(
    library: LanguageLibrary, listed: Sequence[str] = (), windows: Sequence[Window] = ()
) -> dict[str, SpokenPhrase]:
    """Return what may be said while nothing is half played, and what it means.

    Args:
        library: The words.
        listed: The lines of the list that is shown.
        windows: The windows of the browser.
    """
    found: dict[str, SpokenPhrase] = {}
    for word in library.stack.words():
        ends = word.command in ENDS_DICTATION
        for name in (plain(word.name), *SYNONYMS.get(word.name.lower(), ())):
            found.setdefault(name, SpokenPhrase(word, {}, ends))
            # The value must be said whole: of what follows it nothing could be told from the keys.
            if len(word.parameters) == 1:
                parameter = word.parameters[0]
                for said, value in values(parameter.kind, library, listed, most=WITH_WORD).items():
                    found.setdefault(f"{name} {said}", SpokenPhrase(word, {parameter.name: value}))
    tab = library.stack.word("tab")
    if tab is not None:
        for title, number in _tabs(windows):
            found.setdefault(
                f"{plain(tab.name)} {title}", SpokenPhrase(tab, {tab.parameters[0].name: number})
            )
    found.pop("", None)
    return found


def values(
    kind: str, library: LanguageLibrary, listed: Sequence[str] = (), *, most: int = LARGEST
) -> dict[str, Any]:
    """Return what may be said for a parameter, and its values.

    Args:
        kind: How the parameter is played, one of `language.readers.KINDS`.
        library: The words.
        listed: The lines of the list that is shown.
        most: The largest number.
    """
    match kind:
        case "number" | "number2":
            up = _numbers(0, most)
            return {**up, **{f"minus {said}": -value for said, value in up.items() if 0 < value < 100}}
        case "choice" | "choice or text":
            return {**_numbers(0, most), **_listed(listed)}
        case "name or choice":
            return {**_numbers(0, most), **_listed(listed), **_named(library)}
        case "name":
            return _named(library)
        case "note":
            return _numbers(0, 24)
        case "volume":
            levels = {said: value / 100 for said, value in _numbers(0, 100).items()}
            return {**levels, **{f"{said} percent": level for said, level in levels.items()}}
        case "speed":
            return dict(_speeds())
        case "grid":
            return dict(_cells())
        case "box":
            return {said: [cell] for said, cell in _cells()}
        case "scroll":
            return dict(_scrolls())
    return {}


def plain(text: str) -> str:
    """Return a text as it is said: in small letters, without signs."""
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
    ways: Mapping[str, Callable[[int], dict[str, int]]] = {
        "down": lambda steps: {"vertical": steps, "horizontal": 0},
        "up": lambda steps: {"vertical": -steps, "horizontal": 0},
        "right": lambda steps: {"vertical": 0, "horizontal": steps},
        "left": lambda steps: {"vertical": 0, "horizontal": -steps},
    }
    for way, steps in ways.items():
        yield way, steps(1)
        yield from ((f"{way} {in_words(count)}", steps(count)) for count in range(1, _STEPS + 1))


def _listed(listed: Sequence[str]) -> dict[str, int]:
    """The lines of the list that is shown: each is its number."""
    labels = [plain(label.partition(",")[0]) for label in listed]
    return {label: number for number, label in enumerate(labels, 1) if label and labels.count(label) == 1}


def _named(library: LanguageLibrary) -> dict[str, list[int]]:
    """What has a name by keys: each is these keys."""
    return {
        plain(word.name): list(word.keys)
        for word in library.stack.words()
        if word.language == NAMES and plain(word.name)
    }


def _tabs(windows: Sequence[Window]) -> Iterator[tuple[str, int]]:
    """The tabs of the window in front, by the first words of their titles; of two alike, neither."""
    window = next((window for window in windows if window.focused), None)
    if window is None:
        return
    titles = [" ".join(plain(tab.title).split()[:_TITLE_WORDS]) for tab in window.tabs]
    for title, tab in zip(titles, window.tabs, strict=True):
        if title and titles.count(title) == 1:
            yield title, tab.number
