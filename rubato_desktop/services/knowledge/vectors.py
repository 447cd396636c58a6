"""The vector collections in Chroma, one for each topic and one for everything; derived from the catalogue."""

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

_BATCH: Final = 1000  # texts in one call
_FOLDER: Final = "chroma"
# The property of the database that says where its up-to-date collections are; the server may have been changed.
_LOCATION: Final = "collections"


class Vectors:
    """The collections of one store.

    Args:
        folder: The folder of the store; Chroma has a subfolder.
        chroma_url: A Chroma server to use instead; empty for none.
        catalogue: The source of the collections.
        texts: The texts with their vectors.
        outbox: Pending updates.
        database: Saves where the up-to-date collections are.
        on_problem: Called if the collections were damaged and have been rebuilt.

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
        self._lock = threading.RLock()  # held to update and to rebuild the collections
        self._generation = 0  # number of rebuilds
        try:
            self._client = self._connect()
            self._verify()
        except RubatoError:
            raise
        except Exception:  # Chroma raises many types for damage
            self._repair(self._generation)

    def drain(self, *, wait: bool = True) -> None:
        """Send the outbox to the collections.

        Args:
            wait: Whether to wait while another thread updates them; otherwise it returns at once.

        Raises:
            RubatoError: the server does not answer.
            OSError: the disk is full.
        """
        if not self._lock.acquire(blocking=wait):
            return
        try:
            self._drain()
        except Exception as error:  # Chroma raises many types, even for a full disk
            if "full" in str(error) or "No space" in str(error):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
            self._repair(self._generation)
        finally:
            self._lock.release()

    def _drain(self) -> None:
        while updates := self._outbox.pending(_BATCH):
            for topic in dict.fromkeys(topic for _, _, topic in updates):
                self._send([text for _, text, of in updates if of == topic], topic)
            self._outbox.acknowledge([number for number, _, _ in updates])

    def nearest(
        self, vector: npt.NDArray[np.float32], most: int, *, topic: int = EVERYTHING, tags: Sequence[int] = ()
    ) -> list[tuple[int, float]]:
        """Return the texts nearest to a vector as (number, cosine similarity), nearest first.

        Args:
            vector: The embedding of a query, of length 1, shape (dimensions,).
            most: Maximum number of texts.
            topic: Number of the topic to search.
            tags: Only texts of documents with one of these tag numbers; empty for all.

        Raises:
            RubatoError: the server does not answer.
        """
        if topic and topic not in self._catalogue.topics():
            return []
        generation = self._generation
        try:
            return self._nearest(vector, most, topic, tags)
        except Exception:
            self._repair(generation)
            return self._nearest(vector, most, topic, tags)

    def _nearest(
        self, vector: npt.NDArray[np.float32], most: int, topic: int, tags: Sequence[int]
    ) -> list[tuple[int, float]]:
        filters = [{f"n{tag}": True} for tag in tags]
        where: Any = None if not filters else filters[0] if len(filters) == 1 else {"$or": filters}
        found = self._collection(topic).query(
            query_embeddings=vector[None], n_results=most, where=where, include=["distances"]
        )
        ids, distances = found["ids"][0], (found["distances"] or [[]])[0]
        return [(int(id), 1.0 - float(distance)) for id, distance in zip(ids, distances, strict=True)]

    def rebuild(self) -> None:
        """Rebuild all collections from the catalogue."""
        with self._lock:
            self._rebuild()
            self._generation += 1

    def _rebuild(self) -> None:
        for collection in self._client.list_collections():
            if (collection.metadata or {}).get("store") == self._store:
                self._client.delete_collection(collection.name)
        self._collections.clear()
        self._outbox.add_everything()
        self._database.remember(_LOCATION, self._location)
        self._drain()

    # Internals --------------------------------------------------------------------------------------

    @property
    def _location(self) -> str:
        return self._url or _FOLDER

    @property
    def _store(self) -> str:
        """The prefix that distinguishes this store's collections from others on a server."""
        return self._database.about("store")

    def _connect(self) -> ClientAPI:
        # Chroma sends telemetry by default.
        os.environ["ANONYMIZED_TELEMETRY"] = "False"
        import chromadb
        from chromadb.config import Settings

        settings = Settings(anonymized_telemetry=False)
        if not self._url:
            return chromadb.PersistentClient(str(self._folder), settings=settings)
        url = urlsplit(self._url if "://" in self._url else f"http://{self._url}")
        try:
            return chromadb.HttpClient(
                host=url.hostname or "127.0.0.1",
                port=url.port or 8000,
                ssl=url.scheme == "https",
                settings=settings,
            )
        except Exception as error:  # Chroma raises many types, which change
            raise RubatoError(
                f"No Chroma server answers at {self._url}",
                kept="Your library is intact; searches use words only",
                todo="Start it, or clear the setting chroma_url to use the built-in one",
                code="no_chroma",
            ) from error

    def _verify(self) -> None:
        """Rebuild the collections if they do not belong to this catalogue.

        Raises:
            ValueError: they are damaged.
        """
        if not self._catalogue.count():
            self._database.remember(_LOCATION, self._location)
            return
        if self._database.about(_LOCATION) != self._location:
            self.rebuild()
            return
        if not self._collection(EVERYTHING).count() and not self._outbox.pending(1):
            raise ValueError("the collection of everything is empty")

    def _repair(self, generation: int) -> None:
        """Replace damaged collections; call it from the `except` block.

        Args:
            generation: `_generation` before the failure, since several threads may meet the same damage.

        Raises:
            RubatoError: the server does not answer.
        """
        with self._lock:
            if generation == self._generation:
                log.exception("the collections are damaged")
                self._replace()

    def _replace(self) -> None:
        if self._url:
            self._collections.clear()
            self._client = self._connect()
        else:
            aside = self._folder.with_name(f"{_FOLDER}.damaged")
            shutil.rmtree(aside, ignore_errors=True)
            # Chroma keeps files open, and caches one client per folder.
            self._drop_client()
            if self._folder.exists():
                self._folder.rename(aside)
            self._client = self._connect()
        self._on_problem(
            RubatoError(
                "The search index of your library was damaged",
                kept="It has been rebuilt, and nothing is lost",
                code="index_rebuilt",
            )
        )
        self.rebuild()

    def _drop_client(self) -> None:
        from chromadb.api.shared_system_client import SharedSystemClient

        self._collections.clear()
        SharedSystemClient.clear_system_cache()

    def close(self) -> None:
        """Release the folder."""
        if not self._url:
            self._drop_client()

    def _collection(self, topic: int) -> Collection:
        if topic not in self._collections:
            name = self._catalogue.topics().get(topic, ALL) if topic else ALL
            self._collections[topic] = self._client.get_or_create_collection(
                f"{self._store}-{slug(name)}",
                # Topic and model are for people who inspect the collections with other tools.
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
        members = self._outbox.members(texts, topic)
        vectors = self._texts.vectors(list(members))
        if removed := [str(text) for text in texts if text not in vectors]:
            collection.delete(ids=removed)
        if vectors:
            import numpy as np

            numbers = list(vectors)
            collection.upsert(
                ids=[str(number) for number in numbers],
                embeddings=np.frombuffer(b"".join(vectors.values()), "<f4").reshape(len(numbers), -1),
                metadatas=[
                    {"text": number, **{f"n{tag}": True for tag in members[number]}} for number in numbers
                ],
            )


def slug(name: str) -> str:
    """Return a unique collection name for a topic in any script.

    Chroma allows 3 to 512 characters of ``[a-zA-Z0-9._-]``, with a letter or digit at both ends.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    readable = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40]
    digest = hashlib.blake2b(name.encode(), digest_size=4).hexdigest()
    return f"{readable}-{digest}" if readable else digest
