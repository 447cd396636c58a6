from __future__ import annotations

import logging

import pytest

from rubato_desktop.events import Bus, Event, Stopping


def test_a_listener_that_fails_is_logged_and_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    bus, heard = Bus(), []

    def fails(event: Event) -> None:
        raise ValueError("broken")

    bus.subscribe(fails)
    bus.subscribe(heard.append)
    with caplog.at_level(logging.ERROR, "rubato_desktop"):
        bus.publish(Stopping(1))
    assert heard == [Stopping(1)]
    assert "broken" in caplog.text


def test_who_unsubscribes_hears_no_more() -> None:
    class Ear:
        def __init__(self) -> None:
            self.heard: list[Event] = []

        def listen(self, event: Event) -> None:
            self.heard.append(event)

    bus, ear = Bus(), Ear()
    unsubscribe = bus.subscribe(ear.listen)
    bus.publish(Stopping(1))
    unsubscribe()
    bus.publish(Stopping(2))
    assert ear.heard == [Stopping(1)]
