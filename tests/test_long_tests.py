"""Tests that take minutes run when they are asked for, and the others always."""

import pytest

TESTS = """
import pytest

@pytest.mark.parametrize("times", [1, pytest.param(50, marks=pytest.mark.long)])
def test_it(times): pass
"""


@pytest.mark.parametrize(
    ("options", "outcomes"), [([], {"passed": 1, "deselected": 1}), (["--long"], {"passed": 2})]
)
def test_a_long_test_is_left_out_unless_it_is_asked_for(
    options: list[str], outcomes: dict[str, int], pytester: pytest.Pytester
) -> None:
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_inprocess("--strict-markers", "-p", "long_tests", *options)
    assert (result.ret, result.parseoutcomes()) == (0, outcomes)
