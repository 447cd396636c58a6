"""The catalogue: documents, the texts they contain, their topics and their tags."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rubato_desktop.services.knowledge.chunking import Chunk
from rubato_desktop.services.knowledge.database import Database, batches
from rubato_desktop.services.knowledge.outbox import EVERYTHING, Outbox
from rubato_desktop.services.knowledge.texts import Texts

ALL: Final = "ALL"  # the topic that every document belongs to


@dataclass(frozen=True, slots=True)
class Document:
    """A document in the catalogue.

    Attributes:
        id: Stable id.
        source: Path or address.
        title: Title, if it has one.
        digest: Hash of its chunks when it was learnt.
        changed_ns: Modification time of its file when it was learnt, in nanoseconds since the epoch; 0 without a file.
        bytes: Size of its file when it was learnt; 0 without a file.
        topics, tags: Its topics and tags.
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
class Occurrence:
    """An occurrence of a text in a document; `page` is from 1, `start_ms` in milliseconds."""

    document: Document
    text: str
    page: int | None
    start_ms: int | None


class Catalogue:
    """The documents of a database.

    Args:
        db: The database.
        texts: The texts of the documents.
        outbox: Receives the updates for the vector collections.
    """

    def __init__(self, db: Database, texts: Texts, outbox: Outbox) -> None:
        self._db, self._texts, self._outbox = db, texts, outbox

    def document(self, id: str) -> Document | None:
        """Return a document by its id."""
        return next(self._documents("WHERE id = ?", (id,)), None)

    def documents(self, *, topic: str = "", tag: str = "", under: str = "") -> list[Document]:
        """Return documents: of a topic, with a tag, or whose source is the path `under` or inside it."""
        where: list[str] = ["1"]
        values: list[Any] = []
        if topic and topic != ALL:
            where.append("number IN (SELECT document FROM document_topics WHERE topic = ?)")
            values.append(self._number("topics", topic))
        if tag:
            where.append("number IN (SELECT document FROM document_tags WHERE tag = ?)")
            values.append(self._number("tags", tag))
        if under:
            folder = under.rstrip("/\\")
            # A range of strings for each kind of slash; it ends at the character after the slash.
            where.append("(source = ? OR source >= ? AND source < ? OR source >= ? AND source < ?)")
            values += [folder, f"{folder}/", f"{folder}0", f"{folder}\\", f"{folder}]"]
        return list(self._documents(f"WHERE {' AND '.join(where)}", values))

    def count(self, *, topic: str = "", tag: str = "") -> int:
        """Return the number of documents, of a topic or with a tag if given."""
        if topic and topic != ALL:
            table, number = "document_topics WHERE topic = ?", self._number("topics", topic)
        elif tag:
            table, number = "document_tags WHERE tag = ?", self._number("tags", tag)
        else:
            return int(self._db.read.execute("SELECT count(*) FROM documents").fetchone()[0])
        return int(self._db.read.execute(f"SELECT count(*) FROM {table}", (number,)).fetchone()[0])

    def put(self, document: Document, chunks: Sequence[Chunk]) -> None:
        """Add a document, or replace the one with its id. Known texts keep their vectors."""
        with self._db.writing() as db:
            row = db.execute("SELECT number FROM documents WHERE id = ?", (document.id,)).fetchone()
            before: set[int] = set()
            if row:
                number = int(row[0])
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
            if row:
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
                    (number, n, self._texts.number(chunk.text), chunk.page, chunk.start_ms),
                )
            touched = self._classify(number, document.topics, document.tags)
            after = self._texts_of(number)
            self._sync_texts(before ^ after if not touched else before | after)

    def classify(self, id: str, topics: Sequence[str], tags: Sequence[str]) -> None:
        """Replace the topics and tags of a document."""
        with self._db.writing() as db:
            row = db.execute("SELECT number FROM documents WHERE id = ?", (id,)).fetchone()
            if row and self._classify(int(row[0]), topics, tags):
                self._sync_texts(self._texts_of(int(row[0])))

    def touch(self, id: str, changed_ns: int, bytes: int) -> None:
        """Update the time and size of a document whose file was saved with the same content."""
        with self._db.writing() as db:
            db.execute("UPDATE documents SET changed_ns = ?, bytes = ? WHERE id = ?", (changed_ns, bytes, id))

    def remove(self, id: str) -> bool:
        """Remove a document and the texts only it contains; returns whether it was known."""
        with self._db.writing() as db:
            row = db.execute("SELECT number FROM documents WHERE id = ?", (id,)).fetchone()
            if not row:
                return False
            number = int(row[0])
            before = self._texts_of(number)
            self._classify(number, (), ())
            for table in ("places", "document_topics", "document_tags"):
                db.execute(f"DELETE FROM {table} WHERE document = ?", (number,))
            db.execute("DELETE FROM documents WHERE number = ?", (number,))
            self._sync_texts(before)
            return True

    def text_of(self, id: str) -> str:
        """Return the whole text of a document."""
        rows = self._db.read.execute(
            "SELECT texts.text FROM documents JOIN places ON places.document = documents.number "
            "JOIN texts ON texts.number = places.text WHERE documents.id = ? ORDER BY n",
            (id,),
        )
        return "\n\n".join(row[0] for row in rows)

    def occurrences(self, text: int) -> list[Occurrence]:
        """Return the occurrences of a text, in the order they were learnt."""
        rows = self._db.read.execute(
            "SELECT document, page, start_ms, texts.text FROM places JOIN texts ON texts.number = places.text "
            "WHERE places.text = ? ORDER BY document, n",
            (text,),
        ).fetchall()
        return [
            Occurrence(document, row[3], row[1], row[2])
            for row in rows
            for document in self._documents("WHERE number = ?", (row[0],))
        ]

    def members(self, texts: Sequence[int], topics: Sequence[int]) -> set[int]:
        """Return those of `texts` that occur in a document of one of `topics`; all are numbers."""
        found: set[int] = set()
        for batch in batches(list(texts)):
            placeholders, numbers = ",".join("?" * len(batch)), ",".join(map(str, topics))
            found |= {
                row[0]
                for row in self._db.read.execute(
                    "SELECT DISTINCT places.text FROM places JOIN document_topics USING (document) "
                    f"WHERE places.text IN ({placeholders}) AND document_topics.topic IN ({numbers})",
                    batch,
                )
            }
        return found

    def topics(self) -> dict[int, str]:
        """Return the topics by number, without ALL."""
        return dict(self._db.read.execute("SELECT number, name FROM topics ORDER BY name"))

    def tags(self) -> dict[str, int]:
        """Return the number of documents by tag, the most common first."""
        return self._counts("tag")

    def topic_counts(self) -> dict[str, int]:
        """Return the number of documents by topic, without ALL, the largest first."""
        return self._counts("topic")

    def _counts(self, kind: str) -> dict[str, int]:
        return dict(
            self._db.read.execute(
                f"SELECT name, count(*) AS n FROM {kind}s JOIN document_{kind}s ON {kind} = number "
                "GROUP BY number ORDER BY n DESC, name"
            )
        )

    def statistics(self, topic: str) -> dict[str, Any]:
        """Return the documents, chunks and bytes of text of a topic, and its last change in seconds since the epoch."""
        where, values = "", ()
        if topic != ALL:
            where = "WHERE documents.number IN (SELECT document FROM document_topics WHERE topic = ?)"
            values = (self._number("topics", topic),)  # type: ignore[assignment]
        documents, changed = self._db.read.execute(
            f"SELECT count(*), max(learnt) FROM documents {where}", values
        ).fetchone()
        chunks, size = self._db.read.execute(
            "SELECT count(*), sum(length(CAST(text AS BLOB))) FROM texts WHERE number IN "
            f"(SELECT places.text FROM places JOIN documents ON documents.number = places.document {where})",
            values,
        ).fetchone()
        return {"documents": documents, "chunks": chunks, "bytes": size or 0, "changed": changed}

    def tag_number(self, name: str) -> int:
        """Return the number of a tag; -1 if it is unknown."""
        return self._number("tags", name)

    def _documents(self, where: str, values: Sequence[Any]) -> Iterator[Document]:
        rows = self._db.read.execute(
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
            for row in self._db.read.execute(
                f"SELECT name FROM {kind}s JOIN document_{kind}s ON number = {kind} WHERE document = ? ORDER BY name",
                (document,),
            )
        )

    def _number(self, table: str, name: str) -> int:
        found = self._db.read.execute(f"SELECT number FROM {table} WHERE name = ?", (name,)).fetchone()
        return int(found[0]) if found else -1

    def _number_or_insert(self, table: str, name: str) -> int:
        if (found := self._number(table, name)) >= 0:
            return found
        return int(self._db.read.execute(f"INSERT INTO {table} (name) VALUES (?)", (name,)).lastrowid or 0)

    def _texts_of(self, document: int) -> set[int]:
        return {
            row[0] for row in self._db.read.execute("SELECT text FROM places WHERE document = ?", (document,))
        }

    def _classify(self, document: int, topics: Sequence[str], tags: Sequence[str]) -> bool:
        """Replace topics and tags; returns whether they changed. What a topic loses goes to the outbox."""
        db = self._db.read
        changed = False
        for kind, names in (("topic", topics), ("tag", tags)):
            new = {self._number_or_insert(f"{kind}s", name) for name in names if name != ALL}
            old = {
                row[0]
                for row in db.execute(f"SELECT {kind} FROM document_{kind}s WHERE document = ?", (document,))
            }
            if kind == "topic":
                for topic in old - new:
                    self._outbox.add(self._texts_of(document), [topic])
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

    def _sync_texts(self, texts: set[int]) -> None:
        """Update the word index and the outbox for texts; those without a document are deleted."""
        db = self._db.read
        for text in sorted(texts):
            topics, tags = (
                [
                    row[0]
                    for row in db.execute(
                        f"SELECT DISTINCT {kind} FROM places JOIN document_{kind}s USING (document) WHERE text = ?",
                        (text,),
                    )
                ]
                for kind in ("topic", "tag")
            )
            exists = self._texts.index(text, topics, tags)
            self._outbox.add([text], [EVERYTHING, *(topics if exists else self.topics())])
