"""What is to be learnt: sources that wait, and folders that are watched. Both outlive the program."""

from __future__ import annotations

from collections.abc import Sequence

from rubato_desktop.services.knowledge.database import Database


class LearningQueue:
    """The queue of sources, and the folders. Topics and tags are JSON lists."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, sources: Sequence[str], topics: str, tags: str) -> None:
        """Sources are to be learnt, into topics and tags."""
        with self._db.writing() as db:
            db.executemany(
                "INSERT OR REPLACE INTO queue (source, topics, tags) VALUES (?, ?, ?)",
                [(source, topics, tags) for source in sources],
            )

    def next(self) -> tuple[int, str, str, str] | None:
        """Return what is to be learnt next, as (number, source, topics, tags)."""
        found = self._db.read.execute(
            "SELECT number, source, topics, tags FROM queue ORDER BY number LIMIT 1"
        ).fetchone()
        return tuple(found) if found else None

    def waiting(self) -> int:
        """Return how many sources are to be learnt."""
        return int(self._db.read.execute("SELECT count(*) FROM queue").fetchone()[0])

    def sources(self) -> list[str]:
        """Return what is to be learnt."""
        return [source for (source,) in self._db.read.execute("SELECT source FROM queue ORDER BY number")]

    def done(self, number: int) -> None:
        """A source does not wait any more."""
        with self._db.writing() as db:
            db.execute("DELETE FROM queue WHERE number = ?", (number,))

    def clear(self) -> int:
        """Nothing more is to be learnt; returns how many sources were."""
        with self._db.writing() as db:
            return db.execute("DELETE FROM queue").rowcount

    def watch(self, folder: str, topics: str, tags: str) -> None:
        """A folder's changes are to be learnt."""
        with self._db.writing() as db:
            db.execute("INSERT OR REPLACE INTO watched VALUES (?, ?, ?)", (folder, topics, tags))

    def unwatch(self, folder: str) -> bool:
        """A folder's changes are not to be learnt any more; returns whether they were."""
        with self._db.writing() as db:
            return db.execute("DELETE FROM watched WHERE folder = ?", (folder,)).rowcount > 0

    def watched(self) -> list[tuple[str, str, str]]:
        """Return the folders that are watched, with their topics and tags."""
        return self._db.read.execute("SELECT folder, topics, tags FROM watched ORDER BY folder").fetchall()
