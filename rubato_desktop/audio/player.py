"""Plays a score on the sample clock: each message at its exact sample, without accumulating errors."""

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

    The position is always computed from the frames rendered since the last start, seek or change of speed, never
    accumulated from block to block, so it does not drift from the sound.

    Args:
        instrument: Plays the recording; used by nothing else.
        rate: Sample rate of the instrument, Hz.
        on_end: Called on the render thread after the last message; must not block.
    """

    def __init__(self, instrument: Instrument, rate: int, on_end: Callable[[], None] | None = None) -> None:
        super().__init__(instrument)
        self.playing = False
        self.on_end = on_end
        self._rate = rate
        self._speed = 1.0
        self._times: Sequence[int] = ()
        self._packed: Sequence[int] = ()
        self._next = 0
        self._from_us = 0.0
        self._from_frame = 0
        self._pedals: dict[tuple[int, int], int] = {}

    @property
    def speed(self) -> float:
        """Playback speed; 1 is as recorded."""
        return self._speed

    def load(self, times: Sequence[int], packed: Sequence[int]) -> None:
        """Load a recording and stop at its beginning.

        Args:
            times: `Score.times`, in µs, ascending.
            packed: `Score.packed`.
        """
        self.playing = False
        self._times, self._packed = times, packed
        self.seek(0)

    def play(self) -> None:
        """Play from the current position; at the end, a `seek` is needed first."""
        if not self.playing:
            self._anchor(self.position_us())
            self.playing = True
            for (channel, pedal), value in self._pedals.items():
                self.instrument.send(bytes((CONTROL | channel, pedal, value)))

    def pause(self) -> None:
        """Pause at the current position; releases held notes and pedals."""
        if self.playing:
            self._anchor(self.position_us())
            self.playing = False
            self.instrument.release()

    def seek(self, t: int, state: Iterable[bytes] = ()) -> None:
        """Move to another position; keeps playing if it was.

        Args:
            t: Time from the beginning (µs).
            state: Messages from `Score.chase` that restore the state of the instrument at `t`.
        """
        self.instrument.reset()
        self._pedals.clear()
        for data in state:
            self.control(data)
        self._next = bisect_left(self._times, t)
        self._anchor(float(max(0, t)))

    def control(self, data: bytes) -> None:
        """Send a message that is not part of the recording, such as one that restores state."""
        self._track_pedal(data)
        self.instrument.send(data)

    def set_speed(self, speed: float) -> None:
        """Set the speed, `SLOWEST` to `FASTEST` times that of the recording; does not change the pitch."""
        self._anchor(self.position_us())
        self._speed = max(SLOWEST, min(FASTEST, speed))

    def position_us(self) -> float:
        """Return the position of the next frame to be rendered (µs)."""
        if not self.playing:
            return self._from_us
        return self._from_us + (self.frame - self._from_frame) * 1e6 * self._speed / self._rate

    def due(self) -> int:
        if not self.playing:
            return NEVER
        if self._next == len(self._times):
            # One more `act` after the last message, to report the end.
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
        packed = self._packed[self._next]
        self._next += 1
        kind = packed & 0xF0
        data = packed.to_bytes(3, "little") if kind != PROGRAM else (packed & 0xFFFF).to_bytes(2, "little")
        if kind == CONTROL:
            self._track_pedal(data)
        self.instrument.send(data)

    def _anchor(self, us: float) -> None:
        self._from_us, self._from_frame = us, self.frame

    def _track_pedal(self, data: bytes) -> None:
        if data[0] & 0xF0 == CONTROL and data[1] in _PEDALS:
            self._pedals[data[0] & 0x0F, data[1]] = data[2]
