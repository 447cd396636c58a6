"""Texts, each kept once with its vector, and which words stand in them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from rubato_desktop.services.answers.tokens import terms
from rubato_desktop.services.knowledge.database import Database, batches

_LOOKED_UP: Final = 8_000  # places of words: a few ms; a query has 30
_REMEMBERED: Final = 10_000


def digest_of(text: str) -> bytes:
    """Return what tells a text from all others."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


class Texts:
    """The texts of a database, however many documents each stands in."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._often: dict[str, int] = {}

    def number(self, text: str) -> int:
        """Return the number of a text, a new one where it is not known; within `Database.writing`."""
        digest = digest_of(text)
        found = self._db.read.execute("SELECT number FROM texts WHERE digest = ?", (digest,)).fetchone()
        if found:
            return int(found[0])
        return int(
            self._db.read.execute("INSERT INTO texts (digest, text) VALUES (?, ?)", (digest, text)).lastrowid
            or 0
        )

    def without_vector(self, texts: Sequence[str]) -> list[str]:
        """Return those of `texts` that have no vector yet, each once."""
        wanted = {digest_of(text): text for text in texts}
        known: set[bytes] = set()
        for some in batches(list(wanted)):
            marks = ",".join("?" * len(some))
            known |= {
                row[0]
                for row in self._db.read.execute(
                    f"SELECT digest FROM texts WHERE vector IS NOT NULL AND digest IN ({marks})", some
                )
            }
        return [text for digest, text in wanted.items() if digest not in known]

    def keep_vectors(self, texts: Sequence[str], vectors: Sequence[bytes]) -> None:
        """Keep the vectors (little-endian float32) of texts, also of those no document has yet."""
        with self._db.writing() as db:
            for text, vector in zip(texts, vectors, strict=True):
                db.execute("UPDATE texts SET vector = ? WHERE number = ?", (vector, self.number(text)))

    def vectors(self, numbers: Sequence[int]) -> dict[int, bytes]:
        """Return the vectors of texts."""
        found: dict[int, bytes] = {}
        for some in batches(list(numbers)):
            marks = ",".join("?" * len(some))
            found.update(
                self._db.read.execute(
                    f"SELECT number, vector FROM texts WHERE vector IS NOT NULL AND number IN ({marks})", some
                )
            )
        return found

    def count(self) -> int:
        """Return how many texts there are."""
        return int(self._db.read.execute("SELECT count(*) FROM texts").fetchone()[0])

    def begin_renewal(self, model: str) -> None:
        """New vectors of all texts are to come, by another model; those it has made already, stay."""
        with self._db.writing() as db:
            if self._db.about("renewing") != model:
                db.execute("DELETE FROM renewed")
                self._db.remember("renewing", model)

    def not_renewed(self, most: int) -> list[tuple[int, str]]:
        """Return texts that have no new vector yet."""
        return self._db.read.execute(
            "SELECT number, text FROM texts WHERE number NOT IN (SELECT text FROM renewed) LIMIT ?", (most,)
        ).fetchall()

    def renew(self, vectors: Mapping[int, bytes]) -> None:
        """Keep new vectors beside those that hold."""
        with self._db.writing() as db:
            db.executemany("INSERT OR REPLACE INTO renewed VALUES (?, ?)", vectors.items())

    def renewed(self) -> int:
        """Return how many texts have a new vector."""
        return int(self._db.read.execute("SELECT count(*) FROM renewed").fetchone()[0])

    def end_renewal(self) -> None:
        """The new vectors and their model hold now, all at once; the collections are no longer what they hold."""
        with self._db.writing() as db:
            db.execute("UPDATE texts SET vector = (SELECT vector FROM renewed WHERE renewed.text = number)")
            db.execute("DELETE FROM renewed")
            self._db.remember("model", self._db.about("renewing"))
            self._db.remember("renewing", "")
            self._db.remember("collections", "")

    def drop_orphans(self) -> None:
        """Let texts go that no document has: a document that was being learnt when the program was killed left them."""
        with self._db.writing() as db:
            db.execute("DELETE FROM texts WHERE number NOT IN (SELECT text FROM places)")

    def index(self, number: int, topics: Sequence[int], tags: Sequence[int]) -> bool:
        """Bring the index of words up to date with where a text stands; one that stands nowhere goes.

        Within `Database.writing`.

        Returns:
            Whether it is still there.
        """
        db = self._db.read
        self._often.clear()
        found = db.execute(
            "SELECT text FROM texts WHERE number = ? AND EXISTS (SELECT 1 FROM places WHERE places.text = number)",
            (number,),
        ).fetchone()
        db.execute("DELETE FROM words WHERE rowid = ?", (number,))
        if not found:
            db.execute("DELETE FROM texts WHERE number = ?", (number,))
            return False
        db.execute(
            "INSERT INTO words (rowid, stems, topics, tags) VALUES (?, ?, ?, ?)",
            (number, " ".join(terms(found[0])), _marks(topics), _marks(tags)),
        )
        return True

    def by_words(
        self, stems: Sequence[str], most: int, *, topics: Sequence[int] = (), tags: Sequence[int] = ()
    ) -> list[tuple[int, float]]:
        """Return texts in which any of the words stands, by BM25, the best first, as (number, score).

        Of words that stand in very many texts, and so tell little, only as many count as can be looked up in time.

        Args:
            stems: As `terms` gives them.
            most: How many.
            topics, tags: Only of documents that belong to one of these.
        """
        wanted = " OR ".join(f'"{stem}"' for stem in self._telling(stems))
        if not wanted:
            return []
        query = f"stems : ({wanted})"
        for column, numbers in (("topics", topics), ("tags", tags)):
            if numbers:
                query += f" AND {column} : ({' OR '.join(f'n{number}' for number in numbers)})"
        rows = self._db.read.execute(
            "SELECT rowid, -bm25(words, 1.0, 0.0, 0.0) AS fit FROM words WHERE words MATCH ? ORDER BY fit DESC LIMIT ?",
            (query, most),
        )
        return [(int(number), float(fit)) for number, fit in rows]

    def _telling(self, stems: Sequence[str]) -> list[str]:
        """The words that stand anywhere, the rarest first, up to what can be looked up in time; the rarest always."""
        often = {stem: self.frequency(stem) for stem in dict.fromkeys(stems) if '"' not in stem}
        found: list[str] = []
        looked_up = 0
        for stem in sorted((stem for stem, count in often.items() if count), key=lambda stem: often[stem]):
            looked_up += often[stem]
            if found and looked_up > _LOOKED_UP:
                break
            found.append(stem)
        return found

    def frequency(self, stem: str) -> int:
        """Return in how many texts a word stands, or stood a moment ago."""
        if stem not in self._often:
            if len(self._often) > _REMEMBERED:
                self._often.clear()
            (count,) = self._db.read.execute(
                "SELECT count(*) FROM words WHERE words MATCH ?", (f'stems : "{stem}"',)
            ).fetchone()
            self._often[stem] = int(count)
        return self._often[stem]


def _marks(numbers: Sequence[int]) -> str:
    return " ".join(f"n{number}" for number in sorted(numbers))
