"""The MIDI devices: found, joined, known by name, released when they go, joined again when they return.

No MIDI system reports plugging and unplugging through python-rtmidi, so one thread looks every half second
and does all that touches ports. What people ask for (`choose` and the like) counts at once and is carried out
there.
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
    joined,
    parted,
    problem_of,
)
from rubato_desktop.midi.devices.systems import open_system
from rubato_desktop.midi.messages import Message

__all__ = ["ROLES", "DeviceManager", "DeviceNews", "DeviceState", "DeviceUse", "Role"]

log = logging.getLogger(__name__)

LOOK_EVERY = 0.5
# Asking for a system that is not there costs a few milliseconds.
LOOK_FOR_SYSTEM_EVERY = 2.0
HIGHEST_BASE = 127


class DeviceManager:
    """Keeps all devices.

    Args:
        clock: Stamps each message, first thing when it arrives.
        on_message: Takes each message, on the MIDI system's thread; it must be quick. What a device held when
            it went is released by messages made here, on the manager's thread.
        on_change: Called on the manager's thread when `states` or `problem` changed; `messages`, `rate` and
            `last_seen` alone are no change.
        on_news: Takes, on the manager's thread, what people should be told.
        remembered: What devices of earlier runs are used for, by name; `DeviceUse` as a mapping. They are
            listed from the start, not connected.
        system: The MIDI system to use.
        open_system: Joins a MIDI system.
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
        # Replaced, never changed, so that any thread may read it.
        self._devices: dict[str, Device] = {}
        self._asked: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        for name, use in (remembered or {}).items():
            self._device(name, DeviceUse(**use))

    @property
    def problem(self) -> RubatoError | None:
        """Why there is no MIDI at all, in words; None when there is, or before the first look."""
        return self._problem

    @property
    def system(self) -> str:
        """The MIDI system in use, such as ``jack``; empty when there is none."""
        system = self._system
        return system.name if system else ""

    def start(self) -> None:
        """Begin to look for devices; returns at once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="midi-devices", daemon=True)
            self._thread.start()
            # A MIDI system's thread that calls into an interpreter that has ended brings the program down.
            atexit.register(self.stop)

    def stop(self) -> None:
        """Release what is held, close all ports and stop looking; returns when that is done."""
        if self._thread is not None:
            self._asked.put(None)
            self._thread.join()
            self._thread = None
            atexit.unregister(self.stop)

    def states(self) -> tuple[DeviceState, ...]:
        """Return all devices known, in the order they were first seen."""
        return tuple(self._state(device) for device in self._devices.values())

    def state(self, name: str) -> DeviceState:
        """Return one device.

        Raises:
            RubatoError: there is none of that name.
        """
        return self._state(self._known(name))

    def choose(self, name: str, used: bool = True) -> None:
        """Listen to a device, or no longer.

        Raises:
            RubatoError: there is none of that name.
        """
        self._use(self._known(name), used=used)

    def set_role(self, name: str, role: Role) -> None:
        """Say what a device's keys are: ``command``, ``performance`` or ``both``.

        Raises:
            RubatoError: no such device, or no such role.
        """
        if role not in ROLES:
            raise RubatoError(
                f"{role!r} is no role", todo=f"Take one of {', '.join(ROLES)}", code="bad_value"
            )
        self._use(self._known(name), role=role)

    def set_base(self, name: str, base_note: int) -> None:
        """Say which MIDI note 0-127 is a device's lowest key; a name that is no MIDI device changes nothing.

        Raises:
            RubatoError: no such note.
        """
        if not 0 <= base_note <= HIGHEST_BASE:
            raise RubatoError(
                f"There is no MIDI note {base_note}", todo="Take one of 0 to 127", code="bad_value"
            )
        if name in self._devices:
            self._use(self._devices[name], base_note=base_note)

    def learn_base(self, name: str, learn: bool = True) -> None:
        """Make the next note of a device its lowest key; that note is not passed on.

        Args:
            learn: False takes the request back.

        Raises:
            RubatoError: no such device, or it is not listened to.
        """
        device = self._known(name)
        if learn and not device.listened_to:
            raise RubatoError(
                f"{name} is not connected", todo="Plug it in and choose it", code="not_connected"
            )
        device.learning = learn
        self._asked.put(self._on_change)

    def use_system(self, choice: SystemChoice) -> None:
        """Change to another MIDI system."""

        def change() -> None:
            self._choice = choice
            self._leave()

        self._asked.put(change)

    def _known(self, name: str) -> Device:
        try:
            return self._devices[name]
        except KeyError:
            names = ", ".join(self._devices) or "none"
            raise RubatoError(
                f"There is no device {name!r}", todo=f"The devices are: {names}", code="no_device"
            ) from None

    def _state(self, device: Device) -> DeviceState:
        use, system, listening = device.use, self._system, device.listened_to
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
        self._asked.put(self._on_change)

    def _device(self, name: str, use: DeviceUse | None = None) -> Device:
        if name not in self._devices:
            device = Device(name, use or DeviceUse(), self._clock, self._on_message, self.set_base)
            self._devices = {**self._devices, name: device}
        return self._devices[name]

    # From here on everything runs on the manager's thread.

    def _run(self) -> None:
        while True:
            self._safely(self._look)
            try:
                asked = self._asked.get(timeout=LOOK_EVERY if self._system else LOOK_FOR_SYSTEM_EVERY)
            except queue.Empty:
                continue
            if asked is None:
                break
            self._safely(asked)
        self._safely(self._leave)

    @staticmethod
    def _safely(step: Callable[[], None]) -> None:
        """A bug must not end the watch."""
        try:
            step()
        except Exception:
            log.exception("the device manager failed at a step")

    def _look(self) -> None:
        try:
            if self._system is None:
                self._system = self._open_system(self._choice)
                self._explain(None)
            found = self._system.inputs()
            for device in [self._device(name) for name in {**self._devices, **found}]:
                self._follow(device, found.get(device.name), self._system)
        except NoMidi as problem:
            self._leave()
            self._explain(problem)

    def _follow(self, device: Device, source: Source | None, system: MidiSystem) -> None:
        """Bring one device in line with where it is plugged in now and whether it is used."""
        device.measure()
        if device.source and (source is None or device.is_cut_off(system, source)):
            if device.listened_to:
                self._on_news(parted(device.name))
            self._part(device)
        if source is None:
            return
        before = (device.source, device.listened_to, device.problem)
        if not device.use.used:
            device.disconnect()
        elif not device.listened_to:
            device.connect(system, source)
        device.source = source
        if device.problem and not before[-1]:
            self._on_news(problem_of(device.problem))
        elif device.listened_to and not before[1]:
            self._on_news(joined(device.name))
        if (device.source, device.listened_to, device.problem) != before:
            self._on_change()

    def _part(self, device: Device) -> None:
        device.disconnect()
        device.source = None
        self._on_change()

    def _leave(self) -> None:
        """Close all ports and the system, whether it lives or not."""
        for device in self._devices.values():
            if device.source:
                self._part(device)
        system, self._system = self._system, None
        if system is not None:
            system.close()

    def _explain(self, problem: NoMidi | None) -> None:
        before, self._problem = self._problem, problem
        if problem and not before:
            self._on_news(problem_of(problem))
        if bool(problem) != bool(before):
            self._on_change()
