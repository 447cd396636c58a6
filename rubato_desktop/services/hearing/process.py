"""The hearing process: microphone, voice activity detection and recognition.

It is a process of its own because recognition occupies two cores for a third of a second, and because its memory is
given back when it ends. Orders come in on standard input and reports go out on standard output, one JSON object a line.
It ends when its input does.
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
from rubato_desktop.services.hearing.microphone import Microphone
from rubato_desktop.services.hearing.recognition import RecognitionThread, Task
from rubato_desktop.services.hearing.utterance_detector import UtteranceDetector
from rubato_desktop.services.voice.samples import Samples

_MUTE_TAIL_S: Final = 0.25  # a room still resounds after the loudspeaker has stopped
_LEVEL_S: Final = 1 / 15
_TICK_S: Final = 0.05
_QUIETEST_DB: Final = -60.0
_NICE: Final = 5  # behind keys and sound


class HearingProcess:
    """Carries out orders until there are no more.

    Args:
        child: The connection to the parent.
        data: The data folder, which may hold models.
        model: Name of the Whisper model; empty for the largest.
        language: Two-letter code of the spoken language.
        microphone: Part of the microphone's name; empty for the default.
        clean: Whether to reduce steady noise first.
    """

    def __init__(
        self, child: ChildProcess, *, data: Path, model: str, language: str, microphone: str, clean: bool
    ) -> None:
        self._report = child.report
        self._child = child
        self._microphone_name = microphone
        self._inbox: SimpleQueue[Samples | dict[str, Any] | RubatoError | None] = SimpleQueue()
        self._recognition = RecognitionThread(data, model, language, self._on_recognition, clean=clean)
        self._utterances = UtteranceDetector(
            self._recognition,
            on_report=child.report,
            on_queued=lambda: self._recognition.after(self._ensure_result),
        )
        self._loaded = self._has_result = False  # used on the recognition thread only
        self._microphone: Microphone | None = None
        self._continuous = self._muted = False
        self._muted_until = 0.0
        self._phrase_sets: dict[int, tuple[str, ...]] = {}
        self._number = 0  # of the last order that opens or closes the stream
        self._level_at = 0.0

    def run(self) -> None:
        """Run until the orders end or the microphone is gone."""
        threading.Thread(target=self._read, daemon=True).start()
        self._recognition.start()
        self._recognition.after(self._on_loaded)
        self._child.ready()
        while True:
            try:
                message = self._inbox.get(timeout=_TICK_S)
            except Empty:
                message = {}
            if message is None:
                self._close()
                return
            if isinstance(message, RubatoError):
                self._close()
                self._end(message)
                return
            if isinstance(message, dict):
                if message:
                    self._take(**message)
            else:
                self._hear(message)
            if self._microphone is not None and self._microphone.gone:
                # Not closed: PortAudio may wait forever for a dead sound server. The end of the process closes it.
                self._end(
                    RubatoError(
                        "The microphone was disconnected",
                        kept="Everything else still works, and what you said before still counts",
                        todo="Connect it and switch the microphone on again",
                        code="microphone_gone",
                    )
                )
                return

    def _end(self, problem: RubatoError) -> None:
        """Report why the process ends. The end is announced first, so that the next order starts another process."""
        self._child.announce_end()
        self._give_up(problem)

    def _read(self) -> None:
        for order in self._child.orders():
            self._inbox.put(order)
        self._inbox.put(None)
        self._child.exit(after_s=1.0)  # an orderly end may wait for a sound server that no longer answers

    # Orders -----------------------------------------------------------------------------------------

    def _take(self, do: str, on: bool = False, number: int = 0, **args: Any) -> None:
        match do:
            case "continuous" | "talk":
                self._number = number
                self._listen(do, on)
                self._report({"done": number})
            case "finish":
                self._utterances.finish()
            case "deaf":
                self._muted = on
                if on:
                    self._utterances.discard()
                else:
                    self._muted_until = time.monotonic() + _MUTE_TAIL_S
            case "expect":
                save_to = Path(args["keep"]) if args["keep"] else None
                self._utterances.expect(Task(self._phrase_sets[number], args["free"], save_to))
            case "learn":
                self._phrase_sets[number] = tuple(args["phrases"])

    def _listen(self, do: str, on: bool) -> None:
        if do == "talk" and not on:
            if self._utterances.talking:
                self._utterances.end_talk()
                if not self._continuous:
                    self._close()
            return
        if do == "continuous":
            self._continuous = on
        self._utterances.discard()
        if not (self._continuous or do == "talk" or self._utterances.talking):
            self._close()
        elif self._microphone is None and not self._open():
            return
        if do == "talk":
            self._utterances.start_talk()

    def _open(self) -> bool:
        """Open the microphone; returns whether that succeeded."""
        try:
            self._utterances.load()
            self._microphone = Microphone(self._microphone_name, self._inbox.put)
        except RubatoError as problem:
            self._continuous = False
            self._give_up(problem)
            return False
        self._report({"open": self._microphone.name, "fallback": self._microphone.fallback})
        return True

    def _close(self) -> None:
        if self._microphone is not None:
            self._microphone.close()
            self._microphone = None
            self._report({"closed": True})

    def _give_up(self, problem: RubatoError) -> None:
        """Report a problem that ends listening until the next order."""
        self._report({"problem": problem.as_json(), "over": self._number})

    # Sound ------------------------------------------------------------------------------------------

    def _hear(self, sound: Samples) -> None:
        if self._microphone is None:
            return  # it was queued before the microphone was closed
        if self._muted or time.monotonic() < self._muted_until:
            self._show_level(sound[:0])
            return
        self._show_level(sound)
        self._utterances.feed(sound)

    def _show_level(self, sound: Samples) -> None:
        if (now := time.monotonic()) < self._level_at + _LEVEL_S:
            return
        self._level_at = now
        power = float(np.mean(np.square(sound))) if len(sound) else 0.0
        db = max(_QUIETEST_DB, 10 * np.log10(power)) if power > 0 else _QUIETEST_DB
        self._report({"level": round(float(db), 1)})

    # On the recognition thread ----------------------------------------------------------------------

    def _on_recognition(self, report: Mapping[str, Any]) -> None:
        if not self._loaded:  # the models cannot be loaded, so nothing will ever be recognised
            self._inbox.put(RubatoError(**report["problem"]))
            return
        self._has_result = self._has_result or "heard" in report
        self._report(report)

    def _on_loaded(self) -> None:
        self._loaded = True

    def _ensure_result(self) -> None:
        """Report an empty result for an utterance whose recognition failed: the parent counts the results."""
        if not self._has_result:
            self._report({"heard": None})
        self._has_result = False


def main(arguments: list[str]) -> None:
    """Run the process: DATA MODEL LANGUAGE MICROPHONE CLEAN (0 or 1)."""
    child = ChildProcess(nice=_NICE)
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
