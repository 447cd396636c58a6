"""The models there are, the real small one, and servers that are down, slow, dying or strange."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator

import psutil
import pytest
from fake_ollama import FakeOllama
from waiting import until

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.model.embedded import Embedded
from rubato_desktop.services.model.models import SMALL, Cancellation, Cancelled, Model, Models

NOBODY = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def small() -> Iterator[Models]:
    models = Models(lambda: NOBODY)
    yield models
    models.close()


def ask(models: Models, question: str, model: Model | None = None, **more: object) -> str:
    told = [{"role": "user", "content": question}]
    return "".join(models.chat(model or models.choose(), told, most_tokens=40, **more))  # type: ignore[arg-type]


def test_without_ollama_the_small_model_answers_and_that_is_said() -> None:
    said: list[str] = []
    models = Models(lambda: NOBODY, on_fallback=said.append)
    try:
        model = models.choose()
        assert (model.name, model.small, model.embedded) == (SMALL, True, True)
        assert len(ask(models, "Say hello.")) > 3
        models.choose()
        assert said == [
            f"There is no server of language models at {NOBODY}: the small model that comes with Rubato answers"
        ]
    finally:
        models.close()


def test_the_same_question_has_the_same_answer_without_temperature(small: Models) -> None:
    assert ask(small, "Name a river.") == ask(small, "Name a river.")


def test_it_yields_words_as_they_come(small: Models) -> None:
    told = [{"role": "user", "content": "Count from one to twenty."}]
    assert len(list(small.chat(small.choose(), told, most_tokens=30))) > 10


def test_an_answer_keeps_the_form_it_is_asked_for(small: Models) -> None:
    form = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}
    assert '"age"' in ask(small, "How old is a young dog? Answer in JSON.", form=form)


def test_texts_have_vectors_of_length_one(small: Models) -> None:
    one, two = small.embed(small.choose(), ["a river", "a fugue by Bach"])
    assert sum(value * value for value in one) == pytest.approx(1, abs=0.01)
    assert one != two


def test_a_question_longer_than_the_model_can_read_is_told_in_words(small: Models) -> None:
    with pytest.raises(RubatoError, match="exceeds the available context size"):
        ask(small, "word " * 9000)
    assert ask(small, "Say hello."), "it answers again"


def test_a_stop_ends_it_while_it_reads_and_it_answers_the_next(small: Models) -> None:
    ask(small, "Say hello.")
    stop = Cancellation()
    asked = time.monotonic()
    threading.Timer(0.3, stop.cancel).start()
    with pytest.raises(Cancelled):
        ask(small, "the river runs past the mill " * 500, stop=stop)
    stopped = time.monotonic() - asked
    assert ask(small, "Say hello.")
    assert stopped < 5, "reading it all takes longer"


def test_a_stop_that_came_before_asks_nothing(small: Models) -> None:
    stop = Cancellation()
    stop.cancel()
    with pytest.raises(Cancelled):
        ask(small, "Say hello.", stop=stop)


def test_it_is_kinder_than_the_rest_and_ends_with_the_program() -> None:
    models = Models(lambda: NOBODY)
    ask(models, "Say hello.")
    process = psutil.Process(models.process_id)
    if os.name != "nt":
        assert process.nice() >= psutil.Process().nice() + 5
    models.close()
    assert not process.is_running()
    with pytest.raises(RubatoError, match="has been ended"):
        ask(models, "Say hello.")


def test_when_it_is_killed_the_answer_breaks_off_and_the_next_question_has_a_new_one() -> None:
    models = Models(lambda: NOBODY)
    try:
        words = models.chat(models.choose(), [{"role": "user", "content": "Count to a hundred."}])
        next(words)
        first = models.process_id
        psutil.Process(first).kill()
        with pytest.raises(RubatoError, match="broke off") as caught:
            list(words)
        assert caught.value.kept == "What it said so far is kept"
        assert ask(models, "Say hello.")
        assert models.process_id != first
    finally:
        models.close()


def test_it_is_given_back_when_nobody_asks_and_comes_again() -> None:
    embedded = Embedded(idle_s=0.1)
    try:
        first = embedded.address()
        process = psutil.Process(embedded.process_id)
        until(lambda: not process.is_running())
        assert embedded.address() != first
    finally:
        embedded.close()


def test_it_does_not_outlive_a_program_that_is_killed() -> None:
    import subprocess
    import sys

    program = (
        "from rubato_desktop.services.model.models import Models\n"
        f"m = Models(lambda: {NOBODY!r}); print(m._embedded.address() and m.process_id, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        model = psutil.Process(int(process.stdout.readline()))
        process.kill()
        until(lambda: not model.is_running() or model.status() == psutil.STATUS_ZOMBIE)


def test_the_models_of_ollama_are_listed_and_used_where_it_answers() -> None:
    listed = [("big:latest", "8.0B"), ("little:1b", "1.2B")]
    with FakeOllama("The lamp ", "is red.", models=listed) as ollama:
        models = Models(lambda: ollama.url)
        assert [(model.name, model.small) for model in models.listed()] == [
            ("big:latest", False),
            ("little:1b", True),
        ]
        assert ask(models, "What is the lamp?", temperature=0.7) == "The lamp is red."
        assert ollama.requests[0]["options"]["temperature"] == 0.7
        assert ollama.requests[0]["options"]["num_predict"] == 40
        assert models.choose("big").name == "big:latest"
        assert models.process_id == 0, "the small one was not needed"


def test_an_ollama_without_models_is_told_and_the_small_one_answers() -> None:
    said: list[str] = []
    with FakeOllama(models=[]) as ollama:
        assert Models(lambda: ollama.url, on_fallback=said.append).choose().embedded
    assert said == [f"Ollama at {ollama.url} has no model: the small one that comes with Rubato answers"]


def test_an_unknown_model_is_told_with_those_there_are() -> None:
    with FakeOllama() as ollama, pytest.raises(RubatoError) as caught:
        Models(lambda: ollama.url).choose("nobody")
    assert str(caught.value) == "There is no model 'nobody'. Choose one of big:latest"
    assert caught.value.code == "no_such_model"


def test_a_model_that_went_in_between_is_told() -> None:
    with FakeOllama() as ollama:
        models = Models(lambda: ollama.url)
        model = models.choose()
        ollama.models = []
        with pytest.raises(RubatoError, match=r"There is no model 'big:latest'.*ollama pull big:latest"):
            ask(models, "Hello?", model)


def test_a_server_that_dies_in_mid_stream_leaves_what_it_said() -> None:
    with FakeOllama("The lamp ", "is ", "red.", dies_after=2) as ollama:
        models = Models(lambda: ollama.url)
        said: list[str] = []
        with pytest.raises(RubatoError) as caught:
            said.extend(models.chat(models.choose(), [{"role": "user", "content": "?"}]))
        words = models.chat(models.choose(), [{"role": "user", "content": "?"}])
        assert [next(words), next(words)] == ["The lamp ", "is "]
    assert str(caught.value) == (
        "The language model broke off in the middle of its answer. What it said so far is kept. Ask again"
    )


def test_a_slow_server_is_told_after_a_while() -> None:
    with FakeOllama("The lamp ", pause_s=5) as ollama:
        models = Models(lambda: ollama.url, patience_s=0.2)
        with pytest.raises(RubatoError, match="does not answer in time") as caught:
            ask(models, "?")
    assert caught.value.status == "timeout"


def test_a_slow_server_is_stopped_at_once_and_notices() -> None:
    with FakeOllama(*["word "] * 200, pause_s=0.05) as ollama:
        models = Models(lambda: ollama.url)
        stop = Cancellation()
        threading.Timer(0.2, stop.cancel).start()
        with pytest.raises(Cancelled):
            ask(models, "?", stop=stop)
        assert ollama.gone.wait(10)


def test_a_server_that_went_away_is_told() -> None:
    with FakeOllama() as ollama:
        models = Models(lambda: ollama.url)
        model = models.choose()
    with pytest.raises(RubatoError, match=r"There is no server of language models at .*ollama_host"):
        ask(models, "?", model)


@pytest.mark.parametrize("line", [b"<html>\n", b"[1]\n", b'{"message": 7}\n', b"\xff\xfe\n", b'"x"\n'])
def test_nonsense_from_a_server_is_told_in_words(line: bytes) -> None:
    with FakeOllama(line=line) as ollama:
        models = Models(lambda: ollama.url)
        with pytest.raises(RubatoError, match="does not speak as Ollama does"):
            ask(models, "?")


def test_an_error_in_mid_stream_is_told_with_its_words() -> None:
    with FakeOllama(line=b'{"error": "out of memory"}\n') as ollama:
        models = Models(lambda: ollama.url)
        with pytest.raises(RubatoError, match="failed: out of memory"):
            ask(models, "?")


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("", "http://127.0.0.1:11434"),
        ("box", "http://box:11434"),
        ("box:8080", "http://box:8080"),
        ("https://ollama.example/", "https://ollama.example"),
    ],
)
def test_an_address_may_be_short(host: str, url: str) -> None:
    assert Models(lambda: host).url == url


def test_a_host_that_is_no_address_is_told_and_the_small_one_answers() -> None:
    said: list[str] = []
    assert Models(lambda: "http://", on_fallback=said.append).choose().embedded
    assert "There is no server of language models at http:" in said[0]
