"""Everything that sounds, mixed: the player's own keys, cues, the recording that plays, and what is said."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from rubato_desktop.audio.cues import Cue, CueScheduler
from rubato_desktop.audio.mixer_part import MixerPart
from rubato_desktop.audio.player import Player
from rubato_desktop.audio.speech_part import SpeechPart
from rubato_desktop.audio.synth import FRAME_BYTES, Instrument

log = logging.getLogger(__name__)

Kind = Literal["echo", "cue", "playback"]

# Amplitude at level 1. A twelve-note fortissimo on the piano peaks at 0.5 before these; recordings of a whole
# orchestra go higher, and cues are to be soft.
FULL: Final[Mapping[Kind, float]] = {"echo": 2.0, "cue": 2.0, "playback": 1.2}


class Mixer:
    """Three instruments that cannot disturb one another, and speech, played by orders from other threads.

    `give` may be called from any thread and never waits; all else happens inside `fill`, on the thread that
    renders, so that nothing in here needs a lock.

    Args:
        make: Makes an instrument; called three times.
        rate: Sample rate, Hz.
        cues: Cues by name.
        on_end: Called on the rendering thread when a recording has been played to its end; must not wait.
    """

    def __init__(
        self,
        make: Callable[[], Instrument],
        rate: int,
        cues: Mapping[str, Cue],
        on_end: Callable[[], None] | None = None,
    ) -> None:
        self.rate = rate
        self.frames = 0
        self._echo = MixerPart(make())
        self._desk = CueScheduler(make(), rate, cues)
        self.player = Player(make(), rate, on_end)
        self._parts: dict[Kind, MixerPart] = {"echo": self._echo, "cue": self._desk, "playback": self.player}
        self.spoken = SpeechPart(rate)
        self._orders: deque[tuple[Callable[..., None], tuple[Any, ...]]] = deque()
        self.echo: Callable[[bytes], None] = self._echo.instrument.send
        for kind in self._parts:
            self.set_volume(kind, 0.7)

    @property
    def desk(self) -> CueScheduler:
        return self._desk

    def give(self, do: Callable[..., None], *args: Any) -> None:
        """Have `do` called at the beginning of the next block, after everything that was given before it."""
        self._orders.append((do, args))

    def fill(self, out: memoryview) -> None:
        """Carry out what was ordered and render the next block.

        Args:
            out: Bytes of interleaved float32 samples, `FRAME_BYTES` a frame; overwritten.
        """
        orders = self._orders
        while orders:
            do, args = orders.popleft()
            try:
                do(*args)
            except Exception:
                log.exception("an order to the sound failed: %s", do)
        self._echo.render(out, False)
        self.player.render(out, True)
        # Music gives way to speech; cues are short and mean something.
        self.spoken.make_room(out)
        self._desk.render(out, True)
        self.spoken.mix(out)
        self.frames += len(out) // FRAME_BYTES

    def set_volume(self, kind: Kind, level: float) -> None:
        """Set how loud one kind is: `level` 0 to 1, heard as even steps (amplitude is its square)."""
        self._parts[kind].instrument.set_gain(FULL[kind] * max(0.0, min(1.0, level)) ** 2)

    def set_echo_program(self, program: int) -> None:
        """Choose the instrument of the player's own keys, 0-127."""
        self._echo.instrument.set_program(program)

    def release(self) -> None:
        """Let go of all own keys, as when a device vanishes."""
        self._echo.instrument.release()

    def silence(self) -> None:
        """Stop everything that sounds, at once."""
        self._desk.hush()
        self.spoken.hush()
        self.player.pause()
        for part in self._parts.values():
            part.instrument.release()
            part.instrument.stop()
