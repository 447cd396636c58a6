"""The registry: a command's parameters and help come from the signature and docstring of its function."""

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


def test_signature_gives_the_parameters_and_docstring_the_help() -> None:
    command = describe(example, "example")
    assert (command.summary, command.help) == ("Do an example.", "More about it.")
    assert [(a.name, a.kind, a.required, a.help) for a in command.arguments] == [
        ("number", "number", True, "How many."),
        ("name", "name", False, "Its name."),
        ("loud", "", False, ""),
    ]


def test_arguments_are_converted_to_the_types_of_the_signature() -> None:
    assert describe(example, "example").bind({"number": "12", "loud": 1}) == {"number": 12, "loud": True}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({}, "example needs number: how many"),
        ({"number": "many"}, "number must be a whole number"),
        ({"number": 1, "size": 2}, "example has no argument 'size'"),
    ],
)
def test_invalid_arguments_are_reported(args: dict[str, Any], message: str) -> None:
    with pytest.raises(RubatoError, match=message):
        describe(example, "example").bind(args)


def test_function_without_a_docstring_cannot_be_a_command() -> None:
    with pytest.raises(ValueError, match="no docstring"):
        describe(lambda ctx: None, "silent")


@pytest.mark.parametrize("command", REGISTRY.values(), ids=REGISTRY)
def test_every_command_and_parameter_has_help(command: Any) -> None:
    assert command.summary.endswith((".", "?"))
    assert command.needs in ("", *NEEDS)
    for argument in command.arguments:
        assert argument.help.endswith("."), f"{command.id}: {argument.name} has no help"
        assert argument.kind in ("", *KINDS)


def test_every_word_fits_its_command(stack: Stack) -> None:
    assert [
        (word.name, list(word_problems(word))) for word in stack.words() if list(word_problems(word))
    ] == []


def test_every_command_can_be_played_or_has_a_word_that_does_the_same(stack: Stack) -> None:
    # Commands that take what keys cannot enter, and the word by which a player reaches the same.
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
    ("word", "message"),
    [
        (Word((0, 5, 0), "a", command="nothing"), "there is no command 'nothing'"),
        (Word((0, 5, 0), "a", command="tab"), "tab needs number"),
        (
            Word((0, 5, 0), "a", command="tab", parameters=(Parameter("number", "grid"),)),
            "is played as number",
        ),
        (
            Word((0, 5, 0), "a", command="click", parameters=(Parameter("n", "grid"),)),
            "click has no argument 'n'",
        ),
        (
            Word((0, 5, 0), "a", command="zoom", args={"factor": "much"}),
            "factor must be a number",
        ),
    ],
)
def test_word_that_does_not_fit_its_command_is_reported(word: Word, message: str) -> None:
    assert message in "; ".join(word_problems(word))


def test_choice_has_its_own_kind() -> None:
    def pick(ctx: Any, number: Choice) -> None:
        """Pick."""

    assert describe(pick, "pick").arguments[0].kind == "choice"
