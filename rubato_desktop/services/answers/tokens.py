"""Splits text into sentences and terms: the stems of the words that carry its subject."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import Any, Final

from rubato_desktop.resources import resource

_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# A sentence ends at punctuation with its closing quotes before white space, at a paragraph, or at a list item.
_END: Final = re.compile(
    r"[.!?…]+(?:\[\d+\])*[\"'”’»)\]]*(?=\s)|[。！？]+[”」』）]*|\n\s*\n|\n(?=\s*[-*•#\d])"
)
_ABBREVIATION: Final = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|No|no|Nr|Op|op|vol|pp?|bars?|mm|cf|ca|e\.g|i\.e|etc|vs|Jr|Sr|Fig|fig)|^\s*\d+)\.$"
)
_QUESTION_WORDS: Final = ("who", "whom", "whose", "when", "where", "why", "how", "which", "what")


@cache
def word_lists() -> dict[str, Any]:
    """Return `resources/answers.toml`."""
    return tomllib.loads(resource("answers.toml").read_text(encoding="utf-8"))


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(word_lists()["stop"])


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


@cache
def stem(word: str) -> str:
    """Return the stem that the inflections of a word share, in lower case."""
    form = word.casefold().replace("’", "'").removesuffix("'s")
    return str(_stemmer().stemWord(word_lists()["irregular"].get(form, form)))


def normalise(text: str) -> str:
    """Return the words of a text in lower case, separated by single spaces."""
    return " ".join(word.casefold() for word in _WORD.findall(text))


def terms(text: str) -> list[str]:
    """Return the stems of the words in a text that are not stop words, in order.

    Scripts without spaces between words give pairs of characters instead.
    """
    found: list[str] = []
    for word in _WORD.findall(text):
        if _UNSPACED.search(word):
            found += [word[start : start + 2] for start in range(max(1, len(word) - 1))]
        elif word.casefold() not in _stop_words():
            found.append(stem(word))
    return found


@cache
def _distinguishing() -> frozenset[str]:
    return frozenset(word_lists()["which"])


def names(text: str) -> set[str]:
    """Return the stems of words that single something out: capitalised inside a sentence, with a digit, ordinals."""
    found = {stem(word) for word in _WORD.findall(text) if word.casefold() in _distinguishing()}
    for match in _WORD.finditer(text):
        word = match[0]
        begins = not re.search(r"[^\W_]", re.split(r"[.!?:]\s", text[: match.start()])[-1])
        if any(map(str.isdigit, word)) or (
            word[0].isupper() and not begins and word.casefold() not in _stop_words()
        ):
            found.add(stem(word))
    return found


def question_word(question: str) -> str:
    """Return the first question word, such as ``who``; empty if there is none."""
    return next((word for word in normalise(question).split() if word in _QUESTION_WORDS), "")


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, in order, with white space collapsed."""
    found, start = [], 0
    for end in _END.finditer(text):
        if _ABBREVIATION.search(text[start : end.end()]):
            continue
        found.append(text[start : end.end()])
        start = end.end()
    found.append(text[start:])
    return [" ".join(sentence.split()) for sentence in found if any(map(str.isalnum, sentence))]


@cache
def _instructions() -> re.Pattern[str]:
    return re.compile(
        "|".join(f"(?:{pattern})" for pattern in word_lists()["instructions"]["patterns"]), re.I | re.M
    )


def instructs(sentence: str) -> bool:
    """Return whether a sentence reads as an instruction to a language model."""
    return _instructions().search(sentence) is not None
