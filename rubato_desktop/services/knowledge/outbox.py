"""The outbox of the vector collections: pending updates, written in the same transaction as the change itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rubato_desktop.services.knowledge.database import Database, batches

EVERYTHING: Final = 0  # the number of the topic ALL


class Outbox:
    """Pairs of text and topic whose entry in the topic's collection may be out of date."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, texts: Iterable[int], topics: Sequence[int]) -> None:
        """Add each text for the collection of each topic; call inside `Database.writing`."""
        # Replacing gives the row a new number, so that `acknowledge` of an older update does not remove it.
        self._db.read.executemany(
            "INSERT OR REPLACE INTO outbox (text, topic) VALUES (?, ?)",
            [(text, topic) for text in texts for topic in topics],
        )

    def pending(self, most: int) -> list[tuple[int, int, int]]:
        """Return pending updates as (number, text, topic), `most` at most."""
        return self._db.read.execute(
            "SELECT number, text, topic FROM outbox ORDER BY topic, text LIMIT ?", (most,)
        ).fetchall()

    def acknowledge(self, numbers: Sequence[int]) -> None:
        """Remove updates that were sent; an entry that has changed since has another number and stays."""
        with self._db.writing() as db:
            db.executemany("DELETE FROM outbox WHERE number = ?", [(number,) for number in numbers])

    def add_everything(self) -> None:
        """Add all texts for all their collections, because the collections are new."""
        with self._db.writing() as db:
            db.execute("INSERT OR REPLACE INTO outbox (text, topic) SELECT DISTINCT text, 0 FROM places")
            db.execute(
                "INSERT OR REPLACE INTO outbox (text, topic) SELECT DISTINCT places.text, topic FROM places "
                "JOIN document_topics USING (document)"
            )

    def members(self, texts: Sequence[int], topic: int) -> dict[int, list[int]]:
        """Return those of `texts` that belong to a topic, each with the numbers of its tags."""
        found: dict[int, list[int]] = {}
        for batch in batches(list(texts)):
            placeholders = ",".join("?" * len(batch))
            join = "JOIN document_topics USING (document)" if topic else ""
            condition = f"AND topic = {int(topic)}" if topic else ""
            for text, tag in self._db.read.execute(
                f"SELECT DISTINCT places.text, tag FROM places {join} LEFT JOIN document_tags "
                f"ON document_tags.document = places.document WHERE places.text IN ({placeholders}) {condition}",
                batch,
            ):
                found.setdefault(text, []).extend([tag] if tag is not None else [])
        return found
