"""Every command has a result, even one that arrives while the program ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from player import Player

from rubato_desktop.app import App
from rubato_desktop.commands.background import Pending
from rubato_desktop.commands.context import Context
from rubato_desktop.commands.registry import REGISTRY, Answer, add, describe
from rubato_desktop.events import Result


@pytest.fixture
def running(tmp_path: Path) -> Iterator[App]:
    app = App(tmp_path / "data", devices=False, sound=False)
    app.start()
    yield app
    app.stop()


def test_a_command_after_the_end_is_refused_at_once(running: App) -> None:
    running.stop()
    result = running.engine.run("status").result(0)
    assert (result.name, result.status) == ("status", "refused")
    assert result.error == {"code": "closing", "message": result.text}
    assert "closing" in result.text


def test_a_request_of_another_process_after_the_end_is_refused_at_once(running: App) -> None:
    running.stop()
    answer = running.on_request({"do": "run", "command": "status", "args": {}})
    assert (answer["status"], answer["error"]["code"]) == ("refused", "closing")


def test_a_command_queued_after_quit_is_refused(player: Player) -> None:
    quitting, queued = player.app.engine.run("quit"), player.app.engine.run("status")
    player.app.engine.pump()
    assert quitting.result(0).status == "ok"
    assert queued.result(0).status == "refused"


def test_a_command_queued_before_the_end_runs(running: App) -> None:
    go = threading.Event()
    running.engine.post(lambda: go.wait(30) and None)
    queued = running.engine.run("status")
    stopping = threading.Thread(target=running.stop)
    stopping.start()
    go.set()
    assert queued.result(30).status == "ok"
    stopping.join()


def test_a_command_that_still_waits_at_the_end_fails(running: App) -> None:
    began: Future[None] = Future()
    closed = threading.Event()

    async def wait_forever(ctx: Context) -> Answer:
        """Wait forever."""
        began.set_result(None)
        try:
            return Answer(await Pending(Future()))
        finally:
            closed.set()

    add(describe(wait_forever, "wait_forever"))
    try:
        future = running.engine.run("wait_forever")
        began.result(30)
        running.stop()
        result = future.result(0)
    finally:
        del REGISTRY["wait_forever"]
    assert (result.status, result.error and result.error["code"]) == ("failed", "closing")
    assert closed.is_set(), "the command could not clean up"


def test_commands_from_other_threads_all_have_results_while_the_program_ends(running: App) -> None:
    futures: list[Future[Result]] = []
    enough, done = threading.Event(), threading.Event()

    def request() -> None:
        while not done.is_set():
            futures.append(running.engine.run("erase"))
            if len(futures) > 200:
                enough.set()

    threads = [threading.Thread(target=request) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert enough.wait(30)
    running.stop()
    done.set()
    for thread in threads:
        thread.join()
    assert {future.result(0).status for future in futures} == {"ok", "refused"}
