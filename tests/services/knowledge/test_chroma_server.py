"""A real Chroma server instead of the built-in one, which stops and restarts."""

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


def test_missing_collections_on_a_server_are_rebuilt(tmp_path: Path) -> None:
    import chromadb

    port = free_port()
    with chroma(tmp_path / "one", port) as url:
        store = Store(tmp_path / "knowledge", chroma_url=url)
        put(store, "a", "The sustain pedal lifts the dampers.", "Piano")
        put(store, "b", "Concert pitch is 440 Hz.")
        assert store.search("pedal", mode="dense")[0].document == "a"
        assert store.search("pedal", topics=["Piano"], within=True)[0].document == "a"
        collections = chromadb.HttpClient(port=port).list_collections()
        assert {one.metadata["topic"]: one.count() for one in collections} == {"ALL": 2, "Piano": 1}
        store.close()
    # The same server with an empty disk.
    with chroma(tmp_path / "two", port) as url:
        problems: list[RubatoError] = []
        store = Store(tmp_path / "knowledge", chroma_url=url, on_problem=problems.append)
        assert store.search("pedal", mode="dense")[0].document == "a"
        assert [problem.code for problem in problems] == ["index_rebuilt"]
        store.close()
    # Back to the built-in one.
    store = Store(tmp_path / "knowledge")
    assert store.search("pedal", mode="dense")[0].document == "a"
    store.close()


def test_while_the_server_is_down_words_are_searched_and_updates_stay_pending(tmp_path: Path) -> None:
    port = free_port()
    problems: list[RubatoError] = []
    with chroma(tmp_path / "server", port) as url:
        store = Store(tmp_path / "knowledge", chroma_url=url, on_problem=problems.append)
        put(store, "a", "The sustain pedal lifts the dampers.")
        store.search("pedal")
    put(store, "b", "The soft pedal shifts the hammers.")
    assert {passage.document for passage in store.search("pedal")} == {"a", "b"}
    assert {problem.code for problem in problems} == {"no_chroma"}
    with pytest.raises(RubatoError, match="No Chroma server answers"):
        store.search("pedal", mode="dense")
    with chroma(tmp_path / "server", port):
        assert {passage.document for passage in store.search("pedal", mode="dense")} == {"a", "b"}
    store.close()


def test_a_missing_server_is_reported(tmp_path: Path) -> None:
    problems: list[RubatoError] = []
    store = Store(
        tmp_path / "knowledge", chroma_url=f"http://127.0.0.1:{free_port()}", on_problem=problems.append
    )
    put(store, "a", "The sustain pedal lifts the dampers.")
    assert store.search("pedal")[0].document == "a"
    assert {problem.code for problem in problems} == {"no_chroma"}
    store.close()
