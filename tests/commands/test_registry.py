"""A command is a function: its signature and docstring are all there is to say of it."""

from __future__ import annotations

from typing import Any

import pytest

import rubato_desktop.commands  # noqa: F401 (registers them)
from rubato_desktop.commands.parameter_types import Choice, Name, Whole
from rubato_desktop.commands.registry import NEEDS, REGISTRY, Answer, describe
from rubato_desktop.commands.word_checks import word_problems
from rubato_desktop.errors import RubatoError
from rubato_desktop.language.dictionary import Parameter, Stack, Word
from rubato_desktop.language.readers import KINDS


def example(ctx: Any, number: Whole, name: Name | None = None, loud: bool = False) -> Answer:
    """Do an example.

    More about it.

    Args:
        number: How many.
        name: Its name.
    """
    return Answer(str(number))


def test_a_signature_gives_the_parameters_and_a_docstring_the_help() -> None:
    command = describe(example, "example")
    assert (command.summary, command.help) == ("Do an example.", "More about it.")
    assert [(a.name, a.kind, a.required, a.help) for a in command.arguments] == [
        ("number", "number", True, "How many."),
        ("name", "name", False, "Its name."),
        ("loud", "", False, ""),
    ]


def test_arguments_become_the_types_of_the_signature() -> None:
    assert describe(example, "example").bind({"number": "12", "loud": 1}) == {"number": 12, "loud": True}


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({}, "example needs number: how many"),
        ({"number": "many"}, "number takes a whole number"),
        ({"number": 1, "size": 2}, "example takes no 'size'"),
    ],
)
def test_wrong_arguments_are_told_in_words(args: dict[str, Any], said: str) -> None:
    with pytest.raises(RubatoError, match=said):
        describe(example, "example").bind(args)


def test_a_function_without_help_is_no_command() -> None:
    with pytest.raises(ValueError, match="no docstring"):
        describe(lambda ctx: None, "silent")


@pytest.mark.parametrize("command", REGISTRY.values(), ids=REGISTRY)
def test_every_command_explains_itself_and_every_parameter(command: Any) -> None:
    assert command.summary.endswith((".", "?"))
    assert command.needs in ("", *NEEDS)
    for argument in command.arguments:
        assert argument.help.endswith("."), f"{command.id}: {argument.name} has no help"
        assert argument.kind in ("", *KINDS)


def test_every_word_agrees_with_its_command(stack: Stack) -> None:
    assert [
        (word.name, list(word_problems(word))) for word in stack.words() if list(word_problems(word))
    ] == []


def test_every_command_can_be_played_or_says_which_word_stands_for_it(stack: Stack) -> None:
    # What the mouse or the command line names outright, the keys choose from a list or learn by doing.
    by_other_words = {
        "open_file": "open",
        "hear": "hear_word",
        "set_language": "change_language",
        "device_role": "next_role",
        "learn_base": "octave",
        "fold": "fold_panel",
        "go": "name",
        "talk": "microphone",
        "remark": "remark_start",
        "filter_set": "filter_add",
        "source": "open",
    }
    played = {word.command for word in stack.words()}
    assert set(REGISTRY) - played == set(by_other_words)
    assert set(by_other_words.values()) <= played


@pytest.mark.parametrize(
    ("word", "said"),
    [
        (Word((0, 5, 0), "a", command="nothing"), "there is no command 'nothing'"),
        (Word((0, 5, 0), "a", command="tab"), "tab needs number"),
        (
            Word((0, 5, 0), "a", command="tab", parameters=(Parameter("number", "grid"),)),
            "is played as number",
        ),
        (Word((0, 5, 0), "a", command="click", parameters=(Parameter("n", "grid"),)), "click takes no 'n'"),
        (
            Word((0, 5, 0), "a", command="zoom", args={"factor": "much"}),
            "factor takes a number",
        ),
    ],
)
def test_a_word_that_disagrees_with_its_command_is_told(word: Word, said: str) -> None:
    assert said in "; ".join(word_problems(word))


def test_a_choice_is_a_number_from_a_list() -> None:
    def pick(ctx: Any, number: Choice) -> None:
        """Pick."""

    assert describe(pick, "pick").arguments[0].kind == "choice"
