"""Events and answers come to the window's thread, all of them, in order."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest
from PySide6.QtCore import QThread

from rubato_desktop.events import Bus, DevicesChanged, Event, Notice, Result
from rubato_desktop.ui.bridge import Bridge

Until = Callable[[Callable[[], object]], None]


class Commands:
    """A bus, and commands whose futures the test ends itself."""

    def __init__(self) -> None:
        self.bus = Bus()
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.future: Future[Result] = Future()

    def run(self, command: str, **args: Any) -> Future[Result]:
        self.asked.append((command, args))
        return self.future


@pytest.fixture
def engine(qapp: object) -> Commands:
    return Commands()


@pytest.fixture
def bridge(engine: Commands) -> Bridge:
    return Bridge(engine)


def test_a_flood_from_other_threads_arrives_whole_and_in_order(
    engine: Commands, bridge: Bridge, until: Until
) -> None:
    heard: list[Event] = []
    threads: set[object] = set()
    bridge.happened.connect(lambda event: (heard.append(event), threads.add(QThread.currentThread())))
    sent = [DevicesChanged(t) for t in range(5000)]
    worker = threading.Thread(target=lambda: [engine.bus.publish(event) for event in sent])
    worker.start()
    worker.join()
    until(lambda: len(heard) == len(sent))
    assert heard == sent
    assert threads == {QThread.currentThread()}


def test_a_flood_wakes_the_window_only_once(engine: Commands, bridge: Bridge, until: Until) -> None:
    woken: list[None] = []
    bridge._wake.connect(lambda: woken.append(None))
    heard: list[Event] = []
    bridge.happened.connect(heard.append)
    for t in range(100):
        engine.bus.publish(DevicesChanged(t))
    until(lambda: len(heard) == 100)
    assert len(woken) == 1


def test_an_answer_comes_to_who_asked_on_the_windows_thread(
    engine: Commands, bridge: Bridge, until: Until
) -> None:
    answers: list[tuple[Result, object]] = []
    bridge.run("zoom", lambda result: answers.append((result, QThread.currentThread())), factor=2.0)
    assert engine.asked == [("zoom", {"factor": 2.0})]
    result = Result(1, "zoom", {}, "ok")
    threading.Thread(target=lambda: engine.future.set_result(result)).start()
    until(lambda: answers)
    assert answers == [(result, QThread.currentThread())]


def test_a_listener_that_fails_is_logged_and_stops_nobody(
    engine: Commands, bridge: Bridge, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[Result] = []
    logging.getLogger("rubato_desktop").propagate = True

    def fail(result: Result) -> None:
        raise RuntimeError("no good")

    bridge.run("zoom", fail)
    bridge.run("zoom", done.append)
    engine.future.set_result(Result(1, "zoom", {}, "ok"))
    until(lambda: done)
    assert "no good" in caplog.text


def test_what_was_told_before_there_was_a_window_is_not_lost(engine: Commands, until: Until) -> None:
    recovered = Notice(0, "info", "42 notes of yesterday were recovered")
    engine.bus.publish(recovered)
    heard: list[Event] = []
    late = Bridge(engine)
    late.happened.connect(heard.append)
    until(lambda: heard == [recovered])


def test_after_closing_nothing_is_heard(engine: Commands, bridge: Bridge, qapp: Any) -> None:
    heard: list[Event] = []
    bridge.happened.connect(heard.append)
    bridge.close()
    engine.bus.publish(DevicesChanged(0))
    qapp.processEvents()
    assert heard == []
