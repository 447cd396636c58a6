"""The collections of Chroma: one for everything, one for each topic. What they hold comes from the catalogue."""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import re
import shutil
import threading
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.knowledge.catalogue import ALL, Catalogue
from rubato_desktop.services.knowledge.database import Database
from rubato_desktop.services.knowledge.outbox import EVERYTHING, Outbox
from rubato_desktop.services.knowledge.texts import Texts

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

log = logging.getLogger(__name__)

_AT_ONCE: Final = 1000  # texts in one call
_FOLDER: Final = "chroma"
# A catalogue may be joined to another server, or its collections may no longer be what it holds.
_MARK: Final = "collections"


class Vectors:
    """The collections of one store.

    Args:
        folder: The store's folder, in which Chroma has one of its own.
        chroma_url: A Chroma server to use instead; empty for none.
        catalogue: What the collections are made from.
        texts: What its documents say.
        outbox: What the collections have not been told yet.
        database: Remembers which collections are whole.
        on_problem: Told what was damaged and what became of it.

    Raises:
        RubatoError: the server does not answer.
    """

    def __init__(
        self,
        folder: Path,
        chroma_url: str,
        *,
        catalogue: Catalogue,
        texts: Texts,
        outbox: Outbox,
        database: Database,
        on_problem: Callable[[RubatoError], None],
    ) -> None:
        self._folder, self._url = folder / _FOLDER, chroma_url
        self._catalogue, self._texts, self._outbox, self._database = catalogue, texts, outbox, database
        self._on_problem = on_problem
        self._collections: dict[int, Collection] = {}
        self._lock = threading.RLock()  # one tells the collections at a time, and one makes them anew
        self._made = 0  # how often they have been made anew
        try:
            self._client = self._connect()
            self._look()
        except RubatoError:
            raise
        except Exception:  # whatever Chroma finds damaged, and each in its own way
            self._repair(self._made)

    def drain(self, *, wait: bool = True) -> None:
        """Tell the collections what the catalogue has for them.

        Args:
            wait: Also where somebody else is telling them.

        Raises:
            RubatoError: their server has gone.
            OSError: the disk is full.
        """
        if not self._lock.acquire(blocking=wait):
            return
        try:
            self._drain()
        except Exception as error:  # whatever Chroma raises: a full disk is one of many
            if "full" in str(error) or "No space" in str(error):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
            self._repair(self._made)
        finally:
            self._lock.release()

    def _drain(self) -> None:
        while some := self._outbox.waiting(_AT_ONCE):
            for topic in dict.fromkeys(topic for _, _, topic in some):
                self._send([text for _, text, of in some if of == topic], topic)
            self._outbox.told([number for number, _, _ in some])

    def nearest(
        self, vector: npt.NDArray[np.float32], most: int, *, topic: int = EVERYTHING, tags: Sequence[int] = ()
    ) -> list[tuple[int, float]]:
        """Return the texts nearest to a vector in a topic, as (number, cosine), the nearest first.

        Args:
            vector: Of length 1.
            most: How many.
            tags: Only of documents that have one of these.
        """
        if topic and topic not in self._catalogue.topics():
            return []
        made = self._made
        try:
            return self._nearest(vector, most, topic, tags)
        except Exception:
            self._repair(made)
            return self._nearest(vector, most, topic, tags)

    def _nearest(
        self, vector: npt.NDArray[np.float32], most: int, topic: int, tags: Sequence[int]
    ) -> list[tuple[int, float]]:
        marks = [{f"n{tag}": True} for tag in tags]
        where: Any = None if not marks else marks[0] if len(marks) == 1 else {"$or": marks}
        found = self._collection(topic).query(
            query_embeddings=vector[None], n_results=most, where=where, include=["distances"]
        )
        ids, distances = found["ids"][0], (found["distances"] or [[]])[0]
        return [(int(id), 1.0 - float(distance)) for id, distance in zip(ids, distances, strict=True)]

    def rebuild(self) -> None:
        """Make all collections anew from the catalogue."""
        with self._lock:
            self._rebuild()
            self._made += 1

    def _rebuild(self) -> None:
        for collection in self._client.list_collections():
            if (collection.metadata or {}).get("store") == self._store:
                self._client.delete_collection(collection.name)
        self._collections.clear()
        self._outbox.tell_all()
        self._database.remember(_MARK, self._place)
        self._drain()

    # Within -----------------------------------------------------------------------------------------

    @property
    def _place(self) -> str:
        return self._url or _FOLDER

    @property
    def _store(self) -> str:
        """What tells this store's collections from others' on a server."""
        return self._database.about("store")

    def _connect(self) -> ClientAPI:
        # It would report to its makers.
        os.environ["ANONYMIZED_TELEMETRY"] = "False"
        import chromadb
        from chromadb.config import Settings

        settings = Settings(anonymized_telemetry=False)
        if not self._url:
            return chromadb.PersistentClient(str(self._folder), settings=settings)
        where = urlsplit(self._url if "://" in self._url else f"http://{self._url}")
        try:
            return chromadb.HttpClient(
                host=where.hostname or "127.0.0.1",
                port=where.port or 8000,
                ssl=where.scheme == "https",
                settings=settings,
            )
        except Exception as error:  # the library's own kinds of error are many, and change
            raise RubatoError(
                f"No Chroma server answers at {self._url}",
                kept="What has been learnt is kept; words alone are searched",
                todo="Start it, or empty the setting chroma_url to use the one in the program",
                code="no_chroma",
            ) from error

    def _look(self) -> None:
        """Whether the collections are those of this catalogue, and sound; otherwise they are made anew."""
        if not self._catalogue.count():
            self._database.remember(_MARK, self._place)
            return
        if self._database.about(_MARK) != self._place:
            self.rebuild()
            return
        if not self._collection(EVERYTHING).count() and not self._outbox.waiting(1):
            raise ValueError("the collection of everything is empty")

    def _repair(self, made: int) -> None:
        """Make anew what is damaged; called where the damage was met.

        Args:
            made: How often they had been made anew before it was met: several may meet the same.

        Raises:
            RubatoError: it is a server's, which has gone.
        """
        with self._lock:
            if made == self._made:
                log.exception("the collections are damaged")
                self._renew()

    def _renew(self) -> None:
        if self._url:
            self._collections.clear()
            self._client = self._connect()
        else:
            aside = self._folder.with_name(f"{_FOLDER}.damaged")
            shutil.rmtree(aside, ignore_errors=True)
            # Chroma holds files open, and keeps one client for each folder.
            self._forget_client()
            if self._folder.exists():
                self._folder.rename(aside)
            self._client = self._connect()
        self._on_problem(
            RubatoError(
                "The index of what has been learnt was damaged",
                kept="No text is lost: it has been built anew from them",
                code="index_rebuilt",
            )
        )
        self.rebuild()

    def _forget_client(self) -> None:
        from chromadb.api.shared_system_client import SharedSystemClient

        self._collections.clear()
        SharedSystemClient.clear_system_cache()

    def close(self) -> None:
        """Let go of the folder."""
        if not self._url:
            self._forget_client()

    def _collection(self, topic: int) -> Collection:
        if topic not in self._collections:
            name = self._catalogue.topics().get(topic, ALL) if topic else ALL
            self._collections[topic] = self._client.get_or_create_collection(
                f"{self._store}-{slug(name)}",
                # What is said of a collection is for whoever looks into it with other tools.
                metadata={
                    "hnsw:space": "cosine",
                    "topic": name,
                    "store": self._store,
                    "model": self._database.about("model"),
                },
                embedding_function=None,
            )
        return self._collections[topic]

    def _send(self, texts: list[int], topic: int) -> None:
        if topic and topic not in self._catalogue.topics():
            return
        collection = self._collection(topic)
        standing = self._outbox.standing(texts, topic)
        vectors = self._texts.vectors(list(standing))
        if gone := [str(text) for text in texts if text not in vectors]:
            collection.delete(ids=gone)
        if vectors:
            import numpy as np

            numbers = list(vectors)
            collection.upsert(
                ids=[str(number) for number in numbers],
                embeddings=np.frombuffer(b"".join(vectors.values()), "<f4").reshape(len(numbers), -1),
                metadatas=[
                    {"text": number, **{f"n{tag}": True for tag in standing[number]}} for number in numbers
                ],
            )


def slug(name: str) -> str:
    """Return a name for a collection that tells any topic of any script from all others.

    Chroma takes 3 to 512 of ``[a-zA-Z0-9._-]``, letters and digits at both ends.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    readable = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40]
    mark = hashlib.blake2b(name.encode(), digest_size=4).hexdigest()
    return f"{readable}-{mark}" if readable else mark
