"""Answers by the real small model, and by fake servers that stand for larger ones."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pytest
from fake_ollama import FakeOllama
from passage_index import PassageIndex

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.answers import generation
from rubato_desktop.services.answers.answer import NOTHING_FOUND, UNANSWERED
from rubato_desktop.services.answers.citation_filter import LIMITS
from rubato_desktop.services.answers.conversation import GREETING_REPLY, THANKS_REPLY, Conversation
from rubato_desktop.services.answers.passages import Passage
from rubato_desktop.services.answers.pipeline import Answers
from rubato_desktop.services.model.models import SMALL, Cancellation, Models

TEXTS = {
    "tuning": "The Pleyel was tuned by Anna Berg on 3 May. She replaced two strings.[7] It smells of wax.",
    "pedals": "The soft pedal of a grand shifts the action. The middle pedal of uprights is for the night.",
    "cat": "Our cat Mimi sleeps on the piano. She was born in 2019.",
}
MANY = {f"text{number}": f"Fact {number} about the organ is that its pipe number {number} is made of tin and old lead."
        for number in range(60)}  # fmt: skip

PIPES = {"a": "The organ has a pipe of tin. The organ has a pipe of oak. The organ has a pipe of lead."}


@pytest.fixture(scope="module")
def small() -> Iterator[Models]:
    models = Models(lambda: "http://127.0.0.1:9")
    yield models
    models.close()


def test_the_small_model_quotes_and_cites_its_source(small: Models) -> None:
    pieces: list[str] = []
    answer = Answers(small, PassageIndex.of(TEXTS)).ask("Who tuned the Pleyel?", on_text=pieces.append)
    assert answer.answer.startswith("“The Pleyel was tuned by Anna Berg on 3 May.” [1]")
    assert "".join(pieces) == answer.answer
    assert [(one.n, one.document, one.source) for one in answer.citations] == [(1, "tuning", "tuning.md")]
    assert answer.small and answer.answered and answer.confidence > 0.5


def test_it_says_when_the_sources_do_not_answer(small: Models) -> None:
    answer = Answers(small, PassageIndex.of(TEXTS)).ask("Who built the Pleyel?")
    assert (answer.answer, answer.answered, answer.citations) == (UNANSWERED, False, [])


def test_it_says_when_nothing_was_found(small: Models) -> None:
    assert Answers(small, PassageIndex([])).ask("Who tuned the Pleyel?").answer == NOTHING_FOUND


def test_citations_inside_a_source_are_stripped(small: Models) -> None:
    answer = Answers(small, PassageIndex.of(TEXTS)).ask("How many strings were replaced?")
    assert answer.answer.startswith("“She replaced two strings.” [1]")


@pytest.mark.parametrize("length", ["short", "normal", "long"])
def test_the_small_model_keeps_to_the_length(small: Models, length: str) -> None:
    answer = Answers(small, PassageIndex.of(MANY)).ask("Tell me facts about the organ pipe.", length=length)  # type: ignore[arg-type]
    assert 10 < len(answer.answer.split()) <= LIMITS[length]


@pytest.mark.parametrize("length", ["short", "normal", "long"])
def test_a_large_model_is_cut_at_the_length(length: str) -> None:
    with FakeOllama(*["word "] * 2000) as ollama:
        answer = Answers(Models(lambda: ollama.url), PassageIndex.of(TEXTS)).ask(
            "Who tuned the Pleyel?", length=length
        )  # type: ignore[arg-type]
        assert len(answer.answer.split()) == LIMITS[length]
        assert f"at most {LIMITS[length]} words" in ollama.prompt


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("Hello!", GREETING_REPLY),
        ("guten Morgen", GREETING_REPLY),
        ("Thank you.", THANKS_REPLY),
        ("¡Hola!", GREETING_REPLY),
        ("你好", GREETING_REPLY),
    ],
)
def test_small_talk_searches_nothing(small: Models, said: str, reply: str) -> None:
    index = PassageIndex.of(TEXTS)
    assert Answers(small, index).ask(said).answer == reply
    assert index.queries == []


def test_a_follow_up_carries_over_the_users_words_and_quoted_names(small: Models) -> None:
    index = PassageIndex.of(TEXTS)
    answers, talk = Answers(small, index), Conversation()
    answers.ask("Who tuned the Pleyel?", conversation=talk)
    again = answers.ask("How many strings did she replace?", conversation=talk)
    assert index.queries[-1].startswith("How many strings did she replace? tuned Pleyel Anna Berg")
    assert "“She replaced two strings.”" in again.answer
    answers.ask("Where does the cat sleep?", conversation=talk)
    assert index.queries[-1] == "Where does the cat sleep?"


def test_the_models_own_words_are_not_searched_for() -> None:
    with FakeOllama("It was tuned by Zebedee Quux. [1]") as ollama:
        index = PassageIndex.of(TEXTS)
        answers, talk = Answers(Models(lambda: ollama.url), index), Conversation()
        answers.ask("Who tuned the Pleyel?", conversation=talk)
        answers.ask("When did he tune it?", conversation=talk)
        assert "Zebedee" not in index.queries[-1]
        assert [message["role"] for message in ollama.requests[-1]["messages"]] == [
            "system",
            "user",
            "assistant",
            "user",
        ]


def test_prompt_model_and_temperature_are_used() -> None:
    with FakeOllama("Arr. [1]", models=[("big:latest", "8.0B"), ("other:latest", "70B")]) as ollama:
        answer = Answers(Models(lambda: ollama.url), PassageIndex.of(TEXTS)).ask(
            "Who tuned the {context} Pleyel?",
            prompt="Speak as a pirate. {context} QUESTION {question}",
            model="other",
            temperature=0.9,
        )
        assert answer.model == "other:latest"
        assert ollama.requests[0]["model"] == "other:latest"
        assert ollama.requests[0]["options"]["temperature"] == 0.9
        prompt = ollama.requests[0]["messages"][-1]["content"]
        assert prompt.startswith("Speak as a pirate. [1] <<")
        assert prompt.endswith("QUESTION Who tuned the {context} Pleyel?")
        assert "Anna Berg" in prompt


@pytest.mark.parametrize("prompt", ["Answer!", "{question}", "{context}", "{context} {context} {question}"])
def test_a_prompt_without_its_placeholders_is_refused(small: Models, prompt: str) -> None:
    with pytest.raises(RubatoError, match=r"The prompt (does not contain|repeats) \{") as caught:
        Answers(small, PassageIndex.of(TEXTS)).ask("Who tuned the Pleyel?", prompt=prompt)
    assert caught.value.code == "bad_prompt"


def test_an_answer_without_citations_gets_the_best_source() -> None:
    with FakeOllama("Anna Berg tuned ", "the Pleyel.") as ollama:
        answer = Answers(Models(lambda: ollama.url), PassageIndex.of(TEXTS)).ask("Who tuned the Pleyel?")
    assert answer.answer == "Anna Berg tuned the Pleyel. [1]"
    assert answer.confidence == 1


def test_sources_are_cut_to_what_the_model_can_read_in_time() -> None:
    with FakeOllama("Yes. [1]") as ollama:
        models = Models(lambda: ollama.url)
        models._note_rate(models.choose(), 100, 1_000_000_000)
        Answers(models, PassageIndex.of(MANY)).ask("What is pipe 7 of the organ made of?")
        shown = sum(len(block.split()) for block in re.findall(r"<<\w+\n(.*?)\n", ollama.prompt))
    assert 10 < shown <= 80


def test_the_text_before_a_server_failure_is_kept_with_the_problem() -> None:
    with FakeOllama("Anna Berg ", "tuned it. [1] ", "And", dies_after=2) as ollama:
        answer = Answers(Models(lambda: ollama.url), PassageIndex.of(TEXTS)).ask("Who tuned the Pleyel?")
    assert answer.answer.startswith("Anna Berg tuned it. [1]")
    assert answer.problem is not None and "in the middle of its answer" in str(answer.problem)
    assert [one.document for one in answer.citations] == ["tuning"]


@pytest.mark.parametrize("line", [b"<html>\n", b'{"error": "out of memory"}\n', b"[]\n"])
def test_the_sources_are_quoted_if_the_model_fails_before_its_first_word(line: bytes) -> None:
    with FakeOllama(line=line) as ollama:
        answer = Answers(Models(lambda: ollama.url), PassageIndex.of(TEXTS)).ask("Who tuned the Pleyel?")
    assert "“The Pleyel was tuned by Anna Berg on 3 May.” [1]" in answer.answer
    assert answer.problem is not None and answer.problem.kept == "The answer quotes the sources instead"


@pytest.mark.parametrize(
    "nonsense", ['{"answer": [', "\x00\x00", "[[[[1]]]]", "[1] [2] [3] [999]", "   ", "…" * 400]
)
def test_nonsense_from_a_model_cites_no_unknown_source(nonsense: str) -> None:
    with FakeOllama(nonsense) as ollama:
        answer = Answers(Models(lambda: ollama.url), PassageIndex.of(TEXTS)).ask("Who tuned the Pleyel?")
    numbers = {
        int(n) for mark in re.findall(r"\[([\d, ]+)\]", answer.answer) for n in re.findall(r"\d+", mark)
    }
    assert numbers <= {one.n for one in answer.citations}


def test_a_cancelled_answer_ends_and_keeps_its_text() -> None:
    with FakeOllama(*["word "] * 500, pause_s=0.05) as ollama:
        stop = Cancellation()
        threading.Timer(0.4, stop.cancel).start()
        answer = Answers(Models(lambda: ollama.url), PassageIndex.of(TEXTS)).ask(
            "Who tuned the Pleyel?", stop=stop
        )
        assert ollama.gone.wait(10)
    assert answer.stopped
    assert 0 < len(answer.answer.split()) < 100


def test_a_slow_small_model_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "CHOOSING_S", 0.3)
    with FakeOllama(*["word "] * 500, models=[("little:1b", "1B")], pause_s=0.1) as ollama:
        answer = Answers(Models(lambda: ollama.url), PassageIndex.of(PIPES)).ask(
            "Which pipe does the organ have?"
        )
        assert ollama.gone.wait(10)
    assert len(answer.answer.split("”")) > 2, "the sources are still quoted"
    assert (answer.stopped, answer.problem) == (False, None)


def test_a_small_model_is_cancelled_while_it_chooses() -> None:
    with FakeOllama(*["word "] * 500, models=[("little:1b", "1B")], pause_s=0.1) as ollama:
        stop = Cancellation()
        threading.Timer(0.4, stop.cancel).start()
        answer = Answers(Models(lambda: ollama.url), PassageIndex.of(PIPES)).ask(
            "Which pipe does the organ have?", stop=stop
        )
        assert ollama.gone.wait(10)
    assert answer.stopped and "[1]" in answer.answer and len(answer.citations) == 1


def test_a_small_model_chooses_quotes_and_its_own_words_are_discarded() -> None:
    with FakeOllama(
        "Surely the organ has a pipe of lead. And dragons live there.", models=[("little:1b", "1B")]
    ) as ollama:
        answer = Answers(Models(lambda: ollama.url), PassageIndex.of(PIPES)).ask(
            "Which pipe does the organ have?", length="short"
        )
    assert answer.answer == "“The organ has a pipe of tin.” [1] “The organ has a pipe of lead.” [1]"


def test_each_tag_gets_a_part_of_the_answer_the_rare_one_first(small: Models) -> None:
    common = {
        f"c{number}": f"The organ in village {number} was tuned by Otto {number}." for number in range(200)
    }
    texts = {**common, "rare": "The organ of the chapel was tuned by Zita in 1901."}
    tags = {name: ["chapel" if name == "rare" else "village"] for name in texts}
    answer = Answers(small, PassageIndex.of(texts, tags)).ask(
        "Who tuned the organ?", tags=["village", "chapel"]
    )
    assert list(answer.per_tag) == ["chapel", "village"]
    assert answer.answer.startswith(
        "chapel: “The organ of the chapel was tuned by Zita in 1901.” [1]\nvillage: “"
    )
    chapel, village = answer.per_tag["chapel"], answer.per_tag["village"]
    assert (chapel.damped, village.damped) == (False, True)
    assert chapel.weight > village.weight
    assert [one.document for one in chapel.citations] == ["rare"]
    assert len(answer.answer.split()) <= LIMITS["normal"]


def test_each_of_several_topics_gets_a_part_of_the_answer(small: Models) -> None:
    index = PassageIndex(
        [
            Passage("a", "a.md", "The organ was tuned by Zita.", topics=("chapel",)),
            Passage("b", "b.md", "The organ was painted by Otto.", topics=("village",)),
        ]
    )
    answer = Answers(small, index).ask("Who tuned the organ?", topics=["chapel", "village"])
    assert "Zita" in answer.per_tag["chapel"].summary
    assert answer.per_tag["village"].summary == UNANSWERED


def test_many_tags_keep_to_the_length(small: Models) -> None:
    texts = {
        f"t{n}": f"The organ number {n} was tuned by Otto of the house of tuners in the year 19{n}."
        for n in range(10, 40)
    }
    answer = Answers(small, PassageIndex.of(texts, {name: [name] for name in texts})).ask(
        "Who tuned the organ?", tags=list(texts), length="short"
    )
    assert len(answer.answer.split()) <= LIMITS["short"]
    assert set(answer.per_tag) == set(texts)


def test_a_correction_takes_precedence(small: Models) -> None:
    correction = Passage("correction", "inquiry.json", "Eva Holm. It was on 4 May.")
    answers = Answers(small, PassageIndex.of(TEXTS), find_corrections=lambda _: [correction])
    assert answers.ask("Who tuned the Pleyel?").answer == "“Eva Holm.” [1] “It was on 4 May.” [1]"
    with FakeOllama("Eva Holm. [1]") as ollama:
        Answers(
            Models(lambda: ollama.url), PassageIndex.of(TEXTS), find_corrections=lambda _: [correction]
        ).ask("Who tuned it?")
        assert "[1] <<" in ollama.prompt and "Eva Holm. It was on 4 May." in ollama.prompt


def test_a_large_model_gets_sources_even_if_the_question_has_no_terms() -> None:
    long = {name: f"{text} " * 80 for name, text in TEXTS.items()}
    with FakeOllama("Well. [1]") as ollama:
        index = PassageIndex.of(long)
        index.search = lambda *_, **__: index.passages  # type: ignore[method-assign, assignment]
        Answers(Models(lambda: ollama.url), index).ask("What is all this?")
        assert "Anna Berg" in ollama.prompt


def test_the_json_of_an_answer_has_its_documented_keys(small: Models) -> None:
    value = Answers(small, PassageIndex.of(TEXTS)).ask("Who tuned the Pleyel?").as_json()
    assert {"answer", "citations", "per_tag", "model", "retrieved", "elapsed_ms"} <= set(value)
    assert set(value["citations"][0]) == {"n", "document", "source", "text", "start_ms", "page"}
    assert {"rank", "source", "document", "score", "text", "start_ms", "page", "topics", "tags"} == set(
        value["retrieved"][0]
    )
    assert value["model"] in ("", SMALL)
