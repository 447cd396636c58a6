"""Runs commands: calls the function, awaits it where it waits, and makes exactly one result of the outcome."""

from __future__ import annotations

import inspect
import logging
import time
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from rubato_desktop.commands.availability import present
from rubato_desktop.commands.context import Context, Control, Services
from rubato_desktop.commands.registry import REGISTRY, Answer, missing
from rubato_desktop.errors import RubatoError, reason
from rubato_desktop.events import Result
from rubato_desktop.language.results import RecognisedWord
from rubato_desktop.plurals import counted

log = logging.getLogger(__name__)

_Coroutine = Coroutine[Future[Any], None, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """One call of a command.

    Attributes:
        id: Its number, counted from 1 in one run of the program.
        command: The command's id.
        args: Its arguments.
        t: Time of the request, µs.
        word: The word that was played or spoken; None for mouse, side panel and command line.
        on_result: Called with the result, after `Runner`'s `on_done`; None for no callback.
    """

    id: int
    command: str
    args: Mapping[str, Any]
    t: int
    word: RecognisedWord | None = None
    on_result: Callable[[Result], None] | None = None


class Runner:
    """Runs commands on the engine's thread.

    A command that waits does not block the thread. Each request has exactly one result.

    Args:
        services: The services that commands use.
        control: The part of the engine that commands may use.
        post: Runs a function later on the engine's thread; may be called from any thread.
        on_done: Called with each result and the word of its request.
    """

    def __init__(
        self,
        services: Services,
        control: Control,
        post: Callable[[Callable[[], None]], None],
        on_done: Callable[[Result, RecognisedWord | None], None],
    ) -> None:
        self._services, self._control, self._post, self._on_done = services, control, post, on_done
        self._waiting: dict[int, tuple[Request, float, _Coroutine]] = {}  # by the request's id

    def run(self, request: Request) -> None:
        """Run a command, or start it if it waits."""
        began = time.perf_counter()
        try:
            answer = self._call(request)
        except Exception as error:
            self._end(request, began, failure(request.command, error))
            return
        if inspect.iscoroutine(answer):
            self._step(request, began, answer)
        else:
            self._end(request, began, answer)

    def _call(self, request: Request) -> Any:
        command = REGISTRY.get(request.command)
        if command is None:
            raise RubatoError(f"There is no command {request.command!r}", code="no_such_command")
        if command.needs:
            self._require(command.needs, command.summary.rstrip("."))
        context = Context(request.t, request.word, self._services, self._control)
        return command.function(context, **command.bind(request.args))

    def _require(self, part: str, what: str) -> None:
        try:
            is_present = present(self._services, part)
        except RubatoError as error:
            raise missing(part, what, error) from None
        if not is_present:
            raise missing(part, what)

    def close(self) -> None:
        """Fail the commands that still wait, because the program ends."""
        for request, began, coroutine in tuple(self._waiting.values()):
            error = RubatoError("Rubato closed before this was done", code="closing")
            self._end(request, began, failure(request.command, error))
            coroutine.close()

    def _step(self, request: Request, began: float, coroutine: _Coroutine) -> None:
        try:
            awaited = coroutine.send(None)
        except StopIteration as end:
            self._end(request, began, end.value)
        except Exception as error:
            self._end(request, began, failure(request.command, error))
        else:
            self._waiting[request.id] = request, began, coroutine
            awaited.add_done_callback(lambda _: self._post(lambda: self._resume(request.id)))

    def _resume(self, id: int) -> None:
        if id in self._waiting:  # else it has ended meanwhile
            self._step(*self._waiting[id])

    def _end(self, request: Request, began: float, answer: Any) -> None:
        self._waiting.pop(request.id, None)
        elapsed = round((time.perf_counter() - began) * 1000, 3)
        if isinstance(answer, Result):
            result = replace(answer, id=request.id, args=request.args, elapsed_ms=elapsed)
        else:
            answer = answer if isinstance(answer, Answer) else Answer(answer or "")
            result = Result(
                request.id,
                request.command,
                request.args,
                "ok",
                answer.value,
                _complete(answer),
                state=answer.state,
                elapsed_ms=elapsed,
            )
        self._on_done(result, request.word)
        if request.on_result is not None:
            request.on_result(result)


def _complete(answer: Answer) -> str:
    """Return the text of an answer, with the names of the frames that did not answer."""
    left_out = answer.state.get("left_out")
    if not left_out:
        return answer.text
    names = dict.fromkeys(urlsplit(address).hostname or address for address in left_out)
    count = counted(len(left_out), "frame")
    verb = "is" if len(left_out) == 1 else "are"
    return f"{answer.text}. {count} did not answer and {verb} left out: {', '.join(names)}"


def failure(id: str, error: Exception) -> Result:
    """Make a result of an exception that a command raised; a bug is logged, and people see a plain sentence."""
    if isinstance(error, OSError):
        error = RubatoError(
            f"{id}: cannot write to disk: {reason(error)}",
            kept="The previous file is unchanged",
            todo="Free some disk space, or check the permissions of the folder",
            code="not_written",
        )
    if not isinstance(error, RubatoError):
        log.error("a bug in the command %s", id, exc_info=error)
        error = RubatoError(
            f"{id} failed because of an internal error",
            kept="Nothing recorded is lost",
            todo="The log in the data folder has the details",
            code="bug",
        )
    details = {"code": error.code, "message": str(error)}
    state = getattr(error, "state", {})  # what the browser shows now, even though it failed
    return Result(0, id, {}, error.status, text=str(error), error=details, state=state)


def refused_at_end(id: str) -> Result:
    """Make the result of a command that arrives while the program ends."""
    error = RubatoError(
        "Rubato is closing and accepts no more commands", todo="Start it again", code="closing"
    )
    error.status = "refused"
    return failure(id, error)
