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
from rubato_desktop.services.voice.ear import Ear
from rubato_desktop.services.voice.synthesis import Stop, Stopped, Synthesis, cannot_speak

log = logging.getLogger(__name__)

AHEAD_S: Final = 3.0  # so much is ready before it is heard: enough for any pause of this thread
UNUSED_S: Final = 300.0  # a voice not needed for so long is unloaded


@dataclass(frozen=True, slots=True)
class _Wish:
    text: str
    rate: float
    volume: float


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
        ear: Ear,
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
        self._until = 0.0  # time.monotonic() at which what was handed on has been heard
        self._told = False
        self._problem = ""
        self._closed = False
        self._thread: threading.Thread | None = None

    @property
    def speaking(self) -> bool:
        """Whether something is said, or waits to be."""
        with self._changed:
            return self._is_speaking()

    def say_now(self, text: str, *, rate: float | None = None, volume: float | None = None) -> None:
        """Say a text in place of all that is said or waits."""
        with self._changed:
            self._hush()
            self._add(text, rate, volume)

    def say_after(self, text: str, *, rate: float | None = None, volume: float | None = None) -> None:
        """Say a text after all that is said or waits."""
        with self._changed:
            self._add(text, rate, volume)

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
        return bool(self._wishes) or self._busy or time.monotonic() < self._until

    def _add(self, text: str, rate: float | None, volume: float | None) -> None:
        if self._closed:
            return
        rate = self._rate() if rate is None else rate
        self._wishes.append(_Wish(text, rate, self._volume() if volume is None else volume))
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="speech", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def _hush(self) -> None:
        self._wishes.clear()
        self._stop.wish()
        if self._busy or time.monotonic() < self._until:
            self._ear.hush()
        self._until = 0.0

    # The thread that speaks -----------------------------------------------------------------------------

    def _work(self) -> None:
        used = False
        while True:
            with self._changed:
                self._busy = False
                self._changed.notify_all()  # who waits for the end of a text in which nothing was said
                while not self._wishes and not self._closed:
                    left = self._until - time.monotonic()
                    if left <= 0 and self._told:
                        break
                    if (
                        not self._changed.wait(left if left > 0 else self._unused_s if used else None)
                        and left <= 0
                    ):
                        self._synthesis.unload()
                        used = False
                if self._closed:
                    return
                wish = self._wishes.popleft() if self._wishes else None
                if wish is not None:
                    self._busy, self._stop = True, Stop()
                stop = self._stop
            if wish is None:
                self._tell(False)
            else:
                used = True
                self._fulfil(wish, stop)

    def _fulfil(self, wish: _Wish, stop: Stop) -> None:
        try:
            if self._ear.opens():
                self._say(wish, stop)
        except Stopped:
            pass
        except RubatoError as problem:
            self._fail(problem)
        except Exception as error:
            log.exception("speech does not work")
            self._fail(cannot_speak(error))

    def _say(self, wish: _Wish, stop: Stop) -> None:
        # The patterns of text take a while to be built; who never listens never waits for them.
        from rubato_desktop.services.voice.speakable import pieces

        for piece in pieces(wish.text, self._synthesis.language()):
            if stop.wished:
                raise Stopped
            samples, rate = self._synthesis.synthesise(piece, wish.rate, stop)
            if not len(samples):
                continue
            prepared = self._ear.prepared(samples, rate, wish.volume)
            self._tell(True)
            with self._changed:
                # Asked under the lock: after `be_quiet` has returned nothing more of it is handed on.
                if stop.wished:
                    raise Stopped
                self._ear.hear(prepared)
                self._problem = ""
                now = time.monotonic()
                self._until = max(now, self._until) + len(samples) / rate
                self._changed.wait_for(
                    lambda: stop.wished or self._until - time.monotonic() < AHEAD_S,
                    max(0.0, self._until - now - AHEAD_S),
                )

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
