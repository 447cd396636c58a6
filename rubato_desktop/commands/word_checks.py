"""Checks that a word of a language fits the command it names."""

from __future__ import annotations

from collections.abc import Iterator

from rubato_desktop.commands.registry import REGISTRY
from rubato_desktop.errors import RubatoError
from rubato_desktop.language.dictionary import Word


def word_problems(word: Word) -> Iterator[str]:
    """Yield a message for each way in which a word does not fit its command."""
    if not word.command:
        return
    command = REGISTRY.get(word.command)
    if command is None:
        yield f"there is no command {word.command!r}"
        return
    arguments = {argument.name: argument for argument in command.arguments}
    for parameter in word.parameters:
        argument = arguments.get(parameter.name)
        if argument is None:
            yield f"{word.command} has no argument {parameter.name!r}"
        elif argument.kind != parameter.kind:
            played = f"is played as {argument.kind}" if argument.kind else "cannot be played"
            yield f"{parameter.name} of {word.command} {played}, not as {parameter.kind}"
    given = {parameter.name for parameter in word.parameters} | set(word.args)
    for argument in arguments.values():
        if argument.required and argument.name not in given:
            yield f"{word.command} needs {argument.name}"
    try:
        fixed = {name: value for name, value in word.args.items() if name in arguments}
        for name, value in fixed.items():
            arguments[name].check(value)
    except RubatoError as error:
        yield error.happened
    for name in word.args.keys() - arguments.keys():
        yield f"{word.command} has no argument {name!r}"
