"""The process that hears: the microphone, the voice detector and the recogniser.

It has a process of its own because recognising takes whole processors for a third of a second, and because
its memory is to be given back. Orders come in on standard input, reports go out on standard output, one JSON object a
line; it ends when its input does.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final

import numpy as np

from rubato_desktop.errors import RubatoError
from rubato_desktop.ipc.child_process import ChildProcess
from rubato_desktop.services.hearing.endpointing import (
    COMMAND_SILENCE_MS,
    DICTATION_SILENCE_MS,
    FRAME,
    LONGEST_MS,
    RATE,
    Endpointer,
    Step,
)
from rubato_desktop.services.hearing.microphone import Microphone
from rubato_desktop.services.hearing.recognition import RecognitionThread, Task
from rubato_desktop.services.hearing.vad import VoiceActivity
from rubato_desktop.services.voice.samples import Samples

_BEFORE_S: Final = 0.45  # what is kept of the sound before a voice is noticed
_DEAF_TAIL_S: Final = 0.25  # a room still sounds when the loudspeaker no longer does
_LEVEL_S: Final = 1 / 15
_TICK_S: Final = 0.05
_QUIETEST_DB: Final = -60.0
_AFTER_OTHERS: Final = 5  # niceness: keys and sound first


class HearingProcess:
    """Hears until its orders end.

    Args:
        child: The way to the program.
        data: The data folder, in which there may be models.
        model: Name of the model; empty for the best that is there.
        language: Two letters of the language that is spoken.
        microphone: Part of the microphone's name; empty for the system's own.
        clean: Whether steady noise is taken out before.
    """

    def __init__(
        self, child: ChildProcess, *, data: Path, model: str, language: str, microphone: str, clean: bool
    ) -> None:
        self._say = child.report
        self._child = child
        self._wanted = microphone
        self._things: SimpleQueue[Samples | dict[str, Any] | RubatoError | None] = SimpleQueue()
        self._understanding = RecognitionThread(data, model, language, self._understood, clean=clean)
        self._loaded = self._answered = False  # for the thread that understands alone
        self._microphone: Microphone | None = None
        self._voice: VoiceActivity | None = None
        self._endpointer = Endpointer()
        self._continuous = self._talking = self._muted = False
        self._deaf_until = 0.0
        self._task = Task()
        self._phrases: dict[int, tuple[str, ...]] = {}  # by the numbers that were given them
        self._rest: Samples = np.zeros(0, np.float32)  # of what is not yet a frame
        self._frames: list[Samples] = []  # of what is being said, or of what came just before
        self._began_ns = 0
        self._guessed = False  # what is being said may be all, and is being understood
        self._number = 0  # of the last order that opened or closed the stream
        self._said = False  # whether there was a voice since the key went down
        self._level_at = 0.0

    def run(self) -> None:
        """Hear until the orders end or the microphone has gone."""
        threading.Thread(target=self._read, daemon=True).start()
        self._understanding.start()
        self._understanding.after(self._load_done)
        self._child.ready()
        while True:
            try:
                thing = self._things.get(timeout=_TICK_S)
            except Empty:
                thing = {}
            if thing is None:
                self._close()
                return
            if isinstance(thing, RubatoError):
                self._close()
                self._end(thing)
                return
            if isinstance(thing, dict):
                if thing:
                    self._take(**thing)
            else:
                self._hear(thing)
            if self._microphone is not None and self._microphone.gone:
                # It is not closed: PortAudio may wait for ever for a server that died. The end of the process does it.
                self._end(
                    RubatoError(
                        "The microphone has gone",
                        kept="Keys, sound and everything else go on; what was heard before counts",
                        todo="Connect it and play the word for the microphone again",
                        code="microphone_gone",
                    )
                )
                return

    def _end(self, problem: RubatoError) -> None:
        """Tell why it hears no more. The end is announced first, so that another process takes the next order."""
        self._child.announce_end()
        self._give_up(problem)

    def _read(self) -> None:
        for order in self._child.orders():
            self._things.put(order)
        self._things.put(None)
        self._child.exit(after_s=1.0)  # an orderly end may wait for a sound server that no longer answers

    # Orders -----------------------------------------------------------------------------------------

    def _take(self, do: str, on: bool = False, number: int = 0, **args: Any) -> None:
        match do:
            case "continuous" | "talk":
                self._number = number
                self._listen(do, on)
                self._say({"done": number})
            case "finish" if self._endpointer.open:
                self._end_of_voice(self._endpointer.end())
            case "deaf":
                self._muted = on
                if on:
                    self._forget()
                else:
                    self._deaf_until = time.monotonic() + _DEAF_TAIL_S
            case "expect":
                keep = Path(args["keep"]) if args["keep"] else None
                self._task = Task(self._phrases[number], args["free"], keep)
                self._understanding.prepare(self._task)
            case "learn":
                self._phrases[number] = tuple(args["phrases"])

    def _listen(self, do: str, on: bool) -> None:
        if do == "talk" and not on:
            self._end_of_talk()
            return
        if do == "talk":
            self._talking = True
        else:
            self._continuous = on
        self._restart()
        if do == "talk" and self._talking:
            self._voice_on()

    def _restart(self) -> None:
        self._forget()
        if not (self._continuous or self._talking):
            self._close()
        elif self._microphone is None:
            self._open()

    def _open(self) -> None:
        try:
            if self._voice is None:
                self._voice = VoiceActivity()
            self._microphone = Microphone(self._wanted, self._things.put)
        except RubatoError as problem:
            self._continuous = self._talking = False
            self._give_up(problem)
            return
        self._say({"open": self._microphone.name, "fallback": self._microphone.fallback})

    def _close(self) -> None:
        if self._microphone is not None:
            self._microphone.close()
            self._microphone = None
            self._say({"closed": True})

    def _forget(self) -> None:
        if self._endpointer.open:
            self._say({"voice": "nothing"})
        self._endpointer.reset()
        self._frames.clear()
        self._said = False

    # Sound ------------------------------------------------------------------------------------------

    def _hear(self, sound: Samples) -> None:
        if self._microphone is None:
            return  # on its way when the microphone was closed
        if self._muted or time.monotonic() < self._deaf_until:
            self._show_level(sound[:0])
            return
        self._show_level(sound)
        self._rest = np.concatenate([self._rest, sound])
        while len(self._rest) >= FRAME:
            frame, self._rest = self._rest[:FRAME], self._rest[FRAME:]
            self._frame(frame)

    def _frame(self, frame: Samples) -> None:
        assert self._voice is not None
        self._endpointer.silence_ms = self._silence_ms
        step = self._endpointer.feed(self._voice.judge(frame))
        self._frames.append(frame)
        if self._guessed and self._endpointer.open and not self._endpointer.since_voice_ms:
            self._understanding.drop()
            self._guessed = False
        if self._talking:
            self._said = self._said or step == "began"
            if step == "ended":  # as much as can be heard at a time; what follows is one more
                self._understand()
                self._voice_on()
            return
        if step == "began":
            self._voice_on()
        elif step == "paused":
            self._understanding.guess(np.concatenate(self._frames), self._task)
            self._guessed = True
        elif step:
            self._end_of_voice(step)
        elif not self._endpointer.open:
            del self._frames[: -round(_BEFORE_S * RATE / FRAME)]

    def _end_of_voice(self, step: Step) -> None:
        if step == "ended":
            self._understand()
        else:
            self._say({"voice": "nothing"})
            self._frames.clear()

    @property
    def _silence_ms(self) -> int:
        if self._talking:
            return LONGEST_MS  # who holds the key decides
        return DICTATION_SILENCE_MS if self._task.dictation else COMMAND_SILENCE_MS

    def _voice_on(self) -> None:
        self._began_ns = time.perf_counter_ns()
        self._say({"voice": "on", "ns": self._began_ns})

    def _end_of_talk(self) -> None:
        if not self._talking:
            return
        self._talking = False
        if self._said:
            self._understand()
        else:
            self._say({"voice": "nothing"})
        self._said = False
        self._endpointer.reset()
        self._frames.clear()
        if not self._continuous:
            self._close()

    def _understand(self) -> None:
        silent = self._endpointer.since_voice_ms
        sound = np.concatenate(self._frames)
        self._frames.clear()
        ended = time.perf_counter_ns()
        self._say({"voice": "off", "ns": ended})
        self._understanding.add(
            sound, self._task, self._began_ns, ended - silent * 1_000_000, guessed=self._guessed
        )
        self._understanding.after(self._answer)
        self._guessed = False

    def _show_level(self, sound: Samples) -> None:
        if (now := time.monotonic()) < self._level_at + _LEVEL_S:
            return
        self._level_at = now
        power = float(np.mean(np.square(sound))) if len(sound) else 0.0
        db = max(_QUIETEST_DB, 10 * np.log10(power)) if power > 0 else _QUIETEST_DB
        self._say({"level": round(float(db), 1)})

    # Reports ----------------------------------------------------------------------------------------

    def _give_up(self, problem: RubatoError) -> None:
        """Tell what is wrong: nothing is heard until it is asked for again."""
        self._say({"problem": problem.as_json(), "over": self._number})

    # On the thread that understands -----------------------------------------------------------------

    def _understood(self, report: Mapping[str, Any]) -> None:
        if not self._loaded:  # without its models nothing is ever understood
            self._things.put(RubatoError(**report["problem"]))
            return
        self._answered = self._answered or "heard" in report
        self._say(report)

    def _load_done(self) -> None:
        self._loaded = True

    def _answer(self) -> None:
        """Every utterance has an answer, also one that could not be understood for a fault."""
        if not self._answered:
            self._say({"heard": None})
        self._answered = False


def main(arguments: list[str]) -> None:
    """Run the process: DATA MODEL LANGUAGE MICROPHONE CLEAN (0 or 1)."""
    child = ChildProcess(nice=_AFTER_OTHERS)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    data, model, language, microphone, clean = arguments
    child.run(
        lambda: HearingProcess(
            child,
            data=Path(data),
            model=model,
            language=language,
            microphone=microphone,
            clean=clean == "1",
        ).run()
    )


if __name__ == "__main__":
    main(sys.argv[1:])
