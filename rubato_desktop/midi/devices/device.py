"""One known MIDI device: receives its messages, and releases its held notes when it disconnects."""

from __future__ import annotations

import logging
from collections.abc import Callable

from rubato_desktop.clock import SECOND, Clock
from rubato_desktop.midi.devices.byte_stream import ByteStream
from rubato_desktop.midi.devices.held_notes import HeldNotes
from rubato_desktop.midi.devices.port_names import Source
from rubato_desktop.midi.devices.ports import InputPort, MidiSystem, PortError
from rubato_desktop.midi.devices.state import DeviceUse
from rubato_desktop.midi.encoding import describe_message
from rubato_desktop.midi.messages import Message

log = logging.getLogger(__name__)


class Device:
    """A device identified by its name, across disconnecting and reconnecting.

    `receive` is called on a thread of the MIDI system, everything else on the device manager's thread.

    Args:
        name: The device's name.
        use: What it is used for.
        clock: Timestamps each message.
        on_message: Called with each message; must be quick, since the player waits for the sound.
        on_learned: Called with the device name and the MIDI note (0-127) pressed while learning the lowest key.

    Attributes:
        use: What it is used for; replaced, never mutated.
        source: Where it is plugged in, or None while it is not.
        messages: Number of messages received.
        rate: Messages per second at the last measurement.
        last_seen: Time of its last message or connection (µs), or None if there was none.
        problem: Why it is not open although it should be.
        learning: True while its next note becomes its lowest key.
    """

    def __init__(
        self,
        name: str,
        use: DeviceUse,
        clock: Clock,
        on_message: Callable[[Message], None],
        on_learned: Callable[[str, int], None],
    ) -> None:
        self.name = name
        self.use = use
        self._now = clock.now
        self._on_message = on_message
        self._on_learned = on_learned
        self.source: Source | None = None
        self.messages = 0
        self.rate = 0.0
        self.last_seen: int | None = None
        self.problem: PortError | None = None
        self.learning = False
        self._port: InputPort | None = None
        self._stream = ByteStream()
        self._held = HeldNotes()
        self._learned_note: bytes | None = None
        self._measured = (clock.now(), 0)

    @property
    def is_open(self) -> bool:
        return self._port is not None

    def receive(self, data: bytes) -> None:
        """Process bytes from the MIDI system and pass on the messages that are complete."""
        t = self._now()
        try:
            for message in self._stream.feed(data):
                self.messages += 1
                self.last_seen = t
                if (self.learning or self._learned_note) and self._is_learning_input(message):
                    continue
                self._held.feed(message)
                self._on_message(Message(t, self.name, message))
        except Exception:
            log.exception("cannot process a message from %s: %s", self.name, describe_message(data))

    def connect(self, system: MidiSystem, source: Source) -> None:
        """Open the port the device is plugged into; on failure, set `problem`.

        Raises:
            NoMidi: the MIDI system is gone.
        """
        self._stream = ByteStream()
        try:
            self._port = system.open(source, self.receive)
        except PortError as error:
            # The manager retries every half second: report each problem only once.
            if str(error) != str(self.problem):
                self.problem = error
                log.info("cannot open %s", self.name, exc_info=True)
        else:
            self.problem = None
            self.last_seen = self._now()

    def is_cut_off(self, system: MidiSystem, source: Source) -> bool:
        """Return whether the device was unplugged since it was opened, even if it is plugged in again by now."""
        if self._port is None or self.source is None:
            return False
        return self.source.address != source.address or not system.carries(source, self._port)

    def disconnect(self) -> None:
        """Close the port, and send releases for everything the device held."""
        self.problem = None
        if self._port is None:
            return
        self._port.close()
        self._port = None
        self.learning, self._learned_note = False, None
        t = self._now()
        for message in self._held.release_all():
            self._on_message(Message(t, self.name, message))

    def measure(self) -> None:
        """Update `rate`, the messages per second since the last measurement."""
        before, count = self._measured
        now = self._now()
        if now - before >= SECOND // 4:
            self.rate = (self.messages - count) * SECOND / (now - before)
            self._measured = (now, self.messages)

    def _is_learning_input(self, data: bytes) -> bool:
        """Return whether a message is the key press, or its release, that teaches the lowest key; not passed on."""
        message = Message(0, self.name, data)
        if self.learning and message.is_note_on:
            self.learning = False
            self._learned_note = bytes((message.channel, message.note))
            self._on_learned(self.name, message.note)
            return True
        if message.is_note_off and self._learned_note == bytes((message.channel, message.note)):
            self._learned_note = None
            return True
        return False
