"""When a phrase counts as said, when it is asked about, and when nothing was said."""

from __future__ import annotations

import pytest

from rubato_desktop.services.hearing.matching import NEAR, Limits, decide, rate

LIMITS = Limits(least=-10, beside=5, margin=2)


@pytest.mark.parametrize(
    ("rated", "freely", "phrase", "near"),
    [
        ([(-1, "tab"), (-4, "tabs")], -1, "tab", ("tab",)),
        ([(-1, "tab"), (-2, "tabs"), (-7, "click")], -1, "", ("tab", "tabs")),
        ([(-1, "a"), (-1.1, "b"), (-1.2, "c"), (-1.3, "d")], -1, "", ("a", "b", "c")),
        ([(-11, "tab")], -9, "", ()),  # it fits badly
        ([(-8, "tab")], -2, "", ()),  # something else fits much better
        ([], -2, "", ()),
    ],
)
def test_it_decides_asks_or_does_not(
    rated: list[tuple[float, str]], freely: float, phrase: str, near: tuple[str, ...]
) -> None:
    found = decide(rated, freely, LIMITS)
    assert (found.phrase, found.near) == (phrase, near) and len(found.near) <= NEAR


def test_of_two_that_fit_alike_the_one_that_takes_as_long_is_likelier() -> None:
    assert rate({"skip": -3.0, "skip three": -3.0}, voiced_s=0.25)[0][1] == "skip"
    assert rate({"skip": -3.0, "skip three": -3.0}, voiced_s=0.8)[0][1] == "skip three"
