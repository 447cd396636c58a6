"""The MIDI systems, implemented with python-rtmidi."""

from __future__ import annotations

import gc
import itertools
import time
from collections.abc import Callable
from typing import Any

import rtmidi

from rubato_desktop.midi.devices.jack_watch import JackClosed, JackWatch, silence_libraries
from rubato_desktop.midi.devices.port_names import CLIENT, Source, sources
from rubato_desktop.midi.devices.ports import (
    Callback,
    InputPort,
    MidiSystem,
    NoMidi,
    PortError,
    SystemName,
    no_midi,
)

_APIS = {
    "alsa": rtmidi.API_LINUX_ALSA,
    "jack": rtmidi.API_UNIX_JACK,
    "coremidi": rtmidi.API_MACOSX_CORE,
    "winmm": rtmidi.API_WINDOWS_MM,
}
# Ports of a JACK server that has stopped: libjack may have freed their memory, so they are never closed, and are
# referenced here so that the garbage collector does not close them either.
_ABANDONED: list[Any] = []
# Makes our port names unique: a port that was just closed may still show as connected when the next one opens.
_NUMBERS = itertools.count(1)
CONNECT_TIMEOUT, POLL_INTERVAL, QUIET_TIME = 1.0, 0.002, 0.02  # s


def connect(name: SystemName) -> MidiSystem | None:
    """Return a connection to a MIDI system, or None if the system is not available."""
    if _APIS[name] not in rtmidi.get_compiled_api():
        return None
    silence_libraries()
    try:
        return JackSystem() if name == "jack" else RtMidiSystem(name)
    except (rtmidi.RtMidiError, JackClosed):
        return None


class RtMidiPort:
    """One open input of python-rtmidi."""

    def __init__(self, api: int, callback: Callback) -> None:
        self.midi = rtmidi.MidiIn(api, name=CLIENT)
        # Active sensing only repeats, three times a second, that the device is alive; everything else is passed on.
        self.midi.ignore_types(sysex=False, timing=False, active_sense=True)
        self._callback = callback
        self._calls = 0
        self.midi.set_callback(self._call)

    def close(self) -> None:
        # python-rtmidi holds the GIL while it closes a port and waits for a running callback, which waits for the
        # GIL: a deadlock. So stop new callbacks first, let the last one finish, and only then close.
        used_by_last_call = gc.get_referents(self.midi)
        self.midi.cancel_callback()
        self.wait_for_calls()
        self.midi.close_port()
        self.midi.delete()
        del used_by_last_call

    def _call(self, event: tuple[list[int], float], _: None) -> None:
        self._calls += 1
        self._callback(bytes(event[0]))

    def wait_for_calls(self) -> None:
        """Wait until no callback has run for `QUIET_TIME`."""
        seen = -1
        while seen != self._calls:
            seen = self._calls
            time.sleep(QUIET_TIME)


class RtMidiSystem:
    """The ALSA sequencer, CoreMIDI or Windows MIDI.

    Raises:
        rtmidi.RtMidiError: the system is not available.
    """

    def __init__(self, name: SystemName) -> None:
        self.name: SystemName = name
        self.period_ms: float | None = None
        self._list = rtmidi.MidiIn(_APIS[name], name=CLIENT)

    def inputs(self) -> dict[str, Source]:
        try:
            return sources(self.name, ((port, "") for port in self._list.get_ports()))
        except rtmidi.RtMidiError as error:
            raise no_midi((self.name,)) from error

    def open(self, source: Source, callback: Callback) -> InputPort:
        try:
            return self._open(source, callback, source.name)
        except rtmidi.RtMidiError as error:
            raise PortError(f"Cannot open {source.name}", code="busy") from error

    def carries(self, source: Source, port: InputPort) -> bool:
        return True

    def close(self) -> None:
        self._list.delete()

    def _open(self, source: Source, callback: Callback, name: str) -> RtMidiPort:
        port = RtMidiPort(_APIS[self.name], callback)
        try:
            port.midi.open_port(port.midi.get_ports().index(source.port), name=name)
        except ValueError:
            port.close()
            raise PortError(f"{source.name} was just unplugged", code="unplugged") from None
        except (rtmidi.RtMidiError, OSError) as error:
            port.close()
            raise PortError(
                f"Cannot open {source.name}",
                todo="Close the other program that uses it; Rubato then connects automatically",
                code="busy",
            ) from error
        return port


class JackPort:
    """An open input in JACK.

    Attributes:
        own: Full names of our JACK ports that the source is connected to.
    """

    def __init__(self, port: RtMidiPort, source: Source, own: frozenset[str], system: JackSystem) -> None:
        self._port = port
        self._source = source
        self.own = own
        self._system = system

    def close(self) -> None:
        if self._system.abandoned:
            _ABANDONED.append(self._port)
            return
        self._system.disconnect(self._source, self.own)
        self._port.wait_for_calls()
        self._port.close()


class JackSystem(RtMidiSystem):
    """JACK: python-rtmidi receives the messages, and a client of our own watches the server.

    If a server stops and a new client is opened before the old server's clients are closed, libjack frees the old
    clients, and closing them afterwards crashes the program. So they are closed before that, or never.

    Raises:
        JackClosed: no server is running.
    """

    def __init__(self) -> None:
        self.name = "jack"
        self.abandoned = False
        self._watch = JackWatch(CLIENT)
        self.period_ms = self._watch.period_ms

    def inputs(self) -> dict[str, Source]:
        if not self._watch.alive:
            raise self._gone()
        return sources("jack", self._watch.sources())

    def open(self, source: Source, callback: Callback) -> InputPort:
        if not self._watch.alive:
            raise self._gone()
        before = self._watch.connections(source.port)
        try:
            port = self._open(source, callback, f"{source.name} {next(_NUMBERS)}")
        except rtmidi.RtMidiError as error:
            if self._responds():
                raise PortError(f"JACK has no free port for {source.name}", code="busy") from error
            self.abandoned = True
            raise self._gone() from error
        return JackPort(port, source, self._new_connections(source, before), self)

    def carries(self, source: Source, port: InputPort) -> bool:
        return isinstance(port, JackPort) and not port.own.isdisjoint(self._watch.connections(source.port))

    def close(self) -> None:
        if self.abandoned:
            _ABANDONED.append(self._watch)
        else:
            self._watch.close()

    def disconnect(self, source: Source, own: frozenset[str]) -> None:
        """Disconnect a source from our ports, if it is still connected."""
        for port in own if self._watch.alive else ():
            self._watch.disconnect(source.port, port)
        self._wait(lambda: own.isdisjoint(self._watch.connections(source.port)))

    def _new_connections(self, source: Source, before: frozenset[str]) -> frozenset[str]:
        """Return the ports that were connected to a source since `before`; empty if the source is gone."""
        self._wait(lambda: bool(self._watch.connections(source.port) - before))
        return self._watch.connections(source.port) - before

    def _wait(self, done: Callable[[], bool]) -> None:
        """Wait for a change of connections, which shows only once the server begins its next period."""
        deadline = time.monotonic() + CONNECT_TIMEOUT
        while self._watch.alive and not done() and time.monotonic() < deadline:
            time.sleep(POLL_INTERVAL)

    @staticmethod
    def _responds() -> bool:
        try:
            JackWatch(CLIENT).close()
        except JackClosed:
            return False
        return True

    @staticmethod
    def _gone() -> NoMidi:
        return NoMidi(
            "The JACK server has stopped",
            kept="Held notes were released; the on-screen keys and the computer keyboard still work",
            todo="Restart it; Rubato then reconnects automatically",
            code="no_midi",
        )
