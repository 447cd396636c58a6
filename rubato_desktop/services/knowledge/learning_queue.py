"""The queue of sources to learn, and the watched folders. Both persist across runs."""

from __future__ import annotations

from collections.abc import Sequence

from rubato_desktop.services.knowledge.database import Database


class LearningQueue:
    """The queue and the watched folders of a database. Topics and tags are JSON lists."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, sources: Sequence[str], topics: str, tags: str) -> None:
        """Add sources, to be learnt with these topics and tags."""
        with self._db.writing() as db:
            db.executemany(
                "INSERT OR REPLACE INTO queue (source, topics, tags) VALUES (?, ?, ?)",
                [(source, topics, tags) for source in sources],
            )

    def next(self) -> tuple[int, str, str, str] | None:
        """Return the first entry as (number, source, topics, tags), or None."""
        row = self._db.read.execute(
            "SELECT number, source, topics, tags FROM queue ORDER BY number LIMIT 1"
        ).fetchone()
        return tuple(row) if row else None

    def waiting(self) -> int:
        """Return the number of sources in the queue."""
        return int(self._db.read.execute("SELECT count(*) FROM queue").fetchone()[0])

    def sources(self) -> list[str]:
        """Return the sources in the queue, in order."""
        return [source for (source,) in self._db.read.execute("SELECT source FROM queue ORDER BY number")]

    def done(self, number: int) -> None:
        """Remove an entry by its number."""
        with self._db.writing() as db:
            db.execute("DELETE FROM queue WHERE number = ?", (number,))

    def clear(self) -> int:
        """Remove all entries and return how many there were."""
        with self._db.writing() as db:
            return db.execute("DELETE FROM queue").rowcount

    def watch(self, folder: str, topics: str, tags: str) -> None:
        """Add a folder to watch, whose files are learnt with these topics and tags."""
        with self._db.writing() as db:
            db.execute("INSERT OR REPLACE INTO watched VALUES (?, ?, ?)", (folder, topics, tags))

    def unwatch(self, folder: str) -> bool:
        """Remove a watched folder; returns whether it was watched."""
        with self._db.writing() as db:
            return db.execute("DELETE FROM watched WHERE folder = ?", (folder,)).rowcount > 0

    def watched(self) -> list[tuple[str, str, str]]:
        """Return the watched folders as (folder, topics, tags)."""
        return self._db.read.execute("SELECT folder, topics, tags FROM watched ORDER BY folder").fetchall()
