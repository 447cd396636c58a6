"""A part of the mix: an instrument whose events are played at exact samples while it renders."""

from __future__ import annotations

import sys
from typing import Final

from rubato_desktop.audio.synth import FRAME_BYTES, Instrument

NEVER: Final = sys.maxsize


class MixerPart:
    """An instrument with its own clock, which counts the rendered frames.

    Subclasses schedule events by overriding `due` and `act`; this class schedules none and only plays what the
    instrument is sent directly.

    Args:
        instrument: The instrument.

    Attributes:
        frame: Number of frames rendered so far.
    """

    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self.frame = 0

    def due(self) -> int:
        """Return the frame at which to call `act` next, or `NEVER`."""
        return NEVER

    def act(self) -> None:
        """Play the event that is due. Repeated calls must eventually advance `due`."""

    def render(self, out: memoryview, mix: bool) -> None:
        """Render the next frames, calling `act` at exactly the frames that are due.

        Args:
            out: Bytes of interleaved stereo float32 samples, `FRAME_BYTES` per frame.
            mix: Whether to add to `out` instead of overwriting it.
        """
        begin = self.frame
        end = begin + len(out) // FRAME_BYTES
        while (due := self.due()) < end:
            self._render_until(out, begin, due, mix)
            self.act()
        self._render_until(out, begin, end, mix)

    def _render_until(self, out: memoryview, begin: int, until: int, mix: bool) -> None:
        if until > self.frame:
            self.instrument.render(
                out[(self.frame - begin) * FRAME_BYTES : (until - begin) * FRAME_BYTES], mix
            )
            self.frame = until
