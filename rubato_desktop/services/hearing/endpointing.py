"""Endpointing: finds where an utterance begins and ends from the voice probability of each frame."""

from __future__ import annotations

from collections import deque
from typing import Final, Literal

RATE: Final = 16_000  # sample rate of the recogniser and of the VAD, Hz
FRAME: Final = 512  # samples the VAD judges at a time: 32 ms
FRAME_MS: Final = FRAME * 1000 // RATE

# Hysteresis as Silero's authors recommend: a higher threshold to begin than to continue.
_BEGIN_THRESHOLD: Final = 0.5
_CONTINUE_THRESHOLD: Final = 0.35
_ONSET_FRAMES: Final = 3  # of the last four: a click is not a voice
_LEAST_MS: Final = 120
COMMAND_SILENCE_MS: Final = 350
DICTATION_SILENCE_MS: Final = 900  # people think between the words of a sentence
PAUSE_MS: Final = 192  # after this much silence the utterance may be complete
LONGEST_MS: Final = 28_000  # Whisper takes at most 30 s at a time

Step = Literal["", "began", "paused", "ended", "nothing"]


class Endpointer:
    """Follows an utterance, frame by frame.

    Args:
        silence_ms: Silence that ends an utterance.
        longest_ms: A longer utterance is split here.

    Attributes:
        voiced_ms: How much of the utterance was voice.
        since_voice_ms: Time since the last voiced frame.
    """

    def __init__(self, silence_ms: int = COMMAND_SILENCE_MS, longest_ms: int = LONGEST_MS) -> None:
        self.silence_ms, self.longest_ms = silence_ms, longest_ms
        self.voiced_ms = self.since_voice_ms = 0
        self._recent: deque[bool] = deque(maxlen=_ONSET_FRAMES + 1)
        self._open = False
        self._length_ms = 0

    @property
    def open(self) -> bool:
        """Whether an utterance is in progress."""
        return self._open

    def feed(self, voice: float) -> Step:
        """Take the next frame.

        Args:
            voice: Voice probability of the frame, 0 to 1.

        Returns:
            ``began``; ``paused`` when the utterance may be complete; ``ended``; ``nothing`` when it was too short for a
            word; else the empty string.
        """
        if not self._open:
            self._recent.append(voice >= _BEGIN_THRESHOLD)
            if sum(self._recent) < _ONSET_FRAMES:
                return ""
            self._open, self._length_ms = True, FRAME_MS * len(self._recent)
            self.voiced_ms, self.since_voice_ms = FRAME_MS * sum(self._recent), 0
            return "began"
        self._length_ms += FRAME_MS
        if voice >= _CONTINUE_THRESHOLD:
            self.voiced_ms += FRAME_MS
            self.since_voice_ms = 0
        else:
            self.since_voice_ms += FRAME_MS
        if self.since_voice_ms >= self.silence_ms or self._length_ms >= self.longest_ms:
            return self.end()
        return "paused" if self.since_voice_ms == PAUSE_MS else ""

    def end(self) -> Step:
        """End the utterance now, without waiting for silence."""
        if not self._open:
            return ""
        self.reset()
        return "ended" if self.voiced_ms >= _LEAST_MS else "nothing"

    def reset(self) -> None:
        """Discard the utterance in progress."""
        self._open = False
        self._recent.clear()
