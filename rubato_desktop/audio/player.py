"""Plays a score by the clock of the sound itself: each message at its sample, no error ever adding up."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from rubato_desktop.audio.mixer_part import NEVER, MixerPart
from rubato_desktop.audio.synth import SOFT, SOSTENUTO, SUSTAIN, Instrument
from rubato_desktop.midi.messages import CONTROL, PROGRAM

SLOWEST, FASTEST = 0.1, 4.0
_PEDALS: Final = (SUSTAIN, SOSTENUTO, SOFT)


class Player(MixerPart):
    """The transport of one recording.

    The place in the recording is always computed from the frames rendered since it was last started, moved or
    changed in speed, never added up from block to block; so it does not drift from the sound.

    Args:
        instrument: What it is played on; nothing else may use it.
        rate: Its sample rate, Hz.
        on_end: Called when the last message has been played, on the thread that renders; must not wait.
    """

    def __init__(self, instrument: Instrument, rate: int, on_end: Callable[[], None] | None = None) -> None:
        super().__init__(instrument)
        self.playing = False
        self.on_end = on_end
        self._rate = rate
        self._speed = 1.0
        self._times: Sequence[int] = ()
        self._words: Sequence[int] = ()
        self._next = 0
        self._from_us = 0.0
        self._from_frame = 0
        self._pedals: dict[tuple[int, int], int] = {}

    @property
    def speed(self) -> float:
        """How fast it plays; 1 is as recorded."""
        return self._speed

    def load(self, times: Sequence[int], words: Sequence[int]) -> None:
        """Take another recording, stopped at its beginning.

        Args:
            times: µs from the beginning, never falling, as `Score.times`.
            words: Messages as `Score.words`.
        """
        self.playing = False
        self._times, self._words = times, words
        self.seek(0)

    def play(self) -> None:
        """Go on from where it is; at the end, begin again only after a `seek`."""
        if not self.playing:
            self._anchor(self.position_us())
            self.playing = True
            for (channel, pedal), value in self._pedals.items():
                self.instrument.send(bytes((CONTROL | channel, pedal, value)))

    def pause(self) -> None:
        """Stop where it is; held notes and pedals are let go."""
        if self.playing:
            self._anchor(self.position_us())
            self.playing = False
            self.instrument.release()

    def seek(self, t: int, state: Iterable[bytes] = ()) -> None:
        """Move to another place; goes on playing if it was.

        Args:
            t: µs from the beginning.
            state: The messages that put the instrument into its state there, from `Score.chase`.
        """
        self.instrument.reset()
        self._pedals.clear()
        for data in state:
            self.control(data)
        self._next = bisect_left(self._times, t)
        self._anchor(float(max(0, t)))

    def control(self, data: bytes) -> None:
        """Put the instrument into a state, as `seek` does."""
        self._note_pedal(data)
        self.instrument.send(data)

    def set_speed(self, speed: float) -> None:
        """Play at `SLOWEST` to `FASTEST` times the speed of the recording, from here on; pitch stays."""
        self._anchor(self.position_us())
        self._speed = max(SLOWEST, min(FASTEST, speed))

    def position_us(self) -> float:
        """Return the µs of the recording that the next frame to be rendered belongs to."""
        if not self.playing:
            return self._from_us
        return self._from_us + (self.frame - self._from_frame) * 1e6 * self._speed / self._rate

    def due(self) -> int:
        if not self.playing:
            return NEVER
        if self._next == len(self._times):
            # One act past the last message, to say that the end is reached.
            return self.frame
        after_us = self._times[self._next] - self._from_us
        return max(self.frame, self._from_frame + int(after_us * self._rate / (1e6 * self._speed) + 0.5))

    def act(self) -> None:
        if self._next == len(self._times):
            self._anchor(float(self._times[-1]) if self._times else 0.0)
            self.playing = False
            if self.on_end:
                self.on_end()
            return
        word = self._words[self._next]
        self._next += 1
        kind = word & 0xF0
        data = word.to_bytes(3, "little") if kind != PROGRAM else (word & 0xFFFF).to_bytes(2, "little")
        if kind == CONTROL:
            self._note_pedal(data)
        self.instrument.send(data)

    def _anchor(self, us: float) -> None:
        self._from_us, self._from_frame = us, self.frame

    def _note_pedal(self, data: bytes) -> None:
        if data[0] & 0xF0 == CONTROL and data[1] in _PEDALS:
            self._pedals[data[0] & 0x0F, data[1]] = data[2]
