"""What has been learnt, as the rest of the program sees it: asked in a process of its own."""

from __future__ import annotations

import contextlib
import json
import logging
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final

from rubato_desktop.errors import RubatoError
from rubato_desktop.interpreter import own_process
from rubato_desktop.services.answers.passages import Passage
from rubato_desktop.settings import Settings

log = logging.getLogger(__name__)

UNUSED_S: Final = 600.0  # the memory of Chroma and of the embedding model is given back after so long
_PATIENCE_S: Final = 60.0
_END_S: Final = 5.0
CATALOGUE: Final = "catalogue.sqlite"


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
        return [passage_of(one) for one in found]

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
        self._process: subprocess.Popen[bytes] | None = None
        self._promises: dict[int, Future[Any]] = {}
        self._number = 0
        self._closed = False

    @property
    def process_id(self) -> int:
        """Id of its process; 0 while there is none."""
        return self._process.pid if self._process is not None else 0

    @property
    def anything(self) -> bool:
        """Whether anything was ever learnt here; costs nothing to ask."""
        return (self._data / "knowledge" / CATALOGUE).exists()

    def start(self) -> None:
        """Go on learning and watching, where there is something learnt."""
        if self.anything:
            self.ask("resume").add_done_callback(self._tell_failure)

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
                return promise
            # One that is about to rest may no longer hear.
            for _ in range(2):
                if self._process is None:
                    self._start()
                assert self._process is not None and self._process.stdin is not None
                self._number += 1
                self._promises[self._number] = promise
                order = {"n": self._number, "call": call, "args": args}
                try:
                    self._process.stdin.write(json.dumps(order).encode() + b"\n")
                    self._process.stdin.flush()
                    return promise
                except OSError:
                    del self._promises[self._number]
                    self._process = None
        promise.set_exception(_ended())
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
        with self._lock:
            self._closed = True
            process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _start(self) -> None:
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
        with (self._data / "knowledge.log").open("wb") as said:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, env=environment
            )
        threading.Thread(
            target=self._look_after, args=(self._process,), name="knowledge", daemon=True
        ).start()

    def _look_after(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        resting = False
        for line in process.stdout:
            report = json.loads(line)
            resting = resting or "resting" in report
            try:
                self._report(report)
            except Exception:
                log.exception("a report of the process of knowledge could not be understood")
        code = process.wait()
        with self._lock:
            if self._process is process:
                self._process = None
            lost = [] if self._process is not None else list(self._promises.values())
            if lost:
                self._promises.clear()
        for promise in lost:
            promise.set_exception(_ended())
        if code and not self._closed:
            log.error("the process of knowledge ended with %s; see knowledge.log", code)
            self._on_problem(_ended())

    def _report(self, report: Mapping[str, Any]) -> None:
        match report:
            case {"n": number, "value": value}:
                self._promise(number).set_result(value)
            case {"n": number, "problem": problem}:
                self._promise(number).set_exception(RubatoError(**problem))
            case {"progress": progress}:
                self._on_progress(progress)
            case {"done": said}:
                self._on_done(said)
            case {"problem": problem}:
                self._on_problem(RubatoError(**problem))

    def _promise(self, number: int) -> Future[Any]:
        with self._lock:
            return self._promises.pop(number)

    def _tell_failure(self, done: Future[Any]) -> None:
        if isinstance(error := done.exception(), RubatoError) and not self._closed:
            self._on_problem(error)


def passage_of(told: Mapping[str, Any]) -> Passage:
    """Return a passage as the desk tells it."""
    return Passage(**{name: value for name, value in told.items() if name != "rank"})


def _ended() -> RubatoError:
    return RubatoError(
        "The part that knows what has been learnt has ended",
        kept="What was learnt is kept, and everything else goes on",
        todo="Ask again; knowledge.log has the details",
        code="knowledge_ended",
    )
