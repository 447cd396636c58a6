"""The registry of commands. A command is a function.

A decorator registers it and returns it unchanged. Its signature gives the typed parameters, its docstring the help.
Keys, command line, on-screen hints and reference pages all read the registry.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from rubato_desktop.commands.parameter_types import ForField, kind_of
from rubato_desktop.commands.validation_messages import validation_message
from rubato_desktop.errors import RubatoError

Function = Callable[..., Any]
F = TypeVar("F", bound=Function)

NEEDS = {
    "browser": "the browser",
    "window": "the window",
    "sound": "a sound device",
    "speech": "a voice and a sound device",
    "hearing": "the microphone and speech recognition",
    "knowledge": "the knowledge base",
    "model": "a language model",
    "users": "several users, which are not available yet",
    "replay": "replay in the browser, which is not available yet",
}
NOT_YET = ("users", "replay")  # parts that the program does not have yet


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a command.

    Attributes:
        text: The result in words, for the screen and the voice.
        value: The result as JSON-like data, for programs.
        state: What the command changed, as JSON-like data.
    """

    text: str = ""
    value: Any = None
    state: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter of a command.

    Attributes:
        name: Its name in the function's signature.
        kind: How it is played, one of `language.readers.KINDS`; empty if keys cannot enter it.
        required: Whether it has no default.
        default: Its default; None if it is required.
        help: What it means, from the docstring.
        annotation: Its type annotation.
        type_name: The name of its type.
        for_field: Whether it is text for a field of a page, which may be a password.
    """

    name: str
    kind: str
    required: bool
    default: Any
    help: str
    annotation: Any
    type_name: str
    for_field: bool = False
    _adapter: list[TypeAdapter[Any]] = field(default_factory=list, repr=False, compare=False)

    def check(self, value: Any) -> Any:
        """Return `value` converted to the type of the argument.

        Raises:
            RubatoError: It is not a value of that type.
        """
        if not self._adapter:
            # Created on first use: creating those of all commands would delay the window.
            self._adapter.append(TypeAdapter(self.annotation))
        try:
            return self._adapter[0].validate_python(value)
        except ValidationError as error:
            raise RubatoError(f"{self.name} {validation_message(error)}", code="bad_arguments") from None


@dataclass(frozen=True, slots=True)
class Command:
    """A registered command.

    Attributes:
        id: Its name in languages, on the command line and in recordings.
        function: The function; its first parameter is a `Context`.
        summary: The first line of its docstring.
        help: The rest of its docstring, up to ``Args:``.
        arguments: Its parameters in order.
        needs: The part it needs, a key of `NEEDS`; empty for none.
        for_fields: Names of the arguments that are text for a field of a page.
    """

    id: str
    function: Function
    summary: str
    help: str
    arguments: tuple[Argument, ...]
    needs: str = ""
    for_fields: frozenset[str] = frozenset()

    def bind(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """Return `args` converted to the types of the signature.

        Raises:
            RubatoError: One is missing, unknown, or not a value of its type.
        """
        unknown = sorted(set(args) - {argument.name for argument in self.arguments})
        if unknown:
            raise RubatoError(f"{self.id} has no argument {unknown[0]!r}", code="bad_arguments")
        bound = {}
        for argument in self.arguments:
            if argument.name not in args:
                if argument.required:
                    text = f"{self.id} needs {argument.name}: {argument.help.rstrip('.').lower()}"
                    raise RubatoError(text, code="bad_arguments")
                continue
            bound[argument.name] = argument.check(args[argument.name])
        return bound


REGISTRY: dict[str, Command] = {}
REQUIRED: Any = object()


def command(id: str = "", *, needs: str = "") -> Callable[[F], F]:
    """Register a function as a command.

    Args:
        id: Its id; the name of the function by default.
        needs: The part it needs, a key of `NEEDS`.

    Raises:
        ValueError: The id is taken, the docstring is missing, or the part is unknown.
    """

    def register(function: F) -> F:
        add(describe(function, id or function.__name__, needs))
        return function

    return register


def add(new: Command) -> None:
    """Add a command to the registry."""
    if new.id in REGISTRY:
        raise ValueError(f"duplicate command {new.id}")
    if new.needs and new.needs not in NEEDS:
        raise ValueError(f"{new.id} needs an unknown part: {new.needs!r}")
    REGISTRY[new.id] = new


def describe(function: Function, id: str, needs: str = "") -> Command:
    """Create a command from the signature and docstring of a function."""
    doc = inspect.getdoc(function)
    if not doc:
        raise ValueError(f"{id} has no docstring, which would be its help")
    summary, _, rest = doc.partition("\n")
    helps = dict(re.findall(r"^ {4}(\w+): (.+)$", rest, re.MULTILINE))
    hints = get_type_hints(function, include_extras=True)
    arguments = []
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        default = REQUIRED if parameter.default is inspect.Parameter.empty else parameter.default
        arguments.append(
            argument(parameter.name, hints[parameter.name], default, helps.get(parameter.name, ""))
        )
    for_fields = frozenset(argument.name for argument in arguments if argument.for_field)
    help = rest.partition("Args:")[0].strip()
    return Command(id, function, summary, help, tuple(arguments), needs, for_fields)


def argument(name: str, annotation: Any, default: Any = REQUIRED, help: str = "") -> Argument:
    """Create an argument from its annotation, which may be a type of `commands.parameter_types`, also optional."""
    parts = [part for part in get_args(annotation) if get_origin(part) is Annotated]
    keyed = parts[0] if parts and get_origin(annotation) is not Annotated else annotation
    metadata = get_args(keyed)[1:] if get_origin(keyed) is Annotated else ()
    required = default is REQUIRED
    return Argument(
        name=name,
        kind=kind_of(metadata),
        required=required,
        default=None if required else default,
        help=help,
        annotation=annotation,
        type_name=_type_name(keyed),
        for_field=any(isinstance(item, ForField) for item in metadata),
    )


def missing(need: str, what: str, why: RubatoError | None = None) -> RubatoError:
    """Return the error of a command that needs a part which is not available.

    Args:
        need: The part, a key of `NEEDS`.
        what: What the command does, as in its summary.
        why: Why the part is not available, if that is known.
    """
    if need in NOT_YET:
        problem = "not available yet"
    else:
        problem = f"this needs {NEEDS[need]}" + (f". {why.happened}" if why else ", which is not available")
    return RubatoError(
        f"{what.replace('`', '')}: {problem}", todo=why.todo if why else "", code=f"needs_{need}"
    )


def _type_name(annotation: Any) -> str:
    plain = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
    return (
        getattr(plain, "__name__", "")
        if get_origin(plain) is None and isinstance(plain, type)
        else str(plain)
    )
