"""A skipped test counts as a failure."""

import pytest


@pytest.mark.parametrize(
    "skipping",
    [
        "import pytest\ndef test_it(): pytest.skip('no JACK server')",
        "import pytest\n@pytest.mark.skip(reason='no JACK server')\ndef test_it(): pass",
        "import pytest\n@pytest.fixture\ndef jack(): pytest.skip('no JACK server')\ndef test_it(jack): pass",
        "import pytest\npytest.importorskip('no_such_part', reason='no JACK server')\ndef test_it(): pass",
    ],
    ids=["in the test", "by a mark", "in a fixture", "a whole file"],
)
def test_a_skip_is_a_failure_with_its_reason(skipping: str, pytester: pytest.Pytester) -> None:
    pytester.makepyfile(skipping)
    result = pytester.runpytest_inprocess("-p", "no_skips")
    assert result.ret != 0
    assert "no JACK server" in result.stdout.str()
    assert "skipped=" not in str(result.parseoutcomes())
