"""One MIDI device while the program knows it: what it sends, what it holds, and letting go when it goes."""

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
    """A device by its name, through all its comings and goings.

    `receive` is called on a thread of the MIDI system, all else on the device manager's.

    Args:
        name: The device's name.
        use: What it is used for.
        clock: Stamps each message.
        on_message: Takes each message; it must be quick, for the player waits.
        on_learned: Takes the MIDI note that was pressed to become the lowest key.

    Attributes:
        use: What it is used for; replaced, never changed.
        source: Where it is plugged in; None while it is not.
        messages: How many messages it has sent.
        rate: Messages a second when last measured.
        last_seen: When it last sent or was plugged in, µs; None while never.
        problem: Why it is not listened to though it should be.
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
        self._kept_back: bytes | None = None
        self._measured = (clock.now(), 0)

    @property
    def listened_to(self) -> bool:
        return self._port is not None

    def receive(self, data: bytes) -> None:
        """Take bytes from the MIDI system and pass on the messages they complete."""
        t = self._now()
        try:
            for message in self._stream.feed(data):
                self.messages += 1
                self.last_seen = t
                if (self.learning or self._kept_back) and self._is_answer(message):
                    continue
                self._held.feed(message)
                self._on_message(Message(t, self.name, message))
        except Exception:
            log.exception("a message of %s was not taken: %s", self.name, describe_message(data))

    def connect(self, system: MidiSystem, source: Source) -> None:
        """Listen to it where it is plugged in; why that cannot be is then its `problem`.

        Raises:
            NoMidi: the system is gone.
        """
        self._stream = ByteStream()
        try:
            self._port = system.open(source, self.receive)
        except PortError as error:
            # Tried again and again while it lasts: the same trouble is no news.
            if str(error) != str(self.problem):
                self.problem = error
                log.info("%s is not connected", self.name, exc_info=True)
        else:
            self.problem = None
            self.last_seen = self._now()

    def is_cut_off(self, system: MidiSystem, source: Source) -> bool:
        """Return whether it was unplugged since it was joined, though it may be plugged in again by now."""
        if self._port is None or self.source is None:
            return False
        return self.source.address != source.address or not system.carries(source, self._port)

    def disconnect(self) -> None:
        """Stop listening and release all that it held."""
        self.problem = None
        if self._port is None:
            return
        self._port.close()
        self._port = None
        self.learning, self._kept_back = False, None
        t = self._now()
        for message in self._held.let_go():
            self._on_message(Message(t, self.name, message))

    def measure(self) -> None:
        """Count messages a second since the last time."""
        before, sent = self._measured
        now = self._now()
        if now - before >= SECOND // 4:
            self.rate = (self.messages - sent) * SECOND / (now - before)
            self._measured = (now, self.messages)

    def _is_answer(self, data: bytes) -> bool:
        """Return whether a message only answers which key is the lowest; then nobody else hears it."""
        message = Message(0, self.name, data)
        if self.learning and message.is_note_on:
            self.learning = False
            self._kept_back = bytes((message.channel, message.note))
            self._on_learned(self.name, message.note)
            return True
        if message.is_note_off and self._kept_back == bytes((message.channel, message.note)):
            self._kept_back = None
            return True
        return False
