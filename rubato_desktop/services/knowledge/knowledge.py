"""What has been learnt, as the rest of the program sees it: asked in a process of its own."""

from __future__ import annotations

import json
import logging
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final

from rubato_desktop.errors import RubatoError
from rubato_desktop.interpreter import own_process
from rubato_desktop.services.answers.passages import Passage
from rubato_desktop.services.knowledge import anything_learnt
from rubato_desktop.services.orders import fault_log, hand_on
from rubato_desktop.settings import Settings

log = logging.getLogger(__name__)

UNUSED_S: Final = 600.0  # the memory of Chroma and of the embedding model is given back after so long
_PATIENCE_S: Final = 60.0
_END_S: Final = 5.0
_SOON_S: Final = 2.0  # after the start: the window comes first


class Searching:
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


class Knowledge:
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
        self._running: _Running | None = None
        self._closed = False
        self._soon = threading.Timer(_SOON_S, self._resume)
        self._soon.daemon = True

    @property
    def process_id(self) -> int:
        """Id of its process; 0 while there is none."""
        return self._running.process.pid if self._running is not None else 0

    @property
    def anything(self) -> bool:
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
                if self._running is None:
                    self._running = self._start()
                self._running.ask(promise, call, args)
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
    def searching(self) -> Searching:
        """Where passages come from."""
        return Searching(self.call)

    def close(self) -> None:
        """End; what is being learnt goes on next time. Safe to call twice."""
        self._soon.cancel()
        with self._lock:
            self._closed = True
            running, self._running = self._running, None
        if running is None:
            return
        running.orders.put(None)
        try:
            running.process.wait(_END_S)
        except subprocess.TimeoutExpired:
            running.process.kill()
            running.process.wait()

    def _resume(self) -> None:
        if self.anything:
            self.ask("resume").add_done_callback(self._tell_failure)

    def _start(self) -> _Running:
        values = self._settings
        command, environment = own_process(
            "rubato_desktop.services.knowledge.process",
            [
                str(self._data),
                values.embedding_model,
                values.ollama_host,
                values.chroma_url,
                str(self._unused_s),
            ],
        )
        with fault_log(self._data / "knowledge.log") as said:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, env=environment
            )
        running = _Running(process)
        threading.Thread(target=hand_on, args=(process, running.orders), daemon=True).start()
        threading.Thread(target=self._look_after, args=(running,), name="knowledge", daemon=True).start()
        return running

    def _look_after(self, running: _Running) -> None:
        assert running.process.stdout is not None
        resting = False
        for line in running.process.stdout:
            try:
                report = json.loads(line)
                resting = resting or "resting" in report
                self._report(running, report)
            except Exception:
                log.exception("a report of the process of knowledge could not be understood")
        code = running.process.wait()
        running.orders.put(None)
        with self._lock:
            if self._running is running:
                self._running = None
            unanswered = running.asked
            if resting and unanswered and not self._closed:
                # It went to rest as they came: another takes them.
                self._running = self._running or self._start()
                for promise, call, args in unanswered.values():
                    self._running.ask(promise, call, args)
                return
        for promise, _, _ in unanswered.values():
            promise.set_exception(_ended())
        if code and not self._closed:
            log.error("the process of knowledge ended with %s; see knowledge.log", code)
            self._on_problem(_ended())

    def _report(self, running: _Running, report: Mapping[str, Any]) -> None:
        match report:
            case {"n": number, "value": value}:
                running.asked.pop(number)[0].set_result(value)
            case {"n": number, "problem": problem}:
                running.asked.pop(number)[0].set_exception(RubatoError(**problem))
            case {"progress": progress}:
                self._on_progress(progress)
            case {"done": said}:
                self._on_done(said)
            case {"problem": problem}:
                self._on_problem(RubatoError(**problem))

    def _tell_failure(self, done: Future[Any]) -> None:
        if isinstance(error := done.exception(), RubatoError) and not self._closed:
            self._on_problem(error)


class _Running:
    """A process, what it is to be told, and what it has been asked and not answered yet."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.orders: SimpleQueue[bytes | None] = SimpleQueue()
        self.asked: dict[int, tuple[Future[Any], str, Mapping[str, Any]]] = {}
        self._numbers = count(1)

    def ask(self, promise: Future[Any], call: str, args: Mapping[str, Any]) -> None:
        number = next(self._numbers)
        self.asked[number] = promise, call, args
        self.orders.put(json.dumps({"n": number, "call": call, "args": args}).encode() + b"\n")


def _ended() -> RubatoError:
    return RubatoError(
        "The part that knows what has been learnt has ended",
        kept="What was learnt is kept, and everything else goes on",
        todo="Ask again; knowledge.log has the details",
        code="knowledge_ended",
    )
