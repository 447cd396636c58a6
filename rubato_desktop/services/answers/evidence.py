"""The sentences of found passages that answer a question, or none.

A sentence is weighed by how much of what the question is about stands in it or just before it. What a question asks
for (who, when, how many) has to be in it, and what the question names has to be in its passage. The weights and the bar
were set with `benchmarks/answers.py`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rubato_desktop.services.answers.passages import Passage
from rubato_desktop.services.answers.tokens import instructs, known_words, names, sentences, terms

BAR: Final = 0.6  # of what it is about, so much has to be said
BEFORE: Final = 0.7  # what stands in the sentence before, or in the passage's first line, counts less
CERTAIN: Final = 2.0  # more than any weighing gives
_INSTRUCTS: Final = 0.5
_WRONG_KIND: Final = 0.5
_PREFIX: Final = 5  # letters from which two words with the same beginning may be one


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of a passage.

    Attributes:
        text: As it stands in its passage.
        passage: The passage's place among those found, from 0.
        place: The sentence's place in the passage, from 0.
        score: How well it answers, about 0 to 1.
        answers: Whether that is enough to be an answer.
    """

    text: str
    passage: int
    place: int
    score: float
    answers: bool


@dataclass(frozen=True, slots=True)
class Sought:
    """What a question is about.

    Attributes:
        question: As it was asked.
        own: What its own words are about, by stem.
        context: What the conversation before it was about; counts half.
    """

    question: str
    own: Sequence[str]
    context: Sequence[str] = ()

    @classmethod
    def of(cls, question: str, context: Sequence[str] = ()) -> Sought:
        own = list(dict.fromkeys(terms(question)))
        return cls(question, own, [term for term in dict.fromkeys(context) if term not in own])

    def weights(self) -> dict[str, float]:
        return {**dict.fromkeys(self.context, 0.5), **dict.fromkeys(self.own, 1.0)}


def weigh(sought: Sought, found: Sequence[Passage]) -> list[Evidence]:
    """Return every sentence of the passages with its score, best first."""
    rows = [
        (number, place, sentence)
        for number, passage in enumerate(found)
        for place, sentence in enumerate(sentences(passage.text))
    ]
    weights = sought.weights()
    if not rows or not weights:
        return []
    worded = [set(terms(sentence)) for _, _, sentence in rows]
    rarity = _rarity(worded, weights)
    named = names(sought.question)
    asked = [term for term in sought.own if term not in named]
    whole = [set(terms(f"{passage.text} {_title(passage)}")) for passage in found]
    seen: dict[str, Evidence] = {}
    for row, (number, place, sentence) in enumerate(rows):
        around = (
            (worded[row - 1] if place else set()) | (worded[row - place]) | set(terms(_title(found[number])))
        )
        share = {term: _share(term, worded[row], around) for term in weights}
        covered = sum(share[term] * weight for term, weight in weights.items()) / sum(weights.values())
        rare = sum(share[term] * weights[term] * rarity[term] for term in weights) / sum(
            weights[term] * rarity[term] for term in weights
        )
        # A name alone is not what is asked of it.
        own = any(_has(term, worded[row]) for term in asked or weights)
        score = 0.5 * covered + 0.4 * rare + 0.1 / (1 + number) * covered
        fits = _kind_fits(sought.question, sentence)
        score *= (1.0 if fits else _WRONG_KIND) * (_INSTRUCTS if instructs(sentence) else 1.0)
        answers = fits and own and covered >= BAR and all(_has(name, whole[number]) for name in named)
        if not sentence.rstrip().endswith("?") and (sentence not in seen or seen[sentence].score < score):
            seen[sentence] = Evidence(sentence, number, place, score, answers)
    return sorted(seen.values(), key=lambda one: (not one.answers, -one.score, one.passage, one.place))


def as_it_stands(found: Sequence[Passage]) -> list[Evidence]:
    """Return every sentence of passages that are an answer already: a person's own correction."""
    return [
        Evidence(sentence, number, place, CERTAIN, True)
        for number, passage in enumerate(found)
        for place, sentence in enumerate(sentences(passage.text))
    ]


def _title(passage: Passage) -> str:
    """The words of its file's name: `Notes on pedalling.md` says what each line in it is about."""
    return re.sub(r"[-_.]+", " ", re.split(r"[\\/]", passage.source)[-1].rpartition(".")[0])


def _rarity(worded: Sequence[set[str]], wanted: dict[str, float]) -> dict[str, float]:
    """How much each term tells these sentences apart: inverse document frequency, as in BM25."""
    counts = Counter(term for words in worded for term in wanted if _has(term, words))
    total = len(worded)
    return {term: math.log(1 + (total - counts[term] + 0.5) / (counts[term] + 0.5)) for term in wanted}


def _share(term: str, sentence: set[str], around: set[str]) -> float:
    return 1.0 if _has(term, sentence) else BEFORE if _has(term, around) else 0.0


def _has(term: str, words: set[str]) -> bool:
    """Whether a term is among words, forms of one word being one: tun-er, tun-ing; a slip of a letter too."""
    if term in words:
        return True
    if len(term) < _PREFIX or any(map(str.isdigit, term)):
        return False
    return any(
        len(word) >= _PREFIX and (word.startswith(term) or term.startswith(word) or _slip(term, word))
        for word in words
    )


def _slip(one: str, other: str) -> bool:
    if one[0] != other[0] or abs(len(one) - len(other)) > 1:
        return False
    from rapidfuzz.distance import OSA

    return OSA.distance(one, other, score_cutoff=1) <= 1


def _kind_fits(question: str, sentence: str) -> bool:
    """Whether a sentence holds the kind of thing that is asked for."""
    asked = question.casefold()
    wanted = known_words()["answers"]
    if re.search(r"\bhow (?:many|much|old|long|often|fast|far|big|large|tall|high|wide|heavy)\b", asked):
        return re.search(wanted["number"], sentence, re.I) is not None or (
            "often" in asked and re.search(wanted["when"], sentence, re.I) is not None
        )
    if re.search(r"\b(?:when|what (?:time|year|day|date|month)|which (?:year|day|month))\b", asked):
        return re.search(wanted["when"], sentence, re.I) is not None
    if re.match(r"\W*(?:and |but )?(?:who|whose|whom)\b", asked):
        known = set(terms(question))
        named = (word for word in re.findall(r"[^\W\d_]+", sentence) if word[0].isupper())
        person = re.search(wanted["who"], sentence, re.I) is not None
        return person or any(terms(word) and not known & set(terms(word)) for word in named)
    return True
