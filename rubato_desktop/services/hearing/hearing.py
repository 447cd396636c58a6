"""The ear as the rest of the program sees it: switched on and off, told what to expect, and telling what it heard."""

from __future__ import annotations

import json
import logging
import subprocess
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final, Literal

from rubato_desktop.errors import RubatoError
from rubato_desktop.interpreter import own_process
from rubato_desktop.services.orders import fault_log, hand_on
from rubato_desktop.settings import Settings

log = logging.getLogger(__name__)

UNUSED_S: Final = 300.0  # the recogniser's memory is given back after so long
QUIETEST_DB: Final = -60.0

State = Literal["off", "opening", "listening", "hearing", "thinking"]


@dataclass(frozen=True, slots=True)
class Heard:
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

    Any method may be called from any thread; none waits.

    Args:
        data: The data folder.
        settings: Which microphone, model and language.
        on_change: Told that `state` changed.
        on_voice: Told when somebody begins to speak, ns as in `Heard`; then `expect` is to be called.
        on_heard: Told what was said; None for what was no speech after all.
        on_problem: Told what is wrong with the microphone or the recogniser.
        unused_s: Seconds until the process of an unused ear ends.

    Attributes:
        state: As `ListeningChanged` has it.
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
        on_heard: Callable[[Heard | None], None],
        on_problem: Callable[[RubatoError], None],
        unused_s: float = UNUSED_S,
    ) -> None:
        self._data, self._settings = data, settings
        self._on_change, self._on_voice = on_change, on_voice
        self._on_heard, self._on_problem = on_heard, on_problem
        self._unused_s = unused_s
        self.state: State = "off"
        self.level = QUIETEST_DB
        self.microphone = ""
        self._reasons: set[str] = set()
        self._waiting: list[Future[None]] = []
        self._talking = self._deaf = False
        self._pending = 0  # of what was said and is not yet understood
        self._lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._orders: SimpleQueue[bytes | None] = SimpleQueue()
        self._sent: dict[tuple[str, ...], int] = {}
        self._unused: threading.Timer | None = None

    # Orders -----------------------------------------------------------------------------------------

    def listen_for(self, why: str, on: bool) -> None:
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

    def renew(self) -> None:
        """Begin anew with the microphone, model and language of the settings."""
        with self._lock:
            reasons = set(self._reasons)
            self.close()
            self._be("off")
            for why in reasons:
                self.listen_for(why, True)

    @property
    def continuous(self) -> bool:
        """Whether it listens all the time."""
        return bool(self._reasons)

    def finish(self) -> Future[None]:
        """What is being said ends here; the future is kept when all of it is understood."""
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

    def deafen(self, on: bool) -> None:
        """Hear nothing, because the program itself is speaking, or hear again."""
        with self._lock:
            self._deaf = on
            if self._process is not None:
                self._send({"do": "deaf", "on": on})

    def expect(self, phrases: tuple[str, ...], *, free: bool, keep: Path | None = None) -> None:
        """Tell what may be said now.

        Args:
            phrases: What has a meaning.
            free: Whether anything may be said, and is to be written down.
            keep: Where the sound of it is to be kept, as WAV.
        """
        with self._lock:
            if self._process is None:
                return
            if phrases not in self._sent:
                # There are thousands of them, and they seldom change.
                self._sent[phrases] = len(self._sent)
                self._send({"do": "learn", "number": self._sent[phrases], "phrases": phrases})
            order = {"do": "expect", "number": self._sent[phrases], "free": free}
            self._send({**order, "keep": str(keep) if keep else ""})

    def close(self) -> None:
        """End. Safe to call twice."""
        with self._lock:
            self._silence()
            process, self._process = self._process, None
            self._rest()
        if process is not None:
            self._end(process)

    # The process ------------------------------------------------------------------------------------

    def _order(self, what: str, *, on: bool) -> None:
        if self._process is None:
            if not on:
                return
            self._start()
        self._send({"do": what, "on": on})
        if on and self.state == "off":
            self._be("opening")

    def _start(self) -> None:
        values = self._settings
        command, environment = own_process(
            "rubato_desktop.services.hearing.process",
            [
                str(self._data),
                values.hearing_model,
                values.hearing_language,
                values.microphone,
                str(int(values.reduce_noise)),
            ],
        )
        with fault_log(self._data / "hearing.log") as said:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                # What was needed for a moment is used again, not kept by each thread: 60 MB less.
                env={**environment, "MALLOC_ARENA_MAX": "1"},
            )
        self._sent = {}
        self._orders = SimpleQueue()
        threading.Thread(target=hand_on, args=(self._process, self._orders), daemon=True).start()
        threading.Thread(target=self._look_after, args=(self._process,), name="hearing", daemon=True).start()
        if self._deaf:
            self._send({"do": "deaf", "on": True})

    def _send(self, order: Mapping[str, Any]) -> None:
        self._orders.put(json.dumps(order).encode() + b"\n")

    def _look_after(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            try:
                self._report(json.loads(line))
            except Exception:
                log.exception("a report of the hearing process could not be understood")
        code = process.wait()
        with self._lock:
            if self._process is not process:
                return
            self._process = None
            unheard = self._pending or self.state == "hearing"
            told = self.state == "off"
            self._silence()
        self._lose(unheard)
        if not told:
            log.error("the hearing process ended with %s; see hearing.log", code)
            self._on_problem(
                RubatoError(
                    "Hearing has ended by a fault",
                    kept="Keys, sound and everything else go on",
                    todo="Play the word for the microphone to begin again; hearing.log has the details",
                    code="hearing_ended",
                )
            )

    def _report(self, report: Mapping[str, Any]) -> None:
        match report:
            case {"level": db}:
                self.level = db
            case {"open": name}:
                self.microphone = name
                self._be("listening")
                if report["fallback"]:
                    self._on_problem(
                        RubatoError(
                            f"There is no microphone called {self._settings.microphone}",
                            kept=f"{name} is used",
                            todo="Connect it, or choose another in the settings (microphone)",
                            code="microphone_fallback",
                        )
                    )
            case {"closed": _}:
                self._calm()
            case {"voice": "on", "ns": ns}:
                self._be("hearing")
                self._on_voice(ns)
            case {"voice": "off"}:
                with self._lock:
                    self._pending += 1
                self._be("thinking")
            case {"voice": "nothing"}:
                self._calm()
                self._on_heard(None)
                self._end_waiting()
            case {"heard": said}:
                with self._lock:
                    self._pending -= 1
                self._calm()
                audio = Path(said["audio"]) if said["audio"] else None
                self._on_heard(Heard(**{**said, "near": tuple(said["near"]), "audio": audio}))
                self._end_waiting()
            case {"problem": problem}:
                with self._lock:
                    unheard = self._pending or self.state == "hearing"
                    self._silence()
                self._lose(unheard)
                self._on_problem(RubatoError(**problem))

    def _silence(self) -> None:
        self._reasons.clear()
        self._talking = False
        self._pending = 0
        self._be("off")

    def _lose(self, unheard: object) -> None:
        if unheard:
            self._on_heard(None)
        self._end_waiting()

    def _end_waiting(self) -> None:
        """Who waits for what was said waits no longer, where nothing more is to be understood."""
        with self._lock:
            if self.state in ("hearing", "thinking"):
                return
            waiting, self._waiting = self._waiting, []
        for done in waiting:
            done.set_result(None)

    def _calm(self) -> None:
        """Back to what it does when nobody speaks."""
        with self._lock:
            on = self.continuous or self._talking
            self._be("thinking" if self._pending else "listening" if on else "off")

    def _be(self, state: State) -> None:
        with self._lock:
            if state == self.state:
                return
            self.state = state
            if state == "off":
                self.level = QUIETEST_DB
                self._rest()
                if self._process is not None:
                    self._unused = threading.Timer(self._unused_s, self._unload)
                    self._unused.daemon = True
                    self._unused.start()
            elif self._unused is not None:
                self._rest()
        self._on_change()

    def _rest(self) -> None:
        if self._unused is not None:
            self._unused.cancel()
            self._unused = None

    def _unload(self) -> None:
        with self._lock:
            if self.state != "off":
                return
            process, self._process = self._process, None
        if process is not None:
            self._end(process)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        self._orders.put(None)
        try:
            process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
