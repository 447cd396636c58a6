"""The store of a library: the catalogue, the vector collections and the embedder behind one interface."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.answers.passages import Passage
from rubato_desktop.services.answers.tokens import terms
from rubato_desktop.services.knowledge.catalogue import ALL, Catalogue, Document, Occurrence
from rubato_desktop.services.knowledge.chunking import Chunk
from rubato_desktop.services.knowledge.embedding import Embedder, open_embedder
from rubato_desktop.services.knowledge.fusion import Mode, fuse, rank
from rubato_desktop.services.knowledge.learning_queue import LearningQueue
from rubato_desktop.services.knowledge.open_store import lock_folder, open_database
from rubato_desktop.services.knowledge.outbox import EVERYTHING, Outbox
from rubato_desktop.services.knowledge.texts import Texts
from rubato_desktop.services.knowledge.vectors import Vectors

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

log = logging.getLogger(__name__)

_LOCK_TIMEOUT_S: Final = 10.0
_MIN_CANDIDATES: Final = 60  # of each kind of search
_BOOSTED_FACTOR: Final = 3  # more lexical candidates if some of them will be boosted
_SEARCH_THREADS: Final = 3
_BATCH: Final = 16  # texts embedded between two commits


class Store:
    """The documents a user has learnt. Thread-safe, but only one process can open it at a time.

    Args:
        folder: Its folder; created if it does not exist.
        model: The embedding model of a new store; an existing one keeps its own.
        ollama_host: The Ollama server that has the model.
        chroma_url: A Chroma server; empty for the built-in one.
        on_problem: Called with problems that do not stop it, such as a damaged index.
        lock_timeout_s: How long to wait for another process to close it, in seconds.

    Raises:
        RubatoError: another process has it open, the folder is not writable, or a newer program wrote it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        model: str = "",
        ollama_host: str = "",
        chroma_url: str = "",
        on_problem: Callable[[RubatoError], None] = lambda _: None,
        lock_timeout_s: float = _LOCK_TIMEOUT_S,
    ) -> None:
        self.folder = folder
        self.chroma_url, self.on_problem = chroma_url, on_problem
        self._lock = lock_folder(folder, lock_timeout_s)
        try:
            self.database = open_database(folder, on_problem)
            known = self.database.about("model")
            if not known:
                self.database.remember("store", f"rubato-{secrets.token_hex(4)}")
            self.embedder: Embedder = open_embedder(known or model, ollama_host)
            self.database.remember("model", self.embedder.model)
            if model and model != self.embedder.model:
                on_problem(
                    RubatoError(
                        f"Your library was embedded with {self.embedder.model}, not with {model}",
                        kept=f"Searches still use {self.embedder.model}",
                        todo="Embed it again: rubato learn --anew",
                        code="other_embedding_model",
                    )
                )
        except BaseException:
            self._lock.close()
            raise
        self.texts, self.outbox, self.queue = (
            Texts(self.database),
            Outbox(self.database),
            LearningQueue(self.database),
        )
        self.catalogue = Catalogue(self.database, self.texts, self.outbox)
        self._vectors: Vectors | None = None
        self._opening = threading.Lock()
        self._last: tuple[str, npt.NDArray[np.float32]] | None = None  # the last query with its embedding
        self._threads = ThreadPoolExecutor(_SEARCH_THREADS, "searching")

    def close(self) -> None:
        """Close the store and release its lock. Safe to call twice."""
        if self._lock.closed:
            return
        self._threads.shutdown()
        if self._vectors is not None:
            self._vectors.close()
        self.database.close()
        self._lock.close()

    @property
    def vectors(self) -> Vectors:
        """The vector collections; opened on first use, which takes a second."""
        with self._opening:
            if self._vectors is None:
                self._vectors = Vectors(
                    self.folder,
                    self.chroma_url,
                    catalogue=self.catalogue,
                    texts=self.texts,
                    outbox=self.outbox,
                    database=self.database,
                    on_problem=self.on_problem,
                )
            return self._vectors

    # Learning ---------------------------------------------------------------------------------------

    def put(
        self,
        document: Document,
        chunks: Sequence[Chunk],
        *,
        on_progress: Callable[[int, int], None] = lambda done, of: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Add a document, or replace the one with its id.

        Embeddings are committed per batch, so an interrupted run resumes.

        Args:
            document: The document.
            chunks: Its chunks.
            on_progress: Called with the number of texts embedded, and of texts to embed.
            stop: Returns whether to stop; the document is then not in the catalogue yet.

        Returns:
            Whether it was learnt completely.
        """
        new = self.texts.without_vector([chunk.text for chunk in chunks])
        for start in range(0, len(new), _BATCH):
            if stop():
                return False
            batch = new[start : start + _BATCH]
            rows = self.embedder.embed(batch)
            self.texts.save_vectors(batch, [_bytes(row) for row in rows])
            on_progress(start + len(batch), len(new))
        self.catalogue.put(document, chunks)
        self._drain()
        return True

    def remove(self, id: str) -> bool:
        """Remove a document; returns whether it was known."""
        known = self.catalogue.remove(id)
        self._drain()
        return known

    def classify(self, id: str, topics: Sequence[str], tags: Sequence[str]) -> None:
        """Replace the topics and tags of a document."""
        self.catalogue.classify(id, topics, tags)
        self._drain()

    def reembed(
        self,
        embedder: Embedder,
        on_progress: Callable[[int, int], None] = lambda done, of: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Embed all texts with another model, and switch to it when all are done.

        Until then the old model stays in use; an interrupted run resumes.

        Args:
            embedder: The new model.
            on_progress: Called with the number of texts embedded, and of all texts.
            stop: Returns whether to stop.

        Returns:
            Whether the store has switched to the new model.
        """
        self.texts.begin_reembedding(embedder.model)
        while batch := self.texts.without_new_vector(_BATCH):
            if stop():
                return False
            rows = embedder.embed([text for _, text in batch])
            self.texts.save_new_vectors(
                {number: _bytes(row) for (number, _), row in zip(batch, rows, strict=True)}
            )
            on_progress(self.texts.count_new_vectors(), self.texts.count())
        self.texts.finish_reembedding()
        self.embedder, self._last = embedder, None
        self.vectors.rebuild()
        return True

    def _drain(self, *, wait: bool = True) -> None:
        """Send the outbox to the collections; if their server is down, it stays for later."""
        if not self.outbox.pending(1):
            return
        try:
            self.vectors.drain(wait=wait)
        except RubatoError as problem:
            self.on_problem(problem)

    # Searching --------------------------------------------------------------------------------------

    def search(
        self,
        query: str,
        *,
        topics: Sequence[str] = (),
        tags: Sequence[str] = (),
        k: int = 10,
        mode: Mode = "fused",
        within: bool = False,
    ) -> list[Passage]:
        """Return the best passages for a query, best first, without duplicate texts.

        Args:
            query: The question, in natural language.
            topics: Topics whose documents are boosted; unknown ones are ignored.
            tags: Only documents with one of these tags; empty for all.
            k: Maximum number of passages.
            mode: By embedding (``dense``), by words (``bm25``), or ``fused``.
            within: Only documents of `topics`.
        """
        if not query.strip() or k < 1 or not self.catalogue.count():
            return []
        named = [topic for topic in topics if topic != ALL]
        known = {name: number for number, name in self.catalogue.topics().items() if name in named}
        within = within and bool(named)
        tag_numbers = [number for tag in tags if (number := self.catalogue.tag_number(tag)) >= 0]
        if (tags and not tag_numbers) or (within and not known):
            return []
        candidates = max(_MIN_CANDIDATES, 4 * k)
        collections = [*known.values()] if within else [EVERYTHING, *known.values()]
        # Both searches take about as long; they run in parallel.
        lexical_search = self._threads.submit(
            self.texts.search,
            [] if mode == "dense" else terms(query),
            candidates if within or not known else _BOOSTED_FACTOR * candidates,
            topics=[*known.values()] if within else (),
            tags=tag_numbers,
        )
        dense: dict[int, float] = {}
        if mode != "bm25":
            try:
                dense = self._search_dense(query, candidates, collections, tag_numbers)
            except RubatoError as problem:
                # A server is down; the word index is local.
                if mode == "dense":
                    raise
                self.on_problem(problem)
        lexical = dict(lexical_search.result())
        if dense and mode == "fused":
            dense |= self._similarities(query, [text for text in lexical if text not in dense])
        scores = fuse(dense, lexical, mode)
        best = sorted(scores, key=lambda text: -scores[text])[:candidates]
        chosen = self.catalogue.members(best, [*known.values()]) if known and not within else set()
        found: list[Passage] = []
        for text, score in rank(scores, chosen):
            occurrences = self.catalogue.occurrences(text)
            if occurrence := _best_occurrence(occurrences, list(known), tags):
                found.append(_passage(occurrence, score))
            if len(found) == k:
                break
        return found

    def _search_dense(
        self, query: str, most: int, topics: Sequence[int], tags: Sequence[int]
    ) -> dict[int, float]:
        """Return the cosine similarity of the nearest texts in the collections of the topics."""
        vector = self._embed_query(query)
        found: dict[int, float] = {}
        self._drain(wait=False)
        vectors = self.vectors
        for nearest in self._threads.map(
            lambda topic: vectors.nearest(vector, most, topic=topic, tags=tags), topics
        ):
            found.update(nearest)
        return found

    def _similarities(self, query: str, texts: Sequence[int]) -> dict[int, float]:
        """Return the cosine similarity of texts that only the lexical search found."""
        import numpy as np

        vectors = self.texts.vectors(texts)
        if not vectors:
            return {}
        rows = np.frombuffer(b"".join(vectors.values()), "<f4").reshape(len(vectors), -1)
        return dict(zip(vectors, (rows @ self._embed_query(query)).tolist(), strict=True))

    def _embed_query(self, query: str) -> npt.NDArray[np.float32]:
        # One question needs it several times: for both kinds of results, and for each tag.
        last = self._last
        if last is None or last[0] != query:
            last = self._last = query, self.embedder.embed([query])[0]
        return last[1]

    def count(self, *, topic: str = "", tag: str = "") -> int:
        """Return the number of documents, of a topic or with a tag if given."""
        return self.catalogue.count(topic=topic, tag=tag)

    def statistics(self) -> list[dict[str, Any]]:
        """Return the statistics of each topic, ALL first: ``topic`` and the keys of `Catalogue.statistics`."""
        return [
            {"topic": name, **self.catalogue.statistics(name)}
            for name in (ALL, *self.catalogue.topics().values())
        ]


def _best_occurrence(
    occurrences: Sequence[Occurrence], topics: Sequence[str], tags: Sequence[str]
) -> Occurrence | None:
    """Return an occurrence in a document with one of the tags, in a chosen topic if possible."""
    tagged = [one for one in occurrences if not tags or set(tags) & set(one.document.tags)]
    in_topic = (one for one in tagged if set(topics) & set(one.document.topics))
    return next(in_topic, tagged[0] if tagged else None)


def _passage(occurrence: Occurrence, score: float) -> Passage:
    document = occurrence.document
    return Passage(
        document=document.id,
        source=document.source,
        text=occurrence.text,
        start_ms=occurrence.start_ms,
        page=occurrence.page,
        topics=document.topics,
        tags=document.tags,
        score=round(score, 6),
    )


def _bytes(row: npt.NDArray[np.float32]) -> bytes:
    return row.astype("<f4").tobytes()
