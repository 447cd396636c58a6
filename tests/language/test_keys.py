"""Lines of keys as text: how they are parsed, and how errors are reported."""

from __future__ import annotations

import pytest

from rubato_desktop.language.keys import KeyLineError, Press, format_keys, read_keys, read_line


@pytest.mark.parametrize(
    ("text", "keys"), [("0 7 0", (0, 7, 0)), ("0, 7,24", (0, 7, 24)), ("007", (7,)), ("", ())]
)
def test_keys_are_separated_by_spaces_or_commas(text: str, keys: tuple[int, ...]) -> None:
    assert read_keys(text) == keys


@pytest.mark.parametrize("token", ["25", "-1", "x", "0007", "1.5", "0+7"])
def test_error_names_what_is_not_a_key(token: str) -> None:
    with pytest.raises(KeyLineError) as error:
        read_keys(f"0 {token} 0")
    assert str(error.value) == f"{token!r} is not a key; keys are numbers from 0 to 24"


@pytest.mark.parametrize("read", [read_keys, read_line])
def test_error_names_at_most_forty_characters(read: object) -> None:
    with pytest.raises(KeyLineError) as error:
        read("y" * 41)  # type: ignore[operator]
    assert str(error.value).startswith(f"'{'y' * 40}' is not a key")


def test_keys_are_formatted_as_they_are_parsed() -> None:
    assert format_keys((0, 7, 24)) == "0 7 24"


def test_line_gives_presses_and_releases_in_order_of_time() -> None:
    assert read_line("0, 13+15 (2.5) -12") == [
        Press(0, 0, True),
        Press(200_000, 0, False),
        Press(250_000, 13, True),
        Press(250_000, 15, True),
        Press(450_000, 13, False),
        Press(450_000, 15, False),
        Press(3_000_000, -12, True),
        Press(3_200_000, -12, False),
    ]


def test_rests_add_up_and_are_exact_to_the_microsecond() -> None:
    assert [press.t for press in read_line("(999999.000001) (0.5) 7")] == [999_999_500_001, 999_999_700_001]


@pytest.mark.parametrize("token", ["x", "1000", "13+", "(2.5", "(1000000)", "(-1)", "(.5)", "13+1000"])
def test_error_names_what_is_not_a_key_a_chord_or_a_rest(token: str) -> None:
    with pytest.raises(KeyLineError) as error:
        read_line(f"0 {token} 0")
    assert str(error.value) == f"{token!r} is not a key, a chord like 13+15 or a rest like (2.5)"
