from __future__ import annotations

import logging
import sys
import threading

import pytest
from player import Player
from waiting import until

from rubato_desktop.events import Bus, Event, FrontRequested, Notice, ProgramEnding


def test_a_listener_that_fails_is_logged_and_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    bus, heard = Bus(), []

    def fails(event: Event) -> None:
        raise ValueError("broken")

    bus.subscribe(fails)
    bus.subscribe(heard.append)
    with caplog.at_level(logging.ERROR, "rubato_desktop"):
        bus.publish(ProgramEnding(1))
    assert heard == [ProgramEnding(1)]
    assert "broken" in caplog.text


def test_who_unsubscribes_hears_no_more() -> None:
    class Ear:
        def __init__(self) -> None:
            self.heard: list[Event] = []

        def listen(self, event: Event) -> None:
            self.heard.append(event)

    bus, ear = Bus(), Ear()
    unsubscribe = bus.subscribe(ear.listen)
    bus.publish(ProgramEnding(1))
    unsubscribe()
    bus.publish(ProgramEnding(2))
    assert ear.heard == [ProgramEnding(1)]


def test_a_late_subscriber_misses_no_notice_and_hears_none_twice() -> None:
    bus = Bus()
    done = threading.Event()
    published = 0

    def publish() -> None:
        nonlocal published
        while not done.is_set():
            published += 1
            bus.publish(Notice(published, "info", ""))

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    publisher = threading.Thread(target=publish)
    publisher.start()
    try:
        until(lambda: published > 100, "the first notices")
        for _ in range(200):
            heard: list[int] = []
            unsubscribe = bus.subscribe(lambda event, heard=heard: heard.append(event.t), replay=True)
            until(lambda heard=heard: len(heard) > 60, "notices after the replayed ones")
            unsubscribe()
            now = list(heard)
            assert now == list(range(now[0], now[0] + len(now)))
    finally:
        done.set()
        publisher.join()
        sys.setswitchinterval(interval)


def test_a_notice_during_the_replay_comes_after_it() -> None:
    bus = Bus()
    heard: list[int] = []
    bus.publish(Notice(1, "info", ""))
    bus.publish(Notice(2, "info", ""))
    threads: list[threading.Thread] = []

    def listen(event: Event) -> None:
        heard.append(event.t)
        if event.t == 1:
            threads.append(threading.Thread(target=bus.publish, args=(Notice(3, "info", ""),)))
            threads[0].start()

    bus.subscribe(listen, replay=True)
    threads[0].join()
    assert heard == [1, 2, 3]


def test_subscribing_from_many_threads_loses_no_listener() -> None:
    bus = Bus()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    heard: list[int] = []

    def subscribe(first: int) -> None:
        for number in range(first, first + 300):
            bus.subscribe(lambda _, number=number: heard.append(number))
            bus.subscribe(lambda _: heard.append(-1))()

    try:
        threads = [threading.Thread(target=subscribe, args=(n * 300,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    bus.publish(ProgramEnding(1))
    assert sorted(heard) == list(range(1200))


def test_a_publish_on_another_thread_than_the_engines_is_reported(
    published_on_the_engine_thread: list[str],
) -> None:
    bus = Bus()
    bus.thread = threading.get_ident()
    bus.publish(ProgramEnding(1))
    assert published_on_the_engine_thread == []
    worker = threading.Thread(target=bus.publish, args=(ProgramEnding(2),), name="worker")
    worker.start()
    worker.join()
    assert published_on_the_engine_thread == ["Stopping on worker"]
    published_on_the_engine_thread.clear()


def test_a_second_start_asks_for_the_window_on_the_engines_thread(player: Player) -> None:
    answers: list[object] = []
    asking = threading.Thread(target=lambda: answers.append(player.app.asked({"do": "front"})))
    asking.start()
    asking.join()
    player.app.engine.pump()
    assert answers == [{"ok": True}]
    assert isinstance(player.last(FrontRequested), FrontRequested)
