"""The knowledge process: calls, idle exit, crashes and restarts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from waiting import until

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.knowledge.client import KnowledgeClient
from rubato_desktop.settings import Settings


@pytest.fixture
def problems() -> list[RubatoError]:
    return []


@pytest.fixture
def knowledge(tmp_path: Path, problems: list[RubatoError]) -> Iterator[KnowledgeClient]:
    client = KnowledgeClient(tmp_path, Settings(), on_problem=problems.append, unused_s=1.0)
    yield client
    client.close()


def learn(knowledge: KnowledgeClient, text: str = "The sustain pedal lifts the dampers.") -> None:
    knowledge.call("learn_text", source="https://example.org/pedal", title="", pieces=[{"text": text}])


def test_the_process_learns_and_retrieves(knowledge: KnowledgeClient) -> None:
    learn(knowledge)
    [found] = knowledge.retrieval.search("dampers")
    assert (found.source, found.text) == ("https://example.org/pedal", "The sustain pedal lifts the dampers.")
    assert knowledge.retrieval.count() == 1


def test_an_idle_process_ends_and_restarts(knowledge: KnowledgeClient, problems: list[RubatoError]) -> None:
    learn(knowledge)
    process = psutil.Process(knowledge.process_id)
    until(lambda: not process.is_running(), "the idle process to end")
    assert knowledge.retrieval.count() == 1
    assert problems == []


def test_a_killed_process_is_reported_and_restarts(
    knowledge: KnowledgeClient, problems: list[RubatoError]
) -> None:
    learn(knowledge)
    psutil.Process(knowledge.process_id).kill()
    until(lambda: problems, "its end to be reported")
    assert problems[0].code == "knowledge_ended" and "killed by SIGKILL" in problems[0].happened
    assert knowledge.retrieval.count() == 1


@pytest.mark.parametrize(
    ("call", "args", "message"),
    [
        ("close", {}, "Unknown knowledge call: close"),
        ("__init__", {}, "Unknown knowledge call: __init__"),
        ("suggest", {"source": "/nowhere"}, "has not been learnt"),
        ("learn", {"paths": [], "topics": ["x" * 101]}, "at most 100 characters"),
        ("search", {"nothing": 1}, "Internal error in the knowledge process"),
    ],
)
def test_a_bad_call_is_an_error(
    knowledge: KnowledgeClient, call: str, args: dict[str, Any], message: str
) -> None:
    with pytest.raises(RubatoError, match=message):
        knowledge.call(call, **args)


def test_a_closed_client_refuses_calls(knowledge: KnowledgeClient) -> None:
    knowledge.close()
    with pytest.raises(RubatoError) as caught:
        knowledge.call("count")
    assert caught.value.code == "knowledge_ended"


def test_tags_are_suggested_from_similar_documents_and_key_words(knowledge: KnowledgeClient) -> None:
    for name in ("a", "b"):
        knowledge.call(
            "learn_text",
            source=f"https://example.org/{name}",
            title="",
            pieces=[{"text": f"Text {name}: the sustain pedal lifts the dampers of a grand piano."}],
            tags=["pedalling"],
        )
    knowledge.call(
        "learn_text",
        source="https://example.org/c",
        title="",
        pieces=[{"text": "The pedal and the dampers of a grand piano. Hammers wear; hammers are voiced."}],
    )
    found = knowledge.call("suggest", source="https://example.org/c")
    assert found[0] == "pedalling"
    assert "hammers" in found
    classified = knowledge.call("classify", source="https://example.org/c", add_tags=["pedalling"])
    assert classified["tags"] == ["pedalling"]
    assert "pedalling" not in knowledge.call("suggest", source="https://example.org/c")


def test_a_kill_fails_pending_calls_and_later_ones_are_answered(
    knowledge: KnowledgeClient,
) -> None:
    learn(knowledge)
    process = psutil.Process(knowledge.process_id)
    process.suspend()
    futures = [knowledge.ask("count") for _ in range(20)]
    process.kill()
    following = knowledge.ask("count")
    for future in futures:
        with pytest.raises(RubatoError, match="has ended"):
            future.result(30)
    until(lambda: knowledge.process_id != process.pid, "its end to be noticed")
    following.exception(30)  # a call made in between may succeed or fail, but must not hang
    assert knowledge.call("count") == 1


def test_a_very_long_page_is_learnt(knowledge: KnowledgeClient) -> None:
    pieces = [{"text": f"Paragraph {n}. " + "keys " * 8} for n in range(300)]
    result = knowledge.call("learn_text", source="https://example.org/long", title="", pieces=pieces)
    assert result["learnt"] == ["https://example.org/long"]
