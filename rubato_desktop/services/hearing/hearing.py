"""The ear as the rest of the program sees it: switched on and off, told what to expect, and telling what it heard."""

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
from rubato_desktop.services.hearing.process_client import ear_process, ended, fell_back
from rubato_desktop.services.hearing.stream_state import State, StreamState
from rubato_desktop.settings import Settings

UNUSED_S: Final = 300.0  # the recogniser's memory is given back after so long
QUIETEST_DB: Final = -60.0


@dataclass(frozen=True, slots=True)
class Utterance:
    """What somebody said.

    Attributes:
        text: What it sounded like, written down freely; empty where only phrases were held against it.
        phrase: The phrase that it is; empty for none.
        near: Phrases that it may be, the likeliest first, where none is sure.
        confidence: How sure the text is, 0 to 1.
        began_ns: When the voice began, ns on the clock of `time.perf_counter_ns`.
        ended_ns: When the last voiced sound ended.
        elapsed_ms: From there until it was understood.
        audio: The file it is kept in; None where it is not kept.
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
    """Hears through the microphone, in a process of its own that lives while it is needed.

    Any method may be called from any thread; none but `close` waits. The callbacks are called with a lock held, so
    they must not wait either.

    Args:
        data: The data folder.
        settings: Which microphone, model and language.
        on_change: Told that `state` changed.
        on_voice: Told when somebody begins to speak, ns as in `Utterance`; then `expect` is to be called.
        on_utterance: Told what was said; None for what was no speech after all.
        on_problem: Told what is wrong with the microphone or the recogniser.
        unused_s: Seconds until the process of an unused ear ends.

    Attributes:
        state: As `ListeningChanged` has it; ``off`` only while the microphone's stream is closed.
        level: How loud it is, dB below full scale.
        microphone: The name of the open microphone.
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
        self._on_heard, self._on_problem = on_utterance, on_problem
        self.state: State = "off"
        self.level = QUIETEST_DB
        self.microphone = ""
        self._reasons: set[str] = set()
        self._waiting: list[Future[None]] = []
        self._talking = self._muted = False
        self._lock = threading.RLock()
        self._process = ear_process(
            data, settings, on_report=self._report, on_exit=self._exited, idle_s=unused_s
        )
        # What is known about the run that takes orders; reports of those before it count no more.
        self._run: ProcessRun | None = None
        self._ear = StreamState()
        self._sent: dict[tuple[str, ...], int] = {}
        self._numbers = count(1)

    @property
    def process_id(self) -> int:
        """Id of its process; 0 while there is none."""
        return self._process.process_id

    # Orders -----------------------------------------------------------------------------------------

    def listen(self, why: str, on: bool) -> None:
        """Listen all the time while there is any reason to: ``word``, ``remark``."""
        with self._lock:
            before = self.continuous
            (self._reasons.add if on else self._reasons.discard)(why)
            if self.continuous != before:
                self._order("continuous", on=on)

    @property
    def talking(self) -> bool:
        """Whether the key to talk is down."""
        return self._talking

    def restart(self) -> None:
        """Begin anew with the microphone, model and language of the settings."""
        with self._lock:
            reasons = set(self._reasons)
            self._abandon()
            self._process.stop(wait=False)
            for why in reasons:
                self.listen(why, True)

    @property
    def continuous(self) -> bool:
        """Whether it listens all the time."""
        return bool(self._reasons)

    def finish(self) -> Future[None]:
        """End what is being said here; the future is done when all of it is understood."""
        done: Future[None] = Future()
        with self._lock:
            if self.state not in ("hearing", "thinking"):
                done.set_result(None)
            else:
                self._waiting.append(done)
                self._send({"do": "finish"})
        return done

    def talk(self, on: bool) -> None:
        """The key to talk goes down, or up: what is said in between counts, all of it."""
        with self._lock:
            if on != self._talking:
                self._talking = on
                self._order("talk", on=on)

    def mute(self, on: bool) -> None:
        """Hear nothing, because the program itself is speaking, or hear again."""
        with self._lock:
            self._muted = on
            self._send({"do": "deaf", "on": on})

    def expect(self, phrases: tuple[str, ...], *, dictation: bool, save_to: Path | None = None) -> None:
        """Tell what may be said now.

        Args:
            phrases: What has a meaning.
            free: Whether anything may be said, and is to be written down.
            keep: Where the sound of it is to be kept, as WAV.
        """
        with self._lock:
            if self._run is None:
                return
            if phrases not in self._sent:
                # There are thousands of them, and they seldom change.
                self._sent[phrases] = len(self._sent)
                self._send({"do": "learn", "number": self._sent[phrases], "phrases": phrases})
            order = {"do": "expect", "number": self._sent[phrases], "free": dictation}
            self._send({**order, "keep": str(save_to) if save_to else ""})

    def close(self) -> None:
        """End, and wait for it a bounded time. Safe to call twice."""
        with self._lock:
            self._abandon()
        self._process.stop()

    # The process ------------------------------------------------------------------------------------

    def _order(self, what: str, *, on: bool) -> None:
        if on:
            self._start()
        if self._run is not None:
            self._ear.ordered = next(self._numbers)
            self._send({"do": what, "on": on, "number": self._ear.ordered})
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

    def _exited(self, run: ProcessRun, exit: Exit) -> None:
        with self._lock:
            if run is not self._run:
                return
            listened = self.state != "off"
            self._abandon()
        if listened and not exit.expected:
            self._on_problem(ended(exit))

    def _report(self, run: ProcessRun, report: Any) -> None:
        with self._lock:
            if run is self._run:
                self._take(report)
                self._update()

    def _take(self, report: Mapping[str, Any]) -> None:
        ear = self._ear
        match report:
            case {"level": db}:
                self.level = db
            case {"done": number}:
                ear.done = number
            case {"open": name, "fallback": fallback}:
                ear.open = True
                if not self._wanted:  # no longer, since an earlier attempt failed
                    self._order("continuous", on=False)
                    self._order("talk", on=False)
                self.microphone = name
                if fallback:
                    self._on_problem(fell_back(self._settings.microphone, name))
            case {"closed": _}:
                ear.open = False
            case {"voice": "on", "ns": ns}:
                ear.speaking = True
                self._update()  # before it asks what is said
                self._on_voice(ns)
            case {"voice": "off"}:
                ear.speaking = False
                ear.pending += 1
            case {"voice": "nothing"}:
                ear.speaking = False
                self._on_heard(None)
            case {"heard": said}:
                ear.pending -= 1
                self._on_heard(_heard(said) if said else None)
            case {"problem": problem, "over": number}:
                self._reasons.clear()
                self._talking = False
                ear.done = number
                self._update()
                self._on_problem(RubatoError(**problem))
            case {"problem": problem}:
                self._on_problem(RubatoError(**problem))

    # The state --------------------------------------------------------------------------------------

    def _abandon(self) -> None:
        """Want nothing more of the run that there is."""
        self._reasons.clear()
        self._talking = False
        self._follow(None)
        self._update()

    def _follow(self, run: ProcessRun | None) -> None:
        """Count the reports of another run, and tell that what the one before was hearing is lost."""
        lost = self._ear.unheard
        self._run, self._ear, self._sent = run, StreamState(), {}
        for _ in range(lost):
            self._on_heard(None)

    @property
    def _wanted(self) -> bool:
        return self.continuous or self._talking

    def _update(self) -> None:
        """Show the state that follows from what is known, and rest or end waits accordingly."""
        state = self._ear.name(self._wanted)
        if state not in ("hearing", "thinking"):
            waiting, self._waiting = self._waiting, []
            for done in waiting:
                done.set_result(None)
        if state == self.state:
            return
        self.state = state
        if state == "off":
            self.level = QUIETEST_DB
            self._process.rest()
        self._on_change()


def _heard(said: Mapping[str, Any]) -> Utterance:
    audio = Path(said["audio"]) if said["audio"] else None
    return Utterance(**{**said, "near": tuple(said["near"]), "audio": audio})
