"""The small model's server: which requests it refuses, and that it works with Ollama's own client."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from typing import Any

import ollama
import pytest

from rubato_desktop.services.model.embedded import Address, Embedded
from rubato_desktop.services.model.llama import NAME


@pytest.fixture(scope="module")
def server() -> Iterator[Address]:
    embedded = Embedded()
    yield embedded.address()
    embedded.close()


@pytest.fixture(scope="module")
def client(server: Address) -> ollama.Client:
    return ollama.Client(server.url, headers={"Authorization": f"Bearer {server.token}"})


def get(
    address: Address, path: str, headers: Mapping[str, str], body: bytes | None = None
) -> tuple[int, Any, http.client.HTTPResponse]:
    connection = http.client.HTTPConnection(address.url.removeprefix("http://"), timeout=60)
    connection.request("GET" if body is None else "POST", path, body, dict(headers))
    response = connection.getresponse()
    data = response.read()
    connection.close()
    return response.status, json.loads(data) if data[:1] in b"{[" else data, response


def test_a_request_with_the_token_is_answered(server: Address) -> None:
    status, value, _ = get(server, "/api/version", {"Authorization": f"Bearer {server.token}"})
    assert status == 200
    assert "rubato" in value["version"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": "Bearer é"}, 401),
        ({"Authorization": "TOKEN", "Origin": "https://evil.example"}, 403),
        ({"Authorization": "TOKEN", "Origin": "null"}, 403),
        ({"Authorization": "TOKEN", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Authorization": "TOKEN", "Host": "evil.example"}, 403),
        ({"Authorization": "TOKEN", "Host": "127.0.0.1"}, 403),
    ],
)
@pytest.mark.parametrize("path", ["/", "/api/tags", "/api/chat"])
def test_requests_from_pages_or_without_the_token_are_refused(
    server: Address, headers: dict[str, str], status: int, path: str
) -> None:
    sent = {name: value.replace("TOKEN", f"Bearer {server.token}") for name, value in headers.items()}
    sent = {name: value.encode("latin-1").decode("latin-1") for name, value in sent.items()}
    actual, _, response = get(server, path, sent, b"{}" if path == "/api/chat" else None)
    assert actual == status
    assert response.getheader("Access-Control-Allow-Origin") is None


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/chat", b"not JSON", 400),
        ("/api/chat", b"[]", 400),
        ("/api/chat", b'{"model": "llama3"}', 404),
        ("/api/chat", json.dumps({"model": NAME, "messages": [{"role": "user"}]}).encode(), 400),
        ("/api/chat", json.dumps({"model": NAME, "messages": "x"}).encode(), 400),
        ("/api/chat", json.dumps({"model": NAME, "options": 3}).encode(), 400),
        ("/api/generate", json.dumps({"model": NAME, "prompt": 3}).encode(), 400),
        ("/api/generate", json.dumps({"model": NAME, "prompt": "x", "raw": True}).encode(), 400),
        ("/api/embed", json.dumps({"model": NAME, "input": [3]}).encode(), 400),
        ("/api/pull", b"{}", 404),
    ],
)
def test_an_invalid_request_is_refused_with_a_reason(
    server: Address, path: str, body: bytes, status: int
) -> None:
    actual, value, _ = get(server, path, {"Authorization": f"Bearer {server.token}"}, body)
    assert actual == status
    assert value["error"]


def test_a_request_that_is_too_large_is_refused_unread(server: Address) -> None:
    headers = {"Authorization": f"Bearer {server.token}", "Content-Length": "999999999"}
    assert get(server, "/api/chat", headers, b"{}")[0] == 413


def test_ollamas_client_lists_and_shows_models(client: ollama.Client) -> None:
    assert [model.model for model in client.list().models] == [NAME]
    assert [model.model for model in client.ps().models] == [NAME]
    assert "completion" in (client.show(NAME).capabilities or [])


def test_ollamas_client_chats_and_generates_streamed_or_not(client: ollama.Client) -> None:
    messages = [{"role": "user", "content": "Say hello."}]
    options = {"temperature": 0, "num_predict": 8}
    whole = client.chat(NAME, messages, options=options)
    assert whole.message.content and whole.eval_count == 8 and whole.done_reason == "length"
    parts = list(client.chat(NAME, messages, options=options, stream=True))
    assert "".join(part.message.content or "" for part in parts) == whole.message.content
    assert [part.done for part in parts] == [False] * (len(parts) - 1) + [True]
    assert client.generate(NAME, "Say hello.", options=options).response
    assert client.generate(NAME, "").done_reason == "load"
    assert "".join(part.response or "" for part in client.generate(NAME, "Hi", stream=True, options=options))


def test_an_answer_ends_at_a_stop_sequence(client: ollama.Client) -> None:
    messages = [{"role": "user", "content": "Count: one two three four five six seven."}]
    options = {"temperature": 0, "num_predict": 60}
    whole = client.chat(NAME, messages, options=options).message.content or ""
    word = whole.split()[3]
    cut = client.chat(NAME, messages, options={**options, "stop": [word]}).message.content or ""
    assert word not in cut
    assert whole.startswith(cut.strip())


def test_ollamas_client_embeds(client: ollama.Client) -> None:
    vectors = client.embed(NAME, ["one", "two"]).embeddings
    assert [len(vector) for vector in vectors] == [576, 576]


def test_an_unknown_model_is_refused_as_ollama_does(client: ollama.Client) -> None:
    with pytest.raises(ollama.ResponseError, match="not found") as caught:
        client.chat("llama3", [{"role": "user", "content": "?"}])
    assert caught.value.status_code == 404
