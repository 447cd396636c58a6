"""Words of questions and sentences, so far as they say what something is about."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import Any, Final

from rubato_desktop.resources import resource

_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# A sentence ends at one of these, with what closes it, before white space; or where a paragraph ends, or an item.
_END: Final = re.compile(
    r"[.!?…]+(?:\[\d+\])*[\"'”’»)\]]*(?=\s)|[。！？]+[”」』）]*|\n\s*\n|\n(?=\s*[-*•#\d])"
)
_NO_END: Final = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|No|no|Nr|Op|op|vol|pp?|bars?|mm|cf|ca|e\.g|i\.e|etc|vs|Jr|Sr|Fig|fig)|^\s*\d+)\.$"
)


@cache
def known_words() -> dict[str, Any]:
    """Return `resources/answers.toml`."""
    return tomllib.loads(resource("answers.toml").read_text(encoding="utf-8"))


@cache
def _stop() -> frozenset[str]:
    return frozenset(known_words()["stop"])


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


@cache
def stem(word: str) -> str:
    """Return what inflections of a word share, folded to lower case."""
    form = word.casefold().replace("’", "'").removesuffix("'s")
    return str(_stemmer().stemWord(known_words()["irregular"].get(form, form)))


def plain(text: str) -> str:
    """Return a text's words alone, in lower case, one blank between them."""
    return " ".join(word.casefold() for word in _WORD.findall(text))


def terms(text: str) -> list[str]:
    """Return the stems of the words that say what a text is about, in order.

    Of scripts that put no blanks between words it is pairs of signs.
    """
    found: list[str] = []
    for word in _WORD.findall(text):
        if _UNSPACED.search(word):
            found += [word[place : place + 2] for place in range(max(1, len(word) - 1))]
        elif word.casefold() not in _stop():
            found.append(stem(word))
    return found


@cache
def _which() -> frozenset[str]:
    return frozenset(known_words()["which"])


def names(text: str) -> set[str]:
    """Return the stems of words that pick one thing out: with a capital inside a sentence, a digit, or an ordinal."""
    found = {stem(word) for word in _WORD.findall(text) if word.casefold() in _which()}
    for match in _WORD.finditer(text):
        word = match[0]
        begins = not re.search(r"[^\W_]", re.split(r"[.!?:]\s", text[: match.start()])[-1])
        if any(map(str.isdigit, word)) or (
            word[0].isupper() and not begins and word.casefold() not in _stop()
        ):
            found.add(stem(word))
    return found


def asks_for(question: str) -> str:
    """Return the word by which a question asks, such as ``who``; empty where it has none."""
    asking = ("who", "whom", "whose", "when", "where", "why", "how", "which", "what")
    return next((word for word in plain(question).split() if word in asking), "")


def sentences(text: str) -> list[str]:
    """Return a text's sentences, as they stand, in order."""
    found, begin = [], 0
    for end in _END.finditer(text):
        if _NO_END.search(text[begin : end.end()]):
            continue
        found.append(text[begin : end.end()])
        begin = end.end()
    found.append(text[begin:])
    return [" ".join(sentence.split()) for sentence in found if any(map(str.isalnum, sentence))]


@cache
def _instructions() -> re.Pattern[str]:
    return re.compile(
        "|".join(f"(?:{pattern})" for pattern in known_words()["instructions"]["patterns"]), re.I | re.M
    )


def instructs(sentence: str) -> bool:
    """Return whether a sentence of a source speaks to a model instead of saying something."""
    return _instructions().search(sentence) is not None
