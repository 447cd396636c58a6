"""The typed messages between app and extension; both ends validate what they receive.

`python -m extension_bridge.protocol` writes their JSON schema into the extension. pydantic is slow to import: import
this module when a browser connects, not at start-up.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from extension_bridge import V
from extension_bridge.commands import COMMANDS, FROM_APP, FROM_EXTENSION
from extension_bridge.identity import EXTENSION, HOST
from extension_bridge.strings import Label, Text
from extension_bridge.values import AppAnswer, Joined, State

# A module and not JSON: Chromium 150 fails to restart a service worker that imports JSON.
SCHEMA = EXTENSION / "schema" / "protocol.js"
MAX_DEADLINE_MS = 600_000

Id = Annotated[int, Field(ge=1, le=2**53 - 1)]
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z][a-z0-9_]*$")]
Deadline = Annotated[float, Field(gt=0, le=MAX_DEADLINE_MS)]


class Message(BaseModel):
    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)

    v: Literal[1]


class Request(Message):
    """A request; each side numbers its own from 1."""

    id: Id
    type: Literal["command"]
    name: Name
    args: dict[str, Any] = {}
    deadline_ms: Deadline


class HelloArgs(BaseModel):
    """The browser's identity; it generates `client` and `secret` once and stores them."""

    model_config = ConfigDict(extra="ignore")

    version: Annotated[str, Field(max_length=32)]
    browser: Label
    client: Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{8,64}$")]
    secret: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Hello(Message):
    id: Id
    type: Literal["hello"]
    name: Literal["extension"]
    args: HelloArgs
    deadline_ms: Deadline


class Error(BaseModel):
    code: Name
    message: Text


class Response(Message):
    """The answer to the request with the same id."""

    id: Id
    status: Literal["ok", "failed", "timeout", "refused"]
    value: Any = None
    error: Error | None = None
    state: State = State()
    elapsed_ms: float = 0.0


class Event(Message):
    type: Literal["event"]
    name: Name
    args: dict[str, Any] = {}


class MessagePart(Message):
    """A piece of a message that is too long for Chrome to pass on at once; the joined pieces are its JSON."""

    type: Literal["part"]
    id: Id
    n: Annotated[int, Field(ge=0)]
    of: Annotated[int, Field(ge=1)]
    data: str


class ProtocolError(ValueError):
    """A message does not match the protocol; the text names the field and the reason, for logs."""


_REQUEST, _HELLO, _RESPONSE, _EVENT = (TypeAdapter[Any](kind) for kind in (Request, Hello, Response, Event))


def parse(message: Mapping[str, Any]) -> Request | Hello | Response | Event:
    """Parse a message from the extension.

    Raises:
        ProtocolError: it is not a valid message.
    """
    parsed: Request | Hello | Response | Event
    if "status" in message:
        parsed = _checked(_RESPONSE, message)
    else:
        kinds = {"command": _REQUEST, "hello": _HELLO, "event": _EVENT}
        kind = message.get("type")
        if not isinstance(kind, str) or kind not in kinds:
            raise ProtocolError("unknown message type")
        parsed = _checked(kinds[kind], message)
    return parsed


def check_args(name: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """Validate a command's arguments and return them as they are sent; those that are None are omitted.

    Raises:
        ProtocolError: the command is unknown or its arguments are invalid.
    """
    if (command := COMMANDS.get(name)) is None:
        raise ProtocolError(f"unknown browser command {name!r}")
    checked: dict[str, Any] = _plain(command.args, args, exclude_none=True)
    return checked


def check_value(name: str, value: Any) -> Any:
    """Validate a command's result: strings are clipped, unknown fields dropped.

    Raises:
        ProtocolError: the result is invalid.
    """
    return _plain(COMMANDS[name].value, value)


def check_event(name: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """Validate an event of the extension and return its arguments.

    Raises:
        ProtocolError: the event is unknown or its arguments are invalid.
    """
    if (event := FROM_EXTENSION.get(name)) is None:
        raise ProtocolError(f"unknown browser event {name!r}")
    checked: dict[str, Any] = _plain(event, args)
    return checked


def _checked(adapter: TypeAdapter[Any], value: Any) -> Any:
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ProtocolError(f"{where}: {first['msg']}" if where else str(first["msg"])) from None


def _plain(adapter: TypeAdapter[Any], value: Any, exclude_none: bool = False) -> Any:
    return adapter.dump_python(_checked(adapter, value), mode="json", exclude_none=exclude_none)


def schema() -> dict[str, Any]:
    """Return the JSON schema of the protocol; each part is self-contained, with its own definitions."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The protocol between Rubato Desktop and its extension",
        "v": V,
        "host": HOST,
        "messages": {
            "request": Request.model_json_schema(),
            "hello": Hello.model_json_schema(),
            "response": Response.model_json_schema(),
            "event": Event.model_json_schema(),
            "part": MessagePart.model_json_schema(),
        },
        "commands": {
            name: {
                "args": command.args.json_schema(),
                "value": command.value.json_schema(mode="serialization"),
            }
            for name, command in COMMANDS.items()
        },
        "events": {
            "from_extension": {name: event.json_schema() for name, event in FROM_EXTENSION.items()},
            "from_app": {name: event.json_schema() for name, event in FROM_APP.items()},
        },
        "answers": {"hello": Joined.model_json_schema(), "command": AppAnswer.model_json_schema()},
    }


def render_schema() -> str:
    """Return the text `SCHEMA` should have: a JavaScript module whose default export is the schema."""
    text = json.dumps(schema(), indent=1, ensure_ascii=False, sort_keys=True)
    return f"// Generated by: python -m extension_bridge.protocol\nexport default {text};\n"


def main() -> None:
    """Write the schema into the extension."""
    SCHEMA.parent.mkdir(parents=True, exist_ok=True)
    SCHEMA.write_text(render_schema(), encoding="utf-8")


if __name__ == "__main__":
    main()
