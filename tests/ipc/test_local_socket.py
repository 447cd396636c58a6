"""The channel between processes: good questions, bad ones, and many at once."""

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
from rubato_desktop.ipc import local_socket as channel
from rubato_desktop.ipc.local_socket import LocalSocket, ask


def answer(question: dict[str, Any]) -> dict[str, Any]:
    match question:
        case {"fail": "words"}:
            raise RubatoError("The disk is full", todo="Make room", code="full")
        case {"fail": "bug"}:
            raise ZeroDivisionError
        case {"say": "much"}:
            return {"much": "x" * channel.LONGEST}
        case {"say": "path"}:
            return {"path": Path("a/b")}
    return {"heard": question}


@pytest.fixture
def line() -> Iterator[LocalSocket]:
    opened = LocalSocket(answer)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "question, expected",
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
            {"status": "failed", "error": {"code": "too_long", "message": "The answer is too long"}},
        ),
    ],
    ids=lambda value: f"{value!r:.40}",
)
def test_a_question_is_answered(
    question: dict[str, Any], expected: dict[str, Any], line: LocalSocket
) -> None:
    assert ask(line.address, question) == expected


def test_a_bug_is_logged_whole_and_said(line: LocalSocket, caplog: pytest.LogCaptureFixture) -> None:
    assert ask(line.address, {"fail": "bug"})["error"]["code"] == "bug"
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("question", [b"", b"{", b"[1]", b'"text"', b"\xff\xfe\xfd"])
def test_what_is_no_question_is_said_to_be_none(question: bytes, line: LocalSocket) -> None:
    with Client(line.address) as connection:
        connection.send_bytes(question)
        assert json.loads(connection.recv_bytes())["error"]["code"] == "bad_request"


def test_whoever_leaves_or_says_too_much_disturbs_nobody(line: LocalSocket) -> None:
    Client(line.address).close()
    with Client(line.address) as connection:
        connection.send_bytes(b'{"half')
    with Client(line.address) as connection, pytest.raises((EOFError, OSError)):
        # Only the length is sent: nobody waits for what it promises.
        connection._send((channel.LONGEST + 1).to_bytes(4, "big"))  # type: ignore[attr-defined]
        connection.recv_bytes()
    assert ask(line.address, {"still": "there"}) == {"heard": {"still": "there"}}


def test_a_question_too_long_is_not_asked(line: LocalSocket) -> None:
    with pytest.raises(RubatoError) as caught:
        ask(line.address, {"long": "x" * channel.LONGEST})
    assert caught.value.code == "too_long"


def test_many_at_once_each_get_their_own_answer() -> None:
    # Nobody is answered before all have asked: they are served at the same time.
    together = Barrier(16)

    def wait_for_all(question: dict[str, Any]) -> dict[str, Any]:
        together.wait(60)
        return question

    line = LocalSocket(wait_for_all)
    try:
        with ThreadPoolExecutor(16) as askers:
            answers = list(askers.map(lambda number: ask(line.address, {"number": number}, 60), range(16)))
    finally:
        line.close()
    assert answers == [{"number": number} for number in range(16)]


def test_a_closed_channel_is_not_running(line: LocalSocket) -> None:
    line.close()
    line.close()
    with pytest.raises(RubatoError) as caught:
        ask(line.address, {})
    assert caught.value.code == "not_running"
    assert not Path(line.address).parent.exists()
