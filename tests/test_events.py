"""The bus carries events to all listeners, on one thread, and replays notices without gaps."""

from __future__ import annotations

import logging
import sys
import threading

import pytest
from player import Player
from waiting import until

from rubato_desktop.events import Bus, Event, FrontRequested, Notice, ProgramEnding


def test_an_exception_in_a_listener_is_logged_and_does_not_affect_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bus, received = Bus(), []

    def fail(event: Event) -> None:
        raise ValueError("broken")

    bus.subscribe(fail)
    bus.subscribe(received.append)
    with caplog.at_level(logging.ERROR, "rubato_desktop"):
        bus.publish(ProgramEnding(1))
    assert received == [ProgramEnding(1)]
    assert "broken" in caplog.text


def test_an_unsubscribed_listener_gets_no_more_events() -> None:
    class Subscriber:
        def __init__(self) -> None:
            self.received: list[Event] = []

        def listen(self, event: Event) -> None:
            self.received.append(event)

    bus, subscriber = Bus(), Subscriber()
    unsubscribe = bus.subscribe(subscriber.listen)
    bus.publish(ProgramEnding(1))
    unsubscribe()
    bus.publish(ProgramEnding(2))
    assert subscriber.received == [ProgramEnding(1)]


def test_a_late_subscriber_misses_no_notice_and_gets_none_twice() -> None:
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
            received: list[int] = []
            unsubscribe = bus.subscribe(
                lambda event, received=received: received.append(event.t), replay=True
            )
            until(lambda received=received: len(received) > 60, "notices after the replayed ones")
            unsubscribe()
            now = list(received)
            assert now == list(range(now[0], now[0] + len(now)))
    finally:
        done.set()
        publisher.join()
        sys.setswitchinterval(interval)


def test_a_notice_during_the_replay_comes_after_it() -> None:
    bus = Bus()
    received: list[int] = []
    bus.publish(Notice(1, "info", ""))
    bus.publish(Notice(2, "info", ""))
    threads: list[threading.Thread] = []

    def listen(event: Event) -> None:
        received.append(event.t)
        if event.t == 1:
            threads.append(threading.Thread(target=bus.publish, args=(Notice(3, "info", ""),)))
            threads[0].start()

    bus.subscribe(listen, replay=True)
    threads[0].join()
    assert received == [1, 2, 3]


def test_concurrent_subscriptions_are_all_kept() -> None:
    bus = Bus()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    received: list[int] = []

    def subscribe(first: int) -> None:
        for number in range(first, first + 300):
            bus.subscribe(lambda _, number=number: received.append(number))
            bus.subscribe(lambda _: received.append(-1))()

    try:
        threads = [threading.Thread(target=subscribe, args=(n * 300,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    bus.publish(ProgramEnding(1))
    assert sorted(received) == list(range(1200))


def test_a_publish_on_a_thread_other_than_the_engines_is_reported(
    stray_events: list[str],
) -> None:
    bus = Bus()
    bus.thread = threading.get_ident()
    bus.publish(ProgramEnding(1))
    assert stray_events == []
    worker = threading.Thread(target=bus.publish, args=(ProgramEnding(2),), name="worker")
    worker.start()
    worker.join()
    assert stray_events == ["ProgramEnding on worker"]
    stray_events.clear()


def test_a_second_start_requests_the_window_on_the_engines_thread(player: Player) -> None:
    answers: list[object] = []
    caller = threading.Thread(target=lambda: answers.append(player.app.on_request({"do": "front"})))
    caller.start()
    caller.join()
    player.app.engine.pump()
    assert answers == [{"ok": True}]
    assert isinstance(player.last(FrontRequested), FrontRequested)
