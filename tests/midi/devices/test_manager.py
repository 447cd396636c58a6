"""The device manager with a simulated MIDI system, for cases that JACK cannot produce.

`tests/e2e/test_devices_jack.py` tests the manager with JACK and another process.
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
class SimulatedSystem:
    """A MIDI system that devices can be plugged into and unplugged from."""

    name: SystemName = "alsa"
    period_ms: float | None = None
    running: bool = True
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

    def connect(self, _: SystemChoice) -> MidiSystem:
        if not self.running:
            raise no_midi(("alsa", "jack"))
        return self

    # The interface that the manager uses.

    def inputs(self) -> dict[str, Source]:
        if not self.running:
            raise NoMidi("It is gone")
        return self.plugged

    def open(self, source: Source, callback: Callback) -> Port:
        if source.name in self.busy:
            raise PortError(f"Cannot open {source.name}", code="busy")
        self.ports.append(Port(source.name, callback))
        return self.ports[-1]

    def carries(self, source: Source, port: InputPort) -> bool:
        return True

    def close(self) -> None:
        assert not any(port.open for port in self.ports), "ports must be closed before their system"


@dataclass
class Setup:
    """A simulated system, the manager that uses it, and everything the manager reported."""

    system: SimulatedSystem
    remembered: dict[str, dict[str, Any]] = field(default_factory=dict)
    received: list[Message] = field(default_factory=list)
    news: list[DeviceNews] = field(default_factory=list)
    changes: list[None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.manager = DeviceManager(
            SystemClock(),
            self.received.append,
            lambda: self.changes.append(None),
            on_news=self.news.append,
            remembered=self.remembered,
            open_system=self.system.connect,
        )

    def notices(self) -> list[str]:
        return [news.happened for news in self.news]

    def messages(self) -> list[str]:
        return [f"{message.device}: {message.data.hex(' ')}" for message in self.received]

    def plug(self, name: str) -> None:
        self.system.plug(name)
        self.until_open(name)

    def until_open(self, name: str, expected: bool = True) -> None:
        until(lambda: self.is_open(name) is expected, f"{name} to be {'open' if expected else 'closed'}")

    def is_open(self, name: str) -> bool:
        return any(state.listening for state in self.manager.states() if state.name == name)


@pytest.fixture
def make_setup(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Setup]]:
    monkeypatch.setattr(devices, "SCAN_INTERVAL", 0.01)
    monkeypatch.setattr(devices, "RECONNECT_INTERVAL", 0.01)
    setups: list[Setup] = []

    def make(**options: Any) -> Setup:
        setups.append(Setup(SimulatedSystem(), **options))
        setups[-1].manager.start()
        return setups[-1]

    yield make
    for setup in setups:
        setup.manager.stop()


def test_a_device_is_connected_received_from_and_announced(make_setup: Callable[..., Setup]) -> None:
    setup = make_setup()
    setup.plug("Keys")
    setup.system.send("Keys", "90 30 40", "99 31 00")
    assert setup.messages() == ["Keys: 90 30 40", "Keys: 99 31 00"]
    assert setup.notices() == ["Keys is connected"]
    state = setup.manager.state("Keys")
    assert (state.connected, state.used, state.role, state.base_note, state.messages) == (
        True,
        True,
        "both",
        48,
        2,
    )
    assert state.last_seen is not None and setup.received[-1].t == state.last_seen


@pytest.mark.parametrize("pause", [True, False], ids=["later", "at once"])
def test_an_unplugged_device_is_released_and_reconnected(
    pause: bool, make_setup: Callable[..., Setup]
) -> None:
    setup = make_setup()
    setup.plug("Keys")
    setup.system.send("Keys", "90 30 40", "91 34 40", "b0 40 7f", "90 37 40", "80 37 00")
    before = len(setup.received)
    setup.system.unplug("Keys")
    if pause:
        until(lambda: not setup.manager.state("Keys").connected, "the device to disappear")
    setup.system.plug("Keys")
    until(lambda: len(setup.notices()) == 3, "the device to be reconnected")
    assert setup.messages()[before:] == ["Keys: 80 30 00", "Keys: 81 34 00", "Keys: b0 40 00"]
    assert setup.notices() == ["Keys is connected", "Keys was disconnected", "Keys is connected"]
    setup.until_open("Keys")
    setup.system.send("Keys", "90 30 40")
    assert setup.messages()[-1] == "Keys: 90 30 40"


def test_unplugging_one_device_does_not_affect_another(make_setup: Callable[..., Setup]) -> None:
    setup = make_setup()
    setup.plug("Keys")
    setup.plug("Pads")
    setup.system.send("Pads", "90 24 40")
    setup.system.unplug("Keys")
    until(lambda: not setup.manager.state("Keys").connected, "the device to disappear")
    setup.system.send("Pads", "80 24 00")
    assert setup.messages() == ["Pads: 90 24 40", "Pads: 80 24 00"]


def test_a_deselected_device_is_listed_but_not_received_from(make_setup: Callable[..., Setup]) -> None:
    setup = make_setup()
    setup.plug("Keys")
    setup.system.send("Keys", "90 30 40")
    setup.manager.choose("Keys", False)
    setup.until_open("Keys", False)
    assert setup.messages() == ["Keys: 90 30 40", "Keys: 80 30 00"]
    assert setup.manager.state("Keys").connected
    setup.manager.choose("Keys")
    setup.until_open("Keys")


def test_remembered_devices_keep_their_settings_and_are_listed_before_they_connect(
    make_setup: Callable[..., Setup],
) -> None:
    setup = make_setup(
        remembered={
            "Keys": {"role": "command", "base_note": 36, "used": True},
            "Pads": {"role": "performance", "base_note": 48, "used": False},
        }
    )
    assert [(state.name, state.connected, state.role) for state in setup.manager.states()] == [
        ("Keys", False, "command"),
        ("Pads", False, "performance"),
    ]
    setup.system.plug("Pads")
    setup.plug("Keys")
    assert setup.manager.state("Keys").base_note == 36
    assert not setup.manager.state("Pads").listening


def test_the_lowest_key_is_learned_by_pressing_it_and_the_press_is_not_passed_on(
    make_setup: Callable[..., Setup],
) -> None:
    setup = make_setup()
    setup.plug("Keys")
    setup.manager.learn_base("Keys")
    assert setup.manager.state("Keys").learning
    setup.system.send("Keys", "b0 01 20", "90 24 40", "90 30 40", "80 24 00", "80 30 00", "90 24 40")
    state = setup.manager.state("Keys")
    assert (state.base_note, state.learning) == (36, False)
    assert setup.messages() == ["Keys: b0 01 20", "Keys: 90 30 40", "Keys: 80 30 00", "Keys: 90 24 40"]


def test_learning_can_be_cancelled(make_setup: Callable[..., Setup]) -> None:
    setup = make_setup()
    setup.plug("Keys")
    setup.manager.learn_base("Keys")
    setup.manager.learn_base("Keys", False)
    setup.system.send("Keys", "90 24 40")
    assert setup.manager.state("Keys").base_note == 48
    assert setup.messages() == ["Keys: 90 24 40"]


@pytest.mark.parametrize(
    "call, code",
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
def test_impossible_requests_are_refused_with_a_code(
    call: Callable[[DeviceManager], Any], code: str, make_setup: Callable[..., Setup]
) -> None:
    setup = make_setup(remembered={"Pads": {}})
    setup.plug("Keys")
    with pytest.raises(RubatoError) as caught:
        call(setup.manager)
    assert caught.value.code == code


def test_role_and_base_changes_are_reported(make_setup: Callable[..., Setup]) -> None:
    setup = make_setup()
    setup.plug("Keys")
    before = len(setup.changes)
    setup.manager.set_role("Keys", "performance")
    setup.manager.set_base("Keys", 60)
    setup.manager.set_base("screen", 60)
    until(lambda: len(setup.changes) == before + 2, "both changes to be reported")
    assert [state.name for state in setup.manager.states()] == ["Keys"]
    assert (setup.manager.state("Keys").role, setup.manager.state("Keys").base_note) == ("performance", 60)


def test_a_busy_device_is_reported_once_and_connected_when_it_is_free(
    make_setup: Callable[..., Setup],
) -> None:
    setup = make_setup()
    setup.system.busy.add("Keys")
    setup.system.plug("Keys")
    until(lambda: setup.news, "the problem to be reported")
    before = len(setup.changes)
    setup.plug("Pads")
    state = setup.manager.state("Keys")
    assert (state.connected, state.listening) == (True, False)
    assert state.problem is not None and state.problem.code == "busy"
    assert setup.notices() == ["Cannot open Keys", "Pads is connected"]
    assert len(setup.changes) == before + 1, "the same problem is not a change"
    setup.system.busy.clear()
    setup.until_open("Keys")
    assert setup.manager.state("Keys").problem is None


def test_missing_midi_is_reported_once_until_midi_is_available(make_setup: Callable[..., Setup]) -> None:
    setup = Setup(SimulatedSystem(running=False))
    setup.manager.start()
    try:
        until(lambda: setup.manager.problem, "the problem")
        assert setup.manager.system == ""
        setup.system.plug("Keys")
        setup.system.running = True
        setup.until_open("Keys")
        assert setup.manager.problem is None
        assert setup.manager.system == "alsa"
        assert len(setup.news) == 2, setup.news
    finally:
        setup.manager.stop()


def test_held_notes_are_released_when_the_system_stops(make_setup: Callable[..., Setup]) -> None:
    setup = make_setup()
    setup.plug("Keys")
    setup.system.send("Keys", "90 30 40")
    setup.system.running = False
    until(lambda: setup.manager.problem, "the problem")
    assert setup.messages() == ["Keys: 90 30 40", "Keys: 80 30 00"]
    assert setup.notices() == ["Keys is connected", "It is gone"]
    setup.system.running = True
    setup.until_open("Keys")


def test_stopping_releases_held_notes_without_a_warning(make_setup: Callable[..., Setup]) -> None:
    setup = make_setup()
    setup.plug("Keys")
    setup.system.send("Keys", "90 30 40")
    setup.manager.stop()
    setup.manager.stop()
    assert setup.messages() == ["Keys: 90 30 40", "Keys: 80 30 00"]
    assert setup.notices() == ["Keys is connected"]
    assert not any(port.open for port in setup.system.ports)


def test_a_failing_callback_stops_neither_the_device_nor_the_manager(
    make_setup: Callable[..., Setup], caplog: pytest.LogCaptureFixture
) -> None:
    setup = make_setup()
    setup.plug("Keys")
    append = setup.received.append

    def fail_once(message: Message) -> None:
        setup.manager._devices["Keys"]._on_message = append
        raise ZeroDivisionError

    setup.manager._devices["Keys"]._on_message = fail_once
    setup.system.send("Keys", "90 30 40", "80 30 00")
    assert setup.messages() == ["Keys: 80 30 00"]
    assert "ZeroDivisionError" in caplog.text
