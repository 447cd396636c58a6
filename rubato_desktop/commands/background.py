"""Awaitables for commands that must wait: an `async def` awaits a service's future while the keys keep working.

There is no event loop: the engine resumes the command on its own thread when the future is done.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, Generic, TypeVar

T = TypeVar("T")

_BESIDE: Final = ThreadPoolExecutor(1, "beside")


class Pending(Awaitable[T], Generic[T]):
    """Makes a service's `Future` awaitable.

    Args:
        future: The future; its exception is raised where it is awaited.
    """

    def __init__(self, future: Future[T]) -> None:
        self.future = future

    def __await__(self) -> Generator[Future[T], None, T]:
        if not self.future.done():
            yield self.future
        return self.future.result()


def beside(work: Callable[[], T]) -> Pending[T]:
    """Run slow work on the background thread, after all earlier work.

    Args:
        work: The work; its exception is raised where the result is awaited.
    """
    return Pending(_BESIDE.submit(work))


async def settled(answer: Any) -> Any:
    """Return what a service answered, after waiting for it where it is a `Future` or an awaitable."""
    if isinstance(answer, Future):
        return await Pending(answer)
    if isinstance(answer, Awaitable):
        return await answer
    return answer
