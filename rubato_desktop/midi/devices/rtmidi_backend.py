"""The MIDI systems as python-rtmidi reaches them."""

from __future__ import annotations

import gc
import itertools
import time
from collections.abc import Callable
from typing import Any

import rtmidi

from rubato_desktop.midi.devices.jack_watch import JackClosed, JackWatch, keep_quiet
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
# Of a JACK server that ended, and whose memory libjack may have freed: neither closed nor forgotten.
_ABANDONED: list[Any] = []
# No two ports of ours have one name: a port just closed may still show as connected when the next is opened.
_NUMBERS = itertools.count(1)
CONNECTING, LOOK_AGAIN, QUIET = 1.0, 0.002, 0.02  # s


def join(name: SystemName) -> MidiSystem | None:
    """Join a MIDI system by its name; None when it is not there."""
    if _APIS[name] not in rtmidi.get_compiled_api():
        return None
    keep_quiet()
    try:
        return JackSystem() if name == "jack" else RtMidiSystem(name)
    except (rtmidi.RtMidiError, JackClosed):
        return None


class RtMidiPort:
    """One open input of python-rtmidi."""

    def __init__(self, api: int, callback: Callback) -> None:
        self.midi = rtmidi.MidiIn(api, name=CLIENT)
        # Active sensing says three times a second that nothing happened; all else is passed on.
        self.midi.ignore_types(sysex=False, timing=False, active_sense=True)
        self._callback = callback
        self._calls = 0
        self.midi.set_callback(self._call)

    def close(self) -> None:
        # python-rtmidi closes while it holds the interpreter, and waits there for a call under way, which waits for
        # the interpreter: for ever. So no new calls, time for the last one to end, and only then closing.
        used_by_a_last_call = gc.get_referents(self.midi)
        self.midi.cancel_callback()
        self.let_calls_end()
        self.midi.close_port()
        self.midi.delete()
        del used_by_a_last_call

    def _call(self, event: tuple[list[int], float], _: None) -> None:
        self._calls += 1
        self._callback(bytes(event[0]))

    def let_calls_end(self) -> None:
        """Return when no call has come for a while."""
        seen = -1
        while seen != self._calls:
            seen = self._calls
            time.sleep(QUIET)


class RtMidiSystem:
    """ALSA's sequencer, CoreMIDI or Windows' MIDI.

    Raises:
        rtmidi.RtMidiError: it is not there.
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
            raise PortError(f"{source.name} cannot be listened to", code="busy") from error

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
                f"{source.name} cannot be listened to",
                todo="Close the other program that uses it; it is then joined by itself",
                code="busy",
            ) from error
        return port


class JackPort:
    """An input in JACK.

    Attributes:
        own: Full names of its ports, as others see them connected.
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
        self._port.let_calls_end()
        self._port.close()


class JackSystem(RtMidiSystem):
    """JACK: python-rtmidi carries the messages, a client of ours watches the server.

    When a server has ended and a client is opened before those of the old server are closed, libjack frees
    these, and closing them then ends the program. So: closed first while that can be, else never.

    Raises:
        JackClosed: no server answers.
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
            if self._answers():
                raise PortError(f"JACK has no room to listen to {source.name}", code="busy") from error
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
        """Let a source send no more to ports of ours, if it still does."""
        for port in own if self._watch.alive else ():
            self._watch.disconnect(source.port, port)
        self._wait(lambda: own.isdisjoint(self._watch.connections(source.port)))

    def _new_connections(self, source: Source, before: frozenset[str]) -> frozenset[str]:
        """Return what is connected to a source and was not before; nothing when the source has vanished."""
        self._wait(lambda: bool(self._watch.connections(source.port) - before))
        return self._watch.connections(source.port) - before

    def _wait(self, done: Callable[[], bool]) -> None:
        """Wait a while for a change of connections, which shows only when the server has begun its next period."""
        deadline = time.monotonic() + CONNECTING
        while self._watch.alive and not done() and time.monotonic() < deadline:
            time.sleep(LOOK_AGAIN)

    @staticmethod
    def _answers() -> bool:
        try:
            JackWatch(CLIENT).close()
        except JackClosed:
            return False
        return True

    @staticmethod
    def _gone() -> NoMidi:
        return NoMidi(
            "The JACK server has ended",
            kept="What was held is released; the keys on the screen and the computer's own keys work",
            todo="Start it again; it is found by itself",
            code="no_midi",
        )
