"""The client of the knowledge process: the store, as the rest of the program uses it."""

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

UNUSED_S: Final = 600.0  # idle time after which the process ends, to free its memory
_TIMEOUT_S: Final = 60.0
_END_S: Final = 5.0
_START_DELAY_S: Final = 2.0  # the window starts first


class RemoteRetrieval:
    """Retrieval through the calls of `KnowledgeApi`, wherever the store is open.

    Args:
        call: Executes a call by its name.
    """

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
    """The store in a process of its own, which runs while it is needed. Thread-safe.

    Args:
        data: The data folder.
        settings: The embedding model and the Chroma server.
        on_progress: Called with the progress of learning, the JSON of `Progress`.
        on_done: Called with each result of learning, the JSON of `LearningResult`.
        on_problem: Called with errors that belong to no call.
        unused_s: Idle time after which the process ends, in seconds.
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
            on_report=self._on_report,
            on_exit=self._on_exit,
            log_file=data / "knowledge.log",
            end_s=_END_S,
        )
        self._pending: dict[int, _PendingCall] = {}
        self._numbers = count(1)
        self._closed = False
        self._start_timer = threading.Timer(_START_DELAY_S, self._resume)
        self._start_timer.daemon = True

    @property
    def process_id(self) -> int:
        """Id of the process; 0 while it is not running."""
        return self._process.process_id

    @property
    def anything_learnt(self) -> bool:
        """Whether a store exists; does not start the process."""
        return anything_learnt(self._data)

    def start(self) -> None:
        """Resume learning and watching soon, if a store exists."""
        self._start_timer.start()

    def ask(self, call: str, /, **args: Any) -> Future[Any]:
        """Execute a call without blocking.

        Args:
            call: One of `api.CALLS`.
            args: Its arguments, JSON values.

        Returns:
            The result of the call, or a `RubatoError`.
        """
        future: Future[Any] = Future()
        with self._lock:
            if self._closed:
                future.set_exception(_ended())
            else:
                self._send(future, call, args)
        return future

    def call(self, call: str, /, **args: Any) -> Any:
        """Execute a call and wait for its result; not on the engine's thread.

        Raises:
            RubatoError: the call failed or timed out.
        """
        try:
            return self.ask(call, **args).result(_TIMEOUT_S)
        except TimeoutError:
            timeout = RubatoError("Your library did not answer in time", code="no_answer")
            timeout.status = "timeout"
            raise timeout from None

    @property
    def retrieval(self) -> RemoteRetrieval:
        """Retrieves passages from the store."""
        return RemoteRetrieval(self.call)

    def close(self) -> None:
        """Stop; the queue is kept for the next run. Safe to call twice."""
        self._start_timer.cancel()
        with self._lock:
            self._closed = True
            calls = self._take_pending()
        for pending in calls:
            pending.future.set_exception(_ended())
        self._process.stop()

    def _resume(self) -> None:
        if self.anything_learnt:
            self.ask("resume").add_done_callback(self._report_failure)

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

    def _send(self, future: Future[Any], call: str, args: Mapping[str, Any]) -> None:
        """Send a call; the lock must be held, so that an exit of its run finds it in `_pending`."""
        number = next(self._numbers)
        run = self._process.start()
        self._pending[number] = _PendingCall(run, future, call, args)
        run.send(json_line({"n": number, "call": call, "args": args}))

    def _take_pending(self, run: ProcessRun | None = None) -> list[_PendingCall]:
        """Remove and return the pending calls of one run, or of all."""
        numbers = [number for number, pending in self._pending.items() if run in (None, pending.run)]
        return [self._pending.pop(number) for number in numbers]

    def _on_exit(self, run: ProcessRun, exit: Exit) -> None:
        with self._lock:
            calls = self._take_pending(run)
            if exit.expected and not self._closed:
                # It ended because it was idle, just before these calls: send them to a new process.
                for pending in calls:
                    self._send(pending.future, pending.call, pending.args)
                return
        for pending in calls:
            pending.future.set_exception(_ended(exit))
        if not exit.expected:
            self._on_problem(_ended(exit))

    def _on_report(self, _run: ProcessRun, report: Any) -> None:
        match report:
            case {"n": number, "value": value}:
                if (future := self._take(number)) is not None:
                    future.set_result(value)
            case {"n": number, "problem": problem}:
                if (future := self._take(number)) is not None:
                    future.set_exception(RubatoError(**problem))
            case {"progress": progress}:
                self._on_progress(progress)
            case {"done": result}:
                self._on_done(result)
            case {"problem": problem}:
                self._on_problem(RubatoError(**problem))

    def _take(self, number: int) -> Future[Any] | None:
        with self._lock:
            pending = self._pending.pop(number, None)
        return pending.future if pending is not None else None

    def _report_failure(self, done: Future[Any]) -> None:
        if isinstance(error := done.exception(), RubatoError) and not self._closed:
            self._on_problem(error)


@dataclass(frozen=True, slots=True)
class _PendingCall:
    """A pending call."""

    run: ProcessRun
    future: Future[Any]
    call: str
    args: Mapping[str, Any]


def _ended(exit: Exit | None = None) -> RubatoError:
    reason = f" ({exit})" if exit is not None else ""
    return RubatoError(
        f"The knowledge process has ended{reason}",
        kept="Your library is intact, and everything else keeps running",
        todo="Try again; see knowledge.log for details",
        code="knowledge_ended",
    )
