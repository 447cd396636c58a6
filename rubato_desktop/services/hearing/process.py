"""The process that hears: the microphone, the voice detector and the recogniser.

It has a process of its own because recognising takes whole processors for a third of a second, and because
its memory is to be given back. Orders come in on standard input, reports go out on standard output, one JSON object a
line; it ends when its input does.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final

import numpy as np

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.hearing.activity import VoiceActivity
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
from rubato_desktop.services.hearing.understanding import Task, Understanding
from rubato_desktop.services.voice.samples import Samples

log = logging.getLogger(__name__)

_BEFORE_S: Final = 0.45  # what is kept of the sound before a voice is noticed
_DEAF_TAIL_S: Final = 0.25  # a room still sounds when the loudspeaker no longer does
_LEVEL_S: Final = 1 / 15
_TICK_S: Final = 0.05
_QUIETEST_DB: Final = -60.0
_AFTER_OTHERS: Final = 5  # niceness: keys and sound first


class HearingProcess:
    """Hears until its orders end.

    Args:
        reports: File descriptor to write reports to.
        data: The data folder, in which there may be models.
        model: Name of the model; empty for the best that is there.
        language: Two letters of the language that is spoken.
        microphone: Part of the microphone's name; empty for the system's own.
        clean: Whether steady noise is taken out before.
    """

    def __init__(
        self, reports: int, *, data: Path, model: str, language: str, microphone: str, clean: bool
    ) -> None:
        self._out = reports
        self._sending = threading.Lock()
        self._wanted = microphone
        self._things: SimpleQueue[Samples | dict[str, Any] | None] = SimpleQueue()
        self._understanding = Understanding(data, model, language, self._say, clean=clean)
        self._microphone: Microphone | None = None
        self._voice: VoiceActivity | None = None
        self._endpointer = Endpointer()
        self._continuous = self._talking = self._deaf = False
        self._deaf_until = 0.0
        self._task = Task()
        self._phrases: dict[int, tuple[str, ...]] = {}  # by the numbers that were given them
        self._rest: Samples = np.zeros(0, np.float32)  # of what is not yet a frame
        self._frames: list[Samples] = []  # of what is being said, or of what came just before
        self._began_ns = 0
        self._guessed = False  # what is being said may be all, and is being understood
        self._said = False  # whether there was a voice since the key went down
        self._level_at = 0.0

    def run(self) -> None:
        """Hear until the orders end or the microphone has gone."""
        threading.Thread(target=self._read, daemon=True).start()
        self._understanding.start()
        while True:
            try:
                thing = self._things.get(timeout=_TICK_S)
            except Empty:
                thing = {}
            if thing is None:
                self._close()
                return
            if isinstance(thing, dict):
                if thing:
                    self._take(**thing)
            else:
                self._hear(thing)
            if self._microphone is not None and self._microphone.gone:
                self._problem(
                    RubatoError(
                        "The microphone has gone",
                        kept="Keys, sound and everything else go on; what was heard before counts",
                        todo="Connect it and play the word for the microphone again",
                        code="microphone_gone",
                    )
                )
                return

    def _read(self) -> None:
        for line in sys.stdin.buffer:
            self._things.put(json.loads(line))
        self._things.put(None)
        time.sleep(1)  # an orderly end may wait for a sound server that no longer answers
        os._exit(0)

    # Orders -----------------------------------------------------------------------------------------

    def _take(self, do: str, on: bool = False, **args: Any) -> None:
        match do:
            case "continuous":
                self._continuous = on
                self._restart()
            case "talk" if on:
                self._talking = True
                self._restart()
                if self._talking:
                    self._voice_on()
            case "talk":
                self._end_of_talk()
            case "finish" if self._endpointer.open:
                self._end_of_voice(self._endpointer.end())
            case "deaf":
                self._deaf = on
                if on:
                    self._forget()
                else:
                    self._deaf_until = time.monotonic() + _DEAF_TAIL_S
            case "expect":
                keep = Path(args["keep"]) if args["keep"] else None
                self._task = Task(self._phrases[args["number"]], args["free"], keep)
                self._understanding.prepare(self._task)
            case "learn":
                self._phrases[args["number"]] = tuple(args["phrases"])

    def _restart(self) -> None:
        self._forget()
        if not (self._continuous or self._talking):
            self._close()
        elif self._microphone is None:
            self._open()

    def _open(self) -> None:
        try:
            self._microphone = Microphone(self._wanted, self._things.put)
            if self._voice is None:
                self._voice = VoiceActivity()
        except RubatoError as problem:
            self._continuous = self._talking = False
            self._problem(problem)
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
        if self._deaf or time.monotonic() < self._deaf_until:
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
        return DICTATION_SILENCE_MS if self._task.free else COMMAND_SILENCE_MS

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
        self._guessed = False

    def _show_level(self, sound: Samples) -> None:
        if (now := time.monotonic()) < self._level_at + _LEVEL_S:
            return
        self._level_at = now
        power = float(np.mean(np.square(sound))) if len(sound) else 0.0
        db = max(_QUIETEST_DB, 10 * np.log10(power)) if power > 0 else _QUIETEST_DB
        self._say({"level": round(float(db), 1)})

    # Reports ----------------------------------------------------------------------------------------

    def _problem(self, problem: RubatoError) -> None:
        self._say({"problem": problem.as_json()})

    def _say(self, report: Mapping[str, Any]) -> None:
        with self._sending, contextlib.suppress(OSError):
            os.write(self._out, json.dumps(report).encode() + b"\n")


def main(arguments: list[str]) -> None:
    """Run the process: DATA MODEL LANGUAGE MICROPHONE CLEAN (0 or 1)."""
    # Ctrl-C in a terminal goes to every process there; this one ends when its input does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_AFTER_OTHERS)
    reports = os.dup(1)
    # JACK and ALSA print to standard output as they please.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    data, model, language, microphone, clean = arguments
    try:
        HearingProcess(
            reports,
            data=Path(data),
            model=model,
            language=language,
            microphone=microphone,
            clean=clean == "1",
        ).run()
    except BaseException:
        log.exception("the hearing process ended by a fault")
        raise
    finally:
        # PortAudio's own end, at exit, can wait for ever for a server that died.
        os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
