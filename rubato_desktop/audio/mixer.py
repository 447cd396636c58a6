"""Mixes all sound: the echo of the keys, cues, the recording, and speech."""

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

# Gain at volume 1. A twelve-note fortissimo on the piano peaks at 0.5 before this gain; orchestral recordings peak
# higher.
FULL: Final[Mapping[Kind, float]] = {"echo": 2.0, "cue": 2.0, "playback": 1.2}


class Mixer:
    """Three independent instruments and speech, controlled by calls that other threads post.

    `post` may be called from any thread and does not block; everything else runs inside `fill` on the render thread,
    so no locks are needed.

    Args:
        make_instrument: Creates an instrument; called three times.
        rate: Sample rate, Hz.
        cues: Cues by name.
        on_end: Called on the render thread when a recording has been played to its end; must not block.

    Attributes:
        frames: Number of frames rendered so far.
        cues: Plays cues.
        player: Plays the recording.
        speech: Plays speech.
        echo: Plays one MIDI message of the keys.
    """

    def __init__(
        self,
        make_instrument: Callable[[], Instrument],
        rate: int,
        cues: Mapping[str, Cue],
        on_end: Callable[[], None] | None = None,
    ) -> None:
        self.rate = rate
        self.frames = 0
        self._echo = MixerPart(make_instrument())
        self.cues = CueScheduler(make_instrument(), rate, cues)
        self.player = Player(make_instrument(), rate, on_end)
        self._parts: dict[Kind, MixerPart] = {"echo": self._echo, "cue": self.cues, "playback": self.player}
        self.speech = SpeechPart(rate)
        self._calls: deque[tuple[Callable[..., None], tuple[Any, ...]]] = deque()
        self.echo: Callable[[bytes], None] = self._echo.instrument.send
        for kind in self._parts:
            self.set_volume(kind, 0.7)

    def post(self, function: Callable[..., None], *args: Any) -> None:
        """Schedule a call for the beginning of the next block, after all earlier ones."""
        self._calls.append((function, args))

    def fill(self, out: memoryview) -> None:
        """Run the posted calls and render the next block.

        Args:
            out: Bytes of interleaved stereo float32 samples, `FRAME_BYTES` per frame; overwritten.
        """
        calls = self._calls
        while calls:
            function, args = calls.popleft()
            try:
                function(*args)
            except Exception:
                log.exception("a call on the render thread failed: %s", function)
        self._echo.render(out, False)
        self.player.render(out, True)
        # Speech ducks the music but not the cues, which are short and carry meaning.
        self.speech.duck(out)
        self.cues.render(out, True)
        self.speech.mix(out)
        self.frames += len(out) // FRAME_BYTES

    def set_volume(self, kind: Kind, level: float) -> None:
        """Set the volume of one kind, 0-1; the gain is its square, so that equal steps sound equal."""
        self._parts[kind].instrument.set_gain(FULL[kind] * max(0.0, min(1.0, level)) ** 2)

    def set_echo_program(self, program: int) -> None:
        """Set the General MIDI program of the key echo, 0-127."""
        self._echo.instrument.set_program(program)

    def release(self) -> None:
        """Release all echoed keys, for example when a device is unplugged."""
        self._echo.instrument.release()

    def silence(self) -> None:
        """Stop all sound at once."""
        self.cues.silence()
        self.speech.stop()
        self.player.pause()
        for part in self._parts.values():
            part.instrument.release()
            part.instrument.stop()
