"""When a phrase is accepted, when the match is ambiguous, and when nothing matches."""

from __future__ import annotations

import pytest

from rubato_desktop.services.hearing.matching import NEAR, Limits, decide, rate

LIMITS = Limits(least=-10, beside=5, margin=2)


@pytest.mark.parametrize(
    ("rated", "unconstrained", "phrase", "near"),
    [
        ([(-1, "tab"), (-4, "tabs")], -1, "tab", ("tab",)),
        ([(-1, "tab"), (-2, "tabs"), (-7, "click")], -1, "", ("tab", "tabs")),
        ([(-1, "a"), (-1.1, "b"), (-1.2, "c"), (-1.3, "d")], -1, "", ("a", "b", "c")),
        ([(-11, "tab")], -9, "", ()),  # a low score
        ([(-8, "tab")], -2, "", ()),  # the unconstrained transcript scores much better
        ([], -2, "", ()),
    ],
)
def test_a_phrase_is_accepted_ambiguous_or_rejected(
    rated: list[tuple[float, str]], unconstrained: float, phrase: str, near: tuple[str, ...]
) -> None:
    match = decide(rated, unconstrained, LIMITS)
    assert (match.phrase, match.near) == (phrase, near) and len(match.near) <= NEAR


def test_of_two_equal_scores_the_phrase_of_the_right_duration_wins() -> None:
    assert rate({"skip": -3.0, "skip three": -3.0}, voiced_s=0.25)[0][1] == "skip"
    assert rate({"skip": -3.0, "skip three": -3.0}, voiced_s=0.8)[0][1] == "skip three"
