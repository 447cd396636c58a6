"""The store of what has been learnt: the catalogue, the collections and the embedder, as one."""

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
from rubato_desktop.services.knowledge.catalogue import ALL, Catalogue, Document, PlacedText
from rubato_desktop.services.knowledge.chunking import Chunk
from rubato_desktop.services.knowledge.embedding import Embedder, open_embedder
from rubato_desktop.services.knowledge.fusion import Mode, fuse, ranked
from rubato_desktop.services.knowledge.learning_queue import LearningQueue
from rubato_desktop.services.knowledge.open_store import claim, open_database
from rubato_desktop.services.knowledge.outbox import EVERYTHING, Outbox
from rubato_desktop.services.knowledge.texts import Texts
from rubato_desktop.services.knowledge.vectors import Vectors

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

log = logging.getLogger(__name__)

_PATIENCE_S: Final = 10.0
_WIDE: Final = 60  # texts that each way of searching gives, at least
_WIDER: Final = 3  # so many more by words, where some of them count more than others
_AT_ONCE: Final = 3  # of the ways and topics that are searched
_TOGETHER: Final = 16  # texts whose vectors are kept at a time


class Store:
    """What has been learnt. One process at a time has it; any of its threads may use it.

    Args:
        folder: Where it is kept; made when it is missing.
        model: The embedding model for a new store; one with texts keeps its own.
        ollama_host: Where an Ollama server with that model is.
        chroma_url: A Chroma server to use; empty for none.
        on_problem: Told of what was damaged and what became of it.
        patience: Seconds to wait for another process to let go of it.

    Raises:
        RubatoError: another process has it, the folder cannot be written, or it is of a newer program.
    """

    def __init__(
        self,
        folder: Path,
        *,
        model: str = "",
        ollama_host: str = "",
        chroma_url: str = "",
        on_problem: Callable[[RubatoError], None] = lambda _: None,
        patience: float = _PATIENCE_S,
    ) -> None:
        self.folder = folder
        self.chroma_url, self.on_problem = chroma_url, on_problem
        self._lock = claim(folder, patience)
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
                        f"What has been learnt was embedded by {self.embedder.model}, not by {model}",
                        kept=f"{self.embedder.model} goes on finding it",
                        todo="Embed it anew: rubato learn --anew",
                        code="other_embedding_model",
                    )
                )
        except BaseException:
            self._lock.close()
            raise
        self.texts, self.outbox, self.wanted = (
            Texts(self.database),
            Outbox(self.database),
            LearningQueue(self.database),
        )
        self.catalogue = Catalogue(self.database, self.texts, self.outbox)
        self._vectors: Vectors | None = None
        self._opening = threading.Lock()
        self._last: tuple[str, npt.NDArray[np.float32]] | None = None  # the last query, and its vector
        self._threads = ThreadPoolExecutor(_AT_ONCE, "searching")

    def close(self) -> None:
        """Let go of it. Safe to call twice."""
        if self._lock.closed:
            return
        self._threads.shutdown()
        if self._vectors is not None:
            self._vectors.close()
        self.database.close()
        self._lock.close()

    @property
    def vectors(self) -> Vectors:
        """The collections; opened when they are first wanted, which takes a second."""
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
        """Learn a document, in place of what was known under its id.

        What has been embedded is kept at once: whoever is killed in the middle goes on there.

        Args:
            document: What it is.
            chunks: What it says.
            on_progress: Told how many texts of how many have been embedded.
            stop: Asked whether to end; then nothing of the document is known yet.

        Returns:
            Whether it was learnt to its end.
        """
        new = self.texts.without_vector([chunk.text for chunk in chunks])
        for start in range(0, len(new), _TOGETHER):
            if stop():
                return False
            some = new[start : start + _TOGETHER]
            rows = self.embedder.embed(some)
            self.texts.keep_vectors(some, [_bytes(row) for row in rows])
            on_progress(start + len(some), len(new))
        self.catalogue.put(document, chunks)
        self._drain()
        return True

    def remove(self, id: str) -> bool:
        """Forget a document; returns whether it was known."""
        found = self.catalogue.remove(id)
        self._drain()
        return found

    def classify(self, id: str, topics: Sequence[str], tags: Sequence[str]) -> None:
        """Give a document these topics and tags, in place of those it has."""
        self.catalogue.classify(id, topics, tags)
        self._drain()

    def embed_anew(
        self,
        embedder: Embedder,
        on_progress: Callable[[int, int], None] = lambda done, of: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Embed all texts by another model, in place of the one they have, at once when all are done.

        Whoever is killed or stopped in the middle has the old model, and goes on there with the new one.

        Returns:
            Whether all are done.
        """
        self.texts.begin_renewal(embedder.model)
        while some := self.texts.not_renewed(_TOGETHER):
            if stop():
                return False
            rows = embedder.embed([text for _, text in some])
            self.texts.renew({number: _bytes(row) for (number, _), row in zip(some, rows, strict=True)})
            on_progress(self.texts.renewed(), self.texts.count())
        self.texts.end_renewal()
        self.embedder, self._last = embedder, None
        self.vectors.rebuild()
        return True

    def _drain(self, *, wait: bool = True) -> None:
        """Tell the collections what is new; where their server is away, they are told when it is there again."""
        if not self.outbox.waiting(1):
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
        """Return the passages that fit a query best, the best first, each text once.

        Args:
            query: As a person asks.
            topics: Topics that are asked beside everything, and count more. Those nobody has learnt are passed over.
            tags: Only documents with one of these.
            k: At most so many.
            mode: By meaning (``dense``), by words (``bm25``), or both.
            within: Only documents of the topics.
        """
        if not query.strip() or k < 1 or not self.catalogue.count():
            return []
        named = [topic for topic in topics if topic != ALL]
        known = {name: number for number, name in self.catalogue.topics().items() if name in named}
        within = within and bool(named)
        numbers = [number for tag in tags if (number := self.catalogue.tag_number(tag)) >= 0]
        if (tags and not numbers) or (within and not known):
            return []
        wide = max(_WIDE, 4 * k)
        asked = [*known.values()] if within else [EVERYTHING, *known.values()]
        # The two ways take about as long, and not the same processor.
        words_of = self._threads.submit(
            self.texts.by_words,
            [] if mode == "dense" else terms(query),
            wide if within or not known else _WIDER * wide,
            topics=[*known.values()] if within else (),
            tags=numbers,
        )
        dense: dict[int, float] = {}
        if mode != "bm25":
            try:
                dense = self._by_meaning(query, wide, asked, numbers)
            except RubatoError as problem:
                # A server that has gone; the words are here.
                if mode == "dense":
                    raise
                self.on_problem(problem)
        words = dict(words_of.result())
        if dense and mode == "fused":
            dense |= self._meanings(query, [text for text in words if text not in dense])
        scores = fuse(dense, words, mode)
        likely = sorted(scores, key=lambda text: -scores[text])[:wide]
        chosen = self.catalogue.members(likely, [*known.values()]) if known and not within else set()
        found: list[Passage] = []
        for text, score in ranked(scores, chosen):
            places = self.catalogue.places(text)
            if place := _best(places, list(known), tags):
                found.append(_passage(place, score))
            if len(found) == k:
                break
        return found

    def _by_meaning(
        self, query: str, most: int, topics: Sequence[int], tags: Sequence[int]
    ) -> dict[int, float]:
        vector = self._vector(query)
        found: dict[int, float] = {}
        self._drain(wait=False)
        vectors = self.vectors
        for near in self._threads.map(
            lambda topic: vectors.nearest(vector, most, topic=topic, tags=tags), topics
        ):
            found.update(near)
        return found

    def _meanings(self, query: str, texts: Sequence[int]) -> dict[int, float]:
        """How near texts are in meaning that were found by words alone."""
        import numpy as np

        vectors = self.texts.vectors(texts)
        if not vectors:
            return {}
        rows = np.frombuffer(b"".join(vectors.values()), "<f4").reshape(len(vectors), -1)
        return dict(zip(vectors, (rows @ self._vector(query)).tolist(), strict=True))

    def _vector(self, query: str) -> npt.NDArray[np.float32]:
        # A question is asked of meaning twice, and of every tag again.
        known = self._last
        if known is None or known[0] != query:
            known = self._last = query, self.embedder.embed([query])[0]
        return known[1]

    def count(self, *, topic: str = "", tag: str = "") -> int:
        """Return how many documents belong to a topic, or carry a tag."""
        return self.catalogue.count(topic=topic, tag=tag)

    def statistics(self) -> list[dict[str, Any]]:
        """Return what each topic has, ALL first: its ``topic``, and as `Catalogue.statistics` has it."""
        return [
            {"topic": name, **self.catalogue.statistics(name)}
            for name in (ALL, *self.catalogue.topics().values())
        ]


def _best(places: Sequence[PlacedText], topics: Sequence[str], tags: Sequence[str]) -> PlacedText | None:
    """Of the places where a text stands, one in a document that was chosen."""
    fit = [place for place in places if not tags or set(tags) & set(place.document.tags)]
    return next((place for place in fit if set(topics) & set(place.document.topics)), fit[0] if fit else None)


def _passage(place: PlacedText, score: float) -> Passage:
    document = place.document
    return Passage(
        document=document.id,
        source=document.source,
        text=place.text,
        start_ms=place.start_ms,
        page=place.page,
        topics=document.topics,
        tags=document.tags,
        score=round(score, 6),
    )


def _bytes(row: npt.NDArray[np.float32]) -> bytes:
    return row.astype("<f4").tobytes()
