"""Requests between processes: valid, invalid, and many at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Client
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from rubato_desktop.errors import RubatoError
from rubato_desktop.ipc import local_socket as local_socket
from rubato_desktop.ipc.local_socket import LocalSocket, ask


def respond(request_data: dict[str, Any]) -> dict[str, Any]:
    match request_data:
        case {"fail": "words"}:
            raise RubatoError("The disk is full", todo="Make room", code="full")
        case {"fail": "bug"}:
            raise ZeroDivisionError
        case {"say": "much"}:
            return {"much": "x" * local_socket.LONGEST}
        case {"say": "path"}:
            return {"path": Path("a/b")}
    return {"heard": request_data}


@pytest.fixture
def server() -> Iterator[LocalSocket]:
    opened = LocalSocket(respond)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "request_data, expected",
    [
        ({}, {"heard": {}}),
        ({"a": [1, 2.5, None, "♪"]}, {"heard": {"a": [1, 2.5, None, "♪"]}}),
        ({"long": "x" * 1_000_000}, {"heard": {"long": "x" * 1_000_000}}),
        ({"say": "path"}, {"path": "a/b"}),
        (
            {"fail": "words"},
            {"status": "failed", "error": {"code": "full", "message": "The disk is full. Make room"}},
        ),
        (
            {"say": "much"},
            {"status": "failed", "error": {"code": "too_long", "message": "The response is too long"}},
        ),
    ],
    ids=lambda value: f"{value!r:.40}",
)
def test_a_request_gets_its_response(
    request_data: dict[str, Any], expected: dict[str, Any], server: LocalSocket
) -> None:
    assert ask(server.address, request_data) == expected


def test_an_exception_is_logged_and_reported(server: LocalSocket, caplog: pytest.LogCaptureFixture) -> None:
    assert ask(server.address, {"fail": "bug"})["error"]["code"] == "bug"
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("request_data", [b"", b"{", b"[1]", b'"text"', b"\xff\xfe\xfd"])
def test_an_invalid_request_is_refused(request_data: bytes, server: LocalSocket) -> None:
    with Client(server.address) as connection:
        connection.send_bytes(request_data)
        assert json.loads(connection.recv_bytes())["error"]["code"] == "bad_request"


def test_clients_that_disconnect_or_send_too_much_do_not_affect_others(server: LocalSocket) -> None:
    Client(server.address).close()
    with Client(server.address) as connection:
        connection.send_bytes(b'{"half')
    with Client(server.address) as connection, pytest.raises((EOFError, OSError)):
        # Only the length prefix is sent.
        connection._send((local_socket.LONGEST + 1).to_bytes(4, "big"))  # type: ignore[attr-defined]
        connection.recv_bytes()
    assert ask(server.address, {"still": "there"}) == {"heard": {"still": "there"}}


def test_a_request_that_is_too_long_is_refused(server: LocalSocket) -> None:
    with pytest.raises(RubatoError) as caught:
        ask(server.address, {"long": "x" * local_socket.LONGEST})
    assert caught.value.code == "too_long"


def test_concurrent_requests_get_their_own_responses() -> None:
    # No request is answered before all have arrived.
    together = Barrier(16)

    def wait_for_all(request_data: dict[str, Any]) -> dict[str, Any]:
        together.wait(60)
        return request_data

    server = LocalSocket(wait_for_all)
    try:
        with ThreadPoolExecutor(16) as clients:
            answers = list(clients.map(lambda number: ask(server.address, {"number": number}, 60), range(16)))
    finally:
        server.close()
    assert answers == [{"number": number} for number in range(16)]


def test_a_closed_socket_is_not_running(server: LocalSocket) -> None:
    server.close()
    server.close()
    with pytest.raises(RubatoError) as caught:
        ask(server.address, {})
    assert caught.value.code == "not_running"
    assert not Path(server.address).parent.exists()
