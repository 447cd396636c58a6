"""Questions and answers: with the real small model, and with servers that stand for larger ones."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pytest
from played_ollama import PlayedOllama
from shelf import Shelf

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.answers import generation as saying
from rubato_desktop.services.answers.answer import NOTHING_LEARNT, UNANSWERED
from rubato_desktop.services.answers.citation_filter import LIMITS
from rubato_desktop.services.answers.conversation import GREETED, THANKED, Conversation
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


def test_the_small_model_quotes_its_source_at_once_and_cites_it(small: Models) -> None:
    pieces: list[str] = []
    answer = Answers(small, Shelf.of(TEXTS)).ask("Who tuned the Pleyel?", on_text=pieces.append)
    assert answer.answer.startswith("“The Pleyel was tuned by Anna Berg on 3 May.” [1]")
    assert "".join(pieces) == answer.answer
    assert [(one.n, one.document, one.source) for one in answer.citations] == [(1, "tuning", "tuning.md")]
    assert answer.small and answer.answered and answer.confidence > 0.5


def test_when_the_sources_do_not_answer_it_says_so(small: Models) -> None:
    answer = Answers(small, Shelf.of(TEXTS)).ask("Who built the Pleyel?")
    assert (answer.answer, answer.answered, answer.citations) == (UNANSWERED, False, [])


def test_when_nothing_is_learnt_it_says_so(small: Models) -> None:
    assert Answers(small, Shelf([])).ask("Who tuned the Pleyel?").answer == NOTHING_LEARNT


def test_marks_in_a_source_are_no_citations(small: Models) -> None:
    answer = Answers(small, Shelf.of(TEXTS)).ask("How many strings were replaced?")
    assert answer.answer.startswith("“She replaced two strings.” [1]")


@pytest.mark.parametrize("length", ["short", "normal", "long"])
def test_the_length_is_kept_by_the_small_model(small: Models, length: str) -> None:
    answer = Answers(small, Shelf.of(MANY)).ask("Tell me facts about the organ pipe.", length=length)  # type: ignore[arg-type]
    assert 10 < len(answer.answer.split()) <= LIMITS[length]


@pytest.mark.parametrize("length", ["short", "normal", "long"])
def test_the_length_is_kept_by_a_large_one_that_goes_on_and_on(length: str) -> None:
    with PlayedOllama(*["word "] * 2000) as ollama:
        answer = Answers(Models(lambda: ollama.url), Shelf.of(TEXTS)).ask(
            "Who tuned the Pleyel?", length=length
        )  # type: ignore[arg-type]
        assert len(answer.answer.split()) == LIMITS[length]
        assert f"at most {LIMITS[length]} words" in ollama.prompt


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("Hello!", GREETED),
        ("guten Morgen", GREETED),
        ("Thank you.", THANKED),
        ("¡Hola!", GREETED),
        ("你好", GREETED),
    ],
)
def test_a_greeting_searches_nothing(small: Models, said: str, reply: str) -> None:
    shelf = Shelf.of(TEXTS)
    assert Answers(small, shelf).ask(said).answer == reply
    assert shelf.searched == []


def test_a_question_that_points_back_takes_what_was_said_and_quoted_along(small: Models) -> None:
    shelf = Shelf.of(TEXTS)
    answers, talk = Answers(small, shelf), Conversation()
    answers.ask("Who tuned the Pleyel?", conversation=talk)
    again = answers.ask("How many strings did she replace?", conversation=talk)
    assert shelf.searched[-1].startswith("How many strings did she replace? tuned Pleyel Anna Berg")
    assert "“She replaced two strings.”" in again.answer
    answers.ask("Where does the cat sleep?", conversation=talk)
    assert shelf.searched[-1] == "Where does the cat sleep?"


def test_what_a_model_made_up_is_not_searched_for() -> None:
    with PlayedOllama("It was tuned by Zebedee Quux. [1]") as ollama:
        shelf = Shelf.of(TEXTS)
        answers, talk = Answers(Models(lambda: ollama.url), shelf), Conversation()
        answers.ask("Who tuned the Pleyel?", conversation=talk)
        answers.ask("When did he tune it?", conversation=talk)
        assert "Zebedee" not in shelf.searched[-1]
        assert [message["role"] for message in ollama.asked[-1]["messages"]] == [
            "system",
            "user",
            "assistant",
            "user",
        ]


def test_prompt_model_and_temperature_take_effect() -> None:
    with PlayedOllama("Arr. [1]", models=[("big:latest", "8.0B"), ("other:latest", "70B")]) as ollama:
        answer = Answers(Models(lambda: ollama.url), Shelf.of(TEXTS)).ask(
            "Who tuned the {context} Pleyel?",
            prompt="Speak as a pirate. {context} QUESTION {question}",
            model="other",
            temperature=0.9,
        )
        assert answer.model == "other:latest"
        assert ollama.asked[0]["model"] == "other:latest"
        assert ollama.asked[0]["options"]["temperature"] == 0.9
        told = ollama.asked[0]["messages"][-1]["content"]
        assert told.startswith("Speak as a pirate. [1] <<")
        assert told.endswith("QUESTION Who tuned the {context} Pleyel?")
        assert "Anna Berg" in told


@pytest.mark.parametrize("prompt", ["Answer!", "{question}", "{context}", "{context} {context} {question}"])
def test_a_prompt_without_its_places_is_refused(small: Models, prompt: str) -> None:
    with pytest.raises(RubatoError, match="place for the") as caught:
        Answers(small, Shelf.of(TEXTS)).ask("Who tuned the Pleyel?", prompt=prompt)
    assert caught.value.code == "bad_prompt"


def test_a_large_model_that_cites_nothing_has_its_source_named() -> None:
    with PlayedOllama("Anna Berg tuned ", "the Pleyel.") as ollama:
        answer = Answers(Models(lambda: ollama.url), Shelf.of(TEXTS)).ask("Who tuned the Pleyel?")
    assert answer.answer == "Anna Berg tuned the Pleyel. [1]"
    assert answer.confidence == 1


def test_sources_are_cut_to_what_the_model_reads_in_time() -> None:
    with PlayedOllama("Yes. [1]") as ollama:
        models = Models(lambda: ollama.url)
        models._note_rate(models.choose(), 100, 1_000_000_000)
        Answers(models, Shelf.of(MANY)).ask("What is pipe 7 of the organ made of?")
        shown = sum(len(block.split()) for block in re.findall(r"<<\w+\n(.*?)\n", ollama.prompt))
    assert 10 < shown <= 80


def test_what_was_said_before_the_server_died_is_kept_with_what_went_wrong() -> None:
    with PlayedOllama("Anna Berg ", "tuned it. [1] ", "And", dies_after=2) as ollama:
        answer = Answers(Models(lambda: ollama.url), Shelf.of(TEXTS)).ask("Who tuned the Pleyel?")
    assert answer.answer.startswith("Anna Berg tuned it. [1]")
    assert answer.problem is not None and "broke off" in str(answer.problem)
    assert [one.document for one in answer.citations] == ["tuning"]


@pytest.mark.parametrize("line", [b"<html>\n", b'{"error": "out of memory"}\n', b"[]\n"])
def test_when_a_model_fails_before_it_speaks_the_sources_are_quoted(line: bytes) -> None:
    with PlayedOllama(line=line) as ollama:
        answer = Answers(Models(lambda: ollama.url), Shelf.of(TEXTS)).ask("Who tuned the Pleyel?")
    assert "“The Pleyel was tuned by Anna Berg on 3 May.” [1]" in answer.answer
    assert (
        answer.problem is not None and answer.problem.kept == "The sources' own sentences are quoted instead"
    )


@pytest.mark.parametrize(
    "nonsense", ['{"answer": [', "\x00\x00", "[[[[1]]]]", "[1] [2] [3] [999]", "   ", "…" * 400]
)
def test_nonsense_from_a_model_is_shown_without_citations_of_nothing(nonsense: str) -> None:
    with PlayedOllama(nonsense) as ollama:
        answer = Answers(Models(lambda: ollama.url), Shelf.of(TEXTS)).ask("Who tuned the Pleyel?")
    numbers = {
        int(n) for mark in re.findall(r"\[([\d, ]+)\]", answer.answer) for n in re.findall(r"\d+", mark)
    }
    assert numbers <= {one.n for one in answer.citations}


def test_it_stops_at_once_and_keeps_what_was_said() -> None:
    with PlayedOllama(*["word "] * 500, pause_s=0.05) as ollama:
        stop = Cancellation()
        threading.Timer(0.4, stop.cancel).start()
        answer = Answers(Models(lambda: ollama.url), Shelf.of(TEXTS)).ask("Who tuned the Pleyel?", stop=stop)
        assert ollama.gone.wait(10)
    assert answer.stopped
    assert 0 < len(answer.answer.split()) < 100


def test_a_small_model_that_is_slow_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saying, "CHOOSING_S", 0.3)
    with PlayedOllama(*["word "] * 500, models=[("little:1b", "1B")], pause_s=0.1) as ollama:
        answer = Answers(Models(lambda: ollama.url), Shelf.of(PIPES)).ask("Which pipe does the organ have?")
        assert ollama.gone.wait(10)
    assert len(answer.answer.split("”")) > 2, "the sources are quoted all the same"
    assert (answer.stopped, answer.problem) == (False, None)


def test_a_small_model_is_stopped_while_it_chooses() -> None:
    with PlayedOllama(*["word "] * 500, models=[("little:1b", "1B")], pause_s=0.1) as ollama:
        stop = Cancellation()
        threading.Timer(0.4, stop.cancel).start()
        answer = Answers(Models(lambda: ollama.url), Shelf.of(PIPES)).ask(
            "Which pipe does the organ have?", stop=stop
        )
        assert ollama.gone.wait(10)
    assert answer.stopped and "[1]" in answer.answer and len(answer.citations) == 1


def test_what_a_small_model_says_decides_what_is_quoted_next_and_its_own_words_come_to_nothing() -> None:
    with PlayedOllama(
        "Surely the organ has a pipe of lead. And dragons live there.", models=[("little:1b", "1B")]
    ) as ollama:
        answer = Answers(Models(lambda: ollama.url), Shelf.of(PIPES)).ask(
            "Which pipe does the organ have?", length="short"
        )
    assert answer.answer == "“The organ has a pipe of tin.” [1] “The organ has a pipe of lead.” [1]"


def test_every_tag_answers_for_itself_the_rare_one_first(small: Models) -> None:
    common = {
        f"c{number}": f"The organ in village {number} was tuned by Otto {number}." for number in range(200)
    }
    texts = {**common, "rare": "The organ of the chapel was tuned by Zita in 1901."}
    tags = {name: ["chapel" if name == "rare" else "village"] for name in texts}
    answer = Answers(small, Shelf.of(texts, tags)).ask("Who tuned the organ?", tags=["village", "chapel"])
    assert list(answer.per_tag) == ["chapel", "village"]
    assert answer.answer.startswith(
        "chapel: “The organ of the chapel was tuned by Zita in 1901.” [1]\nvillage: “"
    )
    chapel, village = answer.per_tag["chapel"], answer.per_tag["village"]
    assert (chapel.damped, village.damped) == (False, True)
    assert chapel.weight > village.weight
    assert [one.document for one in chapel.citations] == ["rare"]
    assert len(answer.answer.split()) <= LIMITS["normal"]


def test_several_topics_answer_for_themselves_too(small: Models) -> None:
    shelf = Shelf(
        [
            Passage("a", "a.md", "The organ was tuned by Zita.", topics=("chapel",)),
            Passage("b", "b.md", "The organ was painted by Otto.", topics=("village",)),
        ]
    )
    answer = Answers(small, shelf).ask("Who tuned the organ?", topics=["chapel", "village"])
    assert "Zita" in answer.per_tag["chapel"].summary
    assert answer.per_tag["village"].summary == UNANSWERED


def test_many_tags_still_keep_the_length(small: Models) -> None:
    texts = {
        f"t{n}": f"The organ number {n} was tuned by Otto of the house of tuners in the year 19{n}."
        for n in range(10, 40)
    }
    answer = Answers(small, Shelf.of(texts, {name: [name] for name in texts})).ask(
        "Who tuned the organ?", tags=list(texts), length="short"
    )
    assert len(answer.answer.split()) <= LIMITS["short"]
    assert set(answer.per_tag) == set(texts)


def test_a_persons_correction_comes_first(small: Models) -> None:
    right = Passage("correction", "inquiry.json", "Eva Holm. It was on 4 May.")
    answers = Answers(small, Shelf.of(TEXTS), find_corrections=lambda _: [right])
    assert answers.ask("Who tuned the Pleyel?").answer == "“Eva Holm.” [1] “It was on 4 May.” [1]"
    with PlayedOllama("Eva Holm. [1]") as ollama:
        Answers(Models(lambda: ollama.url), Shelf.of(TEXTS), find_corrections=lambda _: [right]).ask(
            "Who tuned it?"
        )
        assert "[1] <<" in ollama.prompt and "Eva Holm. It was on 4 May." in ollama.prompt


def test_a_large_model_is_shown_sources_also_where_no_word_of_the_question_is_known() -> None:
    long = {name: f"{text} " * 80 for name, text in TEXTS.items()}
    with PlayedOllama("Well. [1]") as ollama:
        shelf = Shelf.of(long)
        shelf.search = lambda *_, **__: shelf.passages  # type: ignore[method-assign, assignment]
        Answers(Models(lambda: ollama.url), shelf).ask("What is all this?")
        assert "Anna Berg" in ollama.prompt


def test_the_answer_as_json_has_the_shape_that_programs_know(small: Models) -> None:
    value = Answers(small, Shelf.of(TEXTS)).ask("Who tuned the Pleyel?").as_json()
    assert {"answer", "citations", "per_tag", "model", "retrieved", "elapsed_ms"} <= set(value)
    assert set(value["citations"][0]) == {"n", "document", "source", "text", "start_ms", "page"}
    assert {"rank", "source", "document", "score", "text", "start_ms", "page", "topics", "tags"} == set(
        value["retrieved"][0]
    )
    assert value["model"] in ("", SMALL)
