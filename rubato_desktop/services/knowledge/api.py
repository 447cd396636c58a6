"""Everything that can be asked of the store, by name, in JSON: whichever process has it open."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from rubato_desktop.errors import RubatoError
from rubato_desktop.interpreter import stand_back
from rubato_desktop.services.knowledge.catalogue import ALL, Document
from rubato_desktop.services.knowledge.embedding import open_embedder
from rubato_desktop.services.knowledge.folder_watcher import FolderWatcher
from rubato_desktop.services.knowledge.fusion import Mode
from rubato_desktop.services.knowledge.learning import Learning, Learnt, Progress, identity
from rubato_desktop.services.knowledge.learning_calls import LearningCall, LearningCalls
from rubato_desktop.services.knowledge.readers import Passage, ReadDocument, readable
from rubato_desktop.services.knowledge.store import Store
from rubato_desktop.services.knowledge.tag_suggestions import suggest

log = logging.getLogger(__name__)

_END_S: Final = 10.0
_LONGEST_TOPIC: Final = 100


class KnowledgeApi:
    """Answers calls on a store; learning goes on behind it, on a thread of its own.

    Args:
        open_store: Opens the store; called at the first call that needs it.
        on_progress: Told how far learning is; at its end once without a source.
        on_done: Told what came of one call to learn, when all of it is done.
        on_problem: Told what stopped it.
    """

    def __init__(
        self,
        open_store: Callable[[], Store],
        *,
        on_progress: Callable[[Progress], None] = lambda _: None,
        on_done: Callable[[Learnt], None] = lambda _: None,
        on_problem: Callable[[RubatoError], None] = lambda _: None,
    ) -> None:
        self._open = open_store
        self._on_progress, self._on_done, self._on_problem = on_progress, on_done, on_problem
        self._lock = threading.RLock()
        self._store: Store | None = None
        self._learning: Learning | None = None
        self._watching: FolderWatcher | None = None
        self._worker: threading.Thread | None = None
        self._working = False
        self._stop = threading.Event()
        self._progress: Progress | None = None
        self._lessons = LearningCalls(on_done)

    @property
    def needed(self) -> bool:
        """Whether it has work of its own: something is being learnt, or folders are watched."""
        return self.busy or bool(self._store is not None and self._store.wanted.watched())

    @property
    def busy(self) -> bool:
        """Whether something is being learnt."""
        return self._working

    def __call__(self, call: str, **args: Any) -> Any:
        """Answer a call.

        Args:
            call: The name of a method of this class that is one of `CALLS`.
            args: Its arguments.

        Returns:
            JSON-like.

        Raises:
            RubatoError: there is no such call, or it failed in a way that people should know.
        """
        if call not in CALLS:
            raise RubatoError(
                f"Nothing called {call} can be asked of what has been learnt", code="bad_request"
            )
        return getattr(self, f"_{call}")(**args)

    def resume(self) -> None:
        """Go on with what waits to be learnt, and watch the folders that are watched."""
        self._watch_folders()
        if self._here.wanted.waiting():
            self._begin()

    def close(self) -> None:
        """End; what is being learnt goes on next time. Safe to call twice."""
        self._stop.set()
        if self._watching is not None:
            self._watching.close()
        if self._worker is not None:
            self._worker.join(_END_S)
        with self._lock:
            if self._store is not None:
                self._store.close()
                self._store = None

    # Calls ------------------------------------------------------------------------------------------

    def _search(
        self,
        query: str,
        topics: Sequence[str] = (),
        tags: Sequence[str] = (),
        k: int = 10,
        mode: Mode = "fused",
        within: bool = False,
    ) -> list[dict[str, Any]]:
        found = self._here.search(query, topics=topics, tags=tags, k=k, mode=mode, within=within)
        return [passage.as_json(rank) for rank, passage in enumerate(found, 1)]

    def _count(self, topic: str = "", tag: str = "") -> int:
        return self._here.count(topic=topic, tag=tag)

    def _topics(self) -> list[dict[str, Any]]:
        return self._here.statistics()

    def _topic_counts(self) -> dict[str, int]:
        return self._here.catalogue.topic_counts()

    def _tags(self) -> dict[str, int]:
        return self._here.catalogue.tags()

    def _documents(self, topic: str = "", tag: str = "") -> list[dict[str, Any]]:
        return [_told(document) for document in self._here.catalogue.documents(topic=topic, tag=tag)]

    def _document(self, source: str) -> dict[str, Any] | None:
        found = self._found(source)
        return _told(found) if found else None

    def _learn(
        self, paths: Sequence[str], topics: Sequence[str] = (), tags: Sequence[str] = (), watch: bool = False
    ) -> dict[str, Any]:
        topics, tags = checked(topics), checked(tags)
        with self._lessons.lock:
            said, sources = self._learner.want([Path(path) for path in paths], topics, tags)
            # Without paths it goes on where it stopped.
            lesson = self._lessons.begin(said, sources if paths else self._here.wanted.sources())
            self._begin()
            state = self._progress_now(lesson.number)
        if watch:
            for path in paths:
                if (folder := Path(path).expanduser().absolute()).is_dir():
                    self._here.wanted.watch(str(folder), json.dumps([*topics]), json.dumps([*tags]))
            self._watch_folders()
        return state

    def _learn_text(
        self,
        source: str,
        title: str,
        pieces: Sequence[Mapping[str, Any]],
        topics: Sequence[str] = (),
        tags: Sequence[str] = (),
        id: str = "",
    ) -> dict[str, Any]:
        reading = ReadDocument(title, tuple(Passage(**piece) for piece in pieces))
        said = self._learner.learn_text(source, reading, checked(topics), checked(tags), id=id)
        return said.as_json()

    def _progress_now(self, lesson: int = 0) -> dict[str, Any]:
        """How far learning is, and the results of one lesson so far."""
        at = self._progress
        with self._lessons.lock:
            mine = self._lessons.find(lesson) or LearningCall(lesson)
            said = replace(mine.said, waiting=len(mine.sources)).as_json()
            problem = mine.problem.as_json() if mine.problem else None
        return {
            "lesson": lesson,
            "busy": self.busy,
            "at": at.as_json() if at is not None and self.busy else None,
            "said": said,
            "problem": problem,
        }

    def _stop_learning(self) -> int:
        """What waits is not learnt any more; returns how many sources those were."""
        self._stop.set()
        if self._worker is not None:
            self._worker.join(_END_S)
        return self._here.wanted.clear()

    def _forget(self, source: str) -> list[str]:
        """Forget a document, or all in a folder; a folder is no longer watched."""
        path = _place(source)
        going = self._here.catalogue.documents(under=path)
        if not going and (one := self._found(source)):
            going = [one]
        if self._here.wanted.unwatch(path):
            self._watch_folders()
        for document in going:
            self._here.remove(document.id)
        return [document.source for document in going]

    def _classify(
        self,
        source: str,
        add_tags: Sequence[str] = (),
        remove_tags: Sequence[str] = (),
        add_topics: Sequence[str] = (),
        remove_topics: Sequence[str] = (),
    ) -> dict[str, Any]:
        known = self._known(source)
        topics = sorted({*known.topics, *checked(add_topics)} - {*remove_topics})
        tags = sorted({*known.tags, *checked(add_tags)} - {*remove_tags})
        self._here.classify(known.id, topics, tags)
        return {**_told(known), "topics": topics, "tags": tags}

    def _suggest(self, source: str = "", text: str = "", most: int = 5) -> list[str]:
        if not source:
            return suggest(self._here, text, most=most)
        known = self._known(source)
        return suggest(
            self._here,
            self._here.catalogue.text_of(known.id),
            but=known.tags,
            document=known.id,
            most=most,
        )

    def _watched(self) -> list[str]:
        return [folder for folder, _, _ in self._here.wanted.watched()]

    def _embed_anew(self, model: str, host: str) -> dict[str, Any]:
        embedder = open_embedder(model, host)
        if self.busy:
            raise RubatoError(
                "Something is being learnt just now", todo="Try again when it has ended", code="busy"
            )
        told = f"everything, by {embedder.model}"
        lesson = self._lessons.begin(Learnt(), [told])

        def embed(stop: threading.Event) -> None:
            self._here.embed_anew(
                embedder, lambda done, of: self._at(Progress(told, done, of, 0)), stop.is_set
            )
            self._lessons.came_of(told, Learnt())

        self._start(embed)
        return self._progress_now(lesson.number)

    # Within -----------------------------------------------------------------------------------------

    @property
    def _here(self) -> Store:
        with self._lock:
            if self._store is None:
                self._store = self._open()
            return self._store

    @property
    def _learner(self) -> Learning:
        with self._lock:
            if self._learning is None:
                self._learning = Learning(self._here, self._at)
            return self._learning

    def _found(self, source: str) -> Document | None:
        """A document by its path, its address or its id."""
        catalogue = self._here.catalogue
        return catalogue.document(identity(_place(source))) or catalogue.document(source)

    def _known(self, source: str) -> Document:
        found = self._found(source)
        if found is None:
            raise RubatoError(
                f"{source} has not been learnt", todo="Learn it first: rubato learn PATH", code="not_learnt"
            )
        return found

    def _watch_folders(self) -> None:
        with self._lock:
            if self._watching is None:
                self._watching = FolderWatcher(self._here.wanted, self._changed)
        self._watching.renew()

    def _changed(self, path: Path, topics: list[str], tags: list[str]) -> None:
        if not (path.is_dir() or readable(path) or self._here.catalogue.documents(under=str(path))):
            return
        with self._lessons.lock:
            said, sources = self._learner.want([path], topics, tags)
            said.problems.clear()  # an empty folder is none here, and a file that is gone was perhaps never learnt
            self._lessons.begin(said, sources)
        self._begin()

    def _at(self, progress: Progress) -> None:
        self._progress = progress
        self._on_progress(progress)

    def _begin(self) -> None:
        """Learn what waits."""
        if self._here.wanted.waiting():
            self._start()

    def _start(self, first: Callable[[threading.Event], None] = lambda stop: None) -> None:
        """Learn what waits, on a thread of its own, after what is to be done `first`."""
        with self._lock:
            if self.busy:
                return
            self._working = True
            self._stop = threading.Event()
            self._worker = threading.Thread(
                target=self._work, args=(first, self._stop), name="learning", daemon=True
            )
            self._worker.start()

    def _work(self, first: Callable[[threading.Event], None], stop: threading.Event) -> None:
        stand_back()
        try:
            first(stop)
            more = True
            while more:
                self._learner.work(stop.is_set, self._lessons.came_of)
                with self._lessons.lock, self._lock:  # no source may join between the last look and the end
                    more = not stop.is_set() and bool(self._here.wanted.waiting())
                    ended = [] if more else self._end()
        except Exception as error:
            problem = error if isinstance(error, RubatoError) else _fault()
            if problem is not error:
                log.exception("learning ended by a fault")
            ended = self._end(problem)
            self._on_problem(problem)
        for said in ended:
            self._on_done(said)
        self._at(Progress("", 0, 0, 0))

    def _end(self, problem: RubatoError | None = None) -> list[Learnt]:
        with self._lessons.lock, self._lock:
            self._working = False
            return self._lessons.finish(problem)


CALLS: Final = frozenset(
    (
        *("search", "count", "topics", "topic_counts", "tags", "documents", "document", "suggest", "watched"),
        *("learn", "learn_text", "progress_now", "stop_learning", "forget", "classify", "embed_anew"),
    )
)


def _fault() -> RubatoError:
    return RubatoError(
        "Learning has ended by a fault",
        kept="What was learnt before is kept, the rest waits",
        todo="knowledge.log has the details",
        code="bug",
    )


def checked(names: Sequence[str]) -> list[str]:
    """Return topics or tags as they are kept: without white space around, none empty, none of them ALL, none twice.

    Raises:
        RubatoError: one is too long.
    """
    clean = [" ".join(name.split()) for name in names]
    if any(len(name) > _LONGEST_TOPIC for name in clean):
        raise RubatoError(f"A topic or tag has at most {_LONGEST_TOPIC} signs", code="bad_arguments")
    return [*dict.fromkeys(name for name in clean if name and name.upper() != ALL)]


def _place(source: str) -> str:
    """A path as it was learnt, wherever the program was started; addresses as they are."""
    return source if "://" in source else str(Path(source).expanduser().absolute())


def _told(document: Document) -> dict[str, Any]:
    return {
        "document": document.id,
        "source": document.source,
        "title": document.title,
        "topics": list(document.topics),
        "tags": list(document.tags),
    }
