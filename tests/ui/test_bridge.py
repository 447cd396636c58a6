"""Events and results are delivered on the window's thread, all of them, in order."""

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
    """A bus, and commands whose futures the test resolves itself."""

    def __init__(self) -> None:
        self.bus = Bus()
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.future: Future[Result] = Future()

    def run(self, command: str, **args: Any) -> Future[Result]:
        self.requests.append((command, args))
        return self.future


@pytest.fixture
def engine(qapp: object) -> Commands:
    return Commands()


@pytest.fixture
def bridge(engine: Commands) -> Bridge:
    return Bridge(engine)


def test_a_flood_from_other_threads_arrives_complete_and_in_order(
    engine: Commands, bridge: Bridge, until: Until
) -> None:
    received: list[Event] = []
    threads: set[object] = set()
    bridge.happened.connect(lambda event: (received.append(event), threads.add(QThread.currentThread())))
    sent = [DevicesChanged(t) for t in range(5000)]
    worker = threading.Thread(target=lambda: [engine.bus.publish(event) for event in sent])
    worker.start()
    worker.join()
    until(lambda: len(received) == len(sent))
    assert received == sent
    assert threads == {QThread.currentThread()}


def test_a_flood_wakes_the_window_only_once(engine: Commands, bridge: Bridge, until: Until) -> None:
    woken: list[None] = []
    bridge._wake.connect(lambda: woken.append(None))
    received: list[Event] = []
    bridge.happened.connect(received.append)
    for t in range(100):
        engine.bus.publish(DevicesChanged(t))
    until(lambda: len(received) == 100)
    assert len(woken) == 1


def test_a_result_is_delivered_on_the_windows_thread(engine: Commands, bridge: Bridge, until: Until) -> None:
    results: list[tuple[Result, object]] = []
    bridge.run("zoom", lambda result: results.append((result, QThread.currentThread())), factor=2.0)
    assert engine.requests == [("zoom", {"factor": 2.0})]
    result = Result(1, "zoom", {}, "ok")
    threading.Thread(target=lambda: engine.future.set_result(result)).start()
    until(lambda: results)
    assert results == [(result, QThread.currentThread())]


def test_a_callback_that_fails_is_logged_and_stops_no_other(
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


def test_a_notice_from_before_the_window_is_not_lost(engine: Commands, until: Until) -> None:
    recovered = Notice(0, "info", "42 notes of yesterday were recovered")
    engine.bus.publish(recovered)
    received: list[Event] = []
    late = Bridge(engine)
    late.happened.connect(received.append)
    until(lambda: received == [recovered])


def test_nothing_is_delivered_after_closing(engine: Commands, bridge: Bridge, qapp: Any) -> None:
    received: list[Event] = []
    bridge.happened.connect(received.append)
    bridge.close()
    engine.bus.publish(DevicesChanged(0))
    qapp.processEvents()
    assert received == []
