"""A part: an instrument that is played by a plan while its sound is rendered, exact to the sample."""

from __future__ import annotations

import sys
from typing import Final

from rubato_desktop.audio.synth import FRAME_BYTES, Instrument

NEVER: Final = sys.maxsize


class MixerPart:
    """An instrument with a clock of its own that counts the frames it has rendered.

    A plan overrides `due` and `act`; without them nothing is planned and the instrument only sounds what
    it is sent directly.

    Args:
        instrument: What is played.
    """

    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self.frame = 0

    def due(self) -> int:
        """Return the frame at which `act` wants to be called next; `NEVER` when nothing is planned."""
        return NEVER

    def act(self) -> None:
        """Do what is due. Must move `due` on, or do something finite often enough that it does."""

    def render(self, out: memoryview, mix: bool) -> None:
        """Render the next frames and act at exactly the frames that are due.

        Args:
            out: Bytes of interleaved float32 samples, `FRAME_BYTES` a frame.
            mix: True adds to what is in `out`, False overwrites it.
        """
        begin = self.frame
        end = begin + len(out) // FRAME_BYTES
        while (due := self.due()) < end:
            self._sound(out, begin, due, mix)
            self.act()
        self._sound(out, begin, end, mix)

    def _sound(self, out: memoryview, begin: int, until: int, mix: bool) -> None:
        if until > self.frame:
            self.instrument.render(
                out[(self.frame - begin) * FRAME_BYTES : (until - begin) * FRAME_BYTES], mix
            )
            self.frame = until
