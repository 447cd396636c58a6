"""Speech recognition as the rest of the program sees it: orders to the hearing process, and its reports."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final

from rubato_desktop.errors import RubatoError
from rubato_desktop.ipc.framing import json_line
from rubato_desktop.ipc.process_run import Exit, ProcessRun
from rubato_desktop.services.hearing.process_client import ended, fell_back, hearing_process
from rubato_desktop.services.hearing.stream_state import State, StreamState
from rubato_desktop.settings import Settings

UNUSED_S: Final = 300.0  # an idle process ends after this long, which frees its memory
QUIETEST_DB: Final = -60.0


@dataclass(frozen=True, slots=True)
class Utterance:
    """A recognised utterance.

    Attributes:
        text: The transcript; empty for a command.
        phrase: The phrase it matches; empty for none.
        near: The candidates when the match is uncertain, most likely first.
        confidence: Confidence of the transcript, 0 to 1.
        began_ns: When the voice began, ns on the clock of `time.perf_counter_ns`.
        ended_ns: When the last voiced frame ended, ns on the same clock.
        elapsed_ms: From there to the result.
        audio: The WAV file of its sound; None when it was not saved.
    """

    text: str
    phrase: str = ""
    near: tuple[str, ...] = ()
    confidence: float = 0.0
    began_ns: int = 0
    ended_ns: int = 0
    elapsed_ms: float = 0.0
    audio: Path | None = None


class Hearing:
    """Recognises speech from the microphone, in a child process that lives only while it is needed.

    Any method may be called from any thread; only `close` blocks. The callbacks are called with a lock held, so they
    must not block either.

    Args:
        data: The data folder.
        settings: Microphone, model and language.
        on_change: Called when `state` has changed.
        on_voice: Called when an utterance begins, with the time as in `Utterance.began_ns`; the answer is `expect`.
        on_utterance: Called with each utterance, or None when it was not speech after all.
        on_problem: Called when the microphone or the recogniser fails.
        unused_s: Seconds until an unused process ends.

    Attributes:
        state: As in `ListeningChanged`; ``off`` only while the microphone stream is closed.
        level: Input level, dB relative to full scale.
        microphone: Name of the open microphone.
    """

    def __init__(
        self,
        data: Path,
        settings: Settings,
        *,
        on_change: Callable[[], None],
        on_voice: Callable[[int], None],
        on_utterance: Callable[[Utterance | None], None],
        on_problem: Callable[[RubatoError], None],
        unused_s: float = UNUSED_S,
    ) -> None:
        self._settings = settings
        self._on_change, self._on_voice = on_change, on_voice
        self._on_utterance, self._on_problem = on_utterance, on_problem
        self.state: State = "off"
        self.level = QUIETEST_DB
        self.microphone = ""
        self._reasons: set[str] = set()
        self._finishing: list[Future[None]] = []
        self._talking = self._muted = False
        self._lock = threading.RLock()
        self._process = hearing_process(
            data, settings, on_report=self._on_report, on_exit=self._on_exit, idle_s=unused_s
        )
        # The run that takes orders; reports of earlier runs are ignored.
        self._run: ProcessRun | None = None
        self._stream = StreamState()
        self._phrase_sets: dict[tuple[str, ...], int] = {}  # those sent to the run, by number
        self._numbers = count(1)

    @property
    def process_id(self) -> int:
        """Id of the process; 0 while there is none."""
        return self._process.process_id

    # Orders -----------------------------------------------------------------------------------------

    def listen(self, reason: str, on: bool) -> None:
        """Add or remove a reason to listen; it listens continuously while there is one.

        Args:
            reason: ``word`` or ``remark``.
            on: True to add it.
        """
        with self._lock:
            before = self.continuous
            (self._reasons.add if on else self._reasons.discard)(reason)
            if self.continuous != before:
                self._order("continuous", on=on)

    @property
    def talking(self) -> bool:
        """Whether the push-to-talk key is down."""
        return self._talking

    def restart(self) -> None:
        """Restart with the current settings, and go on listening."""
        with self._lock:
            reasons = set(self._reasons)
            self._abandon()
            self._process.stop(wait=False)
            for reason in reasons:
                self.listen(reason, True)

    @property
    def continuous(self) -> bool:
        """Whether it listens without push-to-talk."""
        return bool(self._reasons)

    def finish(self) -> Future[None]:
        """End the current utterance; the future completes when every pending utterance is recognised."""
        finished: Future[None] = Future()
        with self._lock:
            if self.state not in ("hearing", "thinking"):
                finished.set_result(None)
            else:
                self._finishing.append(finished)
                self._send({"do": "finish"})
        return finished

    def talk(self, on: bool) -> None:
        """Press or release push-to-talk; everything said in between is one utterance."""
        with self._lock:
            if on != self._talking:
                self._talking = on
                self._order("talk", on=on)

    def mute(self, on: bool) -> None:
        """Ignore the microphone while the program itself speaks."""
        with self._lock:
            self._muted = on
            self._send({"do": "deaf", "on": on})

    def expect(self, phrases: tuple[str, ...], *, dictation: bool, save_to: Path | None = None) -> None:
        """Set what the current and the following utterances are to be recognised as.

        Args:
            phrases: The commands and values that are possible now.
            dictation: Whether to transcribe them.
            save_to: WAV file to save the sound to; None to discard it.
        """
        with self._lock:
            if self._run is None:
                return
            if phrases not in self._phrase_sets:
                # There are thousands of phrases, and they seldom change: each set is sent once.
                self._phrase_sets[phrases] = len(self._phrase_sets)
                self._send({"do": "learn", "number": self._phrase_sets[phrases], "phrases": phrases})
            order = {"do": "expect", "number": self._phrase_sets[phrases], "free": dictation}
            self._send({**order, "keep": str(save_to) if save_to else ""})

    def close(self) -> None:
        """Stop listening and end the process, within a bounded time. Safe to call twice."""
        with self._lock:
            self._abandon()
        self._process.stop()

    # The process ------------------------------------------------------------------------------------

    def _order(self, what: str, *, on: bool) -> None:
        if on:
            self._start()
        if self._run is not None:
            self._stream.ordered = next(self._numbers)
            self._send({"do": what, "on": on, "number": self._stream.ordered})
        self._update()

    def _start(self) -> None:
        run = self._process.start()
        if run is not self._run:
            self._follow(run)
            if self._muted:
                self._send({"do": "deaf", "on": True})

    def _send(self, order: Mapping[str, Any]) -> None:
        if self._run is not None:
            self._run.send(json_line(order))

    def _on_exit(self, run: ProcessRun, exit: Exit) -> None:
        with self._lock:
            if run is not self._run:
                return
            listened = self.state != "off"
            self._abandon()
        if listened and not exit.expected:
            self._on_problem(ended(exit))

    def _on_report(self, run: ProcessRun, report: Any) -> None:
        with self._lock:
            if run is self._run:
                self._take(report)
                self._update()

    def _take(self, report: Mapping[str, Any]) -> None:
        stream = self._stream
        match report:
            case {"level": db}:
                self.level = db
            case {"done": number}:
                stream.done = number
            case {"open": name, "fallback": fallback}:
                stream.open = True
                if not self._wanted:  # an earlier attempt failed, which cleared the reasons
                    self._order("continuous", on=False)
                    self._order("talk", on=False)
                self.microphone = name
                if fallback:
                    self._on_problem(fell_back(self._settings.microphone, name))
            case {"closed": _}:
                stream.open = False
            case {"voice": "on", "ns": ns}:
                stream.speaking = True
                self._update()  # the state is published before the callback reads it
                self._on_voice(ns)
            case {"voice": "off"}:
                stream.speaking = False
                stream.pending += 1
            case {"voice": "nothing"}:
                stream.speaking = False
                self._on_utterance(None)
            case {"heard": fields}:
                stream.pending -= 1
                self._on_utterance(_utterance(fields) if fields else None)
            case {"problem": problem, "over": number}:
                self._reasons.clear()
                self._talking = False
                stream.done = number
                self._update()
                self._on_problem(RubatoError(**problem))
            case {"problem": problem}:
                self._on_problem(RubatoError(**problem))

    # The state --------------------------------------------------------------------------------------

    def _abandon(self) -> None:
        """Stop following the current run."""
        self._reasons.clear()
        self._talking = False
        self._follow(None)
        self._update()

    def _follow(self, run: ProcessRun | None) -> None:
        """Follow another run; the unfinished utterances of the previous one are lost, and are reported as None."""
        lost = self._stream.unfinished
        self._run, self._stream, self._phrase_sets = run, StreamState(), {}
        for _ in range(lost):
            self._on_utterance(None)

    @property
    def _wanted(self) -> bool:
        return self.continuous or self._talking

    def _update(self) -> None:
        """Derive the state; complete the futures of `finish` and let an unused process end."""
        state = self._stream.name(self._wanted)
        if state not in ("hearing", "thinking"):
            finishing, self._finishing = self._finishing, []
            for finished in finishing:
                finished.set_result(None)
        if state == self.state:
            return
        self.state = state
        if state == "off":
            self.level = QUIETEST_DB
            self._process.rest()
        self._on_change()


def _utterance(fields: Mapping[str, Any]) -> Utterance:
    audio = Path(fields["audio"]) if fields["audio"] else None
    return Utterance(**{**fields, "near": tuple(fields["near"]), "audio": audio})
