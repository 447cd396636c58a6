"""The events of the program and the bus that carries them. `t` is microseconds since the program started.

Events are published on the engine's thread, in order; other threads post to the engine. Only the engine interprets
notes; all others (sound, window, journal) only listen.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from rubato_desktop.language.results import Preview, RecognisedWord, RejectedRun
from rubato_desktop.midi.messages import Message

log = logging.getLogger(__name__)

NOTICES_KEPT = 50
PROTOCOL = 1  # version of the JSON form of results

Status = Literal["ok", "failed", "timeout", "refused"]


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events.

    Attributes:
        t: When it happened, µs since the program started.
    """

    t: int


@dataclass(slots=True, eq=False)
class FieldText:
    """Text for a field of a page, which may be a password: the journal holds it back until that is known.

    Attributes:
        secret: Whether it must not be written down; None while that is not known.
        begun: Whether a word that takes the text is or was open; if not, somebody is speaking and may start one.
        word: The word with its text; None until it is complete.
    """

    secret: bool | None = None
    begun: bool = False
    word: RecognisedWord | None = None


@dataclass(frozen=True, slots=True)
class Played(Event):
    """A MIDI message arrived.

    Attributes:
        message: The message.
        key: 0-24 for a note within the 25 command keys of a device, else None.
        field_text: The text that its note may be spelling.
    """

    message: Message
    key: int | None = None
    field_text: FieldText | None = None


@dataclass(frozen=True, slots=True)
class PreviewChanged(Event):
    """The half-played word, or the meaning of the next keys, changed."""

    preview: Preview


@dataclass(frozen=True, slots=True)
class WordHeard(Event):
    """A word was recognised and its command starts; the result follows as `CommandDone` with the same `id`.

    `field_text` holds the word with its text; `word` is without it.
    """

    word: RecognisedWord
    id: int
    field_text: FieldText | None = None


@dataclass(frozen=True, slots=True)
class WordMissed(Event):
    """A run of keys was not recognised; `nearest` are the closest words, as (keys, word, language)."""

    run: RejectedRun
    nearest: tuple[tuple[tuple[int, ...], str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a command, whether the program or the browser ran it.

    Attributes:
        id: Number of the request, counted from 1 in each run of the program.
        name: Id of the command.
        args: The arguments it was given.
        status: ``ok``, ``failed``, ``timeout`` or ``refused``.
        value: Its value, JSON-like; None for none.
        text: The result in words, for the screen and the voice.
        error: ``{"code": …, "message": …}`` unless ok.
        state: The state that it changed, JSON-like.
        elapsed_ms: Duration in ms.
    """

    id: int
    name: str
    args: Mapping[str, Any]
    status: Status
    value: Any = None
    text: str = ""
    error: Mapping[str, str] | None = None
    state: Mapping[str, Any] = field(default_factory=dict)
    elapsed_ms: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Return it as a result of the extension's protocol (`extension_bridge.protocol`)."""
        return {
            "v": PROTOCOL,
            "id": self.id,
            "status": self.status,
            "value": self.value,
            "error": dict(self.error) if self.error else None,
            "state": dict(self.state),
            "elapsed_ms": self.elapsed_ms,
        }


@dataclass(frozen=True, slots=True)
class CommandDone(Event):
    """A command ended; `word` is the word that started it, None for mouse and command line."""

    result: Result
    word: RecognisedWord | None = None


@dataclass(frozen=True, slots=True)
class FieldTextKnown(Event):
    """It is known now whether a `FieldText` is secret: the journal can stop holding it back."""


@dataclass(frozen=True, slots=True)
class Listed(Event):
    """A numbered list was shown or read out; a `choice` picks an item, counting from 1."""

    title: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryRead(Event):
    """An open entry has ended and is read back before it is used."""

    word: str
    keys: tuple[int, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class ListeningChanged(Event):
    """The microphone was opened or closed, or speech began or ended.

    Attributes:
        state: ``off``; ``opening`` the microphone; ``listening``; ``hearing`` speech; ``thinking``: recognising it.
    """

    state: Literal["off", "opening", "listening", "hearing", "thinking"]


@dataclass(frozen=True, slots=True)
class SpeechHeard(Event):
    """Speech was recognised.

    Attributes:
        text: The transcript, or the phrase that matched.
        became: A ``word``, a ``value`` that a word was waiting for, or dictated ``text``; ``unsure``: the user was
            asked about `near`; ``nothing``; or ``ignored``, because it need not have been meant for the program.
        near: Phrases it may have been, when that is uncertain.
        elapsed_ms: ms from the last voiced sound to the result.
    """

    text: str
    became: Literal["word", "value", "text", "unsure", "nothing", "ignored"]
    near: tuple[str, ...] = ()
    elapsed_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class RemarkChanged(Event):
    """A remark was started, continued or ended; `text` is the text so far."""

    open: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class RemarkKept(Event):
    """A remark about this moment.

    Attributes:
        t: µs at which it begins.
        end: µs at which it ends.
        text: Its text, spoken or typed.
        place: Position in the media it is about: ``title``, ``url``, ``ms``; empty for none.
        audio: Files of its sound, in the data folder; empty if the sound is not kept.
    """

    end: int
    text: str
    place: Mapping[str, Any] = field(default_factory=dict)
    audio: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerGrew(Event):
    """More of the answer to `question` arrived; `text` is all of it so far. `CommandDone` follows at its end."""

    question: str
    text: str


@dataclass(frozen=True, slots=True)
class LearningChanged(Event):
    """Progress of learning: `done` of `of` texts of a source, number of waiting sources; no source at the end."""

    source: str = ""
    done: int = 0
    of: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class DevicesChanged(Event):
    """Devices were connected or removed, or their roles changed; see the device manager."""


@dataclass(frozen=True, slots=True)
class LanguagesChanged(Event):
    """The dictionary changed; see the language library's stack."""


@dataclass(frozen=True, slots=True)
class SettingChanged(Event):
    """A setting has a new value."""

    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class RecordingChanged(Event):
    """Recording started, paused, resumed or stopped."""

    state: Literal["off", "on", "paused"]


@dataclass(frozen=True, slots=True)
class SessionKept(Event):
    """A recording or save was written to disk as a session.

    Attributes:
        session: Its folder.
        remarks: Number of its remarks.
    """

    session: Path
    remarks: int = 0


@dataclass(frozen=True, slots=True)
class RollOpened(Event):
    """A file or session was opened in the pianoroll; see `RollState`."""


@dataclass(frozen=True, slots=True)
class RollMoved(Event):
    """A command changed the pianoroll's position, span or playback; see `RollState`."""


@dataclass(frozen=True, slots=True)
class RollLaid(Event):
    """The overlays of the open recording changed: pictures, iterations, or whether iterations are stacked."""


@dataclass(frozen=True, slots=True)
class PictureShown(Event):
    """A picture of the open recording is shown large; `index` counts the roll's pictures from 0."""

    index: int


@dataclass(frozen=True, slots=True)
class PanelFolded(Event):
    """A command collapsed or expanded a panel."""

    panel: str
    folded: bool


@dataclass(frozen=True, slots=True)
class Notice(Event):
    """A message for the user: what happened, what was kept, what to do. Shown, logged and spoken."""

    level: Literal["info", "warning", "error"]
    happened: str
    kept: str = ""
    todo: str = ""


@dataclass(frozen=True, slots=True)
class QuestionAsked(Event):
    """A question waits for yes or no; an empty text means that none waits any more."""

    text: str


@dataclass(frozen=True, slots=True)
class BrowserChanged(Event):
    """The browser connected or disconnected, or its windows and tabs changed; see the `Browser` service."""


@dataclass(frozen=True, slots=True)
class PageLoaded(Event):
    """A page has loaded and its layout is stable.

    Attributes:
        title: The page's title.
        url: Its address.
        current: Whether its tab is in front.
    """

    title: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class FrontRequested(Event):
    """The program was started a second time: the window should come to the front."""


@dataclass(frozen=True, slots=True)
class ProgramEnding(Event):
    """The program is about to end."""


Listener = Callable[[Event], None]


class Bus:
    """Carries events to listeners; an exception in one is logged and does not affect the others.

    Attributes:
        thread: Id of the engine's thread, the only one that may publish; None while it does not run.
    """

    def __init__(self) -> None:
        self.thread: int | None = None
        # Re-entrant: a listener may publish or subscribe during the replay.
        self._lock = threading.RLock()
        self._listeners: tuple[Listener, ...] = ()
        self._notices: deque[Notice] = deque(maxlen=NOTICES_KEPT)

    def subscribe(self, listener: Listener, *, replay: bool = False) -> Callable[[], None]:
        """Add a listener; safe from any thread.

        Args:
            listener: Called with each event, on the thread that publishes it. It must not block.
            replay: First call it with the latest notices, on the caller's thread. It misses none and gets none twice.

        Returns:
            A function that removes the listener.
        """
        with self._lock:
            if replay:
                for notice in tuple(self._notices):
                    _call(listener, notice)
            self._listeners = (*self._listeners, listener)

        def unsubscribe() -> None:
            with self._lock:
                # `==`, not `is`: a bound method is a new object each time it is looked up.
                self._listeners = tuple(other for other in self._listeners if other != listener)

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Call every listener; only on the engine's thread while that runs."""
        if self.thread is not None and self.thread != threading.get_ident():
            self._on_wrong_thread(event)
        if isinstance(event, Notice):
            with self._lock:
                self._notices.append(event)
                listeners = self._listeners
        else:
            listeners = self._listeners
        for listener in listeners:
            _call(listener, event)

    def _on_wrong_thread(self, event: Event) -> None:
        """Log a publish from the wrong thread; tests replace this to fail."""
        thread = threading.current_thread().name
        log.error("%s was published on thread %r", type(event).__name__, thread, stack_info=True)


def _call(listener: Listener, event: Event) -> None:
    try:
        listener(event)
    except Exception:
        log.exception("a listener failed on %s", type(event).__name__)
