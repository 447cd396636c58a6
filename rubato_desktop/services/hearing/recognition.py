"""Recognition: turns utterances into commands or transcripts, on a thread of its own."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
import wave
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final

import numpy as np

from rubato_desktop.errors import RubatoError
from rubato_desktop.interpreter import give_memory_back
from rubato_desktop.services.hearing.denoise import denoise
from rubato_desktop.services.hearing.endpointing import FRAME, RATE
from rubato_desktop.services.hearing.matching import LONGEST_S, NOTHING, Match, Phrases
from rubato_desktop.services.hearing.models import Model, choose_model
from rubato_desktop.services.hearing.moonshine import LANGUAGE, Moonshine
from rubato_desktop.services.hearing.recogniser import Segment, Whisper
from rubato_desktop.services.hearing.vad import VoiceActivity
from rubato_desktop.services.voice.samples import Samples, sanitise, to_int16

log = logging.getLogger(__name__)

_VOICED: Final = 0.35  # voice probability of a voiced frame
_MARGIN: Final = round(0.45 * RATE)  # samples left on either side when a voice is cut out of a long sound
_IDLE_S: Final = 2.0  # after this long without work, memory is given back
_CACHED: Final = 6  # compiled phrase sets: for commands, for numbers, for names, ...

Report = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """What an utterance is to be recognised as.

    Attributes:
        phrases: The commands and values that are possible now.
        dictation: Whether to transcribe it. It is then a phrase only when the whole transcript is one.
        save_to: WAV file to save its sound to; None to discard it.
    """

    phrases: tuple[str, ...] = ()
    dictation: bool = False
    save_to: Path | None = None


@dataclass(frozen=True, slots=True)
class Recognition:
    """The result: the matching phrase or its candidates, and the transcript when one was made."""

    match: Match = NOTHING
    segments: tuple[Segment, ...] = ()

    @property
    def text(self) -> str:
        return " ".join(segment.text for segment in self.segments)

    @property
    def confidence(self) -> float:
        return min((segment.confidence for segment in self.segments), default=0.0)


class SpeechInterpreter:
    """Recognises utterances; caches compiled phrase sets. For one thread at a time.

    Args:
        model: The Whisper model, which transcribes and decides the hard commands.
        language: Two-letter code of the spoken language.
        clean: Whether to reduce steady noise first.
    """

    def __init__(self, model: Model, language: str = "en", *, clean: bool = False) -> None:
        self._whisper = Whisper(model, language)
        self._moonshine = Moonshine() if language == LANGUAGE else None
        self._clean = clean
        self._cache: OrderedDict[tuple[str, ...], Phrases] = OrderedDict()
        self._activity = VoiceActivity()

    def load(self) -> None:
        """Load the models, if they are not loaded yet.

        Raises:
            RubatoError: one is missing (code ``needs_model``), damaged, or does not know the language (code
                ``bad_model``).
        """
        self._whisper.load()
        if self._moonshine is not None:
            self._moonshine.load()

    def prepare(self, phrases: tuple[str, ...]) -> Phrases:
        """Compile a phrase set, or take it from the cache."""
        if phrases not in self._cache:
            self._cache[phrases] = Phrases(self._whisper, self._moonshine, phrases)
            if len(self._cache) > _CACHED:
                self._cache.popitem(last=False)
        self._cache.move_to_end(phrases)
        return self._cache[phrases]

    def recognise(
        self, sound: Samples, task: Task, still_wanted: Callable[[], bool] = lambda: True
    ) -> Recognition:
        """Recognise an utterance.

        Args:
            sound: Mono at 16 kHz, of any length. A command may have long silence around it; longer speech is not a
                command.
            task: What it is to be recognised as.
            still_wanted: Polled now and then; the search stops when it returns False.
        """
        sound = sanitise(sound)
        if self._clean:
            sound = denoise(sound)
        if task.dictation:
            # Whisper transcribes silence and noise as words.
            if not any(self._voiced(sound)):
                return Recognition()
            segments = tuple(self._whisper.transcribe(sound))
            text = _plain(" ".join(segment.text for segment in segments))
            return Recognition(Match(text, (text,), 0.0) if text in task.phrases else NOTHING, segments)
        if not task.phrases:
            return Recognition()
        began, ended = self.voice(sound)
        if len(sound) > LONGEST_S * RATE:
            sound = sound[max(0, began - _MARGIN) : ended + _MARGIN]
        return Recognition(self.prepare(task.phrases).match(sound, (ended - began) / RATE, still_wanted))

    def voice(self, sound: Samples) -> tuple[int, int]:
        """Return the samples at which the voice in a sound begins and ends; (0, 0) without a voice."""
        voiced = np.flatnonzero([*self._voiced(sound)])
        return (int(voiced[0]) * FRAME, int(voiced[-1] + 1) * FRAME) if len(voiced) else (0, 0)

    def _voiced(self, sound: Samples) -> Iterator[bool]:
        """Yield for each frame whether it is voice."""
        self._activity.reset()
        for frame in sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME):
            yield self._activity.judge(frame) > _VOICED


def _plain(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum() or letter == " ").strip()


class RecognitionThread:
    """Recognises utterances in the order in which they were spoken, on a thread of its own.

    Args:
        data: The data folder, which may hold models.
        model: Name of the Whisper model; empty for the largest.
        language: Two-letter code of the spoken language.
        on_report: Called on that thread with each result and each problem.
        clean: Whether to reduce steady noise first.
    """

    def __init__(
        self,
        data: Path,
        model: str,
        language: str,
        on_report: Callable[[Report], None],
        *,
        clean: bool = False,
    ) -> None:
        self._data, self._model, self._language, self._on_report = data, model, language, on_report
        self._clean = clean
        self._jobs: SimpleQueue[Callable[[SpeechInterpreter], None]] = SimpleQueue()
        self._turn = 0  # a speculative result is valid while this is unchanged
        self._speculated: tuple[int, Recognition] | None = None

    def start(self) -> None:
        """Start the thread, which begins by loading the models."""
        threading.Thread(target=self._work, daemon=True).start()

    def prepare(self, task: Task) -> None:
        """Compile the phrases of a task while the utterance is still being spoken."""
        if not task.dictation:
            self._jobs.put(lambda interpreter: _prepare(interpreter, task))

    def speculate(self, sound: Samples, task: Task) -> None:
        """Begin to recognise an utterance that may be complete."""
        self._turn += 1
        turn = self._turn
        if not task.dictation:
            self._jobs.put(lambda interpreter: self._speculate(interpreter, sound, task, turn))

    def drop(self) -> None:
        """Discard the speculative result: the utterance goes on."""
        self._turn += 1

    def add(self, sound: Samples, task: Task, began_ns: int, ended_ns: int, *, speculated: bool) -> None:
        """Queue an utterance for recognition; the result is reported as ``{"heard": ...}``.

        Args:
            sound: Mono at 16 kHz.
            task: What it is to be recognised as.
            began_ns: When it began, ns on the clock of `time.perf_counter_ns`.
            ended_ns: When its last voiced frame ended, ns on the same clock.
            speculated: Whether `speculate` has been given the same utterance.
        """
        turn = self._turn if speculated else -1
        self._jobs.put(
            lambda interpreter: self._recognise(interpreter, sound, task, began_ns, ended_ns, turn)
        )

    def after(self, on_done: Callable[[], None]) -> None:
        """Call `on_done` on this thread when everything queued before has finished, successfully or not."""
        self._jobs.put(lambda _: on_done())

    # On the thread ----------------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            model = choose_model(self._data, self._model)
            interpreter = SpeechInterpreter(model, self._language, clean=self._clean)
            interpreter.load()
        except RubatoError as problem:
            self._on_report({"problem": problem.as_json()})
            return
        while True:
            try:
                self._next_job()(interpreter)
            except RubatoError as problem:
                self._on_report({"problem": problem.as_json()})
            except Exception:
                log.exception("recognition failed")
                failure = RubatoError(
                    "Speech recognition failed on what you said",
                    kept="Everything else still works",
                    todo="Say it again; hearing.log has the details",
                    code="not_heard",
                )
                self._on_report({"problem": failure.as_json()})

    def _next_job(self) -> Callable[[SpeechInterpreter], None]:
        """Wait for the next job, and give memory back when the wait is long."""
        with contextlib.suppress(Empty):
            return self._jobs.get(timeout=_IDLE_S)
        give_memory_back()
        return self._jobs.get()

    def _speculate(self, interpreter: SpeechInterpreter, sound: Samples, task: Task, turn: int) -> None:
        if turn == self._turn:
            result = interpreter.recognise(sound, task, lambda: turn == self._turn)
            self._speculated = (turn, result)

    def _recognise(
        self, interpreter: SpeechInterpreter, sound: Samples, task: Task, began: int, ended: int, turn: int
    ) -> None:
        if self._speculated is not None and self._speculated[0] == turn:
            result = self._speculated[1]
        else:
            result = interpreter.recognise(sound, task)
        self._on_report(
            {
                "heard": {
                    "text": result.text,
                    "phrase": result.match.phrase,
                    "near": result.match.near,
                    "confidence": result.confidence,
                    "began_ns": began,
                    "ended_ns": ended,
                    "elapsed_ms": round((time.perf_counter_ns() - ended) / 1e6, 1),
                    "audio": str(_save(sound, task.save_to) or ""),
                }
            }
        )


def _prepare(interpreter: SpeechInterpreter, task: Task) -> None:
    interpreter.prepare(task.phrases)


def _save(sound: Samples, path: Path | None) -> Path | None:
    """Write a sound as a 16-bit mono WAV file, atomically; returns the file, None if it was not written."""
    if path is None:
        return None
    temporary = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(wave.open(str(temporary), "wb")) as out:
            out.setparams((1, 2, RATE, 0, "NONE", ""))
            out.writeframes(to_int16(sanitise(sound)))
        temporary.replace(path)
    except OSError as error:
        log.warning("cannot save the sound of a remark: %s", error)
        return None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    return path
