"""Which of many phrases was said: the sound itself is held against all of them at once.

Written down freely, short commands come out wrong almost every other time. Here recognisers are asked instead how
likely each phrase is (`search`). Moonshine hears first: what it is sure of, most of what is said, is decided. About the
rest Whisper is asked too, seven times as slow, and the word of both counts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from rubato_desktop.services.hearing.beam_search import Tree
from rubato_desktop.services.hearing.endpointing import RATE
from rubato_desktop.services.hearing.moonshine import Moonshine
from rubato_desktop.services.hearing.recogniser import Whisper
from rubato_desktop.services.voice.samples import Samples

_TOLD: Final = (
    4  # of what Moonshine finds, Whisper is asked about so many, also where it finds others likelier
)
_WEIGHT: Final = 0.3  # of Moonshine's word beside Whisper's

# How long a phrase takes to say: a recogniser is apt to stop early, and "skip" is the beginning of "skip three".
_BREATH_S: Final = 0.05
_LETTER_S: Final = 0.062
_DURATION: Final = 5.0  # nats for e-fold too long or short, squared
_WORD: Final = 2.5  # nats a word: long phrases are less likely by their length alone

NEAR: Final = 3  # so many are asked about
# The longest phrase takes less than half of it to say; Moonshine's decoder fails beyond 9.25 s, Whisper's beyond 30 s.
LONGEST_S: Final = 9.0


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


ALONE: Final = Limits(least=-10.0, beside=3.0, margin=5.0)  # to Moonshine
BOTH: Final = Limits(least=-12.0, beside=7.0, margin=1.9)  # to both, or to Whisper where it hears alone


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
        whisper: The thorough recogniser.
        moonshine: The quick one; None where another language is spoken than it knows.
        phrases: In small letters, numbers in words.
    """

    def __init__(self, whisper: Whisper, moonshine: Moonshine | None, phrases: Sequence[str]) -> None:
        self._thorough = Tree(whisper, phrases, width=10, hopeless=8.0)
        self._quick = Tree(moonshine, phrases, width=20, hopeless=12.0) if moonshine is not None else None

    def match(self, sound: Samples, voiced_s: float, wanted: Callable[[], bool] = lambda: True) -> Match:
        """Return which phrase was said; none in a sound longer than `LONGEST_S`.

        Args:
            sound: Mono at 16 kHz, with some silence around what was said.
            voiced_s: How long the voice in it lasts, s.
            wanted: Asked now and then; no longer wanted, it gives up.
        """
        if len(sound) > LONGEST_S * RATE:
            return NOTHING
        if self._quick is None:
            found = self._thorough.follow(self._thorough.listen(sound), wanted=wanted)
            return decide(rate(found.scores, voiced_s), found.freely, BOTH)
        heard = self._quick.listen(sound)
        first = self._quick.follow(heard, wanted=wanted)
        rated = rate(first.scores, voiced_s)
        sure = decide(rated, first.freely, ALONE)
        if sure.phrase:
            return sure
        likeliest = [phrase for _, phrase in rated[:_TOLD]]
        found = self._thorough.follow(self._thorough.listen(sound), also=likeliest, wanted=wanted)
        unheard = found.scores.keys() - first.scores.keys()
        rest = self._quick.follow(heard, also=unheard, width=0, wanted=wanted)
        return decide(
            rate(_weighed(found.scores, {**first.scores, **rest.scores}), voiced_s),
            (1 - _WEIGHT) * found.freely + _WEIGHT * first.freely,
            BOTH,
        )


def _weighed(thorough: Mapping[str, float], quick: Mapping[str, float]) -> dict[str, float]:
    """Return the word of both about each phrase that both have one about."""
    return {
        phrase: (1 - _WEIGHT) * score + _WEIGHT * quick[phrase]
        for phrase, score in thorough.items()
        if phrase in quick
    }


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
