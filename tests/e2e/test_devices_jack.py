"""MIDI devices for real: a JACK server, and controllers that are processes of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import psutil
import pytest
from controller import Controller
from servers import JackServer
from waiting import until

from rubato_desktop.clock import SystemClock
from rubato_desktop.midi.devices import manager as devices
from rubato_desktop.midi.devices.manager import DeviceManager, DeviceNews, DeviceState
from rubato_desktop.midi.messages import Message

pytestmark = pytest.mark.xdist_group("jack")

KEYS = "Keystation 25"


@dataclass
class Heard:
    """A running device manager and all it told."""

    messages: list[Message] = field(default_factory=list)
    news: list[DeviceNews] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.manager = DeviceManager(
            SystemClock(), self.messages.append, lambda: None, on_news=self.news.append, system="jack"
        )

    def of(self, device: str) -> list[str]:
        return [message.data.hex(" ") for message in self.messages if message.device == device]

    def state(self, name: str) -> DeviceState | None:
        return next((state for state in self.manager.states() if state.name == name), None)

    def listens(self, name: str) -> bool:
        state = self.state(name)
        return state is not None and state.listening

    def until_joined(self, name: str) -> None:
        until(lambda: self.listens(name), f"{name} to be joined")

    def until_gone(self, name: str) -> None:
        until(lambda: not self.listens(name), f"{name} to be gone")

    def until_heard(self, device: str, count: int) -> list[str]:
        until(
            lambda: len(self.of(device)) >= count, f"{count} messages of {device}, not {len(self.of(device))}"
        )
        return self.of(device)


@pytest.fixture
def heard(jack: JackServer) -> Iterator[Heard]:
    found = Heard()
    found.manager.start()
    yield found
    found.manager.stop()


def test_a_controller_plugged_in_later_is_found_and_heard(heard: Heard) -> None:
    until(lambda: heard.manager.system == "jack", "JACK to be joined")
    with Controller(KEYS) as keys:
        heard.until_joined(KEYS)
        keys.play("0 7 0", velocity=99)
        assert heard.until_heard(KEYS, 6) == [
            "90 30 63",
            "80 30 00",
            "90 37 63",
            "80 37 00",
            "90 30 63",
            "80 30 00",
        ]
    onsets = [message.t for message in heard.messages]
    assert onsets == sorted(onsets)


def test_unplugged_in_mid_chord_what_was_held_is_released_in_order(heard: Heard) -> None:
    with Controller(KEYS) as keys:
        heard.until_joined(KEYS)
        keys.send("90 30 40", "92 34 40", "b0 40 7f", "e0 00 50", "90 37 40", "90 37 00")
        heard.until_heard(KEYS, 6)
        keys.unplug()
        heard.until_gone(KEYS)
    assert heard.of(KEYS)[6:] == ["80 30 00", "82 34 00", "b0 40 00", "e0 00 40"]
    state = heard.state(KEYS)
    assert state and not state.connected
    assert heard.news[-1].happened == f"{KEYS} was disconnected"
    assert heard.news[-1].todo


def test_a_controller_that_crashes_is_released_too(heard: Heard) -> None:
    with Controller(KEYS) as keys:
        heard.until_joined(KEYS)
        keys.send("90 30 40")
        heard.until_heard(KEYS, 1)
        keys.kill()
        assert heard.until_heard(KEYS, 2) == ["90 30 40", "80 30 00"]


def test_it_is_joined_again_by_its_name_however_often_and_however_quickly(heard: Heard) -> None:
    with Controller(KEYS) as keys:
        heard.until_joined(KEYS)
        for time in range(1, 5):
            keys.unplug()
            if time % 2:
                heard.until_gone(KEYS)
            keys.plug_in()
            until(lambda time=time: len(heard.news) == 2 * time + 1, f"joining number {time}")
            heard.until_joined(KEYS)
            before = len(heard.of(KEYS))
            keys.play("12")
            assert heard.until_heard(KEYS, before + 2)[before:] == ["90 3c 50", "80 3c 00"]
    assert len(heard.manager.states()) == 1


def test_several_controllers_at_once_are_kept_apart(heard: Heard) -> None:
    with Controller(KEYS) as keys, Controller("Launchpad") as pads:
        heard.until_joined(KEYS)
        heard.until_joined("Launchpad")
        keys.send("90 30 40")
        pads.send("99 24 7f")
        heard.until_heard(KEYS, 1)
        heard.until_heard("Launchpad", 1)
        pads.unplug()
        heard.until_gone("Launchpad")
        keys.send("80 30 00")
        assert heard.until_heard(KEYS, 2) == ["90 30 40", "80 30 00"]
        assert heard.of("Launchpad") == ["99 24 7f", "89 24 00"]


def test_a_flood_loses_nothing_and_keeps_its_order(heard: Heard) -> None:
    flood = [bytes((0x90 | number % 16, number % 128, 1 + number % 127)) for number in range(5000)]
    with Controller(KEYS) as keys:
        heard.until_joined(KEYS)
        keys.send(*flood, gap_ms=1)
        heard.until_heard(KEYS, len(flood))
        assert [message.data for message in heard.messages] == flood
    state = heard.state(KEYS)
    assert state and state.messages == len(flood)


def test_unplugged_in_the_middle_of_a_flood_nothing_stays_held(heard: Heard) -> None:
    chords = [bytes((0x90 | number % 16, number % 128, 100)) for number in range(300)]
    with Controller(KEYS) as keys:
        for _ in range(3):
            heard.until_joined(KEYS)
            keys.send(*chords)
            keys.unplug()
            heard.until_gone(KEYS)
            keys.plug_in()
        heard.until_joined(KEYS)
        keys.unplug()
        heard.until_gone(KEYS)
    assert held(heard.messages) == set()


def test_a_device_can_be_left_out_while_it_plays(heard: Heard) -> None:
    with Controller(KEYS) as keys:
        heard.until_joined(KEYS)
        keys.send("90 30 40")
        heard.until_heard(KEYS, 1)
        heard.manager.choose(KEYS, False)
        heard.until_gone(KEYS)
        keys.send("90 31 40")
        heard.manager.choose(KEYS, True)
        heard.until_joined(KEYS)
        keys.send("90 32 40")
        assert heard.until_heard(KEYS, 3) == ["90 30 40", "80 30 00", "90 32 40"]


def test_the_lowest_key_is_learnt(heard: Heard) -> None:
    with Controller(KEYS) as keys:
        heard.until_joined(KEYS)
        heard.manager.learn_base(KEYS)
        keys.send("90 24 40", "80 24 00", "90 30 40")
        assert heard.until_heard(KEYS, 1) == ["90 30 40"]
    state = heard.state(KEYS)
    assert state and state.base_note == 36


def test_a_server_that_dies_is_said_and_the_next_is_found_without_a_leak(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(devices, "RECONNECT_INTERVAL", 0.1)
    with JackServer() as server:
        heard = Heard()
        heard.manager.start()
        try:
            this = psutil.Process()
            used: list[int] = []
            for round in range(4):
                with Controller(KEYS) as keys:
                    heard.until_joined(KEYS)
                    keys.send("90 30 40")
                    until(lambda: heard.of(KEYS)[-1:] == ["90 30 40"], "the note")
                    used.append(this.num_fds() + this.num_threads())
                    (server.kill if round % 2 else server.stop)()
                    until(lambda: heard.manager.problem, "the end to be noticed")
                    assert heard.of(KEYS)[-1] == "80 30 00"
                    assert heard.news[-1].happened == "The JACK server has stopped"
                    keys.kill()
                server.start()
            until(lambda: heard.manager.problem is None, "the new server to be found")
        finally:
            heard.manager.stop()
    assert used[-1] <= used[0] + 1, used


def held(messages: list[Message]) -> set[tuple[int, int]]:
    """Return what is still down, as (channel, note)."""
    down: set[tuple[int, int]] = set()
    for message in messages:
        if message.is_note_on:
            down.add((message.channel, message.note))
        elif message.is_note_off:
            down.discard((message.channel, message.note))
    return down
