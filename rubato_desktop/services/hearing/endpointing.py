"""Where somebody begins and ends to speak: a pure function of how much each frame is voice."""

from __future__ import annotations

from collections import deque
from typing import Final, Literal

RATE: Final = 16_000  # Hz, of the recogniser and of the voice detector
FRAME: Final = 512  # samples the detector judges at a time: 32 ms
FRAME_MS: Final = FRAME * 1000 // RATE

# Hysteresis as the detector's authors have it: easier to go on speaking than to begin.
_BEGINS: Final = 0.5
_GOES_ON: Final = 0.35
_ONSET_FRAMES: Final = 3  # so many of the last four: a click is no voice
_LEAST_MS: Final = 120
COMMAND_SILENCE_MS: Final = 350
DICTATION_SILENCE_MS: Final = 900  # people think between the words of a sentence
PAUSE_MS: Final = 192  # after so long a silence it may have been all
LONGEST_MS: Final = 28_000  # the recogniser hears half a minute at a time

Step = Literal["", "began", "paused", "ended", "nothing"]


class Endpointer:
    """Follows the voice, frame by frame.

    Args:
        silence_ms: So long a silence ends what is said.
        longest_ms: What is longer is ended in the middle.

    Attributes:
        voiced_ms: How much of what is said was voice.
        since_voice_ms: How long ago the last voiced frame ended.
    """

    def __init__(self, silence_ms: int = COMMAND_SILENCE_MS, longest_ms: int = LONGEST_MS) -> None:
        self.silence_ms, self.longest_ms = silence_ms, longest_ms
        self.voiced_ms = self.since_voice_ms = 0
        self._last: deque[bool] = deque(maxlen=_ONSET_FRAMES + 1)
        self._open = False
        self._length_ms = 0

    @property
    def open(self) -> bool:
        """Whether somebody is speaking."""
        return self._open

    def feed(self, voice: float) -> Step:
        """Take the next frame.

        Args:
            voice: How surely it is voice, 0 to 1.

        Returns:
            ``began``; ``paused``: it may end here; ``ended``; ``nothing`` where what began was too short to be a word;
            else empty.
        """
        if not self._open:
            self._last.append(voice >= _BEGINS)
            if sum(self._last) < _ONSET_FRAMES:
                return ""
            self._open, self._length_ms = True, FRAME_MS * len(self._last)
            self.voiced_ms, self.since_voice_ms = FRAME_MS * sum(self._last), 0
            return "began"
        self._length_ms += FRAME_MS
        if voice >= _GOES_ON:
            self.voiced_ms += FRAME_MS
            self.since_voice_ms = 0
        else:
            self.since_voice_ms += FRAME_MS
        if self.since_voice_ms >= self.silence_ms or self._length_ms >= self.longest_ms:
            return self.end()
        return "paused" if self.since_voice_ms == PAUSE_MS else ""

    def end(self) -> Step:
        """End what is said now, whether or not there is silence."""
        if not self._open:
            return ""
        self.reset()
        return "ended" if self.voiced_ms >= _LEAST_MS else "nothing"

    def reset(self) -> None:
        """Forget what began."""
        self._open = False
        self._last.clear()
