"""Learns the sources in the queue, one after another; the queue survives a crash."""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.knowledge.catalogue import Document
from rubato_desktop.services.knowledge.chunking import chunks
from rubato_desktop.services.knowledge.readers import ReadDocument, UnreadableSource, read, readable
from rubato_desktop.services.knowledge.store import Store

log = logging.getLogger(__name__)

_FULL: Final = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)


@dataclass(slots=True)
class LearningResult:
    """The result of learning.

    Attributes:
        learnt: New and changed sources.
        unchanged: Sources with the same content as before.
        removed: Sources that no longer exist and were forgotten.
        problems: Messages about sources that could not be learnt.
        waiting: Number of sources left in the queue.
    """

    learnt: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    waiting: int = 0

    def add(self, other: LearningResult) -> None:
        """Add the sources and problems of another result."""
        for name in ("learnt", "unchanged", "removed", "problems"):
            getattr(self, name).extend(getattr(other, name))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of learning.

    Attributes:
        source: The source being learnt; empty at the end.
        done: Number of its texts embedded.
        of: Number of its texts to embed.
        waiting: Number of sources after it.
    """

    source: str
    done: int
    of: int
    waiting: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Learning:
    """Learns into a store.

    Args:
        store: The store.
        on_progress: Called with the progress, on the thread that learns.
    """

    def __init__(self, store: Store, on_progress: Callable[[Progress], None] = lambda _: None) -> None:
        self._store, self._catalogue = store, store.catalogue
        self._queue, self._texts = store.queue, store.texts
        self._on_progress = on_progress
        self._working = threading.Lock()

    def enqueue(
        self, paths: Sequence[Path], topics: Sequence[str] = (), tags: Sequence[str] = ()
    ) -> tuple[LearningResult, list[str]]:
        """Add files and folders to the queue, and forget their documents that no longer exist.

        Args:
            paths: Files and folders.
            topics, tags: Those to learn them with.

        Returns:
            The removed sources and the problems with the paths; and the sources added.

        Raises:
            RubatoError: the disk is full.
        """
        result, sources = LearningResult(), list[str]()
        for path in paths:
            # Ids are made from paths, which must not depend on the working directory.
            path = path.expanduser().absolute()
            if path.is_dir():
                files = list(_files(path))
                self._forget_missing(str(path), {str(file) for file in files}, result)
                if not files:
                    result.problems.append(f"{path}: contains no supported files")
            elif path.exists():
                files = [path]
            elif missing := self._catalogue.documents(under=str(path)):
                for document in missing:
                    self._store.remove(document.id)
                    result.removed.append(document.source)
                continue
            else:
                result.problems.append(f"{path}: does not exist")
                continue
            try:
                self._queue.add([str(file) for file in files], json.dumps([*topics]), json.dumps([*tags]))
            except sqlite3.OperationalError as error:
                raise _write_error(error) from error
            sources += [str(file) for file in files]
        return result, sources

    def run(
        self,
        stop: Callable[[], bool] = lambda: False,
        on_source: Callable[[str, LearningResult], None] = lambda source, result: None,
    ) -> LearningResult:
        """Learn the sources in the queue, until it is empty or stopped.

        Args:
            stop: Returns whether to stop; called often.
            on_source: Called with each source that leaves the queue, and its result.

        Raises:
            RubatoError: the disk is full; what was learnt is kept, and the rest stays in the queue.
        """
        total = LearningResult()
        with self._working:
            while not stop() and (entry := self._queue.next()):
                number, source, topics, tags = entry
                result = LearningResult()
                try:
                    if not self._learn(Path(source), json.loads(topics), json.loads(tags), result, stop):
                        break
                except (UnreadableSource, FileNotFoundError, PermissionError, IsADirectoryError) as problem:
                    result.problems.append(_message(source, problem))
                except (OSError, sqlite3.OperationalError) as error:
                    raise _write_error(error) from error
                self._queue.done(number)
                total.add(result)
                on_source(source, result)
            if not stop():
                self._texts.drop_orphans()
        total.waiting = self._queue.waiting()
        return total

    def learn_text(
        self,
        source: str,
        document: ReadDocument,
        topics: Sequence[str] = (),
        tags: Sequence[str] = (),
        *,
        id: str = "",
        stop: Callable[[], bool] = lambda: False,
    ) -> LearningResult:
        """Learn a text that is not in a file, such as a web page.

        Args:
            source: Its address.
            document: The text.
            topics, tags: Those to learn it with.
            id: Its id, if that is not made from the address.
            stop: Returns whether to stop.

        Raises:
            RubatoError: the text is empty.
        """
        result = LearningResult()
        if not any(piece.text.strip() for piece in document.pieces):
            raise RubatoError("There is no text to learn", code="no_text")
        entry = Document(id or identity(source), source, document.title)
        self._put(entry, document, topics, tags, result, stop)
        return result

    def _learn(
        self,
        path: Path,
        topics: Sequence[str],
        tags: Sequence[str],
        result: LearningResult,
        stop: Callable[[], bool],
    ) -> bool:
        source = str(path)
        stat = path.stat()
        id = identity(source)
        known = self._catalogue.document(id)
        if known and (known.changed_ns, known.bytes) == (stat.st_mtime_ns, stat.st_size):
            self._reclassify(known, topics, tags)
            result.unchanged.append(source)
            return True
        new = Document(id, source, changed_ns=stat.st_mtime_ns, bytes=stat.st_size)
        return self._put(new, read(path), topics, tags, result, stop)

    def _put(
        self,
        entry: Document,
        document: ReadDocument,
        topics: Sequence[str],
        tags: Sequence[str],
        result: LearningResult,
        stop: Callable[[], bool],
    ) -> bool:
        document_chunks = list(chunks(document))
        digest = hashlib.blake2b(repr(document_chunks).encode(), digest_size=16).hexdigest()
        known = self._catalogue.document(entry.id)
        if known and known.digest == digest:
            self._catalogue.touch(known.id, entry.changed_ns, entry.bytes)
            self._reclassify(known, topics, tags)
            result.unchanged.append(entry.source)
            return True
        done = self._store.put(
            replace(
                entry,
                title=document.title,
                digest=digest,
                topics=_union(known.topics if known else (), topics),
                tags=_union(known.tags if known else (), tags),
            ),
            document_chunks,
            on_progress=lambda done, of: self._on_progress(
                Progress(entry.source, done, of, self._queue.waiting())
            ),
            stop=stop,
        )
        if done:
            result.learnt.append(entry.source)
        return done

    def _reclassify(self, known: Document, topics: Sequence[str], tags: Sequence[str]) -> None:
        """Add topics and tags to those of a known document."""
        all_topics, all_tags = _union(known.topics, topics), _union(known.tags, tags)
        if (all_topics, all_tags) != (tuple(known.topics), tuple(known.tags)):
            self._store.classify(known.id, all_topics, all_tags)

    def _forget_missing(self, folder: str, present: set[str], result: LearningResult) -> None:
        for document in self._catalogue.documents(under=folder):
            if document.source not in present:
                self._store.remove(document.id)
                result.removed.append(document.source)


def identity(source: str) -> str:
    """Return the id that belongs to a path or an address."""
    return hashlib.blake2b(source.encode(), digest_size=8).hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    """Yield the supported files in a folder and its subfolders, except hidden ones."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(parent, name)
            if not name.startswith(".") and readable(path):
                yield path


def _union(known: Iterable[str], new: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({*known, *new}))


def _message(source: str, problem: RubatoError | OSError) -> str:
    if isinstance(problem, RubatoError):
        return f"{source}: {'. '.join(part for part in (problem.happened, problem.todo) if part)}"
    return f"{source}: {problem.strerror}"


def _write_error(error: OSError | sqlite3.OperationalError) -> RubatoError:
    full = (isinstance(error, OSError) and error.errno in _FULL) or "full" in str(error)
    reason = f": {error.strerror}" if isinstance(error, OSError) else ""
    log.error("learning stopped", exc_info=error)
    return RubatoError(
        "The disk is full" if full else f"Learning stopped{reason}",
        kept="What was already learnt is kept; the rest stays in the queue",
        todo="Free some disk space, then learn again" if full else "See knowledge.log for details",
        code="disk_full" if full else "learning_failed",
    )
