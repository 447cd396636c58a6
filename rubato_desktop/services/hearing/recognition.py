"""What was said, worked out on a thread of its own: held against phrases, written down, kept."""

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

_VOICED: Final = 0.35
_AROUND: Final = round(0.45 * RATE)  # samples kept before and after a voice that is cut out of a long sound
_REST_S: Final = 2.0  # after so long what was needed to understand is given back
_REMEMBERED: Final = 6  # sets of phrases: those of rest, of numbers, of names…

Say = Callable[[Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be made of what is said.

    Attributes:
        phrases: What has a meaning.
        free: Whether anything may be said: then it is written down, and a phrase is only what is exactly that.
        keep: Where its sound is kept, as WAV; None for nowhere.
    """

    phrases: tuple[str, ...] = ()
    dictation: bool = False
    save_to: Path | None = None


@dataclass(frozen=True, slots=True)
class Recognition:
    """What became of a sound: the phrase that it is, or those near it, or its text."""

    match: Match = NOTHING
    segments: tuple[Segment, ...] = ()

    @property
    def text(self) -> str:
        return " ".join(segment.text for segment in self.segments)

    @property
    def confidence(self) -> float:
        return min((segment.confidence for segment in self.segments), default=0.0)


class SpeechInterpreter:
    """Makes something of sounds; it remembers the phrases it has made ready. For one thread.

    Args:
        model: What writes down, and is asked about hard phrases.
        language: Two letters of the language that is spoken.
        clean: Whether steady noise is taken out before.
    """

    def __init__(self, model: Model, language: str = "en", *, clean: bool = False) -> None:
        self._whisper = Whisper(model, language)
        self._moonshine = Moonshine() if language == LANGUAGE else None
        self._clean = clean
        self._ready: OrderedDict[tuple[str, ...], Phrases] = OrderedDict()
        self._activity = VoiceActivity()

    def load(self) -> None:
        """Load the models where they are not loaded yet.

        Raises:
            RubatoError: one is damaged, or does not know the language (code ``bad_model``).
        """
        self._whisper.load()
        if self._moonshine is not None:
            self._moonshine.load()

    def prepare(self, phrases: tuple[str, ...]) -> Phrases:
        """Return phrases made ready."""
        if phrases not in self._ready:
            self._ready[phrases] = Phrases(self._whisper, self._moonshine, phrases)
            if len(self._ready) > _REMEMBERED:
                self._ready.popitem(last=False)
        self._ready.move_to_end(phrases)
        return self._ready[phrases]

    def recognise(self, sound: Samples, task: Task, wanted: Callable[[], bool] = lambda: True) -> Recognition:
        """Return what a sound is.

        Args:
            sound: Mono at 16 kHz, of any length. A command may have long silence around it; longer talk is none.
            task: What is to be made of it.
            wanted: Asked now and then; no longer wanted, it gives up.
        """
        sound = sanitise(sound)
        if self._clean:
            sound = denoise(sound)
        if task.dictation:
            # Whisper makes words of silence and noise.
            if not any(self._voiced(sound)):
                return Recognition()
            segments = tuple(self._whisper.transcribe(sound))
            said = _plain(" ".join(segment.text for segment in segments))
            exactly = said in task.phrases
            return Recognition(Match(said, (said,), 0.0) if exactly else NOTHING, segments)
        if not task.phrases:
            return Recognition()
        began, ended = self.voice(sound)
        if len(sound) > LONGEST_S * RATE:
            sound = sound[max(0, began - _AROUND) : ended + _AROUND]
        return Recognition(self.prepare(task.phrases).match(sound, (ended - began) / RATE, wanted))

    def voice(self, sound: Samples) -> tuple[int, int]:
        """Return at which sample the voice in a sound begins and ends; (0, 0) where there is none."""
        voiced = np.flatnonzero([*self._voiced(sound)])
        return (int(voiced[0]) * FRAME, int(voiced[-1] + 1) * FRAME) if len(voiced) else (0, 0)

    def _voiced(self, sound: Samples) -> Iterator[bool]:
        """Yield of each frame whether it is voice."""
        self._activity.reset()
        for frame in sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME):
            yield self._activity.judge(frame) > _VOICED


def _plain(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum() or letter == " ").strip()


class RecognitionThread:
    """The thread that understands, in the order in which things were said.

    Args:
        data: The data folder, in which there may be models.
        model: Name of the model; empty for the best that is there.
        language: Two letters of the language that is spoken.
        say: Told what was understood, and problems.
        clean: Whether steady noise is taken out before.
    """

    def __init__(self, data: Path, model: str, language: str, say: Say, *, clean: bool = False) -> None:
        self._data, self._model, self._language, self._say = data, model, language, say
        self._clean = clean
        self._jobs: SimpleQueue[Callable[[SpeechInterpreter], None]] = SimpleQueue()
        self._turn = 0  # what is guessed is wanted while this stays the same
        self._guessed: tuple[int, Recognition] | None = None

    def start(self) -> None:
        """Begin to load the recogniser."""
        threading.Thread(target=self._work, daemon=True).start()

    def prepare(self, task: Task) -> None:
        """Make the phrases of a task ready, while they are being said."""
        if not task.dictation:
            self._jobs.put(lambda interpreter: _ready(interpreter, task))

    def guess(self, sound: Samples, task: Task) -> None:
        """Begin to understand what may be all that is said."""
        self._turn += 1
        turn = self._turn
        if not task.dictation:
            self._jobs.put(lambda interpreter: self._guess(interpreter, sound, task, turn))

    def drop(self) -> None:
        """What was guessed was not all."""
        self._turn += 1

    def add(self, sound: Samples, task: Task, began_ns: int, ended_ns: int, *, guessed: bool) -> None:
        """Tell what was said.

        Args:
            sound: Mono at 16 kHz.
            task: What is to be made of it.
            began_ns: When the voice began, as `time.perf_counter_ns` has it.
            ended_ns: When its last sound ended.
            guessed: Whether `guess` was given the same sound already, but for silence.
        """
        turn = self._turn if guessed else -1
        self._jobs.put(lambda interpreter: self._tell(interpreter, sound, task, began_ns, ended_ns, turn))

    def after(self, done: Callable[[], None]) -> None:
        """Call back on the thread that understands, when what was added before is dealt with, well or not."""
        self._jobs.put(lambda _: done())

    # The thread -------------------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            model = choose_model(self._data, self._model)
            interpreter = SpeechInterpreter(model, self._language, clean=self._clean)
            interpreter.load()
        except RubatoError as problem:
            self._say({"problem": problem.as_json()})
            return
        while True:
            try:
                self._next()(interpreter)
            except RubatoError as problem:
                self._say({"problem": problem.as_json()})
            except Exception:
                log.exception("a sound could not be understood")
                fault = RubatoError(
                    "What was said could not be understood",
                    kept="Keys and everything else go on",
                    todo="Say it again; hearing.log has the details",
                    code="not_heard",
                )
                self._say({"problem": fault.as_json()})

    def _next(self) -> Callable[[SpeechInterpreter], None]:
        """Wait for what is to be done next; whoever waits for long needs less memory."""
        with contextlib.suppress(Empty):
            return self._jobs.get(timeout=_REST_S)
        give_memory_back()
        return self._jobs.get()

    def _guess(self, interpreter: SpeechInterpreter, sound: Samples, task: Task, turn: int) -> None:
        if turn == self._turn:
            found = interpreter.recognise(sound, task, lambda: turn == self._turn)
            self._guessed = (turn, found)

    def _tell(
        self, interpreter: SpeechInterpreter, sound: Samples, task: Task, began: int, ended: int, turn: int
    ) -> None:
        if self._guessed is not None and self._guessed[0] == turn:
            found = self._guessed[1]
        else:
            found = interpreter.recognise(sound, task)
        self._say(
            {
                "heard": {
                    "text": found.text,
                    "phrase": found.match.phrase,
                    "near": found.match.near,
                    "confidence": found.confidence,
                    "began_ns": began,
                    "ended_ns": ended,
                    "elapsed_ms": round((time.perf_counter_ns() - ended) / 1e6, 1),
                    "audio": str(_keep(sound, task.save_to) or ""),
                }
            }
        )


def _ready(interpreter: SpeechInterpreter, task: Task) -> None:
    interpreter.prepare(task.phrases)


def _keep(sound: Samples, path: Path | None) -> Path | None:
    """Write a sound as a mono WAV file of 16 bits, whole or not at all; returns the file."""
    if path is None:
        return None
    beside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(wave.open(str(beside), "wb")) as out:
            out.setparams((1, 2, RATE, 0, "NONE", ""))
            out.writeframes(to_int16(sanitise(sound)))
        beside.replace(path)
    except OSError as error:
        log.warning("the sound of a remark could not be kept: %s", error)
        return None
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
    return path
