"""The embedding models, and that a store remembers its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fake_ollama import FakeOllama

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.knowledge.catalogue import Document
from rubato_desktop.services.knowledge.chunking import Chunk
from rubato_desktop.services.knowledge.embedding import PACKAGED, MiniLm, open_embedder
from rubato_desktop.services.knowledge.store import Store


def put(store: Store, id: str, text: str) -> None:
    store.put(Document(id, f"/{id}.txt"), [Chunk(text)])


def test_similar_texts_are_close_and_vectors_have_length_1() -> None:
    car, auto, pond = MiniLm().embed(
        ["The car is fast.", "The automobile drives quickly.", "Frogs sit in the pond."]
    )
    assert np.linalg.norm(car) == pytest.approx(1, abs=1e-5)
    assert car @ auto > 0.5 > car @ pond


def test_a_text_has_the_same_embedding_alone_and_in_a_batch() -> None:
    model = MiniLm()
    alone, among = model.embed(["A text."])[0], model.embed(["Other.", "A text.", "More."])[1]
    assert alone == pytest.approx(among, abs=1e-4)


def test_a_text_of_any_length_has_an_embedding() -> None:
    rows = MiniLm().embed(["", "word " * 5000, "漢字", "\x00"])
    assert rows.shape == (4, 384)
    assert np.isfinite(rows).all()


def test_the_packaged_model_is_the_default() -> None:
    assert open_embedder("", "").model == open_embedder(PACKAGED, "").model == PACKAGED


def test_a_store_keeps_its_ollama_model(tmp_path: Path) -> None:
    problems: list[RubatoError] = []
    with FakeOllama(models=[("embedder:latest", "0.1B")]) as ollama:
        store = Store(tmp_path, model="embedder:latest", ollama_host=ollama.url)
        put(store, "a", "The sustain pedal lifts the dampers.")
        put(store, "b", "Concert pitch is 440 Hz.")
        assert store.search("the pedal lifts", mode="dense")[0].document == "a"
        store.close()
        # A changed setting is reported, but the store keeps its model.
        store = Store(tmp_path, ollama_host=ollama.url, model=PACKAGED, on_problem=problems.append)
        assert store.embedder.model == "embedder:latest"
        assert [problem.code for problem in problems] == ["other_embedding_model"]
    problems.clear()
    # Without Ollama, words are still searched.
    assert store.search("pedal")[0].document == "a"
    assert {problem.code for problem in problems} == {"no_model_server"}
    with pytest.raises(RubatoError, match="No language model server answers"):
        put(store, "c", "New texts must be embedded.")
    store.reembed(open_embedder("", ""))
    assert store.search("the pedal lifts", mode="dense")[0].document == "a"
    store.close()
