"""A Chroma server in place of the one in the program: a real one, that goes away and comes back."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from waiting import until

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.knowledge.catalogue import Document
from rubato_desktop.services.knowledge.chunking import Chunk
from rubato_desktop.services.knowledge.store import Store


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextlib.contextmanager
def chroma(folder: Path, port: int) -> Iterator[str]:
    command = [
        str(Path(sys.executable).with_name("chroma")),
        "run",
        "--path",
        str(folder),
        "--port",
        str(port),
    ]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def listens() -> bool:
        assert server.poll() is None, "the server ended"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        return False

    try:
        until(listens, "the server to listen")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def put(store: Store, id: str, text: str, *topics: str) -> None:
    store.put(Document(id, f"/{id}.txt", topics=topics), [Chunk(text)])


def test_its_collections_are_used_and_made_anew_where_they_are_missing(tmp_path: Path) -> None:
    import chromadb

    port = free_port()
    with chroma(tmp_path / "one", port) as url:
        store = Store(tmp_path / "knowledge", chroma_url=url)
        put(store, "a", "The sustain pedal lifts the dampers.", "Piano")
        put(store, "b", "Concert pitch is 440 Hz.")
        assert store.search("pedal", mode="dense")[0].document == "a"
        assert store.search("pedal", topics=["Piano"], within=True)[0].document == "a"
        there = chromadb.HttpClient(port=port).list_collections()
        assert {one.metadata["topic"]: one.count() for one in there} == {"ALL": 2, "Piano": 1}
        store.close()
    # Another disk: what the server had is gone.
    with chroma(tmp_path / "two", port) as url:
        told: list[RubatoError] = []
        store = Store(tmp_path / "knowledge", chroma_url=url, on_problem=told.append)
        assert store.search("pedal", mode="dense")[0].document == "a"
        assert [problem.code for problem in told] == ["index_rebuilt"]
        store.close()
    # And back to the one in the program.
    store = Store(tmp_path / "knowledge")
    assert store.search("pedal", mode="dense")[0].document == "a"
    store.close()


def test_while_it_is_away_words_are_found_and_what_is_learnt_waits(tmp_path: Path) -> None:
    port = free_port()
    told: list[RubatoError] = []
    with chroma(tmp_path / "server", port) as url:
        store = Store(tmp_path / "knowledge", chroma_url=url, on_problem=told.append)
        put(store, "a", "The sustain pedal lifts the dampers.")
        store.search("pedal")
    put(store, "b", "The soft pedal shifts the hammers.")
    assert {passage.document for passage in store.search("pedal")} == {"a", "b"}
    assert {problem.code for problem in told} == {"no_chroma"}
    with pytest.raises(RubatoError, match="No Chroma server answers"):
        store.search("pedal", mode="dense")
    with chroma(tmp_path / "server", port):
        assert {passage.document for passage in store.search("pedal", mode="dense")} == {"a", "b"}
    store.close()


def test_a_server_that_never_was_is_told(tmp_path: Path) -> None:
    told: list[RubatoError] = []
    store = Store(
        tmp_path / "knowledge", chroma_url=f"http://127.0.0.1:{free_port()}", on_problem=told.append
    )
    put(store, "a", "The sustain pedal lifts the dampers.")
    assert store.search("pedal")[0].document == "a"
    assert {problem.code for problem in told} == {"no_chroma"}
    store.close()
