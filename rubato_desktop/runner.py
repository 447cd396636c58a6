"""Carries commands out: calls the function, waits where it waits, and makes one result of whatever becomes of it."""

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
from rubato_desktop.errors import RubatoError
from rubato_desktop.events import Result
from rubato_desktop.language.results import RecognisedWord

log = logging.getLogger(__name__)

_Running = Coroutine[Future[Any], None, Any]


def _nobody(result: Result) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Request:
    """One call of a command.

    Attributes:
        id: Its number, counted from 1 in one run of the program.
        command: The command's id.
        args: Its arguments.
        t: µs at which it was asked for.
        word: The word that asked; None for mouse, side panel and command line.
        told: Who besides everybody is told the result.
    """

    id: int
    command: str
    args: Mapping[str, Any]
    t: int
    word: RecognisedWord | None = None
    told: Callable[[Result], None] = _nobody


class Runner:
    """Carries commands out, on the engine's thread.

    A command that waits gives the thread back; each request has exactly one result all the same.

    Args:
        services: What commands work with.
        control: What they may ask of the engine.
        post: Does something later on the engine's thread, from any thread.
        done: Told every result, with the word that asked.
    """

    def __init__(
        self,
        services: Services,
        control: Control,
        post: Callable[[Callable[[], None]], None],
        done: Callable[[Result, RecognisedWord | None], None],
    ) -> None:
        self._services, self._control, self._post, self._done = services, control, post, done
        self._waiting: dict[int, tuple[Request, float, _Running]] = {}  # by the request's id

    def carry_out(self, request: Request) -> None:
        """Carry a command out, or begin to."""
        began = time.perf_counter()
        try:
            answer = self._call(request)
        except Exception as error:
            self._end(request, began, failure(request.command, error))
            return
        if inspect.iscoroutine(answer):
            self._go_on(request, began, answer)
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
            there = present(self._services, part)
        except RubatoError as why:
            raise missing(part, what, why) from None
        if not there:
            raise missing(part, what)

    def close(self) -> None:
        """End the commands that still wait: they fail, because the program ends."""
        for request, began, running in tuple(self._waiting.values()):
            error = RubatoError("Rubato closed before this was done", code="closing")
            self._end(request, began, failure(request.command, error))
            running.close()

    def _go_on(self, request: Request, began: float, running: _Running) -> None:
        try:
            promise = running.send(None)
        except StopIteration as end:
            self._end(request, began, end.value)
        except Exception as error:
            self._end(request, began, failure(request.command, error))
        else:
            self._waiting[request.id] = request, began, running
            promise.add_done_callback(lambda _: self._post(lambda: self._resume(request.id)))

    def _resume(self, id: int) -> None:
        if id in self._waiting:  # else it was ended meanwhile
            self._go_on(*self._waiting[id])

    def _end(self, request: Request, began: float, answer: Any) -> None:
        self._waiting.pop(request.id, None)
        elapsed = round((time.perf_counter() - began) * 1000, 3)
        if isinstance(answer, Result):
            result = replace(answer, id=request.id, args=request.args, elapsed_ms=elapsed)
        else:
            told = answer if isinstance(answer, Answer) else Answer(answer or "")
            result = Result(
                request.id,
                request.command,
                request.args,
                "ok",
                told.value,
                _complete(told),
                state=told.state,
                elapsed_ms=elapsed,
            )
        self._done(result, request.word)
        request.told(result)


def _complete(answer: Answer) -> str:
    """The text of an answer, with the frames of a page that it is without."""
    left_out = answer.state.get("left_out")
    if not left_out:
        return answer.text
    names = dict.fromkeys(urlsplit(address).hostname or address for address in left_out)
    count = "1 frame was" if len(left_out) == 1 else f"{len(left_out)} frames were"
    return f"{answer.text}. {count} left out, without an answer: {', '.join(names)}"


def failure(id: str, error: Exception) -> Result:
    """Make a result of what a command raised; a bug is logged whole and told in one plain sentence."""
    if isinstance(error, OSError):
        error = RubatoError(
            f"{id}: it could not be written: {error.strerror or error}",
            kept="What was there before is as it was",
            todo="Make room on the disk, or see who may write there",
            code="not_written",
        )
    if not isinstance(error, RubatoError):
        log.error("a bug in the command %s", id, exc_info=error)
        text = f"{id} went wrong inside the program. Nothing recorded is lost. The log has the details"
        error = RubatoError(text, code="bug")
    told = {"code": error.code, "message": str(error)}
    state = getattr(error, "state", {})  # what the browser shows now, also when it could not do it
    return Result(0, id, {}, error.status, text=str(error), error=told, state=state)


def refused_at_end(id: str) -> Result:
    """Make the result of a command that comes while the program ends."""
    error = RubatoError("Rubato is closing and takes no more commands", todo="Start it again", code="closing")
    error.status = "refused"
    return failure(id, error)
