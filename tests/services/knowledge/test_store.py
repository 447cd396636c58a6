"""The store: search by meaning and by words, topics and tags, damage, crashes and re-embedding."""

from __future__ import annotations

import gc
import random
import sqlite3
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.knowledge.catalogue import Document
from rubato_desktop.services.knowledge.chunking import Chunk
from rubato_desktop.services.knowledge.embedding import MiniLm
from rubato_desktop.services.knowledge.learning import Learning
from rubato_desktop.services.knowledge.store import Store

Open = Callable[[], Store]


def put(store: Store, id: str, *texts: str, topics: tuple[str, ...] = (), tags: tuple[str, ...] = ()) -> None:
    store.put(Document(id, f"/{id}.txt", topics=topics, tags=tags), [Chunk(text) for text in texts])


def ids(store: Store, query: str, **options: object) -> list[str]:
    return [passage.document for passage in store.search(query, **options)]  # type: ignore[arg-type]


def test_search_finds_by_meaning_and_by_words(filled: Store) -> None:
    for mode in ("fused", "dense", "bm25"):
        [best, *_] = filled.search("What does the sustain pedal lift?", mode=mode)  # type: ignore[arg-type]
        assert best.source.endswith("pedal.txt")
    [best, *_] = filled.search("how high do orchestras play their A", mode="dense")
    assert best.source.endswith("tuning.md")


def test_results_are_sorted_and_texts_are_unique(filled: Store) -> None:
    found = filled.search("the hands of a pianist", k=50)
    scores = [passage.score for passage in found]
    assert scores == sorted(scores, reverse=True)
    assert len({passage.text for passage in found}) == len(found) == 3


def test_an_empty_store_finds_nothing(store: Store) -> None:
    assert store.search("anything") == []
    assert store.search("  ") == []


@pytest.mark.parametrize(
    "query", ["'; DROP TABLE texts; --", '"', "NEAR(", "* OR", "stems : x", "🎹", "的", "a" * 20_000]
)
def test_query_syntax_is_not_interpreted(filled: Store, query: str) -> None:
    filled.search(query)
    assert filled.count() == 3


def test_a_text_in_two_documents_is_stored_once(store: Store) -> None:
    put(store, "a", "The same words.", topics=("One",))
    put(store, "b", "The same words.", "Other words.", topics=("Two",))
    assert len(store.texts.without_vector(["The same words."])) == 0
    assert len(store.search("the same words")) == 2
    # The result names the document in the chosen topic.
    assert ids(store, "the same words", topics=["Two"], within=True)[0] == "b"
    store.remove("a")
    assert ids(store, "the same words")[0] == "b"
    store.remove("b")
    assert store.search("the same words") == []


def test_a_chosen_topic_is_boosted_and_others_are_still_searched(store: Store) -> None:
    put(store, "near", "Dampers stop the strings of a piano.")
    put(store, "far", "Dampers of cars wear out.", topics=("Cars",))
    assert ids(store, "dampers stop strings") == ["near", "far"]
    assert ids(store, "dampers", topics=["Cars"]) == ["far", "near"]
    assert ids(store, "dampers stop strings", topics=["Cars"], within=True) == ["far"]


def test_a_tag_restricts_the_search_to_its_documents(store: Store) -> None:
    put(store, "a", "A grand piano.", tags=("grand",))
    put(store, "b", "An upright piano.", tags=("upright", "small"))
    assert ids(store, "piano", tags=["upright"]) == ["b"]
    assert set(ids(store, "piano", tags=["upright", "grand"])) == {"a", "b"}
    assert ids(store, "piano", tags=["unknown"]) == []
    store.classify("b", (), ("grand",))
    assert set(ids(store, "piano", tags=["grand"])) == {"a", "b"}
    assert ids(store, "piano", tags=["upright"]) == []


@pytest.mark.parametrize(
    "topic", ["Études", "ピアノ", "🎹", "a", "…", "ALL of it", "../x", "topic' OR 1=1", "A", "x" * 100]
)
def test_a_topic_can_have_any_name(store: Store, topic: str) -> None:
    put(store, "a", "Words.", topics=(topic,))
    put(store, "b", "Words as well.")
    assert ids(store, "words", topics=[topic], within=True) == ["a"]
    assert [one["topic"] for one in store.statistics()] == ["ALL", topic]


def test_each_topic_has_a_collection_and_all_has_everything(filled: Store) -> None:
    put(filled, "x", "Something else.", topics=("Other",))
    sizes = {one.metadata["topic"]: one.count() for one in filled.vectors._client.list_collections()}
    assert sizes == {"ALL": 4, "Piano": 3, "Other": 1}


def test_a_replaced_document_leaves_nothing_behind(store: Store) -> None:
    put(store, "a", "Old words.", "Words that stay.", topics=("One",))
    put(store, "a", "New words.", "Words that stay.", topics=("Two",))
    assert {passage.text for passage in store.search("words")} == {"New words.", "Words that stay."}
    assert ids(store, "words", topics=["One"], within=True) == []
    assert len(ids(store, "words", topics=["Two"], within=True)) == 2


def test_the_store_persists_across_a_restart(filled: Store, open_store: Open) -> None:
    before = filled.search("sustain pedal")
    assert open_store().search("sustain pedal") == before


def test_only_one_process_can_open_a_store(filled: Store, tmp_path: Path) -> None:
    with pytest.raises(RubatoError, match="Another Rubato is using your library") as caught:
        Store(tmp_path / "knowledge", lock_timeout_s=0.1)
    assert caught.value.code == "knowledge_busy"


@pytest.mark.parametrize("damage", ["garbage", "gone", "emptied", "index"])
def test_damaged_collections_are_rebuilt(
    filled: Store, open_store: Open, problems: list[RubatoError], tmp_path: Path, damage: str
) -> None:
    before = filled.search("sustain pedal")
    filled.close()
    chroma = tmp_path / "knowledge" / "chroma"
    if damage == "garbage":
        (chroma / "chroma.sqlite3").write_bytes(random.Random(1).randbytes(50_000))
    elif damage == "gone":
        import shutil

        shutil.rmtree(chroma)
    elif damage == "emptied":
        with sqlite3.connect(chroma / "chroma.sqlite3") as db:
            db.execute("DELETE FROM collections")
    else:
        whole = (chroma / "chroma.sqlite3").read_bytes()
        (chroma / "chroma.sqlite3").write_bytes(whole[: len(whole) // 2])
    assert open_store().search("sustain pedal") == before
    assert [problem.code for problem in problems] == ["index_rebuilt"]


def test_a_damaged_catalogue_is_set_aside_and_reported(
    filled: Store, open_store: Open, problems: list[RubatoError], tmp_path: Path
) -> None:
    filled.close()
    (tmp_path / "knowledge" / "catalogue.sqlite").write_bytes(b"not a database" * 1000)
    assert open_store().search("sustain pedal") == []
    assert [problem.code for problem in problems] == ["catalogue_damaged"]
    assert list((tmp_path / "knowledge").glob("catalogue.sqlite.damaged-*"))


def test_a_store_of_a_newer_program_is_not_opened(filled: Store, open_store: Open, tmp_path: Path) -> None:
    filled.close()
    with sqlite3.connect(tmp_path / "knowledge" / "catalogue.sqlite") as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(RubatoError, match="newer Rubato"):
        open_store()


def test_the_store_is_consistent_after_a_kill(tmp_path: Path, open_store: Open) -> None:
    """A process adds and removes documents until it is killed; the collections must then match the catalogue."""
    program = textwrap.dedent("""
        import sys, itertools
        from pathlib import Path
        from rubato_desktop.services.knowledge.catalogue import Document
        from rubato_desktop.services.knowledge.chunking import Chunk
        from rubato_desktop.services.knowledge.store import Store
        store = Store(Path(sys.argv[1]))
        store.vectors
        print("ready", flush=True)
        for n in itertools.count():
            name = f"d{n % 5}"
            if n % 3 == 2:
                store.remove(name)
            else:
                texts = [Chunk(f"Text {n % 7} of {name}"), Chunk("Said by all")]
                store.put(Document(name, name, topics=(f"T{n % 2}",)), texts)
    """)
    for seed in range(4):
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "knowledge")], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.05 + 0.2 * random.Random(seed).random())
        process.kill()
        process.wait()
        store = open_store()
        names = {0: "ALL", **store.catalogue.topics()}
        collections = {
            one.metadata["topic"]: set(one.get()["ids"]) for one in store.vectors._client.list_collections()
        }
        for number, name in names.items():
            texts = [row[0] for row in store.database.read.execute("SELECT number FROM texts")]
            assert collections.get(name, set()) == {str(text) for text in store.outbox.members(texts, number)}
        store.close()


def test_documents_are_counted_by_tag(store: Store) -> None:
    for n in range(3):
        put(store, f"c{n}", f"Common {n}.", tags=("common",))
    put(store, "r", "Rare.", tags=("rare",))
    assert (store.count(tag="common"), store.count(tag="rare"), store.count(tag="none")) == (3, 1, 0)
    assert store.catalogue.tags() == {"common": 3, "rare": 1}


def test_reembedding_switches_the_model(filled: Store) -> None:
    class Lengths:
        model = "lengths"

        def embed(self, texts):  # type: ignore[no-untyped-def]
            import numpy as np

            return np.array([[1.0, len(text) / 1000] for text in texts], np.float32)

    filled.reembed(Lengths())
    assert filled.database.about("model") == "lengths"
    assert filled.search("sustain pedal", mode="dense")


def test_stopped_learning_resumes_where_it_stopped(store: Store, tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("\n\n".join(f"Sentence {n} is about keys. " * 20 for n in range(40)))
    learning = Learning(store)
    learning.enqueue([tmp_path / "long.txt"])
    calls = iter(range(100))
    assert learning.run(lambda: next(calls) > 2).waiting == 1
    assert store.count() == 0
    embedded = store.texts.count()
    assert embedded
    totals: list[int] = []
    resumed = Learning(store, lambda progress: totals.append(progress.of))
    assert resumed.run().learnt == [str(tmp_path / "long.txt")]
    assert totals[0] == store.texts.count() - embedded


def test_a_change_during_an_update_is_sent_again(store: Store) -> None:
    put(store, "a", "The sustain pedal.", tags=("old",))
    store.catalogue.classify("a", (), ("older",))
    sent = [number for number, _, _ in store.outbox.pending(10)]
    store.catalogue.classify("a", (), ("new",))
    store.outbox.acknowledge(sent)
    assert ids(store, "pedal", mode="dense", tags=["new"]) == ["a"]


def test_a_deleted_collection_is_rebuilt_once(filled: Store, problems: list[RubatoError]) -> None:
    for name in ("One", "Two", "Three"):
        put(filled, name, f"Pedals of {name}.", topics=(name,))
    before = filled.search("sustain pedal", topics=["One", "Two", "Three"])
    client = filled.vectors._client
    for collection in client.list_collections():
        client.delete_collection(collection.name)
    # Several collections are searched in parallel, and all searches fail.
    assert filled.search("sustain pedal", topics=["One", "Two", "Three"]) == before
    assert [problem.code for problem in problems] == ["index_rebuilt"]


def test_a_folder_does_not_match_one_with_a_longer_name(store: Store) -> None:
    for source in ("/a/b/x.md", "/a/bc/x.md", "/a/b.txt", "/a/b"):
        store.put(Document(source, source), [Chunk(source)])
    assert [one.source for one in store.catalogue.documents(under="/a/b/")] == ["/a/b/x.md", "/a/b"]


def test_connections_close_with_their_threads(store: Store) -> None:
    for _ in range(5):
        thread = threading.Thread(target=store.count)
        thread.start()
        thread.join()
    gc.collect()
    assert len(store.database._open) == 1


def test_reembedding_switches_only_when_complete_and_resumes(filled: Store, open_store: Open) -> None:
    class Half(MiniLm):
        model = "half"

        def embed(self, texts):  # type: ignore[no-untyped-def]
            return super().embed(texts)[:, :192]

    for n in range(40):
        put(filled, f"more {n}", f"Text {n} about keys.")
    before = filled.search("sustain pedal", mode="dense")
    calls = iter(range(9))
    assert not filled.reembed(Half(), stop=lambda: next(calls) > 0)
    again = open_store()
    assert again.database.about("model") != "half"
    assert again.search("sustain pedal", mode="dense") == before
    done: list[int] = []
    assert again.reembed(Half(), lambda so_far, of: done.append(so_far))
    assert done[0] > 16, "finished embeddings were computed again"
    assert again.search("sustain pedal", mode="dense")[0].source == before[0].source
