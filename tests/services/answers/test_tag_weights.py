"""Rare tags get a larger share of an answer than common ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rubato_desktop.services.answers.tag_weights import CAP, weights


def test_a_rare_tag_gets_more_and_a_common_one_is_damped() -> None:
    found = weights({"common": 10_000, "rare": 20})
    assert found["rare"].share > found["common"].share > 0.2
    assert (found["common"].damped, found["rare"].damped) == (True, False)


def test_one_tag_gets_everything_and_equal_tags_the_same() -> None:
    assert weights({"one": 7})["one"].share == 1
    assert {weight.damped for weight in weights({"a": 5, "b": 5}).values()} == {False}
    assert weights({}) == {}


@given(st.dictionaries(st.text(max_size=5), st.integers(0, 10**7), min_size=2, max_size=9))
def test_shares_sum_to_one_and_stay_below_the_cap(counts: dict[str, int]) -> None:
    found = weights(counts)
    assert sum(weight.share for weight in found.values()) == pytest.approx(1)
    assert max(weight.share for weight in found.values()) <= CAP + 1e-9
