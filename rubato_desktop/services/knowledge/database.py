"""The SQLite database of a store: its schema, its connections and its transactions."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from weakref import WeakSet

from rubato_desktop.errors import RubatoError

_VERSION: Final = 1
_IN_USE: Final = "in use"
_BATCH: Final = 500  # values in one statement

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
CREATE TABLE outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT, text INTEGER NOT NULL, topic INTEGER NOT NULL, UNIQUE (text, topic));
CREATE TABLE renewed (text INTEGER PRIMARY KEY, vector BLOB NOT NULL);
CREATE TABLE queue (
    number INTEGER PRIMARY KEY, source TEXT NOT NULL UNIQUE, topics TEXT NOT NULL, tags TEXT NOT NULL);
CREATE TABLE watched (folder TEXT PRIMARY KEY, topics TEXT NOT NULL, tags TEXT NOT NULL);
CREATE VIRTUAL TABLE words USING fts5(stems, topics, tags, tokenize = "unicode61 remove_diacritics 0");
"""


class _Connection(sqlite3.Connection):
    """A connection that can be weakly referenced, so that it closes with its thread."""


class Database:
    """The database of one store. Thread-safe: each thread has its own connection.

    Args:
        path: Its file; created if it does not exist.

    Raises:
        sqlite3.DatabaseError: the file is damaged.
        RubatoError: a newer version of the program wrote it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._writing = threading.RLock()
        self._open: WeakSet[_Connection] = WeakSet()
        with self._writing:
            version = int(self.read.execute("PRAGMA user_version").fetchone()[0])
            if version > _VERSION:
                raise RubatoError(
                    "Your library was written by a newer Rubato",
                    kept="It is unchanged",
                    todo="Use that version, or another data folder",
                    code="version",
                )
            if version == 0:
                with self.writing() as db:
                    for statement in _SCHEMA.split(";\n"):
                        db.execute(statement)
                    db.execute(f"PRAGMA user_version = {_VERSION}")
        # The check reads the whole file, so it runs only after a crash.
        if self.about(_IN_USE) and self.read.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("the catalogue is damaged")
        self.remember(_IN_USE, "yes")

    @property
    def read(self) -> sqlite3.Connection:
        """The connection of this thread."""
        db: _Connection | None = getattr(self._local, "db", None)
        if db is None:
            db = sqlite3.connect(
                self._path, timeout=30, isolation_level=None, check_same_thread=False, factory=_Connection
            )
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute("PRAGMA cache_size = -16000")
            self._local.db = db
            self._open.add(db)
        return db

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction; may be nested."""
        with self._writing:
            db = self.read
            if db.in_transaction:
                yield db
                return
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                if db.in_transaction:  # a full disk has rolled it back already
                    db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def close(self) -> None:
        """Close all connections; no thread may use the database any more."""
        with contextlib.suppress(sqlite3.Error):
            self.remember(_IN_USE, "")
        for db in list(self._open):
            with contextlib.suppress(sqlite3.Error):
                db.close()
        self._open.clear()

    def about(self, name: str) -> str:
        """Return a property of the store, such as ``model``; empty if it is not set."""
        row = self.read.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def remember(self, name: str, value: str) -> None:
        """Set a property of the store."""
        with self.writing() as db:
            db.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (name, value))


def batches(values: list[Any]) -> Iterator[list[Any]]:
    """Yield values in batches that fit into one statement."""
    for start in range(0, len(values), _BATCH):
        yield values[start : start + _BATCH]
