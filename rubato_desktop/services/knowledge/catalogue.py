"""What has been learnt: documents, their topics and tags, their texts, and which words stand in them.

One SQLite file. A text is kept once, with its vector, however many documents have it; it stands in the collections of
`vectors` once too. What these have to be told is written into `outbox` in the transaction that changes it, so that no
crash comes between.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.answers.words import terms
from rubato_desktop.services.knowledge.chunking import Chunk

ALL: Final = "ALL"  # the topic of everything
_ALL: Final = 0
_VERSION: Final = 1
_MOST_AT_ONCE: Final = 500  # values in one statement

_SCHEMA: Final = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE topics (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE tags (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, title TEXT NOT NULL,
    digest TEXT NOT NULL, changed_ns INTEGER NOT NULL, bytes INTEGER NOT NULL, learnt REAL NOT NULL);
CREATE INDEX documents_source ON documents (source);
CREATE TABLE document_topics (document INTEGER, topic INTEGER, PRIMARY KEY (document, topic)) WITHOUT ROWID;
CREATE INDEX topic_documents ON document_topics (topic, document);
CREATE TABLE document_tags (document INTEGER, tag INTEGER, PRIMARY KEY (document, tag)) WITHOUT ROWID;
CREATE INDEX tag_documents ON document_tags (tag, document);
CREATE TABLE texts (number INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, text TEXT NOT NULL, vector BLOB);
CREATE TABLE places (
    document INTEGER, n INTEGER, text INTEGER NOT NULL, page INTEGER, start_ms INTEGER,
    PRIMARY KEY (document, n)) WITHOUT ROWID;
CREATE INDEX text_places ON places (text);
CREATE TABLE outbox (text INTEGER, topic INTEGER, PRIMARY KEY (text, topic)) WITHOUT ROWID;
CREATE TABLE queue (
    number INTEGER PRIMARY KEY, source TEXT NOT NULL UNIQUE, topics TEXT NOT NULL, tags TEXT NOT NULL);
CREATE TABLE watched (folder TEXT PRIMARY KEY, topics TEXT NOT NULL, tags TEXT NOT NULL);
CREATE VIRTUAL TABLE words USING fts5(stems, topics, tags, tokenize = "unicode61 remove_diacritics 0");
"""


@dataclass(frozen=True, slots=True)
class Document:
    """Something that was learnt.

    Attributes:
        id: Its stable id.
        source: Its path or address.
        title: What it calls itself.
        digest: Of what it said when it was learnt.
        changed_ns, bytes: Of its file then; 0 where there is none.
        topics, tags: What it belongs to.
    """

    id: str
    source: str
    title: str = ""
    digest: str = ""
    changed_ns: int = 0
    bytes: int = 0
    topics: Sequence[str] = ()
    tags: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A text where it stands in a document."""

    document: Document
    text: str
    page: int | None
    start_ms: int | None


def digest_of(text: str) -> bytes:
    """Return what tells a text from all others."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


class Catalogue:
    """The catalogue of one store. Any thread may use it; each has a connection of its own.

    Args:
        path: Its file; made when it is missing.

    Raises:
        sqlite3.DatabaseError: the file is damaged.
        RubatoError: a newer program has written it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._writing = threading.RLock()
        self._open: list[sqlite3.Connection] = []
        with self._writing:
            version = int(self._db.execute("PRAGMA user_version").fetchone()[0])
            if version > _VERSION:
                raise RubatoError(
                    "What has been learnt was written by a newer Rubato",
                    kept="It is as it was",
                    todo="Use that one, or another data folder",
                    code="version",
                )
            if version == 0:
                with self.writing() as db:
                    for statement in _SCHEMA.split(";\n"):
                        db.execute(statement)
                    db.execute(f"PRAGMA user_version = {_VERSION}")
        if self._db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("the catalogue is damaged")

    @property
    def _db(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "db", None)
        if found is None:
            found = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
            found.execute("PRAGMA journal_mode = WAL")
            found.execute("PRAGMA synchronous = NORMAL")
            found.execute("PRAGMA cache_size = -16000")
            self._local.db = found
            self._open.append(found)
        return found

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """All that is done within is done, or none of it."""
        with self._writing:
            db = self._db
            if db.in_transaction:
                yield db
                return
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                if db.in_transaction:  # a full disk has taken it back already
                    db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def close(self) -> None:
        """Close the file. No other thread may still use it."""
        for db in self._open:
            with contextlib.suppress(sqlite3.Error):
                db.close()
        self._open.clear()

    # What it is -------------------------------------------------------------------------------------

    def about(self, name: str) -> str:
        """Return something that is remembered of the whole, such as ``model``; empty where it is not."""
        found = self._db.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()
        return str(found[0]) if found else ""

    def remember(self, name: str, value: str) -> None:
        with self.writing() as db:
            db.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (name, value))

    # Documents --------------------------------------------------------------------------------------

    def document(self, id: str) -> Document | None:
        """Return a document by its id."""
        return next(self._documents("WHERE id = ?", (id,)), None)

    def documents(self, *, topic: str = "", tag: str = "", under: str = "") -> list[Document]:
        """Return documents, of a topic, with a tag, or whose source is `under` a folder or is it."""
        where, values = ["1"], []
        if topic and topic != ALL:
            where.append("number IN (SELECT document FROM document_topics WHERE topic = ?)")
            values.append(self._number("topics", topic))
        if tag:
            where.append("number IN (SELECT document FROM document_tags WHERE tag = ?)")
            values.append(self._number("tags", tag))
        found = self._documents(f"WHERE {' AND '.join(where)}", values)
        if not under:
            return list(found)
        folder = under.rstrip("/\\")
        return [
            one
            for one in found
            if one.source == folder or one.source.startswith((f"{folder}/", f"{folder}\\"))
        ]

    def count(self, *, topic: str = "", tag: str = "") -> int:
        """Return how many documents there are of a topic, with a tag, or at all."""
        if topic and topic != ALL:
            table, number = "document_topics WHERE topic = ?", self._number("topics", topic)
        elif tag:
            table, number = "document_tags WHERE tag = ?", self._number("tags", tag)
        else:
            return int(self._db.execute("SELECT count(*) FROM documents").fetchone()[0])
        return int(self._db.execute(f"SELECT count(*) FROM {table}", (number,)).fetchone()[0])

    def put(self, document: Document, chunks: Sequence[Chunk]) -> None:
        """Learn a document, in place of what was known under its id. Its texts keep the vectors they have."""
        with self.writing() as db:
            known = db.execute("SELECT number FROM documents WHERE id = ?", (document.id,)).fetchone()
            before: set[int] = set()
            if known:
                number = int(known[0])
                before = self._texts_of(number)
                db.execute("DELETE FROM places WHERE document = ?", (number,))
            values = (
                document.source,
                document.title,
                document.digest,
                document.changed_ns,
                document.bytes,
                time.time(),
            )
            if known:
                db.execute(
                    "UPDATE documents SET source = ?, title = ?, digest = ?, changed_ns = ?, bytes = ?, learnt = ? "
                    "WHERE number = ?",
                    (*values, number),
                )
            else:
                number = int(
                    db.execute(
                        "INSERT INTO documents (source, title, digest, changed_ns, bytes, learnt, id) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?)",
                        (*values, document.id),
                    ).lastrowid
                    or 0
                )
            for n, chunk in enumerate(chunks):
                db.execute(
                    "INSERT INTO places VALUES (?, ?, ?, ?, ?)",
                    (number, n, self._text(chunk.text), chunk.page, chunk.start_ms),
                )
            touched = self._classify(number, document.topics, document.tags)
            after = self._texts_of(number)
            self._settle(before ^ after if not touched else before | after)

    def classify(self, id: str, topics: Sequence[str], tags: Sequence[str]) -> None:
        """Give a document these topics and tags, in place of those it has."""
        with self.writing() as db:
            found = db.execute("SELECT number FROM documents WHERE id = ?", (id,)).fetchone()
            if found and self._classify(int(found[0]), topics, tags):
                self._settle(self._texts_of(int(found[0])))

    def touch(self, id: str, changed_ns: int, bytes: int) -> None:
        """A document's file was written anew and says the same."""
        with self.writing() as db:
            db.execute("UPDATE documents SET changed_ns = ?, bytes = ? WHERE id = ?", (changed_ns, bytes, id))

    def remove(self, id: str) -> bool:
        """Forget a document; returns whether it was known. What no other document says goes with it."""
        with self.writing() as db:
            found = db.execute("SELECT number FROM documents WHERE id = ?", (id,)).fetchone()
            if not found:
                return False
            number = int(found[0])
            before = self._texts_of(number)
            self._classify(number, (), ())
            for table in ("places", "document_topics", "document_tags"):
                db.execute(f"DELETE FROM {table} WHERE document = ?", (number,))
            db.execute("DELETE FROM documents WHERE number = ?", (number,))
            self._settle(before)
            return True

    # Texts ------------------------------------------------------------------------------------------

    def without_vector(self, texts: Sequence[str]) -> list[str]:
        """Return those of `texts` that have no vector yet, each once."""
        wanted = {digest_of(text): text for text in texts}
        known: set[bytes] = set()
        for some in _batches(list(wanted)):
            marks = ",".join("?" * len(some))
            known |= {
                row[0]
                for row in self._db.execute(
                    f"SELECT digest FROM texts WHERE vector IS NOT NULL AND digest IN ({marks})", some
                )
            }
        return [text for digest, text in wanted.items() if digest not in known]

    def keep_vectors(self, texts: Sequence[str], vectors: Sequence[bytes]) -> None:
        """Keep the vectors (little-endian float32) of texts, also of those no document has yet."""
        with self.writing() as db:
            for text, vector in zip(texts, vectors, strict=True):
                db.execute("UPDATE texts SET vector = ? WHERE number = ?", (vector, self._text(text)))

    def vectors(self, numbers: Sequence[int]) -> dict[int, bytes]:
        """Return the vectors of texts."""
        found: dict[int, bytes] = {}
        for some in _batches(list(numbers)):
            marks = ",".join("?" * len(some))
            found.update(
                self._db.execute(
                    f"SELECT number, vector FROM texts WHERE vector IS NOT NULL AND number IN ({marks})", some
                )
            )
        return found

    def every_text(self, after: int, most: int) -> list[tuple[int, str]]:
        """Return texts by their numbers, those after a number."""
        return self._db.execute(
            "SELECT number, text FROM texts WHERE number > ? ORDER BY number LIMIT ?", (after, most)
        ).fetchall()

    def text_of(self, id: str) -> str:
        """Return all that a document says."""
        rows = self._db.execute(
            "SELECT texts.text FROM documents JOIN places ON places.document = documents.number "
            "JOIN texts ON texts.number = places.text WHERE documents.id = ? ORDER BY n",
            (id,),
        )
        return "\n\n".join(row[0] for row in rows)

    def drop_orphans(self) -> None:
        """Let texts go that no document has: a document that was being learnt when the program was killed left them."""
        with self.writing() as db:
            db.execute("DELETE FROM texts WHERE number NOT IN (SELECT text FROM places)")

    def places(self, text: int) -> list[Place]:
        """Return where a text stands, in the order in which it was learnt."""
        rows = self._db.execute(
            "SELECT document, page, start_ms, texts.text FROM places JOIN texts ON texts.number = places.text "
            "WHERE places.text = ? ORDER BY document, n",
            (text,),
        ).fetchall()
        return [
            Place(document, row[3], row[1], row[2])
            for row in rows
            for document in self._documents("WHERE number = ?", (row[0],))
        ]

    def by_words(
        self, stems: Sequence[str], most: int, *, topics: Sequence[str] = (), tags: Sequence[str] = ()
    ) -> list[tuple[int, float]]:
        """Return texts in which any of the words stands, by BM25, the best first, as (number, score).

        Args:
            stems: As `terms` gives them.
            most: How many.
            topics, tags: Only of documents that belong to one of these.
        """
        wanted = " OR ".join(f'"{stem}"' for stem in dict.fromkeys(stems) if '"' not in stem)
        if not wanted:
            return []
        query = f"stems : ({wanted})"
        for column, table, names in (("topics", "topics", topics), ("tags", "tags", tags)):
            if names:
                query += f" AND {column} : ({' OR '.join(f'n{self._number(table, name)}' for name in names)})"
        rows = self._db.execute(
            "SELECT rowid, -bm25(words, 1.0, 0.0, 0.0) AS fit FROM words WHERE words MATCH ? ORDER BY fit DESC LIMIT ?",
            (query, most),
        )
        return [(int(number), float(fit)) for number, fit in rows]

    def members(self, texts: Sequence[int], topics: Sequence[str]) -> set[int]:
        """Return those of `texts` that stand in a document of one of `topics`."""
        numbers = [self._number("topics", topic) for topic in topics]
        found: set[int] = set()
        for some in _batches(list(texts)):
            marks, wanted = ",".join("?" * len(some)), ",".join(map(str, numbers))
            found |= {
                row[0]
                for row in self._db.execute(
                    "SELECT DISTINCT places.text FROM places JOIN document_topics USING (document) "
                    f"WHERE places.text IN ({marks}) AND document_topics.topic IN ({wanted})",
                    some,
                )
            }
        return found

    def frequency(self, stem: str) -> int:
        """Return in how many texts a word stands."""
        found = self._db.execute(
            "SELECT count(*) FROM words WHERE words MATCH ?", (f'stems : "{stem}"',)
        ).fetchone()
        return int(found[0])

    # Topics and tags --------------------------------------------------------------------------------

    def topics(self) -> dict[int, str]:
        """Return the topics by number, without ALL."""
        return dict(self._db.execute("SELECT number, name FROM topics ORDER BY name"))

    def tags(self) -> dict[str, int]:
        """Return the tags, with how many documents have each, the commonest first."""
        return dict(
            self._db.execute(
                "SELECT name, count(document) AS n FROM tags LEFT JOIN document_tags ON tag = number "
                "GROUP BY number HAVING n > 0 ORDER BY n DESC, name"
            )
        )

    def statistics(self, topic: str) -> dict[str, Any]:
        """Return how many documents, chunks and bytes of text a topic has, and when it changed last (s, epoch)."""
        where, values = "", ()
        if topic != ALL:
            where = "WHERE documents.number IN (SELECT document FROM document_topics WHERE topic = ?)"
            values = (self._number("topics", topic),)  # type: ignore[assignment]
        documents, changed = self._db.execute(
            f"SELECT count(*), max(learnt) FROM documents {where}", values
        ).fetchone()
        chunks, size = self._db.execute(
            "SELECT count(*), sum(length(CAST(text AS BLOB))) FROM texts WHERE number IN "
            f"(SELECT places.text FROM places JOIN documents ON documents.number = places.document {where})",
            values,
        ).fetchone()
        return {"documents": documents, "chunks": chunks, "bytes": size or 0, "changed": changed}

    def tag_number(self, name: str) -> int:
        """Return the number of a tag; -1 where there is none of that name."""
        return self._number("tags", name)

    # What the collections are to be told ------------------------------------------------------------

    def outbox(self, most: int) -> list[tuple[int, int]]:
        """Return (text, topic) that the collections have to be told of; topic 0 is ALL."""
        return self._db.execute(
            "SELECT text, topic FROM outbox ORDER BY topic, text LIMIT ?", (most,)
        ).fetchall()

    def told(self, sent: Sequence[tuple[int, int]]) -> None:
        """The collections know of these now."""
        with self.writing() as db:
            db.executemany("DELETE FROM outbox WHERE text = ? AND topic = ?", sent)

    def tell_all(self) -> None:
        """The collections are to be told everything: they are new."""
        with self.writing() as db:
            db.execute("INSERT OR IGNORE INTO outbox SELECT DISTINCT text, 0 FROM places")
            db.execute(
                "INSERT OR IGNORE INTO outbox SELECT DISTINCT places.text, topic FROM places "
                "JOIN document_topics USING (document)"
            )

    def standing(self, texts: Sequence[int], topic: int) -> dict[int, list[int]]:
        """Return those of `texts` that are in a topic, each with the numbers of its tags."""
        found: dict[int, list[int]] = {}
        for some in _batches(list(texts)):
            marks = ",".join("?" * len(some))
            within = "JOIN document_topics USING (document)" if topic else ""
            only = f"AND topic = {int(topic)}" if topic else ""
            for text, tag in self._db.execute(
                f"SELECT DISTINCT places.text, tag FROM places {within} LEFT JOIN document_tags "
                f"ON document_tags.document = places.document WHERE places.text IN ({marks}) {only}",
                some,
            ):
                found.setdefault(text, []).extend([tag] if tag is not None else [])
        return found

    # What is to be learnt ---------------------------------------------------------------------------

    def enqueue(self, sources: Sequence[str], topics: str, tags: str) -> None:
        """Sources are to be learnt, into topics and tags (JSON lists)."""
        with self.writing() as db:
            db.executemany(
                "INSERT OR REPLACE INTO queue (source, topics, tags) VALUES (?, ?, ?)",
                [(source, topics, tags) for source in sources],
            )

    def queued(self) -> tuple[int, str, str, str] | None:
        """Return what is to be learnt next, as (number, source, topics, tags)."""
        found = self._db.execute(
            "SELECT number, source, topics, tags FROM queue ORDER BY number LIMIT 1"
        ).fetchone()
        return tuple(found) if found else None

    def waiting(self) -> int:
        """Return how many sources are to be learnt."""
        return int(self._db.execute("SELECT count(*) FROM queue").fetchone()[0])

    def dequeue(self, number: int) -> None:
        with self.writing() as db:
            db.execute("DELETE FROM queue WHERE number = ?", (number,))

    def empty_queue(self) -> int:
        """Nothing more is to be learnt; returns how many sources were."""
        with self.writing() as db:
            return db.execute("DELETE FROM queue").rowcount

    def watch(self, folder: str, topics: str, tags: str) -> None:
        """A folder's changes are to be learnt."""
        with self.writing() as db:
            db.execute("INSERT OR REPLACE INTO watched VALUES (?, ?, ?)", (folder, topics, tags))

    def unwatch(self, folder: str) -> bool:
        with self.writing() as db:
            return db.execute("DELETE FROM watched WHERE folder = ?", (folder,)).rowcount > 0

    def watched(self) -> list[tuple[str, str, str]]:
        """Return the folders that are watched, with their topics and tags."""
        return self._db.execute("SELECT folder, topics, tags FROM watched ORDER BY folder").fetchall()

    # Within -----------------------------------------------------------------------------------------

    def _documents(self, where: str, values: Sequence[Any]) -> Iterator[Document]:
        rows = self._db.execute(
            "SELECT number, id, source, title, digest, changed_ns, bytes FROM documents "
            f"{where} ORDER BY number",
            values,
        ).fetchall()
        for number, id, source, title, digest, changed_ns, size in rows:
            topics, tags = self._names("topic", number), self._names("tag", number)
            yield Document(id, source, title, digest, changed_ns, size, topics, tags)

    def _names(self, kind: str, document: int) -> tuple[str, ...]:
        return tuple(
            row[0]
            for row in self._db.execute(
                f"SELECT name FROM {kind}s JOIN document_{kind}s ON number = {kind} WHERE document = ? ORDER BY name",
                (document,),
            )
        )

    def _number(self, table: str, name: str) -> int:
        found = self._db.execute(f"SELECT number FROM {table} WHERE name = ?", (name,)).fetchone()
        return int(found[0]) if found else -1

    def _named(self, table: str, name: str) -> int:
        if (found := self._number(table, name)) >= 0:
            return found
        return int(self._db.execute(f"INSERT INTO {table} (name) VALUES (?)", (name,)).lastrowid or 0)

    def _text(self, text: str) -> int:
        digest = digest_of(text)
        found = self._db.execute("SELECT number FROM texts WHERE digest = ?", (digest,)).fetchone()
        if found:
            return int(found[0])
        return int(
            self._db.execute("INSERT INTO texts (digest, text) VALUES (?, ?)", (digest, text)).lastrowid or 0
        )

    def _texts_of(self, document: int) -> set[int]:
        return {row[0] for row in self._db.execute("SELECT text FROM places WHERE document = ?", (document,))}

    def _classify(self, document: int, topics: Sequence[str], tags: Sequence[str]) -> bool:
        """Returns whether anything is another; what a topic loses is to be told to its collection."""
        db = self._db
        changed = False
        for kind, names in (("topic", topics), ("tag", tags)):
            new = {self._named(f"{kind}s", name) for name in names if name != ALL}
            old = {
                row[0]
                for row in db.execute(f"SELECT {kind} FROM document_{kind}s WHERE document = ?", (document,))
            }
            if kind == "topic":
                for topic in old - new:
                    db.executemany(
                        "INSERT OR IGNORE INTO outbox VALUES (?, ?)",
                        [(text, topic) for text in self._texts_of(document)],
                    )
            db.executemany(
                f"DELETE FROM document_{kind}s WHERE document = ? AND {kind} = ?",
                [(document, number) for number in old - new],
            )
            db.executemany(
                f"INSERT OR IGNORE INTO document_{kind}s VALUES (?, ?)",
                [(document, number) for number in new - old],
            )
            changed = changed or old != new
        return changed

    def _settle(self, texts: set[int]) -> None:
        """Bring the words of texts up to date, and tell their collections; texts of no document go."""
        db = self._db
        known = list(self.topics())
        for text in sorted(texts):
            topics = [
                row[0]
                for row in db.execute(
                    "SELECT DISTINCT topic FROM places JOIN document_topics USING (document) WHERE text = ?",
                    (text,),
                )
            ]
            tags = [
                row[0]
                for row in db.execute(
                    "SELECT DISTINCT tag FROM places JOIN document_tags USING (document) WHERE text = ?",
                    (text,),
                )
            ]
            found = db.execute(
                "SELECT text FROM texts WHERE number = ? AND EXISTS (SELECT 1 FROM places WHERE places.text = number)",
                (text,),
            ).fetchone()
            db.execute("DELETE FROM words WHERE rowid = ?", (text,))
            if found:
                db.execute(
                    "INSERT INTO words (rowid, stems, topics, tags) VALUES (?, ?, ?, ?)",
                    (text, " ".join(terms(found[0])), _marks(topics), _marks(tags)),
                )
                where = [_ALL, *topics]
            else:
                db.execute("DELETE FROM texts WHERE number = ?", (text,))
                where = [_ALL, *known]
            db.executemany("INSERT OR IGNORE INTO outbox VALUES (?, ?)", [(text, topic) for topic in where])


def _marks(numbers: Sequence[int]) -> str:
    return " ".join(f"n{number}" for number in sorted(numbers))


def _batches(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), _MOST_AT_ONCE):
        yield values[start : start + _MOST_AT_ONCE]
