"""Scores the sentences of retrieved passages as evidence for an answer, and decides whether there is one.

A sentence scores by how many of the question's terms it covers, or the sentence before it does. To count as an answer
it must contain what the question asks for (a person, a time, a number), and its passage every name in the question.
The weights and the threshold were tuned with `benchmarks/answers.py`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rubato_desktop.services.answers.passages import Passage
from rubato_desktop.services.answers.tokens import instructs, names, sentences, terms, word_lists

MIN_COVERAGE: Final = 0.6  # share of the question's terms that an answer must cover
CONTEXT_WEIGHT: Final = 0.7  # of a term in the sentence before, in the first line or in the title
CERTAIN: Final = 2.0  # above every computed score
_INSTRUCTION_PENALTY: Final = 0.5
_WRONG_KIND_PENALTY: Final = 0.5
_MIN_PREFIX: Final = 5  # letters two words must share to count as forms of one word


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a passage, with its evidence score.

    Attributes:
        text: The sentence, as it stands in its passage.
        passage: Index of the passage among those retrieved.
        position: Index of the sentence in its passage.
        score: How well it answers, about 0 to 1.
        answers: Whether that is enough for an answer.
    """

    text: str
    passage: int
    position: int
    score: float
    answers: bool


@dataclass(frozen=True, slots=True)
class QuestionTerms:
    """What a question is about.

    Attributes:
        question: The question as the user asked it.
        own: Stems of its own words.
        context: Stems carried over from the conversation; they count half.
    """

    question: str
    own: Sequence[str]
    context: Sequence[str] = ()

    @classmethod
    def of(cls, question: str, context: Sequence[str] = ()) -> QuestionTerms:
        own = list(dict.fromkeys(terms(question)))
        return cls(question, own, [term for term in dict.fromkeys(context) if term not in own])

    def weights(self) -> dict[str, float]:
        return {**dict.fromkeys(self.context, 0.5), **dict.fromkeys(self.own, 1.0)}


def score_sentences(asked: QuestionTerms, passages: Sequence[Passage]) -> list[Evidence]:
    """Return each sentence of the passages with its score: answers first, then best first."""
    rows = [
        (index, position, sentence)
        for index, passage in enumerate(passages)
        for position, sentence in enumerate(sentences(passage.text))
    ]
    weights = asked.weights()
    if not rows or not weights:
        return []
    row_terms = [set(terms(sentence)) for _, _, sentence in rows]
    idf = _inverse_frequency(row_terms, weights)
    question_names = names(asked.question)
    other_terms = [term for term in asked.own if term not in question_names]
    passage_terms = [set(terms(f"{passage.text} {_title(passage)}")) for passage in passages]
    best: dict[str, Evidence] = {}
    for row, (index, position, sentence) in enumerate(rows):
        context = (
            (row_terms[row - 1] if position else set())
            | row_terms[row - position]
            | set(terms(_title(passages[index])))
        )
        coverage = {term: _coverage(term, row_terms[row], context) for term in weights}
        covered = sum(coverage[term] * weight for term, weight in weights.items()) / sum(weights.values())
        rare = sum(coverage[term] * weights[term] * idf[term] for term in weights) / sum(
            weights[term] * idf[term] for term in weights
        )
        # A sentence that only has the name says nothing about what is asked.
        on_subject = any(_contains(term, row_terms[row]) for term in other_terms or weights)
        score = 0.5 * covered + 0.4 * rare + 0.1 / (1 + index) * covered
        fits = _has_expected_kind(asked.question, sentence)
        score *= (1.0 if fits else _WRONG_KIND_PENALTY) * (
            _INSTRUCTION_PENALTY if instructs(sentence) else 1.0
        )
        answers = (
            fits
            and on_subject
            and covered >= MIN_COVERAGE
            and all(_contains(name, passage_terms[index]) for name in question_names)
        )
        if not sentence.rstrip().endswith("?") and (sentence not in best or best[sentence].score < score):
            best[sentence] = Evidence(sentence, index, position, score, answers)
    return sorted(best.values(), key=lambda one: (not one.answers, -one.score, one.passage, one.position))


def as_certain(passages: Sequence[Passage]) -> list[Evidence]:
    """Return every sentence of passages that are known to be the answer: the user's own corrections."""
    return [
        Evidence(sentence, index, position, CERTAIN, True)
        for index, passage in enumerate(passages)
        for position, sentence in enumerate(sentences(passage.text))
    ]


def _title(passage: Passage) -> str:
    """The words of the file name: `Notes on pedalling.md` says what each of its lines is about."""
    return re.sub(r"[-_.]+", " ", re.split(r"[\\/]", passage.source)[-1].rpartition(".")[0])


def _inverse_frequency(row_terms: Sequence[set[str]], wanted: dict[str, float]) -> dict[str, float]:
    """Inverse document frequency of each term over the sentences, as in BM25."""
    counts = Counter(term for words in row_terms for term in wanted if _contains(term, words))
    total = len(row_terms)
    return {term: math.log(1 + (total - counts[term] + 0.5) / (counts[term] + 0.5)) for term in wanted}


def _coverage(term: str, sentence: set[str], context: set[str]) -> float:
    if _contains(term, sentence):
        return 1.0
    return CONTEXT_WEIGHT if _contains(term, context) else 0.0


def _contains(term: str, words: set[str]) -> bool:
    """Whether words contain a term, another form of it (tuner, tuning), or it with one letter wrong."""
    if term in words:
        return True
    if len(term) < _MIN_PREFIX or any(map(str.isdigit, term)):
        return False
    return any(
        len(word) >= _MIN_PREFIX and (word.startswith(term) or term.startswith(word) or _is_typo(term, word))
        for word in words
    )


def _is_typo(one: str, other: str) -> bool:
    if one[0] != other[0] or abs(len(one) - len(other)) > 1:
        return False
    from rapidfuzz.distance import OSA

    return OSA.distance(one, other, score_cutoff=1) <= 1


def _has_expected_kind(question: str, sentence: str) -> bool:
    """Whether a sentence contains the kind of answer the question asks for: a number, a time or a person."""
    lower = question.casefold()
    patterns = word_lists()["answers"]
    if re.search(r"\bhow (?:many|much|old|long|often|fast|far|big|large|tall|high|wide|heavy)\b", lower):
        return re.search(patterns["number"], sentence, re.I) is not None or (
            "often" in lower and re.search(patterns["when"], sentence, re.I) is not None
        )
    if re.search(r"\b(?:when|what (?:time|year|day|date|month)|which (?:year|day|month))\b", lower):
        return re.search(patterns["when"], sentence, re.I) is not None
    if re.match(r"\W*(?:and |but )?(?:who|whose|whom)\b", lower):
        known = set(terms(question))
        capitalised = (word for word in re.findall(r"[^\W\d_]+", sentence) if word[0].isupper())
        person = re.search(patterns["who"], sentence, re.I) is not None
        return person or any(terms(word) and not known & set(terms(word)) for word in capitalised)
    return True
