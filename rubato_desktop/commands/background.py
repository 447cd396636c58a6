"""Commands that must wait: an `async def` awaits what a service promised, and the keys go on meanwhile.

There is no event loop: the engine resumes the command on its own thread when the promise is kept.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, Generic, TypeVar

T = TypeVar("T")

_BESIDE: Final = ThreadPoolExecutor(1, "beside")


class Pending(Awaitable[T], Generic[T]):
    """Makes a service's `Future` something to await.

    Args:
        future: What the service promised; its exception is raised where it is awaited.
    """

    def __init__(self, future: Future[T]) -> None:
        self.future = future

    def __await__(self) -> Generator[Future[T], None, T]:
        if not self.future.done():
            yield self.future
        return self.future.result()


def beside(work: Callable[[], T]) -> Pending[T]:
    """Do something slow on a thread beside the engine's, one after the other; to be awaited.

    Args:
        work: What is done; what it raises is raised where it is awaited.
    """
    return Pending(_BESIDE.submit(work))


async def settled(answer: Any) -> Any:
    """Wait for what a service answered: a `Future`'s result, or at once anything else, also a coroutine's."""
    if isinstance(answer, Future):
        return await Pending(answer)
    if isinstance(answer, Awaitable):
        return await answer
    return answer
