"""The registry: a command is a function.

A decorator registers it; its signature gives the typed parameters, its docstring the help. Keys, command line,
on-screen hints and reference pages come from here. The function itself is returned unchanged.
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
    "users": "more than one user",
    "replay": "the replay of recordings in the browser",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answers.

    Attributes:
        text: In words, for the screen and the voice.
        value: JSON-like, for programs.
        state: What it changed, JSON-like.
    """

    text: str = ""
    value: Any = None
    state: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Argument:
    """One parameter of a command: its name, how it is played (empty: not by keys), default, help.

    `for_field`: it is text for a field of a page, which may be a password.
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
        """Return `value` as the argument's type.

        Raises:
            RubatoError: it is not a value of that type.
        """
        if not self._adapter:
            # Made when it is first needed: making those of all commands would hold the window up.
            self._adapter.append(TypeAdapter(self.annotation))
        try:
            return self._adapter[0].validate_python(value)
        except ValidationError as error:
            raise RubatoError(f"{self.name} {validation_message(error)}", code="bad_arguments") from None


@dataclass(frozen=True, slots=True)
class Command:
    """A registered command.

    Attributes:
        id: Its name in languages, on the command line and in the record.
        function: The function, which takes a `Context` first.
        summary: The first line of its docstring.
        help: The rest of it.
        arguments: Its parameters in order.
        needs: A service it cannot do without, a key of `NEEDS`; empty for none.
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
        """Return `args` as the types of the signature.

        Raises:
            RubatoError: one is missing, unknown, or not a value of its type.
        """
        unknown = sorted(set(args) - {argument.name for argument in self.arguments})
        if unknown:
            raise RubatoError(f"{self.id} takes no {unknown[0]!r}", code="bad_arguments")
        bound = {}
        for argument in self.arguments:
            if argument.name not in args:
                if argument.required:
                    told = f"{self.id} needs {argument.name}: {argument.help.rstrip('.').lower()}"
                    raise RubatoError(told, code="bad_arguments")
                continue
            bound[argument.name] = argument.check(args[argument.name])
        return bound


REGISTRY: dict[str, Command] = {}
REQUIRED: Any = object()


def command(id: str = "", *, needs: str = "") -> Callable[[F], F]:
    """Register a function as a command.

    Args:
        id: Its id; the function's name when empty.
        needs: The service it cannot do without, a key of `NEEDS`.

    Raises:
        ValueError: the id is taken, the docstring is missing, or the need is not known.
    """

    def register(function: F) -> F:
        add(describe(function, id or function.__name__, needs))
        return function

    return register


def add(new: Command) -> None:
    """Put a command into the registry."""
    if new.id in REGISTRY:
        raise ValueError(f"there is a command {new.id} already")
    if new.needs and new.needs not in NEEDS:
        raise ValueError(f"{new.id} needs {new.needs!r}, which is nothing known")
    REGISTRY[new.id] = new


def describe(function: Function, id: str, needs: str = "") -> Command:
    """Make a command from a function's signature and docstring."""
    doc = inspect.getdoc(function)
    if not doc:
        raise ValueError(f"{id} has no docstring, so it would have no help")
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
    """Make an argument from its annotation, which may be one of `commands.kinds`, plain or optional."""
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
    """Return the error of a command whose service is not there: it refuses, it never pretends.

    Args:
        need: The service, a key of `NEEDS`.
        what: What the command does, as its summary says.
        why: Why the service is not there, where that is known.
    """
    reason = f". {why.happened}" if why else ", which is not there"
    happened = f"{what.replace('`', '')}: this needs {NEEDS[need]}{reason}"
    return RubatoError(happened, todo=why.todo if why else "", code=f"needs_{need}")


def _type_name(annotation: Any) -> str:
    plain = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
    return (
        getattr(plain, "__name__", "")
        if get_origin(plain) is None and isinstance(plain, type)
        else str(plain)
    )
