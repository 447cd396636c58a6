"""Knowledge in its own process: asked, rested, killed, and there again."""

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
    made = KnowledgeClient(tmp_path, Settings(), on_problem=problems.append, unused_s=1.0)
    yield made
    made.close()


def learn(knowledge: KnowledgeClient, text: str = "The sustain pedal lifts the dampers.") -> None:
    knowledge.call("learn_text", source="https://example.org/pedal", title="", pieces=[{"text": text}])


def test_what_was_learnt_is_found_by_another_process(knowledge: KnowledgeClient) -> None:
    learn(knowledge)
    [found] = knowledge.retrieval.search("dampers")
    assert (found.source, found.text) == ("https://example.org/pedal", "The sustain pedal lifts the dampers.")
    assert knowledge.retrieval.count() == 1


def test_its_process_ends_when_nobody_asks_and_comes_back(
    knowledge: KnowledgeClient, problems: list[RubatoError]
) -> None:
    learn(knowledge)
    process = psutil.Process(knowledge.process_id)
    until(lambda: not process.is_running(), "it to rest")
    assert knowledge.retrieval.count() == 1
    assert problems == []


def test_killed_it_is_told_and_comes_back(knowledge: KnowledgeClient, problems: list[RubatoError]) -> None:
    learn(knowledge)
    psutil.Process(knowledge.process_id).kill()
    until(lambda: problems, "its end to be told")
    assert problems[0].code == "knowledge_ended" and "killed by SIGKILL" in problems[0].happened
    assert knowledge.retrieval.count() == 1


@pytest.mark.parametrize(
    ("call", "args", "said"),
    [
        ("close", {}, "Nothing called close can be asked"),
        ("__init__", {}, "Nothing called __init__ can be asked"),
        ("suggest", {"source": "/nowhere"}, "has not been learnt"),
        ("learn", {"paths": [], "topics": ["x" * 101]}, "at most 100 signs"),
        ("search", {"nothing": 1}, "Something went wrong"),
    ],
)
def test_what_cannot_be_asked_is_an_answer(
    knowledge: KnowledgeClient, call: str, args: dict[str, Any], said: str
) -> None:
    with pytest.raises(RubatoError, match=said):
        knowledge.call(call, **args)


def test_after_its_end_it_says_so(knowledge: KnowledgeClient) -> None:
    knowledge.close()
    with pytest.raises(RubatoError) as caught:
        knowledge.call("count")
    assert caught.value.code == "knowledge_ended"


def test_tags_are_suggested_by_what_is_like_it_and_by_what_it_says(knowledge: KnowledgeClient) -> None:
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
    told = knowledge.call("classify", source="https://example.org/c", add_tags=["pedalling"])
    assert told["tags"] == ["pedalling"]
    assert "pedalling" not in knowledge.call("suggest", source="https://example.org/c")


def test_killed_whatever_was_asked_ends_and_what_is_asked_next_is_answered(
    knowledge: KnowledgeClient,
) -> None:
    learn(knowledge)
    process = psutil.Process(knowledge.process_id)
    process.suspend()
    asked = [knowledge.ask("count") for _ in range(20)]
    process.kill()
    next_one = knowledge.ask("count")
    for promise in asked:
        with pytest.raises(RubatoError, match="has ended"):
            promise.result(30)
    until(lambda: knowledge.process_id != process.pid, "its end to be noticed")
    next_one.exception(30)  # asked in between: answered, or ended too; never left waiting
    assert knowledge.call("count") == 1


def test_a_page_as_large_as_pages_may_be_is_learnt(knowledge: KnowledgeClient) -> None:
    pieces = [{"text": f"Paragraph {n}. " + "keys " * 8} for n in range(300)]
    said = knowledge.call("learn_text", source="https://example.org/long", title="", pieces=pieces)
    assert said["learnt"] == ["https://example.org/long"]
