"""The models of Ollama and the embedded one, and servers that are down, slow, dying or invalid."""

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

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def small() -> Iterator[Models]:
    models = Models(lambda: NOWHERE)
    yield models
    models.close()


def ask(models: Models, question: str, model: Model | None = None, **more: object) -> str:
    messages = [{"role": "user", "content": question}]
    return "".join(models.chat(model or models.choose(), messages, max_tokens=40, **more))  # type: ignore[arg-type]


def test_without_ollama_the_small_model_answers_and_this_is_reported() -> None:
    notices: list[str] = []
    models = Models(lambda: NOWHERE, on_fallback=notices.append)
    try:
        model = models.choose()
        assert (model.name, model.small, model.embedded) == (SMALL, True, True)
        assert len(ask(models, "Say hello.")) > 3
        models.choose()
        assert notices == [
            f"No language model server answers at {NOWHERE}; the small model that comes with Rubato answers instead"
        ]
    finally:
        models.close()


def test_without_temperature_the_answer_is_reproducible(small: Models) -> None:
    assert ask(small, "Name a river.") == ask(small, "Name a river.")


def test_the_answer_is_streamed(small: Models) -> None:
    messages = [{"role": "user", "content": "Count from one to twenty."}]
    assert len(list(small.chat(small.choose(), messages, max_tokens=30))) > 10


def test_an_answer_follows_the_requested_schema(small: Models) -> None:
    schema = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}
    assert '"age"' in ask(small, "How old is a young dog? Answer in JSON.", response_format=schema)


def test_embeddings_are_unit_vectors(small: Models) -> None:
    one, two = small.embed(small.choose(), ["a river", "a fugue by Bach"])
    assert sum(value * value for value in one) == pytest.approx(1, abs=0.01)
    assert one != two


def test_a_question_beyond_the_context_is_refused_in_plain_words(small: Models) -> None:
    with pytest.raises(RubatoError, match="exceeds the available context size"):
        ask(small, "word " * 9000)
    assert ask(small, "Say hello."), "the next question was not answered"


def test_cancelling_works_while_the_prompt_is_processed_and_the_next_question_is_answered(
    small: Models,
) -> None:
    ask(small, "Say hello.")
    stop = Cancellation()
    began = time.monotonic()
    threading.Timer(0.3, stop.cancel).start()
    with pytest.raises(Cancelled):
        ask(small, "the river runs past the mill " * 500, stop=stop)
    elapsed_s = time.monotonic() - began
    assert ask(small, "Say hello.")
    assert elapsed_s < 5, "the whole prompt was processed"


def test_a_cancelled_token_sends_no_request(small: Models) -> None:
    stop = Cancellation()
    stop.cancel()
    with pytest.raises(Cancelled):
        ask(small, "Say hello.", stop=stop)


def test_the_process_has_low_priority_and_ends_with_the_program() -> None:
    models = Models(lambda: NOWHERE)
    ask(models, "Say hello.")
    process = psutil.Process(models.process_id)
    if os.name != "nt":
        assert process.nice() >= psutil.Process().nice() + 5
    models.close()
    assert not process.is_running()
    with pytest.raises(RubatoError, match="has been shut down"):
        ask(models, "Say hello.")


def test_killing_the_process_ends_the_answer_and_the_next_question_starts_another() -> None:
    models = Models(lambda: NOWHERE)
    try:
        words = models.chat(models.choose(), [{"role": "user", "content": "Count to a hundred."}])
        next(words)
        first = models.process_id
        psutil.Process(first).kill()
        with pytest.raises(RubatoError, match="in the middle of its answer") as caught:
            list(words)
        assert caught.value.kept == "The answer so far is kept"
        assert ask(models, "Say hello.")
        assert models.process_id != first
    finally:
        models.close()


def test_a_late_error_of_a_killed_server_leaves_its_successor_running() -> None:
    models = Models(lambda: NOWHERE)
    try:
        words = models.chat(models.choose(), [{"role": "user", "content": "Count to a hundred."}])
        next(words)
        first = psutil.Process(models.process_id)
        first.kill()
        until(lambda: not first.is_running())
        assert ask(models, "Say hello.")
        successor = psutil.Process(models.process_id)
        with pytest.raises(RubatoError, match="in the middle of its answer"):
            list(words)
        assert ask(models, "Say hello.")
        assert successor.is_running() and models.process_id == successor.pid
    finally:
        models.close()


def test_an_idle_process_ends_and_starts_again() -> None:
    embedded = Embedded(idle_s=0.1)
    try:
        first = embedded.address()
        process = psutil.Process(embedded.process_id)
        until(lambda: not process.is_running())
        assert embedded.address() != first
    finally:
        embedded.close()


def test_the_process_ends_when_the_program_is_killed() -> None:
    import subprocess
    import sys

    program = (
        "from rubato_desktop.services.model.models import Models\n"
        f"m = Models(lambda: {NOWHERE!r}); print(m._embedded.address() and m.process_id, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        model = psutil.Process(int(process.stdout.readline()))
        process.kill()
        until(lambda: not model.is_running() or model.status() == psutil.STATUS_ZOMBIE)


def test_the_models_of_ollama_are_listed_and_used() -> None:
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
        assert models.process_id == 0, "the embedded model was started"


def test_an_ollama_without_models_is_reported_and_the_small_model_answers() -> None:
    notices: list[str] = []
    with FakeOllama(models=[]) as ollama:
        assert Models(lambda: ollama.url, on_fallback=notices.append).choose().embedded
    assert notices == [
        f"Ollama at {ollama.url} has no models; the small model that comes with Rubato answers instead"
    ]


def test_an_unknown_model_is_reported_with_the_known_ones() -> None:
    with FakeOllama() as ollama, pytest.raises(RubatoError) as caught:
        Models(lambda: ollama.url).choose("nobody")
    assert str(caught.value) == "There is no model 'nobody'. Choose one of big:latest"
    assert caught.value.code == "no_such_model"


def test_a_model_that_was_removed_meanwhile_is_reported() -> None:
    with FakeOllama() as ollama:
        models = Models(lambda: ollama.url)
        model = models.choose()
        ollama.models = []
        with pytest.raises(RubatoError, match=r"There is no model 'big:latest'.*ollama pull big:latest"):
            ask(models, "Hello?", model)


def test_a_server_that_dies_in_mid_stream_leaves_the_answer_so_far() -> None:
    with FakeOllama("The lamp ", "is ", "red.", dies_after=2) as ollama:
        models = Models(lambda: ollama.url)
        chunks: list[str] = []
        with pytest.raises(RubatoError) as caught:
            chunks.extend(models.chat(models.choose(), [{"role": "user", "content": "?"}]))
        words = models.chat(models.choose(), [{"role": "user", "content": "?"}])
        assert [next(words), next(words)] == ["The lamp ", "is "]
    assert str(caught.value) == (
        "The language model stopped in the middle of its answer. The answer so far is kept. Ask again"
    )


def test_a_slow_server_times_out() -> None:
    with FakeOllama("The lamp ", pause_s=5) as ollama:
        models = Models(lambda: ollama.url, timeout_s=0.2)
        with pytest.raises(RubatoError, match="did not answer in time") as caught:
            ask(models, "?")
    assert caught.value.status == "timeout"


def test_cancelling_disconnects_from_a_slow_server_at_once() -> None:
    with FakeOllama(*["word "] * 200, pause_s=0.05) as ollama:
        models = Models(lambda: ollama.url)
        stop = Cancellation()
        threading.Timer(0.2, stop.cancel).start()
        with pytest.raises(Cancelled):
            ask(models, "?", stop=stop)
        assert ollama.gone.wait(10)


def test_a_server_that_was_stopped_is_reported() -> None:
    with FakeOllama() as ollama:
        models = Models(lambda: ollama.url)
        model = models.choose()
    with pytest.raises(RubatoError, match=r"No language model server answers at .*ollama_host"):
        ask(models, "?", model)


@pytest.mark.parametrize("line", [b"<html>\n", b"[1]\n", b'{"message": 7}\n', b"\xff\xfe\n", b'"x"\n'])
def test_an_invalid_answer_is_reported_in_plain_words(line: bytes) -> None:
    with FakeOllama(line=line) as ollama:
        models = Models(lambda: ollama.url)
        with pytest.raises(RubatoError, match="does not answer as Ollama does"):
            ask(models, "?")


def test_an_error_in_mid_stream_is_reported_with_its_text() -> None:
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
def test_an_address_is_completed(host: str, url: str) -> None:
    assert Models(lambda: host).url == url


def test_an_invalid_address_is_reported_and_the_small_model_answers() -> None:
    notices: list[str] = []
    assert Models(lambda: "http://", on_fallback=notices.append).choose().embedded
    assert "No language model server answers at http:" in notices[0]
