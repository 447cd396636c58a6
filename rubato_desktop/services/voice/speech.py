"""What is said aloud, in its order: now, after what is being said, or no more."""

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
from rubato_desktop.services.voice.pending_audio import LOOK_S, PendingAudio, SpeechChunk
from rubato_desktop.services.voice.synthesis import Stop, Stopped, Synthesis, cannot_speak

log = logging.getLogger(__name__)

AHEAD_S: Final = 3.0  # so much is ready before it is heard: enough for any pause of this thread
UNUSED_S: Final = 300.0  # a voice not needed for so long is unloaded


@dataclass(frozen=True, slots=True)
class _Wish:
    text: str
    rate: float
    volume: float
    voice: str


class Speech:
    """One queue of speech. Any method may be called from any thread; none waits for the voice.

    Args:
        synthesis: What speaks; used on this queue's own thread alone.
        ear: Where it is heard.
        rate: Asked for each text that comes without a rate; 1 is as the voice was trained, 0.5 to 3.
        volume: The same for its loudness, 0 to 1.
        on_change: Told, on a thread of its own, when it begins to speak and when it has ended.
        on_problem: Told why nothing can be said; the same reason only once.
        unused_s: Seconds until an unused voice is unloaded.
    """

    def __init__(
        self,
        synthesis: Synthesis,
        ear: AudioSink,
        *,
        rate: Callable[[], float] = lambda: 1.0,
        volume: Callable[[], float] = lambda: 0.8,
        on_change: Callable[[bool], None] | None = None,
        on_problem: Callable[[RubatoError], None] | None = None,
        unused_s: float = UNUSED_S,
    ) -> None:
        self.on_change = on_change
        self.on_problem = on_problem
        self._synthesis, self._ear = synthesis, ear
        self._rate, self._volume = rate, volume
        self._unused_s = unused_s
        self._changed = threading.Condition()
        self._wishes: deque[_Wish] = deque()
        self._stop = Stop()  # of what is being said
        self._busy = False
        self._used = False  # the voice is in memory
        self._warming = False
        self._unheard = PendingAudio(ear)
        self._told = False
        self._problem = ""
        self._closed = False
        self._thread: threading.Thread | None = None

    @property
    def speaking(self) -> bool:
        """Whether something is said, or waits to be."""
        with self._changed:
            return self._is_speaking()

    def say_now(
        self, text: str, *, rate: float | None = None, volume: float | None = None, voice: str = ""
    ) -> None:
        """Say a text in place of all that is said or waits, with the voice of the settings or another one."""
        with self._changed:
            self._hush()
            self._add(text, rate, volume, voice)

    def say_after(
        self, text: str, *, rate: float | None = None, volume: float | None = None, voice: str = ""
    ) -> None:
        """Say a text after all that is said or waits, with the voice of the settings or another one."""
        with self._changed:
            self._add(text, rate, volume, voice)

    def warm(self) -> None:
        """Load the voice where it is not, for somebody who is about to want something said."""
        if self._used:
            return  # asked with each key: not even a lock is to be waited for
        with self._changed:
            if not self._used and not self._warming and not self._closed:
                self._warming = True
                self._wake()

    def be_quiet(self) -> None:
        """Fall silent at once, also in the middle of a word; what waits is forgotten."""
        with self._changed:
            self._hush()
            self._changed.notify_all()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until all has been said; returns whether it has.

        Args:
            timeout: Seconds; for ever without it.
        """
        with self._changed:
            return self._changed.wait_for(lambda: not self._is_speaking() and not self._told, timeout)

    def close(self) -> None:
        """Fall silent for good. Safe to call twice."""
        with self._changed:
            self._closed = True
            self._hush()
            self._changed.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=5)

    def _is_speaking(self) -> bool:
        return bool(self._wishes) or self._busy or time.monotonic() < self._unheard.until

    def _add(self, text: str, rate: float | None, volume: float | None, voice: str) -> None:
        if self._closed:
            return
        rate = self._rate() if rate is None else rate
        self._wishes.append(_Wish(text, rate, self._volume() if volume is None else volume, voice))
        self._wake()

    def _wake(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="speech", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def _hush(self) -> None:
        self._wishes.clear()
        self._stop.request()
        if self._busy or time.monotonic() < self._unheard.until:
            self._ear.hush()
        self._unheard.forget()

    # The thread that speaks -----------------------------------------------------------------------------

    def _work(self) -> None:
        while True:
            with self._changed:
                self._busy = False
                self._changed.notify_all()  # who waits for the end of a text in which nothing was said
                lost = False
                while not self._wishes and not self._warming and not self._closed:
                    left = self._unheard.until - time.monotonic()
                    lost = self._unheard.missed()
                    if lost or (left <= 0 and self._told):
                        break
                    pause = min(left, LOOK_S) if left > 0 else self._unused_s if self._used else None
                    if not self._changed.wait(pause) and left <= 0:
                        self._synthesis.unload()
                        self._used = False
                if self._closed:
                    return
                wish = self._wishes.popleft() if self._wishes else None
                warming, self._warming = self._warming and wish is None, False
                if wish is not None or warming:
                    self._stop, self._used = Stop(), True
                self._busy = wish is not None or lost
                stop = self._stop
            if wish is not None:
                self._guarded(self._fulfil, wish, stop)
            elif warming:
                self._guarded(self._warm_up, stop)
            elif lost:
                self._guarded(self._say_again, stop)
            else:
                self._tell(False)

    def _guarded(self, do: Callable[..., None], *args: object) -> None:
        try:
            do(*args)
        except Stopped:
            pass
        except RubatoError as problem:
            self._fail(problem)
        except Exception:
            log.exception("speech does not work")
            self._fail(cannot_speak())

    def _warm_up(self, stop: Stop) -> None:
        if self._ear.place():
            self._synthesis.use("")
            self._synthesis.synthesise("Ready.", self._rate(), stop)

    def _fulfil(self, wish: _Wish, stop: Stop) -> None:
        if not self._ear.opens():
            return
        # The patterns of text take a while to be built; who never listens never waits for them.
        from rubato_desktop.services.voice.segmentation import segment_text

        self._synthesis.use(wish.voice)
        for text in segment_text(wish.text, self._synthesis.language()):
            if stop.requested:
                raise Stopped
            samples, rate = self._synthesis.synthesise(text, wish.rate, stop)
            if len(samples):
                self._hand_on(SpeechChunk(samples, rate, wish.volume), stop)
                self._wait_for_room(stop)

    def _hand_on(self, piece: SpeechChunk, stop: Stop) -> None:
        prepared = self._ear.prepared(piece.samples, piece.rate, piece.volume)
        self._tell(True)
        with self._changed:
            # Asked under the lock: after `be_quiet` has returned nothing more of it is handed on.
            if stop.requested:
                raise Stopped
            self._unheard.hear(piece, prepared)
            self._problem = ""

    def _wait_for_room(self, stop: Stop) -> None:
        """Wait until little of what was handed on waits to be heard, or it is to stop."""
        while True:
            with self._changed:
                while not stop.requested and not self._unheard.missed():
                    more = self._unheard.until - time.monotonic() - AHEAD_S
                    if more <= 0:
                        return
                    self._changed.wait(min(more, LOOK_S))
            if stop.requested:
                raise Stopped
            self._say_again(stop)

    def _say_again(self, stop: Stop) -> None:
        """Say what nobody can have heard when the sound device went, where it comes back soon; else all is over."""
        if not self._unheard.back(lambda: stop.requested):
            with self._changed:
                if not stop.requested:
                    self._unheard.forget()
            raise Stopped
        with self._changed:
            segments = self._unheard.again() if not stop.requested else []
        for piece in segments:
            self._hand_on(piece, stop)

    def _fail(self, problem: RubatoError) -> None:
        with self._changed:
            self._wishes.clear()
        if str(problem) != self._problem:
            self._problem = str(problem)
            if self.on_problem is not None:
                self.on_problem(problem)

    def _tell(self, speaking: bool) -> None:
        if speaking != self._told:
            if self.on_change is not None:
                self.on_change(speaking)
            with self._changed:
                self._told = speaking
                self._changed.notify_all()
