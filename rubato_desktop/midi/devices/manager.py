"""Manages the MIDI devices: finds and opens them, releases their notes when they disconnect, and reconnects them.

python-rtmidi does not report hot-plugging, so one thread scans every half second and does all work on ports. The
methods that users trigger (such as `choose`) change the settings at once, and that thread applies them.
"""

from __future__ import annotations

import atexit
import dataclasses
import logging
import queue
import threading
from collections.abc import Callable, Mapping
from typing import Any

from rubato_desktop.clock import Clock
from rubato_desktop.errors import RubatoError
from rubato_desktop.midi.devices.device import Device
from rubato_desktop.midi.devices.port_names import Source
from rubato_desktop.midi.devices.ports import MidiSystem, NoMidi, SystemChoice
from rubato_desktop.midi.devices.state import (
    ROLES,
    DeviceNews,
    DeviceState,
    DeviceUse,
    Role,
    connected_news,
    disconnected_news,
    problem_news,
)
from rubato_desktop.midi.devices.systems import open_system
from rubato_desktop.midi.messages import Message

__all__ = ["ROLES", "DeviceManager", "DeviceNews", "DeviceState", "DeviceUse", "Role"]

log = logging.getLogger(__name__)

SCAN_INTERVAL = 0.5  # s
# Longer: connecting to a system that is missing costs a few milliseconds.
RECONNECT_INTERVAL = 2.0  # s
HIGHEST_BASE = 127


class DeviceManager:
    """Manages all devices.

    Args:
        clock: Timestamps each message as soon as it arrives.
        on_message: Called with each message on the MIDI system's thread; must be quick. When a device disconnects,
            also called on the manager's thread with the messages that release what the device held.
        on_change: Called on the manager's thread when `states` or `problem` changed; changes of `messages`, `rate` or
            `last_seen` alone do not count.
        on_news: Called on the manager's thread with each notice to the user.
        remembered: `DeviceUse` fields of devices from earlier runs, by device name. They are listed from the start as
            not connected.
        system: The MIDI system to use.
        open_system: Connects to a MIDI system.
    """

    def __init__(
        self,
        clock: Clock,
        on_message: Callable[[Message], None],
        on_change: Callable[[], None],
        *,
        on_news: Callable[[DeviceNews], None] = lambda _: None,
        remembered: Mapping[str, Mapping[str, Any]] | None = None,
        system: SystemChoice = "auto",
        open_system: Callable[[SystemChoice], MidiSystem] = open_system,
    ) -> None:
        self._clock = clock
        self._on_message = on_message
        self._on_change = on_change
        self._on_news = on_news
        self._choice: SystemChoice = system
        self._open_system = open_system
        self._system: MidiSystem | None = None
        self._problem: NoMidi | None = None
        # Replaced, never mutated, so that any thread may read it.
        self._devices: dict[str, Device] = {}
        self._requests: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        for name, use in (remembered or {}).items():
            self._device(name, DeviceUse(**use))

    @property
    def problem(self) -> RubatoError | None:
        """Why there is no MIDI system; None if there is one, or before the first scan."""
        return self._problem

    @property
    def system(self) -> str:
        """Name of the MIDI system in use, such as ``jack``, or an empty string."""
        system = self._system
        return system.name if system else ""

    def start(self) -> None:
        """Start scanning for devices in the background."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="midi-devices", daemon=True)
            self._thread.start()
            # A MIDI thread that calls into an interpreter that has shut down crashes the program.
            atexit.register(self.stop)

    def stop(self) -> None:
        """Release held notes, close all ports and stop scanning; waits until that is done."""
        if self._thread is not None:
            self._requests.put(None)
            self._thread.join()
            self._thread = None
            atexit.unregister(self.stop)

    def states(self) -> tuple[DeviceState, ...]:
        """Return all known devices, in the order in which they were first seen."""
        return tuple(self._state(device) for device in self._devices.values())

    def state(self, name: str) -> DeviceState:
        """Return the state of one device.

        Raises:
            RubatoError: there is no device of that name.
        """
        return self._state(self._known(name))

    def choose(self, name: str, used: bool = True) -> None:
        """Select a device for use, or deselect it.

        Raises:
            RubatoError: there is no device of that name.
        """
        self._use(self._known(name), used=used)

    def set_role(self, name: str, role: Role) -> None:
        """Set what a device's keys play: ``command``, ``performance`` or ``both``.

        Raises:
            RubatoError: there is no such device or role.
        """
        if role not in ROLES:
            raise RubatoError(
                f"Unknown role: {role}", todo=f"Choose one of {', '.join(ROLES)}", code="bad_value"
            )
        self._use(self._known(name), role=role)

    def set_base(self, name: str, base_note: int) -> None:
        """Set the MIDI note (0-127) of a device's lowest key; does nothing if the name is not a MIDI device's.

        Raises:
            RubatoError: the note is out of range.
        """
        if not 0 <= base_note <= HIGHEST_BASE:
            raise RubatoError(f"There is no MIDI note {base_note}", todo="Choose 0 to 127", code="bad_value")
        if name in self._devices:
            self._use(self._devices[name], base_note=base_note)

    def learn_base(self, name: str, learn: bool = True) -> None:
        """Make the next note of a device its lowest key; that note is not passed on.

        Args:
            name: The device's name.
            learn: False cancels an earlier request.

        Raises:
            RubatoError: there is no such device, or it is not open.
        """
        device = self._known(name)
        if learn and not device.is_open:
            raise RubatoError(
                f"{name} is not connected", todo="Plug it in and select it", code="not_connected"
            )
        device.learning = learn
        self._requests.put(self._on_change)

    def use_system(self, choice: SystemChoice) -> None:
        """Switch to another MIDI system."""

        def change() -> None:
            self._choice = choice
            self._disconnect()

        self._requests.put(change)

    def _known(self, name: str) -> Device:
        try:
            return self._devices[name]
        except KeyError:
            todo = f"Choose one of: {', '.join(self._devices)}" if self._devices else "Connect a device"
            raise RubatoError(f"There is no device {name!r}", todo=todo, code="no_device") from None

    def _state(self, device: Device) -> DeviceState:
        use, system, listening = device.use, self._system, device.is_open
        return DeviceState(
            name=device.name,
            connected=device.source is not None,
            listening=listening,
            used=use.used,
            role=use.role,
            base_note=use.base_note,
            last_seen=device.last_seen,
            messages=device.messages,
            rate=device.rate,
            latency_ms=system.period_ms if system and listening else None,
            learning=device.learning,
            problem=device.problem,
        )

    def _use(self, device: Device, **changes: Any) -> None:
        device.use = dataclasses.replace(device.use, **changes)
        self._requests.put(self._on_change)

    def _device(self, name: str, use: DeviceUse | None = None) -> Device:
        if name not in self._devices:
            device = Device(name, use or DeviceUse(), self._clock, self._on_message, self.set_base)
            self._devices = {**self._devices, name: device}
        return self._devices[name]

    # Everything below runs on the manager's thread.

    def _run(self) -> None:
        while True:
            self._safely(self._scan)
            try:
                request = self._requests.get(timeout=SCAN_INTERVAL if self._system else RECONNECT_INTERVAL)
            except queue.Empty:
                continue
            if request is None:
                break
            self._safely(request)
        self._safely(self._disconnect)

    @staticmethod
    def _safely(step: Callable[[], None]) -> None:
        """Run a step; a bug in it must not end the thread."""
        try:
            step()
        except Exception:
            log.exception("a step of the device manager failed")

    def _scan(self) -> None:
        try:
            if self._system is None:
                self._system = self._open_system(self._choice)
                self._set_problem(None)
            inputs = self._system.inputs()
            for device in [self._device(name) for name in {**self._devices, **inputs}]:
                self._update(device, inputs.get(device.name), self._system)
        except NoMidi as problem:
            self._disconnect()
            self._set_problem(problem)

    def _update(self, device: Device, source: Source | None, system: MidiSystem) -> None:
        """Open or close one device, according to whether it is plugged in and used."""
        device.measure()
        if device.source and (source is None or device.is_cut_off(system, source)):
            if device.is_open:
                self._on_news(disconnected_news(device.name))
            self._unplug(device)
        if source is None:
            return
        before = (device.source, device.is_open, device.problem)
        if not device.use.used:
            device.disconnect()
        elif not device.is_open:
            device.connect(system, source)
        device.source = source
        if device.problem and not before[-1]:
            self._on_news(problem_news(device.problem))
        elif device.is_open and not before[1]:
            self._on_news(connected_news(device.name))
        if (device.source, device.is_open, device.problem) != before:
            self._on_change()

    def _unplug(self, device: Device) -> None:
        device.disconnect()
        device.source = None
        self._on_change()

    def _disconnect(self) -> None:
        """Close all ports and the system, whether or not it is still running."""
        for device in self._devices.values():
            if device.source:
                self._unplug(device)
        system, self._system = self._system, None
        if system is not None:
            system.close()

    def _set_problem(self, problem: NoMidi | None) -> None:
        before, self._problem = self._problem, problem
        if problem and not before:
            self._on_news(problem_news(problem))
        if bool(problem) != bool(before):
            self._on_change()
