"""The calls on the store, by name and in JSON, for whichever process has it open."""

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
from rubato_desktop.services.knowledge.learning import Learning, LearningResult, Progress, identity
from rubato_desktop.services.knowledge.learning_calls import LearningCall, LearningCalls
from rubato_desktop.services.knowledge.readers import Block, ReadDocument, readable
from rubato_desktop.services.knowledge.store import Store
from rubato_desktop.services.knowledge.tag_suggestions import suggest

log = logging.getLogger(__name__)

_END_S: Final = 10.0
_MAX_NAME: Final = 100  # characters of a topic or tag


class KnowledgeApi:
    """Executes calls on a store, and learns in the background on a thread of its own.

    Args:
        open_store: Opens the store; called for the first call that needs it.
        on_progress: Called with the progress of learning, and without a source at its end.
        on_done: Called with the result of each call to learn when its last source is done.
        on_problem: Called with the error that stopped learning.
    """

    def __init__(
        self,
        open_store: Callable[[], Store],
        *,
        on_progress: Callable[[Progress], None] = lambda _: None,
        on_done: Callable[[LearningResult], None] = lambda _: None,
        on_problem: Callable[[RubatoError], None] = lambda _: None,
    ) -> None:
        self._open_store = open_store
        self._on_progress, self._on_done, self._on_problem = on_progress, on_done, on_problem
        self._lock = threading.RLock()
        self._opened: Store | None = None
        self._learning: Learning | None = None
        self._watcher: FolderWatcher | None = None
        self._worker: threading.Thread | None = None
        self._working = False
        self._stop = threading.Event()
        self._progress: Progress | None = None
        self._calls = LearningCalls(on_done)

    @property
    def needed(self) -> bool:
        """Whether the process must keep running: it is learning, or watches folders."""
        return self.busy or bool(self._opened is not None and self._opened.queue.watched())

    @property
    def busy(self) -> bool:
        """Whether it is learning."""
        return self._working

    def __call__(self, call: str, **args: Any) -> Any:
        """Execute a call.

        Args:
            call: One of `CALLS`.
            args: The arguments of the method of that name.

        Returns:
            A JSON value.

        Raises:
            RubatoError: the call is unknown, or failed.
        """
        if call not in CALLS:
            raise RubatoError(f"Unknown knowledge call: {call}", code="bad_request")
        return getattr(self, f"_{call}")(**args)

    def resume(self) -> None:
        """Continue with the queue of the last run, and watch the folders again."""
        self._watch_folders()
        if self._store.queue.waiting():
            self._learn_queue()

    def close(self) -> None:
        """Stop; the queue is kept for the next run. Safe to call twice."""
        self._stop.set()
        if self._watcher is not None:
            self._watcher.close()
        if self._worker is not None:
            self._worker.join(_END_S)
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

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
        found = self._store.search(query, topics=topics, tags=tags, k=k, mode=mode, within=within)
        return [passage.as_json(rank) for rank, passage in enumerate(found, 1)]

    def _count(self, topic: str = "", tag: str = "") -> int:
        return self._store.count(topic=topic, tag=tag)

    def _topics(self) -> list[dict[str, Any]]:
        return self._store.statistics()

    def _topic_counts(self) -> dict[str, int]:
        return self._store.catalogue.topic_counts()

    def _tags(self) -> dict[str, int]:
        return self._store.catalogue.tags()

    def _documents(self, topic: str = "", tag: str = "") -> list[dict[str, Any]]:
        return [_as_json(document) for document in self._store.catalogue.documents(topic=topic, tag=tag)]

    def _document(self, source: str) -> dict[str, Any] | None:
        document = self._find(source)
        return _as_json(document) if document else None

    def _learn(
        self, paths: Sequence[str], topics: Sequence[str] = (), tags: Sequence[str] = (), watch: bool = False
    ) -> dict[str, Any]:
        """Queue files and folders; without paths, continue with the queue."""
        topics, tags = checked(topics), checked(tags)
        with self._calls.lock:
            result, sources = self._learner.enqueue([Path(path) for path in paths], topics, tags)
            call = self._calls.begin(result, sources if paths else self._store.queue.sources())
            self._learn_queue()
            state = self._progress_now(call.number)
        if watch:
            for path in paths:
                if (folder := Path(path).expanduser().absolute()).is_dir():
                    self._store.queue.watch(str(folder), json.dumps([*topics]), json.dumps([*tags]))
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
        document = ReadDocument(title, tuple(Block(**piece) for piece in pieces))
        result = self._learner.learn_text(source, document, checked(topics), checked(tags), id=id)
        return result.as_json()

    def _progress_now(self, lesson: int = 0) -> dict[str, Any]:
        """Return the progress of learning, and the result so far of the call with the number `lesson`."""
        progress = self._progress
        with self._calls.lock:
            call = self._calls.find(lesson) or LearningCall(lesson)
            result = replace(call.result, waiting=len(call.sources)).as_json()
            problem = call.problem.as_json() if call.problem else None
        return {
            "lesson": lesson,
            "busy": self.busy,
            "at": progress.as_json() if progress is not None and self.busy else None,
            "said": result,
            "problem": problem,
        }

    def _stop_learning(self) -> int:
        """Stop learning and clear the queue; returns how many sources were in it."""
        self._stop.set()
        if self._worker is not None:
            self._worker.join(_END_S)
        return self._store.queue.clear()

    def _forget(self, source: str) -> list[str]:
        """Forget a document, or a folder with all its documents, which is no longer watched either."""
        path = _absolute(source)
        documents = self._store.catalogue.documents(under=path)
        if not documents and (document := self._find(source)):
            documents = [document]
        if self._store.queue.unwatch(path):
            self._watch_folders()
        for document in documents:
            self._store.remove(document.id)
        return [document.source for document in documents]

    def _classify(
        self,
        source: str,
        add_tags: Sequence[str] = (),
        remove_tags: Sequence[str] = (),
        add_topics: Sequence[str] = (),
        remove_topics: Sequence[str] = (),
    ) -> dict[str, Any]:
        document = self._require(source)
        topics = sorted({*document.topics, *checked(add_topics)} - {*remove_topics})
        tags = sorted({*document.tags, *checked(add_tags)} - {*remove_tags})
        self._store.classify(document.id, topics, tags)
        return {**_as_json(document), "topics": topics, "tags": tags}

    def _suggest(self, source: str = "", text: str = "", most: int = 5) -> list[str]:
        if not source:
            return suggest(self._store, text, most=most)
        document = self._require(source)
        return suggest(
            self._store,
            self._store.catalogue.text_of(document.id),
            exclude=document.tags,
            document=document.id,
            most=most,
        )

    def _watched(self) -> list[str]:
        return [folder for folder, _, _ in self._store.queue.watched()]

    def _embed_anew(self, model: str, host: str) -> dict[str, Any]:
        """Embed all texts again with another model, in the background."""
        embedder = open_embedder(model, host)
        if self.busy:
            raise RubatoError(
                "Learning is still in progress", todo="Try again when it has finished", code="busy"
            )
        label = f"all texts, with {embedder.model}"
        call = self._calls.begin(LearningResult(), [label])

        def embed(stop: threading.Event) -> None:
            self._store.reembed(
                embedder,
                lambda done, of: self._report_progress(Progress(label, done, of, 0)),
                stop.is_set,
            )
            self._calls.add_result(label, LearningResult())

        self._start(embed)
        return self._progress_now(call.number)

    # Internals --------------------------------------------------------------------------------------

    @property
    def _store(self) -> Store:
        with self._lock:
            if self._opened is None:
                self._opened = self._open_store()
            return self._opened

    @property
    def _learner(self) -> Learning:
        with self._lock:
            if self._learning is None:
                self._learning = Learning(self._store, self._report_progress)
            return self._learning

    def _find(self, source: str) -> Document | None:
        """Return a document by its path, its address or its id."""
        catalogue = self._store.catalogue
        return catalogue.document(identity(_absolute(source))) or catalogue.document(source)

    def _require(self, source: str) -> Document:
        document = self._find(source)
        if document is None:
            raise RubatoError(
                f"{source} has not been learnt", todo="Learn it first: rubato learn PATH", code="not_learnt"
            )
        return document

    def _watch_folders(self) -> None:
        with self._lock:
            if self._watcher is None:
                self._watcher = FolderWatcher(self._store.queue, self._on_change)
        self._watcher.restart()

    def _on_change(self, path: Path, topics: list[str], tags: list[str]) -> None:
        if not (path.is_dir() or readable(path) or self._store.catalogue.documents(under=str(path))):
            return
        with self._calls.lock:
            result, sources = self._learner.enqueue([path], topics, tags)
            # An empty folder is no problem here, nor is a deleted file that was never learnt.
            result.problems.clear()
            self._calls.begin(result, sources)
        self._learn_queue()

    def _report_progress(self, progress: Progress) -> None:
        self._progress = progress
        self._on_progress(progress)

    def _learn_queue(self) -> None:
        if self._store.queue.waiting():
            self._start()

    def _start(self, first: Callable[[threading.Event], None] = lambda stop: None) -> None:
        """Start a thread that runs `first`, then learns the queue; does nothing while one is running."""
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
                self._learner.run(stop.is_set, self._calls.add_result)
                # No source may join the queue between the last check and the end.
                with self._calls.lock, self._lock:
                    more = not stop.is_set() and bool(self._store.queue.waiting())
                    results = [] if more else self._finish()
        except Exception as error:
            problem = error if isinstance(error, RubatoError) else _internal_error()
            if problem is not error:
                log.exception("learning stopped because of an internal error")
            results = self._finish(problem)
            self._on_problem(problem)
        for result in results:
            self._on_done(result)
        self._report_progress(Progress("", 0, 0, 0))

    def _finish(self, problem: RubatoError | None = None) -> list[LearningResult]:
        with self._calls.lock, self._lock:
            self._working = False
            return self._calls.finish(problem)


CALLS: Final = frozenset(
    (
        *("search", "count", "topics", "topic_counts", "tags", "documents", "document", "suggest", "watched"),
        *("learn", "learn_text", "progress_now", "stop_learning", "forget", "classify", "embed_anew"),
    )
)


def _internal_error() -> RubatoError:
    return RubatoError(
        "Learning stopped because of an internal error",
        kept="What was already learnt is kept; the rest stays in the queue",
        todo="See knowledge.log for details",
        code="bug",
    )


def checked(names: Sequence[str]) -> list[str]:
    """Return topics or tags in normal form: white space collapsed, without duplicates, empty names and ALL.

    Raises:
        RubatoError: a name is too long.
    """
    clean = [" ".join(name.split()) for name in names]
    if any(len(name) > _MAX_NAME for name in clean):
        raise RubatoError(f"A topic or tag can have at most {_MAX_NAME} characters", code="bad_arguments")
    return [*dict.fromkeys(name for name in clean if name and name.upper() != ALL)]


def _absolute(source: str) -> str:
    """A path as it was learnt, whatever the working directory is; addresses are unchanged."""
    return source if "://" in source else str(Path(source).expanduser().absolute())


def _as_json(document: Document) -> dict[str, Any]:
    return {
        "document": document.id,
        "source": document.source,
        "title": document.title,
        "topics": list(document.topics),
        "tags": list(document.tags),
    }
