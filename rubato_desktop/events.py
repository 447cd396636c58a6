"""The events everybody may listen to. One clock: `t` is microseconds since the program began.

Everything is published on the engine's thread, in order; other threads post to the engine. Only the engine decides
anything from a note; all others (sound, window, journal) only listen.
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
PROTOCOL = 1  # version of the shape in which results leave the program

Status = Literal["ok", "failed", "timeout", "refused"]


@dataclass(frozen=True, slots=True)
class Event:
    t: int


@dataclass(slots=True, eq=False)
class FieldText:
    """Text for a field of a page, which may be a password: the record holds it back until that is known.

    Attributes:
        secret: Whether it must not be written down; None while nobody knows.
        begun: Whether a word is open that takes it, or was; otherwise somebody is speaking who may ask for one.
        word: The word with its text; None until it is whole.
    """

    secret: bool | None = None
    begun: bool = False
    word: RecognisedWord | None = None


@dataclass(frozen=True, slots=True)
class Played(Event):
    """A MIDI message arrived; `key` is 0-24 for a note within the 25 keys of a device that gives commands.

    `field_text` is what its note may spell.
    """

    message: Message
    key: int | None = None
    field_text: FieldText | None = None


@dataclass(frozen=True, slots=True)
class PreviewChanged(Event):
    """What is half played, or what the next keys mean, changed."""

    preview: Preview


@dataclass(frozen=True, slots=True)
class WordHeard(Event):
    """A word was understood and now acts; its result follows as `CommandDone` with the same `id`.

    `field_text` has the word with its text, which `word` is without.
    """

    word: RecognisedWord
    id: int
    field_text: FieldText | None = None


@dataclass(frozen=True, slots=True)
class WordMissed(Event):
    """A run was not understood; `nearest` are the words closest to it, as (keys, word, language)."""

    run: RejectedRun
    nearest: tuple[tuple[tuple[int, ...], str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended, whoever carried it out.

    Attributes:
        id: Number of the request, counted from 1 in one run of the program.
        name: Id of the command.
        args: The arguments it was given.
        status: ``ok``, ``failed``, ``timeout`` or ``refused``.
        value: What it answers, JSON-like; None for nothing.
        text: The answer in words, for the screen and the voice.
        error: ``{"code": …, "message": …}`` unless ok.
        state: What it changed, JSON-like.
        elapsed_ms: How long it took.
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
        """Return it as the extension's protocol has results: the same shape whoever carried the command out."""
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
    """A command ended; `word` is the word that asked for it, None when it came by mouse or command line."""

    result: Result
    word: RecognisedWord | None = None


@dataclass(frozen=True, slots=True)
class FieldTextKnown(Event):
    """Whether a `FieldText` is secret is known now: what the record holds back can go on."""


@dataclass(frozen=True, slots=True)
class Listed(Event):
    """A numbered list was shown or read out; a `choice` picks from it, counting from 1."""

    title: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryRead(Event):
    """An open entry ended and is read back before it counts."""

    word: str
    keys: tuple[int, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class ListeningChanged(Event):
    """The microphone was opened or closed, or somebody begins or ends to speak.

    Attributes:
        state: ``off``; ``opening`` the microphone; ``listening``; ``hearing`` somebody; ``thinking`` about what was
            said.
    """

    state: Literal["off", "opening", "listening", "hearing", "thinking"]


@dataclass(frozen=True, slots=True)
class SpeechHeard(Event):
    """Somebody said something.

    Attributes:
        text: What it sounded like, or the phrase that it is.
        became: A ``word``, a ``value`` that a word waited for, a ``text`` that was dictated; ``unsure``: `near` was
            asked about; ``nothing``; or ``ignored``, as nobody said that it was for the program.
        near: What it may have been, where that is not sure.
        elapsed_ms: From the last voiced sound until it was understood.
    """

    text: str
    became: Literal["word", "value", "text", "unsure", "nothing", "ignored"]
    near: tuple[str, ...] = ()
    elapsed_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class RemarkChanged(Event):
    """A remark was begun, grew, or ended: `text` so far."""

    open: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class RemarkKept(Event):
    """A remark about this moment.

    Attributes:
        t: µs at which it begins.
        end: µs at which it ends.
        text: What was said or typed.
        place: Where the media was that it is about: ``title``, ``url``, ``ms``; empty for none.
        audio: Files of its sound, in the data folder; empty where it is not kept.
    """

    end: int
    text: str
    place: Mapping[str, Any] = field(default_factory=dict)
    audio: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerGrew(Event):
    """The answer to `question` is this long by now; when it is whole, the `CommandDone` of its command follows."""

    question: str
    text: str


@dataclass(frozen=True, slots=True)
class LearningChanged(Event):
    """How far learning is: `done` texts `of` those of a source, and how many sources wait; no source at its end."""

    source: str = ""
    done: int = 0
    of: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class DevicesChanged(Event):
    """The devices that are there, or what they are used for, changed; ask the device manager."""


@dataclass(frozen=True, slots=True)
class LanguagesChanged(Event):
    """The dictionary changed; ask the engine for its stack."""


@dataclass(frozen=True, slots=True)
class SettingChanged(Event):
    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class RecordingChanged(Event):
    """Recording began, paused, went on or ended."""

    state: Literal["off", "on", "paused"]


@dataclass(frozen=True, slots=True)
class SessionKept(Event):
    """A recording or save has become a session, which is on the disk.

    Attributes:
        session: Its folder.
        remarks: How many remarks are in it.
    """

    session: Path
    remarks: int = 0


@dataclass(frozen=True, slots=True)
class RollOpened(Event):
    """A file or session was opened in the pianoroll; ask the engine's `roll`."""


@dataclass(frozen=True, slots=True)
class RollMoved(Event):
    """The pianoroll's position, span or playing changed by a command; ask the engine's `roll`."""


@dataclass(frozen=True, slots=True)
class RollLaid(Event):
    """What is laid over the open recording changed: pictures, iterations, whether they lie under one another."""


@dataclass(frozen=True, slots=True)
class PictureShown(Event):
    """A picture of the open recording is to be seen large: its place among the roll's pictures, from 0."""

    place: int


@dataclass(frozen=True, slots=True)
class PanelFolded(Event):
    """A panel was folded or unfolded by a command."""

    panel: str
    folded: bool


@dataclass(frozen=True, slots=True)
class Notice(Event):
    """Something a person should know: what happened, what was kept, what to do. Shown, logged and spoken."""

    level: Literal["info", "warning", "error"]
    happened: str
    kept: str = ""
    todo: str = ""


@dataclass(frozen=True, slots=True)
class QuestionAsked(Event):
    """A question waits for a yes or a no; an empty text when none waits any more."""

    text: str


@dataclass(frozen=True, slots=True)
class BrowserChanged(Event):
    """The browser came or went, or its channels and tabs changed; ask the services' `browser`."""


@dataclass(frozen=True, slots=True)
class PageLoaded(Event):
    """A page has loaded and its view has come to rest.

    Attributes:
        title: The page's title.
        url: Its address.
        current: Whether it is the tab in front.
    """

    title: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class FrontRequested(Event):
    """Somebody started the program a second time: the window should come to the front."""


@dataclass(frozen=True, slots=True)
class ProgramEnding(Event):
    """The program is about to end."""


Listener = Callable[[Event], None]


class Bus:
    """Carries events to listeners; one that fails is logged and does not disturb the others.

    Attributes:
        thread: Id of the only thread that may publish, the engine's; None while there is none.
    """

    def __init__(self) -> None:
        self.thread: int | None = None
        # Re-entrant: a listener may publish or subscribe while past notices are replayed to it.
        self._lock = threading.RLock()
        self._listeners: tuple[Listener, ...] = ()
        self._notices: deque[Notice] = deque(maxlen=NOTICES_KEPT)

    def subscribe(self, listener: Listener, *, replay: bool = False) -> Callable[[], None]:
        """Add a listener; safe from any thread.

        Args:
            listener: Called with each event, on the thread that publishes it. It must not wait.
            replay: First call it with the last notices, on the caller's thread; it misses none and hears none twice.

        Returns:
            A function that removes the listener.
        """
        with self._lock:
            if replay:
                for notice in tuple(self._notices):
                    _tell(listener, notice)
            self._listeners = (*self._listeners, listener)

        def unsubscribe() -> None:
            with self._lock:
                # `==`, not `is`: a bound method is a new object each time it is looked up.
                self._listeners = tuple(other for other in self._listeners if other != listener)

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Tell every listener; only on the engine's thread while it runs."""
        if self.thread is not None and self.thread != threading.get_ident():
            self._stray(event)
        if isinstance(event, Notice):
            with self._lock:
                self._notices.append(event)
                listeners = self._listeners
        else:
            listeners = self._listeners
        for listener in listeners:
            _tell(listener, event)

    def _stray(self, event: Event) -> None:
        """Report a publish from the wrong thread; tests replace this to fail."""
        thread = threading.current_thread().name
        log.error("%s was published on thread %r", type(event).__name__, thread, stack_info=True)


def _tell(listener: Listener, event: Event) -> None:
    try:
        listener(event)
    except Exception:
        log.exception("a listener failed on %s", type(event).__name__)
