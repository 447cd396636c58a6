"""Which model turns texts into vectors, and that what was learnt remembers it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from played_ollama import PlayedOllama

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.knowledge.catalogue import Document
from rubato_desktop.services.knowledge.chunking import Chunk
from rubato_desktop.services.knowledge.embedding import PACKAGED, MiniLm, open_embedder
from rubato_desktop.services.knowledge.store import Store


def put(store: Store, id: str, text: str) -> None:
    store.put(Document(id, f"/{id}.txt"), [Chunk(text)])


def test_what_means_the_same_is_near_and_a_vector_has_length_1() -> None:
    car, auto, pond = MiniLm().embed(
        ["The car is fast.", "The automobile drives quickly.", "Frogs sit in the pond."]
    )
    assert np.linalg.norm(car) == pytest.approx(1, abs=1e-5)
    assert car @ auto > 0.5 > car @ pond


def test_one_text_is_embedded_as_it_is_among_many() -> None:
    model = MiniLm()
    alone, among = model.embed(["A text."])[0], model.embed(["Other.", "A text.", "More."])[1]
    assert alone == pytest.approx(among, abs=1e-4)


def test_a_text_of_any_length_has_a_vector() -> None:
    rows = MiniLm().embed(["", "word " * 5000, "漢字", "\x00"])
    assert rows.shape == (4, 384)
    assert np.isfinite(rows).all()


def test_the_packaged_model_is_the_one_without_a_name() -> None:
    assert open_embedder("", "").model == open_embedder(PACKAGED, "").model == PACKAGED


def test_a_model_of_ollama_embeds_and_is_remembered(tmp_path: Path) -> None:
    told: list[RubatoError] = []
    with PlayedOllama(models=[("embedder:latest", "0.1B")]) as ollama:
        store = Store(tmp_path, model="embedder:latest", ollama_host=ollama.url)
        put(store, "a", "The sustain pedal lifts the dampers.")
        put(store, "b", "Concert pitch is 440 Hz.")
        assert store.search("the pedal lifts", mode="dense")[0].document == "a"
        store.close()
        # Another setting changes nothing of what was learnt, and that is said.
        store = Store(tmp_path, ollama_host=ollama.url, model=PACKAGED, on_problem=told.append)
        assert store.embedder.model == "embedder:latest"
        assert [problem.code for problem in told] == ["other_embedding_model"]
    told.clear()
    # Ollama has ended: words are searched all the same.
    assert store.search("pedal")[0].document == "a"
    assert {problem.code for problem in told} == {"no_model_server"}
    with pytest.raises(RubatoError, match="no server of language models"):
        put(store, "c", "What is new must be embedded.")
    store.embed_anew(open_embedder("", ""))
    assert store.search("the pedal lifts", mode="dense")[0].document == "a"
    store.close()
