"""What has been learnt, as the rest of the program sees it: asked in a process of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final

from rubato_desktop.errors import RubatoError
from rubato_desktop.interpreter import own_process
from rubato_desktop.ipc.framing import json_line
from rubato_desktop.ipc.managed_process import ManagedProcess
from rubato_desktop.ipc.process_run import Exit, ProcessRun
from rubato_desktop.services.answers.passages import Passage
from rubato_desktop.services.knowledge import anything_learnt
from rubato_desktop.settings import Settings

UNUSED_S: Final = 600.0  # the memory of Chroma and of the embedding model is given back after so long
_PATIENCE_S: Final = 60.0
_END_S: Final = 5.0
_SOON_S: Final = 2.0  # after the start: the window comes first


class RemoteRetrieval:
    """The `Retrieval` of any process: `call` brings a call to where the store is open."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def search(
        self,
        query: str,
        *,
        topics: Sequence[str] = (),
        tags: Sequence[str] = (),
        k: int = 10,
        within: bool = False,
    ) -> list[Passage]:
        found = self._call("search", query=query, topics=[*topics], tags=[*tags], k=k, within=within)
        return [Passage(**{name: value for name, value in one.items() if name != "rank"}) for one in found]

    def count(self, *, topic: str = "", tag: str = "") -> int:
        return int(self._call("count", topic=topic, tag=tag))


class KnowledgeClient:
    """The store in a process of its own, which lives while it is needed. Any method may be called from any thread.

    Args:
        data: The data folder.
        settings: Which embedding model and Chroma server.
        on_progress: Told how far learning is, as `Progress` has it.
        on_done: Told what came of learning, as `Learnt` has it.
        on_problem: Told what went wrong while nobody asked.
        unused_s: Seconds until the process of knowledge that nobody asks ends.
    """

    def __init__(
        self,
        data: Path,
        settings: Settings,
        *,
        on_progress: Callable[[Mapping[str, Any]], None] = lambda _: None,
        on_done: Callable[[Mapping[str, Any]], None] = lambda _: None,
        on_problem: Callable[[RubatoError], None] = lambda _: None,
        unused_s: float = UNUSED_S,
    ) -> None:
        self._data, self._settings = data, settings
        self._on_progress, self._on_done, self._on_problem = on_progress, on_done, on_problem
        self._unused_s = unused_s
        self._lock = threading.Lock()
        self._process = ManagedProcess(
            "knowledge",
            self._command,
            on_report=self._report,
            on_exit=self._exited,
            log_file=data / "knowledge.log",
            end_s=_END_S,
        )
        self._pending: dict[int, _Call] = {}
        self._numbers = count(1)
        self._closed = False
        self._soon = threading.Timer(_SOON_S, self._resume)
        self._soon.daemon = True

    @property
    def process_id(self) -> int:
        """Id of its process; 0 while there is none."""
        return self._process.process_id

    @property
    def anything_learnt(self) -> bool:
        """Whether anything was ever learnt here; costs nothing to ask."""
        return anything_learnt(self._data)

    def start(self) -> None:
        """Go on learning and watching, where there is something learnt; not before the program itself is there."""
        self._soon.start()

    def ask(self, call: str, /, **args: Any) -> Future[Any]:
        """Ask something; never waits.

        Args:
            call: One of `desk.CALLS`.
            args: Its arguments, JSON-like.

        Returns:
            What it answers, or a `RubatoError`.
        """
        promise: Future[Any] = Future()
        with self._lock:
            if self._closed:
                promise.set_exception(_ended())
            else:
                self._send(promise, call, args)
        return promise

    def call(self, call: str, /, **args: Any) -> Any:
        """Ask something and wait for the answer; not for the engine's thread.

        Raises:
            RubatoError: it failed, or took too long.
        """
        try:
            return self.ask(call, **args).result(_PATIENCE_S)
        except TimeoutError:
            late = RubatoError("What has been learnt does not answer in time", code="no_answer")
            late.status = "timeout"
            raise late from None

    @property
    def retrieval(self) -> RemoteRetrieval:
        """Where passages come from."""
        return RemoteRetrieval(self.call)

    def close(self) -> None:
        """End; what is being learnt goes on next time. Safe to call twice."""
        self._soon.cancel()
        with self._lock:
            self._closed = True
            unanswered = self._take_pending()
        for asked in unanswered:
            asked.promise.set_exception(_ended())
        self._process.stop()

    def _resume(self) -> None:
        if self.anything_learnt:
            self.ask("resume").add_done_callback(self._tell_failure)

    def _command(self) -> tuple[Sequence[str], Mapping[str, str]]:
        values = self._settings
        return own_process(
            "rubato_desktop.services.knowledge.worker",
            [
                str(self._data),
                values.embedding_model,
                values.ollama_host,
                values.chroma_url,
                str(self._unused_s),
            ],
        )

    def _send(self, promise: Future[Any], call: str, args: Mapping[str, Any]) -> None:
        """Send a call, with the lock held, so that an exit of its run finds it."""
        number = next(self._numbers)
        run = self._process.start()
        self._pending[number] = _Call(run, promise, call, args)
        run.send(json_line({"n": number, "call": call, "args": args}))

    def _take_pending(self, run: ProcessRun | None = None) -> list[_Call]:
        """Remove and return the calls that have no answer yet: those of one run, or all."""
        numbers = [number for number, asked in self._pending.items() if run in (None, asked.run)]
        return [self._pending.pop(number) for number in numbers]

    def _exited(self, run: ProcessRun, exit: Exit) -> None:
        with self._lock:
            unanswered = self._take_pending(run)
            if exit.expected and not self._closed:
                # It had gone to rest just before they came: another takes them.
                for asked in unanswered:
                    self._send(asked.promise, asked.call, asked.args)
                return
        for asked in unanswered:
            asked.promise.set_exception(_ended(exit))
        if not exit.expected:
            self._on_problem(_ended(exit))

    def _report(self, _run: ProcessRun, report: Any) -> None:
        match report:
            case {"n": number, "value": value}:
                if (promise := self._answered(number)) is not None:
                    promise.set_result(value)
            case {"n": number, "problem": problem}:
                if (promise := self._answered(number)) is not None:
                    promise.set_exception(RubatoError(**problem))
            case {"progress": progress}:
                self._on_progress(progress)
            case {"done": said}:
                self._on_done(said)
            case {"problem": problem}:
                self._on_problem(RubatoError(**problem))

    def _answered(self, number: int) -> Future[Any] | None:
        with self._lock:
            asked = self._pending.pop(number, None)
        return asked.promise if asked is not None else None

    def _tell_failure(self, done: Future[Any]) -> None:
        if isinstance(error := done.exception(), RubatoError) and not self._closed:
            self._on_problem(error)


@dataclass(frozen=True, slots=True)
class _Call:
    """A call that has no answer yet."""

    run: ProcessRun
    promise: Future[Any]
    call: str
    args: Mapping[str, Any]


def _ended(exit: Exit | None = None) -> RubatoError:
    reason = f" ({exit})" if exit is not None else ""
    return RubatoError(
        f"The part that knows what has been learnt has ended{reason}",
        kept="What was learnt is kept, and everything else goes on",
        todo="Ask again; knowledge.log has the details",
        code="knowledge_ended",
    )
