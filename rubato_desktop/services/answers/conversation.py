"""The conversation so far: tells small talk from questions, and resolves follow-up questions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from rubato_desktop.services.answers.tokens import names, normalise, terms, word_lists

_MAX_CARRIED: Final = 8  # words
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")

GREETING_REPLY: Final = "Hello. Ask me about what you have read and recorded."
THANKS_REPLY: Final = "You are welcome."


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer.

    Attributes:
        question: The question as the user asked it.
        answer: The answer as it was given.
        subject: The words its search was about.
        quoted: The source sentences it cited.
    """

    question: str
    answer: str
    subject: Sequence[str]
    quoted: Sequence[str] = ()


@dataclass(slots=True)
class Conversation:
    """The turns so far, oldest first."""

    turns: list[Turn] = field(default_factory=list)


@cache
def _phrases(kind: str) -> frozenset[str]:
    return frozenset(normalise(phrase) for phrase in word_lists()[kind])


def small_talk_reply(message: str) -> str:
    """Return the reply to a greeting or to thanks; empty if the message may be a question."""
    words = normalise(message)
    if words in _phrases("greetings"):
        return GREETING_REPLY
    return THANKS_REPLY if words in _phrases("thanks") else ""


def subject_of(question: str) -> list[str]:
    """Return the words that say what a question is about, as written."""
    return [word for word in _WORD.findall(question) if terms(word)]


def is_follow_up(question: str) -> bool:
    """Return whether a question refers back to the conversation."""
    words = normalise(question)
    # The "there" in "is there" is no reference.
    referring = re.sub(r"\b(?:is|are|was|were|be|been) there\b", " ", words).split()
    lists = word_lists()
    continues = any(words == start or words.startswith(f"{start} ") for start in lists["going_on"])
    return continues or not subject_of(question) or bool(set(lists["pointing"]) & set(referring))


def carried_words(question: str, conversation: Conversation | None) -> list[str]:
    """Return the words a follow-up question takes from the last turn: the user's own, and names in its quotes.

    The model's words are left out, because a wrong guess would be searched for as if it were a fact.
    """
    if conversation is None or not conversation.turns or not is_follow_up(question):
        return []
    last = conversation.turns[-1]
    own = set(terms(question))
    named = [word for text in last.quoted for word in subject_of(text) if names(f"so {word}")]
    words = [word for word in dict.fromkeys([*last.subject, *named]) if not own & set(terms(word))]
    return words[:_MAX_CARRIED]
