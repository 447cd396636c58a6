"""A command that waits does not block the keys, and has exactly one result."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest
from player import Player

from rubato_desktop.commands.background import Pending
from rubato_desktop.commands.context import Context
from rubato_desktop.commands.registry import REGISTRY, Answer, add, describe
from rubato_desktop.errors import RubatoError
from rubato_desktop.events import CommandDone

futures: list[Future[str]] = []


async def fetch(ctx: Context, what: str) -> Answer:
    """Fetch something slow.

    Args:
        what: What to fetch.
    """
    futures.append(Future())
    value = await Pending(futures[-1])
    return Answer(f"{what}: {value}", {"value": value})


def glance(ctx: Context, addresses: list[str]) -> Answer:
    """Look at a page with frames that do not answer.

    Args:
        addresses: Addresses of those frames.
    """
    return Answer("3 links", state={"left_out": addresses})


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    add(describe(fetch, "fetch"))
    add(describe(glance, "glance"))
    futures.clear()
    yield
    del REGISTRY["fetch"], REGISTRY["glance"]


def begin(player: Player, what: str = "tea") -> Future[Any]:
    future = player.app.engine.run("fetch", what=what)
    player.app.engine.pump()
    return future


def test_words_run_while_a_command_waits(player: Player) -> None:
    future = begin(player)
    assert player.word("0 12 13 0").status == "ok"
    assert not future.done()
    futures[0].set_result("here")
    player.app.engine.pump()
    assert (future.result(0).status, future.result(0).text) == ("ok", "tea: here")


def test_a_command_that_awaits_a_finished_future_ends_at_once(player: Player) -> None:
    async def ready(ctx: Context) -> Answer:
        """Be ready."""
        done: Future[str] = Future()
        done.set_result("ready")
        return Answer(await Pending(done))

    add(describe(ready, "ready"))
    try:
        assert player.run("ready").text == "ready"
    finally:
        del REGISTRY["ready"]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (RubatoError("The tab is gone", code="tab_closed"), "failed", "tab_closed"),
        (RubatoError("No browser", code="needs_browser"), "refused", "needs_browser"),
        (OSError(28, "No space left on device"), "failed", "not_written"),
        (KeyError("bug"), "failed", "bug"),
    ],
)
def test_an_exception_of_an_awaited_future_becomes_a_result(
    error: Exception, status: str, code: str, player: Player
) -> None:
    future = begin(player)
    futures[0].set_exception(error)
    player.app.engine.pump()
    result = future.result(0)
    assert (result.name, result.status, result.error["code"]) == ("fetch", status, code)
    assert "Traceback" not in result.text


def test_each_request_has_one_result_with_its_own_id(player: Player) -> None:
    first, second = begin(player, "tea"), begin(player, "milk")
    futures[1].set_result("cold")
    futures[0].set_result("hot")
    player.app.engine.pump()
    assert first.result(0).text == "tea: hot" and second.result(0).text == "milk: cold"
    done = [event.result for event in player.events if isinstance(event, CommandDone)]
    assert sorted(result.id for result in done) == [first.result(0).id, second.result(0).id]


@pytest.mark.parametrize(
    ("addresses", "text"),
    [
        ([], "3 links"),
        (["https://ads.example/1"], "3 links. 1 frame did not answer and is left out: ads.example"),
        (
            ["https://ads.example/1", "https://ads.example/2", "about:blank"],
            "3 links. 3 frames did not answer and are left out: ads.example, about:blank",
        ),
    ],
)
def test_frames_that_did_not_answer_are_named(player: Player, addresses: list[str], text: str) -> None:
    assert player.run("glance", addresses=addresses).text == text
