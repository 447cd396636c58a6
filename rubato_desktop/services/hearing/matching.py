"""Matching: decides which of the known phrases an utterance is.

Free transcripts of short commands are wrong almost half of the time, so the recognisers score the known phrases instead
(`beam_search`). Moonshine goes first and settles most commands. Where it is not sure, Whisper, which takes seven times
as long, scores the phrases as well, and the two scores are combined.
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

_RESCORED: Final = 4  # of Moonshine's best phrases Whisper always scores this many
_WEIGHT: Final = 0.3  # of Moonshine's score when both are combined

# Duration model: a recogniser tends to stop early, and "skip" is the beginning of "skip three".
_BREATH_S: Final = 0.05
_LETTER_S: Final = 0.062
_DURATION: Final = 5.0  # nats for a factor of e too long or too short; grows with the square
_WORD: Final = 2.5  # nats added for each word: long phrases are less likely by their length alone

NEAR: Final = 3  # most phrases offered when the match is uncertain
# No phrase takes half as long to say. Moonshine's decoder fails beyond 9.25 s, Whisper's beyond 30 s.
LONGEST_S: Final = 9.0


class Limits(NamedTuple):
    """When a phrase is accepted; tuned with benchmarks/hearing.py.

    Attributes:
        least: Nats. A phrase that scores less is rejected.
        beside: Nats. A phrase is rejected when the unconstrained transcript scores this much better.
        margin: Nats. Phrases closer together than this are ambiguous.
    """

    least: float
    beside: float
    margin: float


ALONE: Final = Limits(least=-10.0, beside=3.0, margin=5.0)  # for Moonshine's scores
BOTH: Final = Limits(
    least=-12.0, beside=7.0, margin=1.9
)  # for combined scores, and for Whisper's without Moonshine


class Match(NamedTuple):
    """The result of matching.

    Attributes:
        phrase: The phrase; empty when none is certain.
        near: The candidates, most likely first.
        score: Score of the best phrase, nats; 0 is perfect.
    """

    phrase: str
    near: tuple[str, ...]
    score: float


NOTHING: Final = Match("", (), -math.inf)


class Phrases:
    """A set of phrases, compiled for both recognisers.

    Args:
        whisper: The thorough recogniser.
        moonshine: The fast one; None for a language that it does not know.
        phrases: Lower case, numbers in words.
    """

    def __init__(self, whisper: Whisper, moonshine: Moonshine | None, phrases: Sequence[str]) -> None:
        self._thorough = Tree(whisper, phrases, width=10, threshold=8.0)
        self._fast = Tree(moonshine, phrases, width=20, threshold=12.0) if moonshine is not None else None

    def match(
        self, sound: Samples, voiced_s: float, still_wanted: Callable[[], bool] = lambda: True
    ) -> Match:
        """Match an utterance; one longer than `LONGEST_S` matches nothing.

        Args:
            sound: Mono at 16 kHz, with some silence around the utterance.
            voiced_s: Duration of the voice in it, s.
            still_wanted: Polled at each token; the search stops when it returns False.
        """
        if len(sound) > LONGEST_S * RATE:
            return NOTHING
        if self._fast is None:
            result = self._thorough.search(self._thorough.listen(sound), still_wanted=still_wanted)
            return decide(rate(result.scores, voiced_s), result.unconstrained, BOTH)
        state = self._fast.listen(sound)
        fast = self._fast.search(state, still_wanted=still_wanted)
        rated = rate(fast.scores, voiced_s)
        match = decide(rated, fast.unconstrained, ALONE)
        if match.phrase:
            return match
        thorough = self._thorough.search(
            self._thorough.listen(sound),
            required=[phrase for _, phrase in rated[:_RESCORED]],
            still_wanted=still_wanted,
        )
        unscored = thorough.scores.keys() - fast.scores.keys()
        rest = self._fast.search(state, required=unscored, width=0, still_wanted=still_wanted)
        return decide(
            rate(_combine(thorough.scores, {**fast.scores, **rest.scores}), voiced_s),
            (1 - _WEIGHT) * thorough.unconstrained + _WEIGHT * fast.unconstrained,
            BOTH,
        )


def _combine(thorough: Mapping[str, float], fast: Mapping[str, float]) -> dict[str, float]:
    """Return the weighted scores of the phrases that both recognisers have scored."""
    return {
        phrase: (1 - _WEIGHT) * score + _WEIGHT * fast[phrase]
        for phrase, score in thorough.items()
        if phrase in fast
    }


def rate(scores: Mapping[str, float], voiced_s: float) -> list[tuple[float, str]]:
    """Adjust scores for length and duration.

    Args:
        scores: Nats, by phrase.
        voiced_s: Duration of the voice, s.

    Returns:
        (score, phrase), best first.
    """
    rated = []
    for phrase, score in scores.items():
        expected_s = _BREATH_S + _LETTER_S * len(phrase.replace(" ", ""))
        off = math.log(max(voiced_s, 0.05) / expected_s)
        rated.append((score - _DURATION * off * off + _WORD * phrase.count(" "), phrase))
    return sorted(rated, reverse=True)


def decide(rated: Sequence[tuple[float, str]], unconstrained: float, limits: Limits) -> Match:
    """Accept a phrase, name the candidates, or reject them all.

    Args:
        rated: As returned by `rate`.
        unconstrained: Score of the unconstrained transcript, nats.
        limits: When a phrase is accepted.
    """
    if not rated or rated[0][0] < limits.least or rated[0][0] < unconstrained - limits.beside:
        return NOTHING._replace(score=rated[0][0] if rated else -math.inf)
    best, phrase = rated[0]
    near = tuple(other for score, other in rated[: NEAR + 1] if best - score < limits.margin)
    return Match(phrase if len(near) == 1 else "", near[:NEAR], best)
