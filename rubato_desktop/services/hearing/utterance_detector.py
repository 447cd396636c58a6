"""Cuts the microphone's sound into utterances, and queues them for recognition."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from rubato_desktop.services.hearing.endpointing import (
    COMMAND_SILENCE_MS,
    DICTATION_SILENCE_MS,
    FRAME,
    LONGEST_MS,
    RATE,
    Endpointer,
    Step,
)
from rubato_desktop.services.hearing.recognition import RecognitionThread, Task
from rubato_desktop.services.hearing.vad import VoiceActivity
from rubato_desktop.services.voice.samples import Samples

_PRE_ROLL_S: Final = 0.45  # sound kept from before the voice is detected


class UtteranceDetector:
    """Finds utterances by endpointing, or takes what is said during push-to-talk. For one thread.

    Args:
        recognition: Recognises the utterances.
        on_report: Called with ``{"voice": ...}`` when an utterance begins, ends, or turns out to be no speech.
        on_queued: Called after each utterance has been queued for recognition.

    Attributes:
        talking: Whether push-to-talk is on.
    """

    def __init__(
        self,
        recognition: RecognitionThread,
        *,
        on_report: Callable[[Mapping[str, Any]], None],
        on_queued: Callable[[], None],
    ) -> None:
        self._recognition = recognition
        self._on_report, self._on_queued = on_report, on_queued
        self.talking = False
        self._vad: VoiceActivity | None = None
        self._endpointer = Endpointer()
        self._task = Task()
        self._partial: Samples = np.zeros(0, np.float32)  # an incomplete frame
        self._frames: list[Samples] = []  # of the utterance, or of the pre-roll
        self._began_ns = 0
        self._speculated = False  # the utterance may be complete, and is being recognised
        self._voiced = False  # whether there was a voice since push-to-talk began

    def load(self) -> None:
        """Load the VAD, if it is not loaded yet.

        Raises:
            RubatoError: its model is missing (code ``needs_model``) or damaged (code ``bad_model``).
        """
        if self._vad is None:
            self._vad = VoiceActivity()

    def expect(self, task: Task) -> None:
        """Set what the current and the following utterances are to be recognised as."""
        self._task = task
        self._recognition.prepare(task)

    def start_talk(self) -> None:
        """Begin push-to-talk: one utterance, whatever pauses it has."""
        self.talking = True
        self._begin()

    def end_talk(self) -> None:
        """End push-to-talk, and its utterance."""
        self.talking = False
        if self._voiced:
            self._queue()
        else:
            self._on_report({"voice": "nothing"})
        self._voiced = False
        self._endpointer.reset()
        self._frames.clear()

    def finish(self) -> None:
        """End the current utterance, if there is one, without waiting for silence."""
        if self._endpointer.open:
            self._end(self._endpointer.end())

    def discard(self) -> None:
        """Discard the current utterance."""
        if self._endpointer.open:
            self._on_report({"voice": "nothing"})
        self._endpointer.reset()
        self._frames.clear()
        self._voiced = False

    def feed(self, sound: Samples) -> None:
        """Take the next block of sound, mono at `RATE`, of any length."""
        self._partial = np.concatenate([self._partial, sound])
        while len(self._partial) >= FRAME:
            frame, self._partial = self._partial[:FRAME], self._partial[FRAME:]
            self._take(frame)

    def _take(self, frame: Samples) -> None:
        assert self._vad is not None
        self._endpointer.silence_ms = self._silence_ms
        step = self._endpointer.feed(self._vad.judge(frame))
        self._frames.append(frame)
        if self._speculated and self._endpointer.open and not self._endpointer.since_voice_ms:
            self._recognition.drop()
            self._speculated = False
        if self.talking:
            self._voiced = self._voiced or step == "began"
            if step == "ended":  # as long as can be recognised at once; what follows is another utterance
                self._queue()
                self._begin()
            return
        if step == "began":
            self._begin()
        elif step == "paused":
            self._recognition.speculate(np.concatenate(self._frames), self._task)
            self._speculated = True
        elif step:
            self._end(step)
        elif not self._endpointer.open:
            del self._frames[: -round(_PRE_ROLL_S * RATE / FRAME)]

    @property
    def _silence_ms(self) -> int:
        if self.talking:
            return LONGEST_MS  # the key ends it, not silence
        return DICTATION_SILENCE_MS if self._task.dictation else COMMAND_SILENCE_MS

    def _begin(self) -> None:
        self._began_ns = time.perf_counter_ns()
        self._on_report({"voice": "on", "ns": self._began_ns})

    def _end(self, step: Step) -> None:
        if step == "ended":
            self._queue()
        else:
            self._on_report({"voice": "nothing"})
            self._frames.clear()

    def _queue(self) -> None:
        silence_ms = self._endpointer.since_voice_ms
        sound = np.concatenate(self._frames)
        self._frames.clear()
        ended_ns = time.perf_counter_ns()
        self._on_report({"voice": "off", "ns": ended_ns})
        self._recognition.add(
            sound,
            self._task,
            self._began_ns,
            ended_ns - silence_ms * 1_000_000,
            speculated=self._speculated,
        )
        self._on_queued()
        self._speculated = False
