"""The protocol: valid and invalid messages, limits, and the generated schema."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from extension_bridge import V, protocol
from extension_bridge.commands import COMMANDS
from extension_bridge.protocol import (
    SCHEMA,
    Event,
    Hello,
    ProtocolError,
    Request,
    Response,
    check_args,
    check_event,
    check_value,
    parse,
    render_schema,
)

TAB = {"id": 3, "number": 1, "title": "Home", "url": "https://a.example/", "active": True}


def test_schema_of_the_extension_is_up_to_date() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == render_schema(), "run: python -m extension_bridge.protocol"


def test_schema_is_stored_once() -> None:
    assert [path.name for path in SCHEMA.parent.iterdir()] == [SCHEMA.name]


def test_schema_is_written_to_a_new_and_to_an_existing_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = tmp_path / "new/folder/protocol.js"
    monkeypatch.setattr(protocol, "SCHEMA", written)
    for _ in range(2):
        protocol.main()
    assert written.read_bytes() == SCHEMA.read_bytes()


@pytest.mark.parametrize(
    "name, args",
    [
        ("scroll", {"vertical": 3, "horizontal": -1.5}),
        ("scroll", {"vertical": 3.0, "horizontal": 0, "tab": 12}),
        ("move", {"row": 0, "column": 11}),
        ("select", {"points": [{"row": 1, "column": 2}, {"row": 3, "column": 4}]}),
        ("write", {"text": "ä♪", "replace": True}),
        ("media_do", {"tab": 1, "frame": 0, "ref": 2, "action": "volume", "value": 0.5}),
        ("ping", {}),
    ],
)
def test_valid_arguments_pass(name: str, args: dict[str, Any]) -> None:
    assert check_args(name, args) == args


def test_omitted_arguments_stay_omitted() -> None:
    assert check_args("click", {"ref": None}) == {}


def test_null_values_in_answers_are_kept() -> None:
    assert check_value("act", {"a": None}) == {"a": None}


@pytest.mark.parametrize(
    "name, args",
    [
        ("explode", {}),
        ("scroll", {"vertical": 3}),
        ("scroll", {"vertical": "3", "horizontal": 0}),
        ("scroll", {"vertical": float("nan"), "horizontal": 0}),
        ("scroll", {"vertical": 3, "horizontal": 0, "sideways": 1}),
        ("move", {"row": 12, "column": 0}),
        ("move", {"row": -1, "column": 0}),
        ("move", {"row": True, "column": 0}),
        ("select", {"points": []}),
        ("select", {"points": [{"row": 1, "column": 1}] * 3}),
        ("tab", {"number": 0}),
        ("media_do", {"tab": 1, "frame": 0, "ref": 2, "action": "burn"}),
    ],
)
def test_invalid_arguments_are_refused(name: str, args: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError):
        check_args(name, args)


@pytest.mark.parametrize(
    "check, reason",
    [
        (lambda: check_args("explode", {}), "unknown browser command 'explode'"),
        (lambda: check_event("explode", {}), "unknown browser event 'explode'"),
        (
            lambda: check_args("move", {"row": 12, "column": 0}),
            "row: Input should be less than or equal to 11",
        ),
        (
            lambda: check_args("select", {"points": [{"row": 1, "column": 12}]}),
            "points.0.column: Input should be less than or equal to 11",
        ),
        (lambda: check_args("move", 3), "Input should be a valid dictionary or instance of Arguments"),  # type: ignore[arg-type]
        (lambda: parse({"v": 1, "type": "part"}), "unknown message type"),
        (lambda: parse({"v": 2, "type": "event", "name": "windows"}), "v: Input should be 1"),
    ],
    ids=["command", "event", "argument", "argument within", "no arguments", "message", "version"],
)
def test_errors_name_the_field(check: Callable[[], object], reason: str) -> None:
    with pytest.raises(ProtocolError) as error:
        check()
    assert str(error.value) == reason


def test_strings_are_clipped_and_stripped_of_control_characters() -> None:
    title = "\x1b[31m" + "a\n" * 10 + "b" * 1_000_000 + "\ud800"
    (tab,) = check_value("tabs", [{**TAB, "title": title, "more": "left out"}])
    assert len(tab["title"]) == 200 and tab["title"].isprintable() and "more" not in tab
    text = check_value("read", {"kind": "text", "text": "x\x00\n" * 10_000, "ref": 1})["text"]
    assert len(text) == 4_000 and text.startswith("x \nx")


def test_action_results_are_clipped_at_any_depth() -> None:
    value: Any = "x" * 10_000
    for _ in range(50):
        value = {"a": [value]}
    assert len(json.dumps(check_value("act", value))) < 200
    assert check_value("act", {"a": "x" * 10_000}) == {"a": "x" * 4_000}


def test_document_items_are_limited() -> None:
    items = [{"kind": "text", "text": str(n)} for n in range(5_000)]
    assert len(check_value("document", {"title": "", "url": "", "items": items})["items"]) == 2_000


@pytest.mark.parametrize(
    "name, value", [("tab", None), ("tab", {"id": "x"}), ("tabs", TAB), ("scroll", {"x": 0, "y": 0})]
)
def test_invalid_answers_are_refused(name: str, value: Any) -> None:
    with pytest.raises(ProtocolError):
        check_value(name, value)


def test_events_are_validated() -> None:
    snapshot = {"windows": [{"id": 1, "number": 1, "focused": True, "tabs": [TAB]}]}
    assert check_event("windows", snapshot)["windows"][0]["tabs"][0]["title"] == "Home"
    for name, args in [("windows", {}), ("explode", {}), ("loaded", {"tab": "x"})]:
        with pytest.raises(ProtocolError):
            check_event(name, args)


def test_message_types_are_distinguished() -> None:
    assert isinstance(parse({"v": V, "id": 1, "type": "command", "name": "a", "deadline_ms": 5}), Request)
    answer = parse({"v": V, "id": 1, "status": "ok", "value": 3, "error": None, "state": {}, "elapsed_ms": 1})
    hello = {"version": "1", "browser": "Chromium", "client": "c" * 8, "secret": "0" * 64}
    asked = {"v": V, "id": 1, "type": "hello", "name": "extension", "args": hello, "deadline_ms": 5}
    assert isinstance(parse(asked), Hello)
    assert isinstance(parse({"v": V, "type": "event", "name": "windows", "args": {}}), Event)
    assert isinstance(answer, Response) and answer.state.model_dump(exclude_none=True) == {}


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"v": 1},
        {"v": 1, "type": []},
        {"v": 1, "type": "part", "id": 1, "n": 0, "of": 1, "data": ""},
        {"v": 1, "type": "command", "id": 0, "name": "a", "deadline_ms": 5},
        {"v": 1, "type": "command", "id": 2**60, "name": "a", "deadline_ms": 5},
        {"v": 1, "type": "command", "id": 1, "name": "__init__", "deadline_ms": 5},
        {"v": 1, "type": "command", "id": 1, "name": "a", "deadline_ms": -1},
        {"v": 1, "type": "command", "id": 1, "name": "a", "deadline_ms": 0},
        {"v": 1, "type": "command", "id": 1, "name": "a", "deadline_ms": 600_001},
        {"v": 1, "type": "command", "id": 1, "name": "a" * 65, "deadline_ms": 5},
        {"v": 1, "type": "command", "id": 2**53, "name": "a", "deadline_ms": 5},
        {"v": 1, "type": "command", "id": 1, "name": "a", "args": [], "deadline_ms": 5},
        {"v": 1, "id": 1, "status": "great"},
        {"v": 1, "type": "hello", "id": 1, "name": "extension", "args": {}, "deadline_ms": 5},
        {"v": 2, "type": "event", "name": "windows"},
    ],
    ids=str,
)
def test_invalid_messages_are_refused(message: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError):
        parse(message)


@pytest.mark.parametrize("number, name, deadline", [(1, "a", 0.1), (2**53 - 1, "a" * 64, 600_000)])
def test_limits_are_inclusive(number: int, name: str, deadline: float) -> None:
    message = {"v": 1, "type": "command", "id": number, "name": name, "deadline_ms": deadline}
    assert parse(message) == Request(**message)


def test_every_command_name_is_valid() -> None:
    for name in COMMANDS:
        assert parse({"v": V, "id": 1, "type": "command", "name": name, "args": {}, "deadline_ms": 1})


def test_app_starts_without_importing_the_protocol() -> None:
    loading = "import sys, rubato_desktop.app, extension_bridge.native_host"
    code = f"{loading}; print('extension_bridge.commands' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
