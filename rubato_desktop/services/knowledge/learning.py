"""Learns what is waiting to be learnt, one source after another; what a crash left waiting is learnt next time."""

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
class Learnt:
    """What came of learning.

    Attributes:
        learnt: Sources that are known now and were not, or said something else.
        unchanged: Sources that say what they said.
        removed: Sources that have gone, and were forgotten.
        problems: What could not be learnt, and why.
        waiting: Sources that still wait, as it was stopped.
    """

    learnt: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    waiting: int = 0

    def add(self, other: Learnt) -> None:
        """Add the results of another piece of work."""
        for name in ("learnt", "unchanged", "removed", "problems"):
            getattr(self, name).extend(getattr(other, name))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far learning is.

    Attributes:
        source: What is being learnt; empty when nothing is any more.
        done, of: Its texts.
        waiting: Sources after it.
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
        store: What has been learnt.
        on_progress: Told how far it is, on the thread that works.
    """

    def __init__(self, store: Store, on_progress: Callable[[Progress], None] = lambda _: None) -> None:
        self._store, self._catalogue = store, store.catalogue
        self._wanted, self._texts = store.wanted, store.texts
        self._on_progress = on_progress
        self._working = threading.Lock()

    def want(
        self, paths: Sequence[Path], topics: Sequence[str] = (), tags: Sequence[str] = ()
    ) -> tuple[Learnt, list[str]]:
        """Take files and folders to be learnt; `work` learns them.

        Files of a folder that have gone since are forgotten.

        Returns:
            What was removed at once and what is wrong with the paths; and the sources that now wait.
        """
        said, sources = Learnt(), list[str]()
        for path in paths:
            # What a path is must not hang on where the program was started.
            path = path.expanduser().absolute()
            if path.is_dir():
                found = list(_files(path))
                self._forget_gone(str(path), {str(file) for file in found}, said)
                if not found:
                    said.problems.append(f"{path}: nothing in it can be learnt")
            elif path.exists():
                found = [path]
            elif gone := self._catalogue.documents(under=str(path)):
                for document in gone:
                    self._store.remove(document.id)
                    said.removed.append(document.source)
                continue
            else:
                said.problems.append(f"{path}: is not there")
                continue
            try:
                self._wanted.add([str(file) for file in found], json.dumps([*topics]), json.dumps([*tags]))
            except sqlite3.OperationalError as error:
                raise _disk(error) from error
            sources += [str(file) for file in found]
        return said, sources

    def work(
        self,
        stop: Callable[[], bool] = lambda: False,
        on_source: Callable[[str, Learnt], None] = lambda source, said: None,
    ) -> Learnt:
        """Learn all that waits, until it is done or `stop` says so.

        Args:
            stop: Asked often.
            on_source: Told what came of each source, once it no longer waits.

        Raises:
            RubatoError: the disk is full; what is learnt is kept, the rest waits.
        """
        said = Learnt()
        with self._working:
            while not stop() and (found := self._wanted.next()):
                number, source, topics, tags = found
                one = Learnt()
                try:
                    if not self._learn(Path(source), json.loads(topics), json.loads(tags), one, stop):
                        break
                except (UnreadableSource, FileNotFoundError, PermissionError, IsADirectoryError) as problem:
                    one.problems.append(_why(source, problem))
                except (OSError, sqlite3.OperationalError) as error:
                    raise _disk(error) from error
                self._wanted.done(number)
                said.add(one)
                on_source(source, one)
            if not stop():
                self._texts.drop_orphans()
        said.waiting = self._wanted.waiting()
        return said

    def learn_text(
        self,
        source: str,
        reading: ReadDocument,
        topics: Sequence[str] = (),
        tags: Sequence[str] = (),
        *,
        id: str = "",
        stop: Callable[[], bool] = lambda: False,
    ) -> Learnt:
        """Learn something that is no file, such as a page, under its address; `id` where it has one of its own."""
        said = Learnt()
        if not any(piece.text.strip() for piece in reading.pieces):
            raise RubatoError("There is no text to learn", code="no_text")
        self._put(Document(id or identity(source), source, reading.title), reading, topics, tags, said, stop)
        return said

    def _learn(
        self, path: Path, topics: Sequence[str], tags: Sequence[str], said: Learnt, stop: Callable[[], bool]
    ) -> bool:
        source = str(path)
        stat = path.stat()
        id = identity(source)
        known = self._catalogue.document(id)
        if known and (known.changed_ns, known.bytes) == (stat.st_mtime_ns, stat.st_size):
            self._reclassify(known, topics, tags)
            said.unchanged.append(source)
            return True
        new = Document(id, source, changed_ns=stat.st_mtime_ns, bytes=stat.st_size)
        return self._put(new, read(path), topics, tags, said, stop)

    def _put(
        self,
        document: Document,
        reading: ReadDocument,
        topics: Sequence[str],
        tags: Sequence[str],
        said: Learnt,
        stop: Callable[[], bool],
    ) -> bool:
        parts = list(chunks(reading))
        digest = hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()
        known = self._catalogue.document(document.id)
        if known and known.digest == digest:
            self._catalogue.touch(known.id, document.changed_ns, document.bytes)
            self._reclassify(known, topics, tags)
            said.unchanged.append(document.source)
            return True
        done = self._store.put(
            replace(
                document,
                title=reading.title,
                digest=digest,
                topics=_with(known.topics if known else (), topics),
                tags=_with(known.tags if known else (), tags),
            ),
            parts,
            on_progress=lambda done, of: self._on_progress(
                Progress(document.source, done, of, self._wanted.waiting())
            ),
            stop=stop,
        )
        if done:
            said.learnt.append(document.source)
        return done

    def _reclassify(self, known: Document, topics: Sequence[str], tags: Sequence[str]) -> None:
        """Learnt once more into other topics, a document belongs to these as well."""
        all_topics, all_tags = _with(known.topics, topics), _with(known.tags, tags)
        if (all_topics, all_tags) != (tuple(known.topics), tuple(known.tags)):
            self._store.classify(known.id, all_topics, all_tags)

    def _forget_gone(self, folder: str, there: set[str], said: Learnt) -> None:
        for document in self._catalogue.documents(under=folder):
            if document.source not in there:
                self._store.remove(document.id)
                said.removed.append(document.source)


def identity(source: str) -> str:
    """Return the id of what has none of its own: the same for the same path or address."""
    return hashlib.blake2b(source.encode(), digest_size=8).hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    """Yield what can be learnt in a folder and those in it; what is hidden is nobody's text."""
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(where, name)
            if not name.startswith(".") and readable(path):
                yield path


def _with(known: Iterable[str], new: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({*known, *new}))


def _why(source: str, problem: RubatoError | OSError) -> str:
    if isinstance(problem, RubatoError):
        return f"{source}: {'. '.join(part for part in (problem.happened, problem.todo) if part)}"
    return f"{source}: {problem.strerror}"


def _disk(error: OSError | sqlite3.OperationalError) -> RubatoError:
    full = (isinstance(error, OSError) and error.errno in _FULL) or "full" in str(error)
    reason = f": {error.strerror}" if isinstance(error, OSError) else ""
    log.error("learning has stopped", exc_info=error)
    return RubatoError(
        "The disk is full" if full else f"Learning has stopped{reason}",
        kept="What was learnt before is kept, the rest waits",
        todo="Make room, and learn again" if full else "knowledge.log has the details",
        code="disk_full" if full else "learning_failed",
    )
