"""Parser for typed command arguments: ``scroll 3``, ``move 4 7``, ``find "left hand"``, ``layout``, ``mute off``.

An argument is one word, or several when its value has several parts. ``name=value`` sets an argument by name, and a
value that starts with a brace or a bracket is JSON. A text or a name as the last argument takes all remaining words.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from rubato_desktop.commands.registry import Argument, Command
from rubato_desktop.errors import RubatoError
from rubato_desktop.language.keys import KeyLineError, read_keys

YES, NO = ("on", "yes", "true", "1"), ("off", "no", "false", "0")


def parse_arguments(command: Command, words: Sequence[str]) -> dict[str, Any]:
    """Parse the words typed after a command.

    Args:
        command: The command.
        words: What was typed after its id.

    Returns:
        Argument name → value. `Command.bind` checks the types later.

    Raises:
        RubatoError: A word is not a valid value, or there are too many words.
    """
    remaining = list(words)
    args: dict[str, Any] = {}
    by_name = {argument.name: argument for argument in command.arguments}
    for word in words:
        name, equals, value = word.partition("=")
        if equals and name in by_name:
            args[name] = _parse_value(by_name[name], [value])
            remaining.remove(word)
    positional = [argument for argument in command.arguments if argument.name not in args]
    for index, argument in enumerate(positional):
        if not remaining:
            break
        last = index == len(positional) - 1
        count = len(remaining) if last and _takes_all(argument) else min(len(remaining), _max_words(argument))
        args[argument.name] = _parse_value(argument, remaining[:count])
        del remaining[:count]
    if remaining:
        raise RubatoError(f"Too many arguments for {command.id}: {' '.join(remaining)}", code="bad_arguments")
    return args


def _takes_all(argument: Argument) -> bool:
    return argument.kind in ("text", "name", "keys", "choice or text", "name or choice")


def _max_words(argument: Argument) -> int:
    return {"grid": 2, "scroll": 2, "box": 4}.get(argument.kind, 1)


def _parse_value(argument: Argument, words: list[str]) -> Any:
    text = " ".join(words)
    if text.startswith(("{", "[")):
        try:
            return json.loads(text)
        except ValueError:
            raise _error(argument, text, "this is not valid JSON") from None
    try:
        return _PARSERS.get(argument.kind, _parse_plain)(words, argument)
    except KeyLineError as error:
        raise _error(argument, text, str(error)) from None
    except ValueError:
        raise _error(argument, text, "it must be a whole number") from None


def _parse_grid(words: list[str], argument: Argument) -> Any:
    numbers = [int(word) for word in words]
    if len(numbers) != 2:
        raise _error(argument, " ".join(words), "a point is a row and a column, each from 0 to 11")
    return {"row": numbers[0], "column": numbers[1]}


def _parse_box(words: list[str], argument: Argument) -> Any:
    return [_parse_grid(words[i : i + 2], argument) for i in range(0, len(words), 2)]


def _parse_scroll(words: list[str], argument: Argument) -> Any:
    numbers = [int(word) for word in words]
    return {"vertical": numbers[0], "horizontal": numbers[1] if len(numbers) > 1 else 0}


def _parse_keys(words: list[str], argument: Argument) -> Any:
    return list(read_keys(" ".join(words)))


def _parse_keys_or_number(words: list[str], argument: Argument) -> Any:
    keys = _parse_keys(words, argument) if len(" ".join(words).split()) > 1 else None
    return keys if keys is not None else int(words[0])


def _parse_number_or_text(words: list[str], argument: Argument) -> Any:
    text = " ".join(words)
    return int(text) if text.isdecimal() else text


def _parse_speed(words: list[str], argument: Argument) -> Any:
    text = " ".join(words)
    try:
        return float(text)
    except ValueError:
        return text  # pause or play


def _parse_plain(words: list[str], argument: Argument) -> Any:
    text = " ".join(words)
    if argument.annotation is bool or "bool" in argument.type_name:
        if text.lower() in (*YES, *NO):
            return text.lower() in YES
        raise _error(argument, text, "use on or off")
    return text


_PARSERS: dict[str, Callable[[list[str], Argument], Any]] = {
    "grid": _parse_grid,
    "box": _parse_box,
    "scroll": _parse_scroll,
    "name": _parse_keys,
    "keys": _parse_keys,
    "speed": _parse_speed,
    "name or choice": _parse_keys_or_number,
    "choice or text": _parse_number_or_text,
}


def _error(argument: Argument, text: str, reason: str) -> RubatoError:
    return RubatoError(f"{argument.name} cannot be {text!r}: {reason}", code="bad_arguments")
