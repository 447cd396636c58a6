"""What the collections of vectors have to be told: written down with what changes, struck out when it was told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rubato_desktop.services.knowledge.database import Database, batches

EVERYTHING: Final = 0  # the topic of everything, as a number


class Outbox:
    """Texts and topics whose collection may no longer be as the catalogue has it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, texts: Iterable[int], topics: Sequence[int]) -> None:
        """The collections of `topics` have to be told of texts; within `Database.writing`."""
        # Replaced, so that it has a new number: what is being told just now is to be told again.
        self._db.read.executemany(
            "INSERT OR REPLACE INTO outbox (text, topic) VALUES (?, ?)",
            [(text, topic) for text in texts for topic in topics],
        )

    def waiting(self, most: int) -> list[tuple[int, int, int]]:
        """Return (number, text, topic) of what has to be told."""
        return self._db.read.execute(
            "SELECT number, text, topic FROM outbox ORDER BY topic, text LIMIT ?", (most,)
        ).fetchall()

    def told(self, numbers: Sequence[int]) -> None:
        """The collections know of these now; what changed meanwhile has another number, and stays."""
        with self._db.writing() as db:
            db.executemany("DELETE FROM outbox WHERE number = ?", [(number,) for number in numbers])

    def tell_all(self) -> None:
        """The collections are to be told everything: they are new."""
        with self._db.writing() as db:
            db.execute("INSERT OR REPLACE INTO outbox (text, topic) SELECT DISTINCT text, 0 FROM places")
            db.execute(
                "INSERT OR REPLACE INTO outbox (text, topic) SELECT DISTINCT places.text, topic FROM places "
                "JOIN document_topics USING (document)"
            )

    def standing(self, texts: Sequence[int], topic: int) -> dict[int, list[int]]:
        """Return those of `texts` that are in a topic, each with the numbers of its tags."""
        found: dict[int, list[int]] = {}
        for some in batches(list(texts)):
            marks = ",".join("?" * len(some))
            within = "JOIN document_topics USING (document)" if topic else ""
            only = f"AND topic = {int(topic)}" if topic else ""
            for text, tag in self._db.read.execute(
                f"SELECT DISTINCT places.text, tag FROM places {within} LEFT JOIN document_tags "
                f"ON document_tags.document = places.document WHERE places.text IN ({marks}) {only}",
                some,
            ):
                found.setdefault(text, []).extend([tag] if tag is not None else [])
        return found
