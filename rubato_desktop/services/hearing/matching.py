"""Which of many phrases was said: the sound itself is held against all of them at once.

Written down freely, short commands come out wrong almost every other time. Here the model is asked instead how likely
each phrase is, along a tree of all their spellings, so that phrases which begin alike cost nothing twice.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from rubato_desktop.services.hearing.numbers import in_figures
from rubato_desktop.services.voice.samples import Samples

if TYPE_CHECKING:
    from rubato_desktop.services.hearing.recogniser import Recogniser

BEAM: Final = 10  # so many beginnings are followed at a time
_HOPELESS: Final = 8.0  # nats below the best: no longer followed
_LONGEST: Final = 16  # tokens

# How long a phrase takes to say: the recogniser, which hears less than the half minute it was taught on, is
# apt to stop early, and "skip" is the beginning of "skip three".
_BREATH_S: Final = 0.05
_LETTER_S: Final = 0.062
_DURATION: Final = 5.0  # nats for e-fold too long or short, squared
_WORD: Final = 2.5  # nats a word: long phrases are less likely by their length alone

NEAR: Final = 3  # so many are asked about


class Limits(NamedTuple):
    """When something counts as said; measured by benchmarks/hearing.py.

    Attributes:
        least: What fits worse, in nats, is none of the phrases.
        beside: Nor is what anything else fits so much better.
        margin: What fits less than this better than another is asked about.
    """

    least: float
    beside: float
    margin: float


CLEAN: Final = Limits(least=-12.0, beside=4.0, margin=1.0)
# In noise everything fits badly, and wrong phrases no worse than the right one.
NOISY: Final = Limits(least=-10.0, beside=6.0, margin=1.4)
NOISY_DB: Final = 18.0  # voice above what is around it; less is noisy


@dataclass(slots=True)
class Node:
    """A place in the tree of spellings: what may come next, and the phrases that end here."""

    next: dict[int, Node] = field(default_factory=dict)
    ends: list[int] = field(default_factory=list)


class Voice(NamedTuple):
    """What is known of the voice in a sound.

    Attributes:
        seconds: From its first moment to its last.
        above_db: How much louder it is than what is around it.
    """

    seconds: float
    above_db: float


class Match(NamedTuple):
    """What was said.

    Attributes:
        phrase: The phrase; empty where none is sure.
        near: The phrases that it may be, the likeliest first.
        score: How well the likeliest fits, in nats; 0 is perfect.
    """

    phrase: str
    near: tuple[str, ...]
    score: float


NOTHING: Final = Match("", (), -math.inf)


class Phrases:
    """Phrases, made ready to be held against a sound.

    Args:
        recogniser: Its tokens are used.
        phrases: In small letters, numbers in words.
    """

    def __init__(self, recogniser: Recogniser, phrases: Sequence[str]) -> None:
        self.phrases = tuple(phrases)
        self.root = Node()
        spelt = [(spelling, place) for place, phrase in enumerate(phrases) for spelling in spellings(phrase)]
        for tokens, (_, place) in zip(recogniser.tokens([text for text, _ in spelt]), spelt, strict=True):
            node = self.root
            for token in tokens[:_LONGEST]:
                node = node.next.setdefault(token, Node())
            node.ends.append(place)


def spellings(phrase: str) -> Sequence[str]:
    """Return how the recogniser may write a phrase."""
    found = []
    for text in dict.fromkeys((phrase, in_figures(phrase))):
        capital = text[:1].upper() + text[1:]
        found += [f" {text}", f" {capital}", f" {text}.", f" {capital}."]
    return list(dict.fromkeys(found))


def match(
    recogniser: Recogniser,
    sound: Samples,
    voice: Voice,
    phrases: Phrases,
    wanted: Callable[[], bool] = lambda: True,
) -> Match:
    """Return which phrase was said.

    Args:
        recogniser: What hears.
        sound: Mono at 16 kHz, with some silence around what was said.
        voice: What is known of the voice in it.
        phrases: What may have been said.
        wanted: Asked now and then; no longer wanted, it gives up.
    """
    if not phrases.phrases:
        return NOTHING
    scores, freely = _follow(recogniser, recogniser.encode(sound), phrases.root, wanted)
    rated = rate({phrases.phrases[place]: score for place, score in scores.items()}, voice.seconds)
    return decide(rated, freely, NOISY if voice.above_db < NOISY_DB else CLEAN)


def rate(scores: Mapping[str, float], voiced_s: float) -> list[tuple[float, str]]:
    """Return phrases by how well they fit, the best first, their length and their duration considered."""
    rated = []
    for phrase, score in scores.items():
        expected = _BREATH_S + _LETTER_S * len(phrase.replace(" ", ""))
        off = math.log(max(voiced_s, 0.05) / expected)
        rated.append((score - _DURATION * off * off + _WORD * phrase.count(" "), phrase))
    return sorted(rated, reverse=True)


def decide(rated: Sequence[tuple[float, str]], freely: float, limits: Limits) -> Match:
    """Choose, or do not.

    Args:
        rated: As `rate` returns it.
        freely: How well anything at all fits.
        limits: When something counts as said.
    """
    if not rated or rated[0][0] < limits.least or rated[0][0] < freely - limits.beside:
        return NOTHING._replace(score=rated[0][0] if rated else -math.inf)
    best, phrase = rated[0]
    near = tuple(other for score, other in rated[: NEAR + 1] if best - score < limits.margin)
    return Match(phrase if len(near) == 1 else "", near[:NEAR], best)


def _follow(
    recogniser: Recogniser, encoded: Samples, root: Node, wanted: Callable[[], bool] = lambda: True
) -> tuple[dict[int, float], float]:
    """Follow the likeliest beginnings; returns nats of each phrase that was reached, and of free writing."""
    ended: defaultdict[int, list[float]] = defaultdict(list)
    beams: list[tuple[tuple[int, ...], float, Node | None]] = [((), 0.0, root)]
    free: tuple[tuple[int, ...], float] | None = ((), 0.0)
    freely = -math.inf
    for depth in range(_LONGEST):
        asked = [tokens for tokens, _, _ in beams]
        if free is not None and depth:
            asked.append(free[0])
        if not asked or not wanted():
            break
        likely = recogniser.next_tokens(encoded, asked)
        if free is not None:
            token = int(likely[-1].argmax())
            total = free[1] + float(likely[-1][token])
            if token == recogniser.end:
                free, freely = None, total
            else:
                free = ((*free[0], token), total)
        following = []
        for (tokens, total, node), row in zip(beams, likely, strict=False):
            assert node is not None
            for place in node.ends:
                ended[place].append(total + float(row[recogniser.end]))
            following += [((*tokens, t), total + float(row[t]), child) for t, child in node.next.items()]
        best = max((max(scores) for scores in ended.values()), default=-math.inf)
        following.sort(key=lambda beam: -beam[1])
        beams = [beam for beam in following[:BEAM] if beam[1] > best - _HOPELESS]
        if not beams:
            break
    if free is not None:
        freely = free[1]  # it is longer than any phrase: what it has cost so far is enough to compare
    return {place: float(np.logaddexp.reduce(scores)) for place, scores in ended.items()}, freely
