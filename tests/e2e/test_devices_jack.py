"""MIDI devices through a real JACK server; the controllers are separate processes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import psutil
import pytest
from controller import Controller
from servers import JackServer
from waiting import until

from rubato_desktop.clock import SystemClock
from rubato_desktop.midi.devices import manager
from rubato_desktop.midi.devices.manager import DeviceManager, DeviceNews, DeviceState
from rubato_desktop.midi.messages import Message

pytestmark = pytest.mark.xdist_group("jack")

KEYS = "Keystation 25"


@dataclass
class Devices:
    """A device manager that records everything it reports."""

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

    def is_connected(self, name: str) -> bool:
        state = self.state(name)
        return state is not None and state.listening

    def wait_until_connected(self, name: str) -> None:
        until(lambda: self.is_connected(name), f"{name} to be connected")

    def wait_until_disconnected(self, name: str) -> None:
        until(lambda: not self.is_connected(name), f"{name} to be disconnected")

    def wait_for_messages(self, device: str, count: int) -> list[str]:
        until(
            lambda: len(self.of(device)) >= count, f"{count} messages of {device}, not {len(self.of(device))}"
        )
        return self.of(device)


@pytest.fixture
def devices(jack: JackServer) -> Iterator[Devices]:
    devices = Devices()
    devices.manager.start()
    yield devices
    devices.manager.stop()


def test_controller_connected_later_is_found(devices: Devices) -> None:
    until(lambda: devices.manager.system == "jack", "a connection to JACK")
    with Controller(KEYS) as keys:
        devices.wait_until_connected(KEYS)
        keys.play("0 7 0", velocity=99)
        assert devices.wait_for_messages(KEYS, 6) == [
            "90 30 63",
            "80 30 00",
            "90 37 63",
            "80 37 00",
            "90 30 63",
            "80 30 00",
        ]
    onsets = [message.t for message in devices.messages]
    assert onsets == sorted(onsets)


def test_disconnected_controller_releases_notes_and_controllers_in_order(devices: Devices) -> None:
    with Controller(KEYS) as keys:
        devices.wait_until_connected(KEYS)
        keys.send("90 30 40", "92 34 40", "b0 40 7f", "e0 00 50", "90 37 40", "90 37 00")
        devices.wait_for_messages(KEYS, 6)
        keys.unplug()
        devices.wait_until_disconnected(KEYS)
    assert devices.of(KEYS)[6:] == ["80 30 00", "82 34 00", "b0 40 00", "e0 00 40"]
    state = devices.state(KEYS)
    assert state and not state.connected
    assert devices.news[-1].happened == f"{KEYS} was disconnected"
    assert devices.news[-1].todo


def test_crashed_controller_releases_its_notes(devices: Devices) -> None:
    with Controller(KEYS) as keys:
        devices.wait_until_connected(KEYS)
        keys.send("90 30 40")
        devices.wait_for_messages(KEYS, 1)
        keys.kill()
        assert devices.wait_for_messages(KEYS, 2) == ["90 30 40", "80 30 00"]


def test_controller_is_reconnected_by_name_again_and_again(devices: Devices) -> None:
    with Controller(KEYS) as keys:
        devices.wait_until_connected(KEYS)
        for count in range(1, 5):
            keys.unplug()
            if count % 2:
                devices.wait_until_disconnected(KEYS)
            keys.plug_in()
            until(lambda count=count: len(devices.news) == 2 * count + 1, f"reconnection {count}")
            devices.wait_until_connected(KEYS)
            before = len(devices.of(KEYS))
            keys.play("12")
            assert devices.wait_for_messages(KEYS, before + 2)[before:] == ["90 3c 50", "80 3c 00"]
    assert len(devices.manager.states()) == 1


def test_simultaneous_controllers_are_distinguished(devices: Devices) -> None:
    with Controller(KEYS) as keys, Controller("Launchpad") as pads:
        devices.wait_until_connected(KEYS)
        devices.wait_until_connected("Launchpad")
        keys.send("90 30 40")
        pads.send("99 24 7f")
        devices.wait_for_messages(KEYS, 1)
        devices.wait_for_messages("Launchpad", 1)
        pads.unplug()
        devices.wait_until_disconnected("Launchpad")
        keys.send("80 30 00")
        assert devices.wait_for_messages(KEYS, 2) == ["90 30 40", "80 30 00"]
        assert devices.of("Launchpad") == ["99 24 7f", "89 24 00"]


def test_5000_messages_arrive_in_order(devices: Devices) -> None:
    flood = [bytes((0x90 | number % 16, number % 128, 1 + number % 127)) for number in range(5000)]
    with Controller(KEYS) as keys:
        devices.wait_until_connected(KEYS)
        keys.send(*flood, gap_ms=1)
        devices.wait_for_messages(KEYS, len(flood))
        assert [message.data for message in devices.messages] == flood
    state = devices.state(KEYS)
    assert state and state.messages == len(flood)


def test_disconnecting_during_many_messages_leaves_no_held_notes(devices: Devices) -> None:
    chords = [bytes((0x90 | number % 16, number % 128, 100)) for number in range(300)]
    with Controller(KEYS) as keys:
        for _ in range(3):
            devices.wait_until_connected(KEYS)
            keys.send(*chords)
            keys.unplug()
            devices.wait_until_disconnected(KEYS)
            keys.plug_in()
        devices.wait_until_connected(KEYS)
        keys.unplug()
        devices.wait_until_disconnected(KEYS)
    assert held(devices.messages) == set()


def test_device_can_be_switched_off_while_it_plays(devices: Devices) -> None:
    with Controller(KEYS) as keys:
        devices.wait_until_connected(KEYS)
        keys.send("90 30 40")
        devices.wait_for_messages(KEYS, 1)
        devices.manager.choose(KEYS, False)
        devices.wait_until_disconnected(KEYS)
        keys.send("90 31 40")
        devices.manager.choose(KEYS, True)
        devices.wait_until_connected(KEYS)
        keys.send("90 32 40")
        assert devices.wait_for_messages(KEYS, 3) == ["90 30 40", "80 30 00", "90 32 40"]


def test_lowest_key_is_learnt(devices: Devices) -> None:
    with Controller(KEYS) as keys:
        devices.wait_until_connected(KEYS)
        devices.manager.learn_base(KEYS)
        keys.send("90 24 40", "80 24 00", "90 30 40")
        assert devices.wait_for_messages(KEYS, 1) == ["90 30 40"]
    state = devices.state(KEYS)
    assert state and state.base_note == 36


def test_stopped_server_is_reported_and_the_next_one_found_without_leaks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(manager, "RECONNECT_INTERVAL", 0.1)
    with JackServer() as server:
        devices = Devices()
        devices.manager.start()
        try:
            this = psutil.Process()
            used: list[int] = []
            for round in range(4):
                with Controller(KEYS) as keys:
                    devices.wait_until_connected(KEYS)
                    keys.send("90 30 40")
                    until(lambda: devices.of(KEYS)[-1:] == ["90 30 40"], "the note")
                    used.append(this.num_fds() + this.num_threads())
                    (server.kill if round % 2 else server.stop)()
                    until(lambda: devices.manager.problem, "the problem to be reported")
                    assert devices.of(KEYS)[-1] == "80 30 00"
                    assert devices.news[-1].happened == "The JACK server has stopped"
                    keys.kill()
                server.start()
            until(lambda: devices.manager.problem is None, "the new server to be found")
        finally:
            devices.manager.stop()
    assert used[-1] <= used[0] + 1, used


def held(messages: list[Message]) -> set[tuple[int, int]]:
    """Return the held notes as (channel, MIDI note)."""
    down: set[tuple[int, int]] = set()
    for message in messages:
        if message.is_note_on:
            down.add((message.channel, message.note))
        elif message.is_note_off:
            down.discard((message.channel, message.note))
    return down
