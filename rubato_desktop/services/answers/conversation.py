"""What was said before: whether a message is a question at all, and what one that points back is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from rubato_desktop.services.answers.tokens import known_words, names, plain, terms

_MOST: Final = 8  # words taken from before
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")

GREETED: Final = "Hello. Ask me about what you have read and recorded."
THANKED: Final = "You are welcome."


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer.

    Attributes:
        question: As it was asked.
        answer: As it was given.
        subject: The words its search was about.
        quoted: The sentences of sources that it cited.
    """

    question: str
    answer: str
    subject: Sequence[str]
    quoted: Sequence[str] = ()


@dataclass(slots=True)
class Conversation:
    """The turns so far, the latest last."""

    turns: list[Turn] = field(default_factory=list)


@cache
def _phrases(kind: str) -> frozenset[str]:
    return frozenset(plain(phrase) for phrase in known_words()[kind])


def small_talk(message: str) -> str:
    """Return what to say to a greeting or to thanks; empty to what may be a question."""
    words = plain(message)
    return GREETED if words in _phrases("greetings") else THANKED if words in _phrases("thanks") else ""


def subject_of(question: str) -> list[str]:
    """Return the words of a question that say what it is about, as they were written."""
    return [word for word in _WORD.findall(question) if terms(word)]


def goes_on(question: str) -> bool:
    """Return whether a question points back to what was said before."""
    words = plain(question)
    first = re.sub(r"\b(?:is|are|was|were|be|been) there\b", " ", words).split()
    known = known_words()
    begins = any(words == start or words.startswith(f"{start} ") for start in known["going_on"])
    return begins or not subject_of(question) or bool(set(known["pointing"]) & set(first))


def carried(question: str, conversation: Conversation | None) -> list[str]:
    """Return what a question that points back takes along: words the person said, and names in what was quoted.

    What a model said is not among them: a guess of its would be searched for as if it were known.
    """
    if conversation is None or not conversation.turns or not goes_on(question):
        return []
    last = conversation.turns[-1]
    own = set(terms(question))
    named = [word for text in last.quoted for word in subject_of(text) if names(f"so {word}")]
    words = [word for word in dict.fromkeys([*last.subject, *named]) if not own & set(terms(word))]
    return words[:_MOST]
