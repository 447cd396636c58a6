"""The speech queue: speaks texts one after the other, on a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.voice.audio_sink import AudioSink
from rubato_desktop.services.voice.pending_audio import POLL_S, PendingAudio, SpeechChunk
from rubato_desktop.services.voice.synthesis import Stop, Stopped, Synthesis, cannot_speak

log = logging.getLogger(__name__)

AHEAD_S: Final = 3.0  # speech synthesised ahead of playback: enough to bridge any pause of this thread
UNUSED_S: Final = 300.0  # an unused voice is unloaded after this long


@dataclass(frozen=True, slots=True)
class _Request:
    text: str
    rate: float
    volume: float
    voice: str


class Speech:
    """A queue of texts to speak. Any method may be called from any thread; none waits for the voice.

    Args:
        synthesis: The synthesiser; used on this queue's thread only.
        sink: Plays the speech.
        rate: Returns the rate for texts given without one: 0.5 to 3, where 1 is the voice's own.
        volume: Returns the volume for texts given without one: 0 to 1.
        on_change: Called on the queue's thread with True when speech begins and False when it has ended.
        on_problem: Called when nothing can be spoken; not repeated for the same problem until speech has worked again.
        unused_s: Seconds until an unused voice is unloaded.
    """

    def __init__(
        self,
        synthesis: Synthesis,
        sink: AudioSink,
        *,
        rate: Callable[[], float] = lambda: 1.0,
        volume: Callable[[], float] = lambda: 0.8,
        on_change: Callable[[bool], None] | None = None,
        on_problem: Callable[[RubatoError], None] | None = None,
        unused_s: float = UNUSED_S,
    ) -> None:
        self.on_change = on_change
        self.on_problem = on_problem
        self._synthesis, self._sink = synthesis, sink
        self._rate, self._volume = rate, volume
        self._unused_s = unused_s
        self._changed = threading.Condition()
        self._requests: deque[_Request] = deque()
        self._stop = Stop()  # for the current text
        self._busy = False
        self._loaded = False
        self._warming = False
        self._pending = PendingAudio(sink)
        self._reported = False  # the last value given to `on_change`
        self._problem = ""
        self._closed = False
        self._thread: threading.Thread | None = None

    @property
    def speaking(self) -> bool:
        """Whether speech is playing or queued."""
        with self._changed:
            return self._is_speaking()

    def say_now(
        self, text: str, *, rate: float | None = None, volume: float | None = None, voice: str = ""
    ) -> None:
        """Speak a text at once, in place of everything that is playing or queued.

        Args:
            text: With any markup.
            rate: 0.5 to 3; None for the default.
            volume: 0 to 1; None for the default.
            voice: Name of a voice; empty for the one in the settings.
        """
        with self._changed:
            self._silence()
            self._add(text, rate, volume, voice)

    def say_after(
        self, text: str, *, rate: float | None = None, volume: float | None = None, voice: str = ""
    ) -> None:
        """Speak a text after everything that is playing or queued; arguments as for `say_now`."""
        with self._changed:
            self._add(text, rate, volume, voice)

    def warm(self) -> None:
        """Load the voice ahead of time, if it is not loaded yet."""
        if self._loaded:
            return  # called for each key: it must not even wait for the lock
        with self._changed:
            if not self._loaded and not self._warming and not self._closed:
                self._warming = True
                self._wake()

    def be_quiet(self) -> None:
        """Stop speaking at once, even in the middle of a word, and clear the queue."""
        with self._changed:
            self._silence()
            self._changed.notify_all()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until everything has been spoken; returns whether it has.

        Args:
            timeout: Seconds; None for no limit.
        """
        with self._changed:
            return self._changed.wait_for(lambda: not self._is_speaking() and not self._reported, timeout)

    def close(self) -> None:
        """Stop speaking for good. Safe to call twice."""
        with self._changed:
            self._closed = True
            self._silence()
            self._changed.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=5)

    def _is_speaking(self) -> bool:
        return bool(self._requests) or self._busy or time.monotonic() < self._pending.ends_at

    def _add(self, text: str, rate: float | None, volume: float | None, voice: str) -> None:
        if self._closed:
            return
        rate = self._rate() if rate is None else rate
        self._requests.append(_Request(text, rate, self._volume() if volume is None else volume, voice))
        self._wake()

    def _wake(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="speech", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def _silence(self) -> None:
        self._requests.clear()
        self._stop.request()
        if self._busy or time.monotonic() < self._pending.ends_at:
            self._sink.silence()
        self._pending.clear()

    # On the queue's thread ------------------------------------------------------------------------------

    def _work(self) -> None:
        while True:
            with self._changed:
                self._busy = False
                self._changed.notify_all()  # for `wait`, when a text had nothing to speak
                interrupted = False
                while not self._requests and not self._warming and not self._closed:
                    left = self._pending.ends_at - time.monotonic()
                    interrupted = self._pending.interrupted()
                    if interrupted or (left <= 0 and self._reported):
                        break
                    timeout = min(left, POLL_S) if left > 0 else self._unused_s if self._loaded else None
                    if not self._changed.wait(timeout) and left <= 0:
                        self._synthesis.unload()
                        self._loaded = False
                if self._closed:
                    return
                request = self._requests.popleft() if self._requests else None
                warming, self._warming = self._warming and request is None, False
                if request is not None or warming:
                    self._stop, self._loaded = Stop(), True
                self._busy = request is not None or interrupted
                stop = self._stop
            if request is not None:
                self._guard(self._speak, request, stop)
            elif warming:
                self._guard(self._warm_up, stop)
            elif interrupted:
                self._guard(self._replay, stop)
            else:
                self._report(False)

    def _guard(self, action: Callable[..., None], *args: object) -> None:
        try:
            action(*args)
        except Stopped:
            pass
        except RubatoError as problem:
            self._fail(problem)
        except Exception:
            log.exception("speech failed")
            self._fail(cannot_speak())

    def _warm_up(self, stop: Stop) -> None:
        if self._sink.opening():
            self._synthesis.use("")
            self._synthesis.synthesise("Ready.", self._rate(), stop)

    def _speak(self, request: _Request, stop: Stop) -> None:
        if not self._sink.wait_until_open():
            return
        # Compiling the regular expressions takes a while, so the import waits until something is spoken.
        from rubato_desktop.services.voice.segmentation import segment_text

        self._synthesis.use(request.voice)
        for text in segment_text(request.text, self._synthesis.language()):
            if stop.requested:
                raise Stopped
            samples, rate = self._synthesis.synthesise(text, request.rate, stop)
            if len(samples):
                self._play(SpeechChunk(samples, rate, request.volume), stop)
                self._wait_for_room(stop)

    def _play(self, chunk: SpeechChunk, stop: Stop) -> None:
        encoded = self._sink.encode(chunk.samples, chunk.rate, chunk.volume)
        self._report(True)
        with self._changed:
            # Checked under the lock: nothing is played after `be_quiet` has returned.
            if stop.requested:
                raise Stopped
            self._pending.play(chunk, encoded)
            self._problem = ""

    def _wait_for_room(self, stop: Stop) -> None:
        """Wait until at most `AHEAD_S` of speech is pending; replay it when the device is reopened meanwhile."""
        while True:
            with self._changed:
                while not stop.requested and not self._pending.interrupted():
                    excess = self._pending.ends_at - time.monotonic() - AHEAD_S
                    if excess <= 0:
                        return
                    self._changed.wait(min(excess, POLL_S))
            if stop.requested:
                raise Stopped
            self._replay(stop)

    def _replay(self, stop: Stop) -> None:
        """Play again what the lost device cannot have played, if it is reopened in time; else drop it."""
        if not self._pending.wait_for_device(lambda: stop.requested):
            with self._changed:
                if not stop.requested:
                    self._pending.clear()
            raise Stopped
        with self._changed:
            chunks = self._pending.take_unplayed() if not stop.requested else []
        for chunk in chunks:
            self._play(chunk, stop)

    def _fail(self, problem: RubatoError) -> None:
        with self._changed:
            self._requests.clear()
        if str(problem) != self._problem:
            self._problem = str(problem)
            if self.on_problem is not None:
                self.on_problem(problem)

    def _report(self, speaking: bool) -> None:
        if speaking != self._reported:
            if self.on_change is not None:
                self.on_change(speaking)
            with self._changed:
                self._reported = speaking
                self._changed.notify_all()
