"""Arguments as people type them: ``scroll 3``, ``move 4 7``, ``find "left hand"``, ``layout``, ``mute off``.

One positional word an argument, or several where its value has several parts; ``name=value`` names one; what begins
with a brace or a bracket is JSON. The last argument takes all the words that are left when it is a text or a name.
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
    """Return the arguments that typed words give a command, by name; their types are checked when it is carried out.

    Raises:
        RubatoError: a word cannot be such an argument, or there are too many.
    """
    left = list(words)
    args: dict[str, Any] = {}
    by_name = {argument.name: argument for argument in command.arguments}
    for word in words:
        name, equals, value = word.partition("=")
        if equals and name in by_name:
            args[name] = _value(by_name[name], [value])
            left.remove(word)
    open_ = [argument for argument in command.arguments if argument.name not in args]
    for number, argument in enumerate(open_):
        if not left:
            break
        last = number == len(open_) - 1
        count = len(left) if last and _takes_all(argument) else min(len(left), _most(argument))
        args[argument.name] = _value(argument, left[:count])
        del left[:count]
    if left:
        raise RubatoError(f"{command.id} does not take so much: {' '.join(left)}", code="bad_arguments")
    return args


def _takes_all(argument: Argument) -> bool:
    return argument.kind in ("text", "name", "keys", "choice or text", "name or choice")


def _most(argument: Argument) -> int:
    return {"grid": 2, "scroll": 2, "box": 4}.get(argument.kind, 1)


def _value(argument: Argument, words: list[str]) -> Any:
    said = " ".join(words)
    if said.startswith(("{", "[")):
        try:
            return json.loads(said)
        except ValueError:
            raise _wrong(argument, said, "it begins as JSON but is none") from None
    try:
        return _READ.get(argument.kind, _plain)(words, argument)
    except KeyLineError as error:
        raise _wrong(argument, said, str(error)) from None
    except ValueError:
        raise _wrong(argument, said, "it takes whole numbers") from None


def _grid(words: list[str], argument: Argument) -> Any:
    numbers = [int(word) for word in words]
    if len(numbers) != 2:
        raise _wrong(argument, " ".join(words), "a place is a row and a column, 0 to 11 each")
    return {"row": numbers[0], "column": numbers[1]}


def _box(words: list[str], argument: Argument) -> Any:
    return [_grid(words[at : at + 2], argument) for at in range(0, len(words), 2)]


def _scroll(words: list[str], argument: Argument) -> Any:
    numbers = [int(word) for word in words]
    return {"vertical": numbers[0], "horizontal": numbers[1] if len(numbers) > 1 else 0}


def _keys(words: list[str], argument: Argument) -> Any:
    return list(read_keys(" ".join(words)))


def _keys_or_number(words: list[str], argument: Argument) -> Any:
    keys = _keys(words, argument) if len(" ".join(words).split()) > 1 else None
    return keys if keys is not None else int(words[0])


def _number_or_text(words: list[str], argument: Argument) -> Any:
    said = " ".join(words)
    return int(said) if said.isdecimal() else said


def _speed(words: list[str], argument: Argument) -> Any:
    said = " ".join(words)
    try:
        return float(said)
    except ValueError:
        return said  # pause or play


def _plain(words: list[str], argument: Argument) -> Any:
    said = " ".join(words)
    if argument.annotation is bool or "bool" in argument.type_name:
        if said.lower() in (*YES, *NO):
            return said.lower() in YES
        raise _wrong(argument, said, "it is on or off")
    return said


_READ: dict[str, Callable[[list[str], Argument], Any]] = {
    "grid": _grid,
    "box": _box,
    "scroll": _scroll,
    "name": _keys,
    "keys": _keys,
    "speed": _speed,
    "name or choice": _keys_or_number,
    "choice or text": _number_or_text,
}


def _wrong(argument: Argument, said: str, why: str) -> RubatoError:
    return RubatoError(f"{argument.name} cannot be {said!r}: {why}", code="bad_arguments")
