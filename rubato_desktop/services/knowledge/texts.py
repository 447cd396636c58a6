"""The texts of a database, each stored once with its embedding, and their word index (SQLite FTS5)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from rubato_desktop.services.answers.tokens import terms
from rubato_desktop.services.knowledge.database import Database, batches

_MAX_POSTINGS: Final = 8_000  # looked up in a few ms, out of the 30 ms for a query
_MAX_CACHED: Final = 10_000  # frequencies


def digest_of(text: str) -> bytes:
    """Return the key of a text, 16 bytes."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


class Texts:
    """The texts of a database; one text may occur in many documents."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._frequencies: dict[str, int] = {}

    def number(self, text: str) -> int:
        """Return the number of a text, adding it if needed; call inside `Database.writing`."""
        digest = digest_of(text)
        row = self._db.read.execute("SELECT number FROM texts WHERE digest = ?", (digest,)).fetchone()
        if row:
            return int(row[0])
        return int(
            self._db.read.execute("INSERT INTO texts (digest, text) VALUES (?, ?)", (digest, text)).lastrowid
            or 0
        )

    def without_vector(self, texts: Sequence[str]) -> list[str]:
        """Return those of `texts` without a vector, without duplicates."""
        by_digest = {digest_of(text): text for text in texts}
        known: set[bytes] = set()
        for batch in batches(list(by_digest)):
            placeholders = ",".join("?" * len(batch))
            known |= {
                row[0]
                for row in self._db.read.execute(
                    f"SELECT digest FROM texts WHERE vector IS NOT NULL AND digest IN ({placeholders})", batch
                )
            }
        return [text for digest, text in by_digest.items() if digest not in known]

    def save_vectors(self, texts: Sequence[str], vectors: Sequence[bytes]) -> None:
        """Save the vectors (little-endian float32) of texts, even if no document contains them yet."""
        with self._db.writing() as db:
            for text, vector in zip(texts, vectors, strict=True):
                db.execute("UPDATE texts SET vector = ? WHERE number = ?", (vector, self.number(text)))

    def vectors(self, numbers: Sequence[int]) -> dict[int, bytes]:
        """Return the vectors of texts (little-endian float32) by number."""
        found: dict[int, bytes] = {}
        for batch in batches(list(numbers)):
            placeholders = ",".join("?" * len(batch))
            found.update(
                self._db.read.execute(
                    f"SELECT number, vector FROM texts WHERE vector IS NOT NULL AND number IN ({placeholders})",
                    batch,
                )
            )
        return found

    def count(self) -> int:
        """Return the number of texts."""
        return int(self._db.read.execute("SELECT count(*) FROM texts").fetchone()[0])

    def begin_reembedding(self, model: str) -> None:
        """Prepare new vectors with another model; those of an interrupted run with the same model are kept."""
        with self._db.writing() as db:
            if self._db.about("renewing") != model:
                db.execute("DELETE FROM renewed")
                self._db.remember("renewing", model)

    def without_new_vector(self, most: int) -> list[tuple[int, str]]:
        """Return texts without a new vector as (number, text), `most` at most."""
        return self._db.read.execute(
            "SELECT number, text FROM texts WHERE number NOT IN (SELECT text FROM renewed) LIMIT ?", (most,)
        ).fetchall()

    def save_new_vectors(self, vectors: Mapping[int, bytes]) -> None:
        """Save new vectors beside the current ones."""
        with self._db.writing() as db:
            db.executemany("INSERT OR REPLACE INTO renewed VALUES (?, ?)", vectors.items())

    def count_new_vectors(self) -> int:
        """Return the number of texts with a new vector."""
        return int(self._db.read.execute("SELECT count(*) FROM renewed").fetchone()[0])

    def finish_reembedding(self) -> None:
        """Replace all vectors and the model by the new ones, and mark the collections as out of date."""
        with self._db.writing() as db:
            db.execute("UPDATE texts SET vector = (SELECT vector FROM renewed WHERE renewed.text = number)")
            db.execute("DELETE FROM renewed")
            self._db.remember("model", self._db.about("renewing"))
            self._db.remember("renewing", "")
            self._db.remember("collections", "")

    def drop_orphans(self) -> None:
        """Delete texts of no document, left by a document that was only partly learnt."""
        with self._db.writing() as db:
            db.execute("DELETE FROM texts WHERE number NOT IN (SELECT text FROM places)")

    def index(self, number: int, topics: Sequence[int], tags: Sequence[int]) -> bool:
        """Update the word index for a text, and delete the text if no document contains it.

        Call inside `Database.writing`.

        Args:
            number: The text.
            topics, tags: Numbers of the topics and tags of its documents.

        Returns:
            Whether the text still exists.
        """
        db = self._db.read
        self._frequencies.clear()
        row = db.execute(
            "SELECT text FROM texts WHERE number = ? AND EXISTS (SELECT 1 FROM places WHERE places.text = number)",
            (number,),
        ).fetchone()
        db.execute("DELETE FROM words WHERE rowid = ?", (number,))
        if not row:
            db.execute("DELETE FROM texts WHERE number = ?", (number,))
            return False
        db.execute(
            "INSERT INTO words (rowid, stems, topics, tags) VALUES (?, ?, ?, ?)",
            (number, " ".join(terms(row[0])), _number_terms(topics), _number_terms(tags)),
        )
        return True

    def search(
        self, stems: Sequence[str], most: int, *, topics: Sequence[int] = (), tags: Sequence[int] = ()
    ) -> list[tuple[int, float]]:
        """Return the texts that contain any of the stems, by BM25, as (number, score), best first.

        Very frequent stems carry little weight and are left out if looking them up would take too long.

        Args:
            stems: The query, as returned by `terms`.
            most: Maximum number of texts.
            topics, tags: Only texts of documents with one of these numbers; empty for all.
        """
        any_stem = " OR ".join(f'"{stem}"' for stem in self._selective(stems))
        if not any_stem:
            return []
        query = f"stems : ({any_stem})"
        for column, numbers in (("topics", topics), ("tags", tags)):
            if numbers:
                query += f" AND {column} : ({' OR '.join(f'n{number}' for number in numbers)})"
        rows = self._db.read.execute(
            "SELECT rowid, -bm25(words, 1.0, 0.0, 0.0) AS fit FROM words WHERE words MATCH ? ORDER BY fit DESC LIMIT ?",
            (query, most),
        )
        return [(int(number), float(fit)) for number, fit in rows]

    def _selective(self, stems: Sequence[str]) -> list[str]:
        """The known stems, rarest first, up to a total number of postings; always at least one."""
        counts = {stem: self.frequency(stem) for stem in dict.fromkeys(stems) if '"' not in stem}
        found: list[str] = []
        postings = 0
        for stem in sorted((stem for stem, count in counts.items() if count), key=lambda stem: counts[stem]):
            postings += counts[stem]
            if found and postings > _MAX_POSTINGS:
                break
            found.append(stem)
        return found

    def frequency(self, stem: str) -> int:
        """Return the number of texts that contain a stem; cached, so it may be slightly out of date."""
        if stem not in self._frequencies:
            if len(self._frequencies) > _MAX_CACHED:
                self._frequencies.clear()
            (count,) = self._db.read.execute(
                "SELECT count(*) FROM words WHERE words MATCH ?", (f'stems : "{stem}"',)
            ).fetchone()
            self._frequencies[stem] = int(count)
        return self._frequencies[stem]


def _number_terms(numbers: Sequence[int]) -> str:
    return " ".join(f"n{number}" for number in sorted(numbers))
