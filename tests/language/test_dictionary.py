"""The stack of active languages: which words can be played, and which continue with a key."""

from __future__ import annotations

import pytest

from rubato_desktop.language.dictionary import Hidden, Language, Parameter, Stack, Word

CLICK, WHERE, TAB = (
    Word((0, 7, 0), "Click", "low"),
    Word((0, 7, 7, 0), "where", "low"),
    Word((12, 7), "tab", "low"),
)
HIGH = Language("high", "High", "#123456", (Word((0, 5, 0), "click", "high"),))
NAMES = Language("names", "Names", words=(Word((0, 17, 19), "sonata", "names"),))


@pytest.fixture
def small() -> Stack:
    return Stack([HIGH, Language("low", "Low", "#abcdef", (CLICK, WHERE, TAB)), NAMES])


def test_word_is_found_by_its_name_ignoring_case_the_higher_one_first(small: Stack) -> None:
    assert small.word("CLICK") == HIGH.words[0]
    assert small.word("Where") == WHERE
    assert small.word("nothing") is None


@pytest.mark.parametrize(
    ("keys", "at", "leading"),
    [
        ((0, 7, 0), CLICK, CLICK),
        ((0, 7, 0, 5), None, CLICK),
        ((0, 7), None, None),
        ((0, 8), None, None),
        ((0, 8, 0, 0), None, None),
        ((), None, None),
    ],
)
def test_word_is_found_by_its_keys_or_by_keys_that_start_with_them(
    keys: tuple[int, ...], at: Word | None, leading: Word | None, small: Stack
) -> None:
    assert (small.at(keys), small.leading_word(keys)) == (at, leading)


def test_language_has_its_colour_and_an_inactive_one_is_grey(small: Stack) -> None:
    assert [small.colour(name) for name in ("high", "low", "other")] == ["#123456", "#abcdef", "#8a8fa3"]


def test_words_below_a_node_are_in_the_order_of_the_tree(small: Stack) -> None:
    node = small.root[0]
    assert [word.name for word in small.words_below(node)] == ["click", "Click", "where", "sonata"]
    assert small.names_below(node) == ("click", "Click", "where", "sonata")
    assert small.names_below(node) is small.names_below(node)
    assert small.shortest_below(node).name == "click"
    assert (small.words_below(TAB), small.names_below(TAB), small.shortest_below(TAB)) == (
        (TAB,),
        ("tab",),
        TAB,
    )


def test_shortest_word_below_a_node_is_the_first_with_the_fewest_keys() -> None:
    words = (Word((0, 1, 2, 3), "long"), Word((0, 2, 3), "short"), Word((0, 3, 3), "as short"))
    stack = Stack([Language("x", "X", words=words)])
    assert stack.shortest_below(stack.root).name == "short"


def test_names_have_a_tree_of_their_own(small: Stack) -> None:
    assert small.names == {0: {17: {19: NAMES.words[0]}}}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("equal", "a (0 5) of x has the same keys as b (0 5 0) of y"),
        ("prefix", "a (0 5) of x is the beginning of b (0 5 0) of y"),
        ("extends", "a (0 5) of x begins with b (0 5 0) of y"),
    ],
)
def test_hidden_word_is_described_in_a_sentence(kind: str, text: str) -> None:
    assert str(Hidden(Word((0, 5), "a", "x"), Word((0, 5, 0), "b", "y"), kind)) == text


def test_parameter_is_described_with_its_kind() -> None:
    assert str(Parameter("n", "number")) == "n (number)"
    assert str(Parameter("n", "name", optional=True)) == "n (name, optional)"
