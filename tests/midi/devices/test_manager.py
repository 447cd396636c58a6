"""The device manager with a MIDI system made for the test: what JACK cannot do, it can.

The same manager with JACK and another process stands in `tests/e2e/test_devices_jack.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from waiting import until

from rubato_desktop.clock import SystemClock
from rubato_desktop.errors import RubatoError
from rubato_desktop.midi.devices import manager as devices
from rubato_desktop.midi.devices.manager import DeviceManager, DeviceNews
from rubato_desktop.midi.devices.port_names import Source
from rubato_desktop.midi.devices.ports import (
    Callback,
    InputPort,
    MidiSystem,
    NoMidi,
    PortError,
    SystemChoice,
    SystemName,
    no_midi,
)
from rubato_desktop.midi.messages import Message


@dataclass
class Port:
    device: str
    callback: Callback
    open: bool = True

    def close(self) -> None:
        self.open = False


@dataclass
class Desk:
    """A MIDI system on the table: plug devices in and out of it."""

    name: SystemName = "alsa"
    period_ms: float | None = None
    there: bool = True
    busy: set[str] = field(default_factory=set)
    plugged: dict[str, Source] = field(default_factory=dict)
    ports: list[Port] = field(default_factory=list)
    plugs: int = 0

    def plug(self, name: str) -> None:
        self.plugs += 1
        self.plugged = {**self.plugged, name: Source(name, f"{name} {self.plugs}", str(self.plugs))}

    def unplug(self, name: str) -> None:
        self.plugged = {other: source for other, source in self.plugged.items() if other != name}

    def send(self, name: str, *messages: str) -> None:
        (port,) = (port for port in self.ports if port.device == name and port.open)
        for message in messages:
            port.callback(bytes.fromhex(message))

    def join(self, _: SystemChoice) -> MidiSystem:
        if not self.there:
            raise no_midi(("alsa", "jack"))
        return self

    # What the manager asks of it.

    def inputs(self) -> dict[str, Source]:
        if not self.there:
            raise NoMidi("It is gone")
        return self.plugged

    def open(self, source: Source, callback: Callback) -> Port:
        if source.name in self.busy:
            raise PortError(f"{source.name} cannot be listened to", code="busy")
        self.ports.append(Port(source.name, callback))
        return self.ports[-1]

    def carries(self, source: Source, port: InputPort) -> bool:
        return True

    def close(self) -> None:
        assert not any(port.open for port in self.ports), "ports are closed before their system"


@dataclass
class Room:
    """A desk, the manager that watches it, and what it told."""

    desk: Desk
    remembered: dict[str, dict[str, Any]] = field(default_factory=dict)
    heard: list[Message] = field(default_factory=list)
    news: list[DeviceNews] = field(default_factory=list)
    changes: list[None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.manager = DeviceManager(
            SystemClock(),
            self.heard.append,
            lambda: self.changes.append(None),
            on_news=self.news.append,
            remembered=self.remembered,
            open_system=self.desk.join,
        )

    def said(self) -> list[str]:
        return [news.happened for news in self.news]

    def sounds(self) -> list[str]:
        return [f"{message.device}: {message.data.hex(' ')}" for message in self.heard]

    def plug(self, name: str) -> None:
        self.desk.plug(name)
        self.until_listening(name)

    def until_listening(self, name: str, listening: bool = True) -> None:
        until(
            lambda: self.listens(name) is listening, f"{name} to be {'' if listening else 'not '}listened to"
        )

    def listens(self, name: str) -> bool:
        return any(state.listening for state in self.manager.states() if state.name == name)


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Room]]:
    monkeypatch.setattr(devices, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(devices, "LOOK_FOR_SYSTEM_EVERY", 0.01)
    rooms: list[Room] = []

    def make(**given: Any) -> Room:
        rooms.append(Room(Desk(), **given))
        rooms[-1].manager.start()
        return rooms[-1]

    yield make
    for made in rooms:
        made.manager.stop()


def test_a_device_is_joined_heard_and_told(room: Callable[..., Room]) -> None:
    here = room()
    here.plug("Keys")
    here.desk.send("Keys", "90 30 40", "99 31 00")
    assert here.sounds() == ["Keys: 90 30 40", "Keys: 99 31 00"]
    assert here.said() == ["Keys is connected"]
    state = here.manager.state("Keys")
    assert (state.connected, state.used, state.role, state.base_note, state.messages) == (
        True,
        True,
        "both",
        48,
        2,
    )
    assert state.last_seen is not None and here.heard[-1].t == state.last_seen


@pytest.mark.parametrize("pause", [True, False], ids=["after a while", "at once"])
def test_what_an_unplugged_device_held_is_released_and_it_is_joined_again(
    pause: bool, room: Callable[..., Room]
) -> None:
    here = room()
    here.plug("Keys")
    here.desk.send("Keys", "90 30 40", "91 34 40", "b0 40 7f", "90 37 40", "80 37 00")
    before = len(here.heard)
    here.desk.unplug("Keys")
    if pause:
        until(lambda: not here.manager.state("Keys").connected, "the device to vanish")
    here.desk.plug("Keys")
    until(lambda: len(here.said()) == 3, "the device to be joined again")
    assert here.sounds()[before:] == ["Keys: 80 30 00", "Keys: 81 34 00", "Keys: b0 40 00"]
    assert here.said() == ["Keys is connected", "Keys is no longer connected", "Keys is connected"]
    here.until_listening("Keys")
    here.desk.send("Keys", "90 30 40")
    assert here.sounds()[-1] == "Keys: 90 30 40"


def test_another_device_goes_on_when_one_is_unplugged(room: Callable[..., Room]) -> None:
    here = room()
    here.plug("Keys")
    here.plug("Pads")
    here.desk.send("Pads", "90 24 40")
    here.desk.unplug("Keys")
    until(lambda: not here.manager.state("Keys").connected, "the device to vanish")
    here.desk.send("Pads", "80 24 00")
    assert here.sounds() == ["Pads: 90 24 40", "Pads: 80 24 00"]


def test_a_device_that_is_not_chosen_is_shown_but_not_heard(room: Callable[..., Room]) -> None:
    here = room()
    here.plug("Keys")
    here.desk.send("Keys", "90 30 40")
    here.manager.choose("Keys", False)
    here.until_listening("Keys", False)
    assert here.sounds() == ["Keys: 90 30 40", "Keys: 80 30 00"]
    assert here.manager.state("Keys").connected
    here.manager.choose("Keys")
    here.until_listening("Keys")


def test_what_is_remembered_counts_and_is_listed_before_it_is_plugged_in(room: Callable[..., Room]) -> None:
    here = room(
        remembered={
            "Keys": {"role": "command", "base_note": 36, "used": True},
            "Pads": {"role": "performance", "base_note": 48, "used": False},
        }
    )
    assert [(state.name, state.connected, state.role) for state in here.manager.states()] == [
        ("Keys", False, "command"),
        ("Pads", False, "performance"),
    ]
    here.desk.plug("Pads")
    here.plug("Keys")
    assert here.manager.state("Keys").base_note == 36
    assert not here.manager.state("Pads").listening


def test_the_lowest_key_is_learnt_by_pressing_it_and_that_press_is_no_word(room: Callable[..., Room]) -> None:
    here = room()
    here.plug("Keys")
    here.manager.learn_base("Keys")
    assert here.manager.state("Keys").learning
    here.desk.send("Keys", "b0 01 20", "90 24 40", "90 30 40", "80 24 00", "80 30 00", "90 24 40")
    state = here.manager.state("Keys")
    assert (state.base_note, state.learning) == (36, False)
    assert here.sounds() == ["Keys: b0 01 20", "Keys: 90 30 40", "Keys: 80 30 00", "Keys: 90 24 40"]


def test_learning_can_be_taken_back(room: Callable[..., Room]) -> None:
    here = room()
    here.plug("Keys")
    here.manager.learn_base("Keys")
    here.manager.learn_base("Keys", False)
    here.desk.send("Keys", "90 24 40")
    assert here.manager.state("Keys").base_note == 48
    assert here.sounds() == ["Keys: 90 24 40"]


@pytest.mark.parametrize(
    "ask, code",
    [
        (lambda manager: manager.choose("Nobody"), "no_device"),
        (lambda manager: manager.set_role("Nobody", "both"), "no_device"),
        (lambda manager: manager.set_role("Keys", "drums"), "bad_value"),
        (lambda manager: manager.set_base("Keys", 128), "bad_value"),
        (lambda manager: manager.learn_base("Nobody"), "no_device"),
        (lambda manager: manager.learn_base("Pads"), "not_connected"),
        (lambda manager: manager.state("Nobody"), "no_device"),
    ],
)
def test_what_cannot_be_done_is_said(
    ask: Callable[[DeviceManager], Any], code: str, room: Callable[..., Room]
) -> None:
    here = room(remembered={"Pads": {}})
    here.plug("Keys")
    with pytest.raises(RubatoError) as caught:
        ask(here.manager)
    assert caught.value.code == code


def test_role_and_base_are_told(room: Callable[..., Room]) -> None:
    here = room()
    here.plug("Keys")
    before = len(here.changes)
    here.manager.set_role("Keys", "performance")
    here.manager.set_base("Keys", 60)
    here.manager.set_base("screen", 60)
    until(lambda: len(here.changes) == before + 2, "both changes to be told")
    assert [state.name for state in here.manager.states()] == ["Keys"]
    assert (here.manager.state("Keys").role, here.manager.state("Keys").base_note) == ("performance", 60)


def test_a_busy_device_is_said_once_and_joined_when_it_is_free(room: Callable[..., Room]) -> None:
    here = room()
    here.desk.busy.add("Keys")
    here.desk.plug("Keys")
    until(lambda: here.news, "the trouble to be told")
    looks = len(here.changes)
    here.plug("Pads")
    state = here.manager.state("Keys")
    assert (state.connected, state.listening) == (True, False)
    assert state.problem is not None and state.problem.code == "busy"
    assert here.said() == ["Keys cannot be listened to", "Pads is connected"]
    assert len(here.changes) == looks + 1, "the same trouble is no change"
    here.desk.busy.clear()
    here.until_listening("Keys")
    assert here.manager.state("Keys").problem is None


def test_without_midi_the_problem_is_said_once_and_gone_when_midi_is_there(room: Callable[..., Room]) -> None:
    here = Room(Desk(there=False))
    here.manager.start()
    try:
        until(lambda: here.manager.problem, "the problem")
        assert here.manager.system == ""
        here.desk.plug("Keys")
        here.desk.there = True
        here.until_listening("Keys")
        assert here.manager.problem is None
        assert here.manager.system == "alsa"
        assert len(here.news) == 2, here.news
    finally:
        here.manager.stop()


def test_when_the_system_goes_what_was_held_is_released(room: Callable[..., Room]) -> None:
    here = room()
    here.plug("Keys")
    here.desk.send("Keys", "90 30 40")
    here.desk.there = False
    until(lambda: here.manager.problem, "the problem")
    assert here.sounds() == ["Keys: 90 30 40", "Keys: 80 30 00"]
    assert here.said() == ["Keys is connected", "It is gone"]
    here.desk.there = True
    here.until_listening("Keys")


def test_at_the_end_what_was_held_is_released_and_nobody_is_warned(room: Callable[..., Room]) -> None:
    here = room()
    here.plug("Keys")
    here.desk.send("Keys", "90 30 40")
    here.manager.stop()
    here.manager.stop()
    assert here.sounds() == ["Keys: 90 30 40", "Keys: 80 30 00"]
    assert here.said() == ["Keys is connected"]
    assert not any(port.open for port in here.desk.ports)


def test_a_listener_that_fails_stops_neither_the_device_nor_the_watch(
    room: Callable[..., Room], caplog: pytest.LogCaptureFixture
) -> None:
    here = room()
    here.plug("Keys")
    taken = here.heard.append

    def fail_once(message: Message) -> None:
        here.manager._devices["Keys"]._on_message = taken
        raise ZeroDivisionError

    here.manager._devices["Keys"]._on_message = fail_once
    here.desk.send("Keys", "90 30 40", "80 30 00")
    assert here.sounds() == ["Keys: 80 30 00"]
    assert "ZeroDivisionError" in caplog.text
