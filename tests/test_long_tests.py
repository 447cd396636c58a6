"""Tests that take minutes run only on request."""

import pytest

TESTS = """
import pytest

@pytest.mark.parametrize("times", [1, pytest.param(50, marks=pytest.mark.long)])
def test_it(times): pass
"""


@pytest.mark.parametrize(
    ("options", "outcomes"), [([], {"passed": 1, "deselected": 1}), (["--long"], {"passed": 2})]
)
def test_a_long_test_runs_only_on_request(
    options: list[str], outcomes: dict[str, int], pytester: pytest.Pytester
) -> None:
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_inprocess("--strict-markers", "-p", "long_tests", *options)
    assert (result.ret, result.parseoutcomes()) == (0, outcomes)
