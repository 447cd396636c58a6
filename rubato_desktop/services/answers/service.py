"""The conversation with what has been learnt: one question at a time, answered as it comes, stopped at a word, kept."""

from __future__ import annotations

import getpass
import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from rubato_desktop.errors import RubatoError
from rubato_desktop.settings import Settings

if TYPE_CHECKING:
    from rubato_desktop.services.answers.answer import Answer
    from rubato_desktop.services.answers.history.model import Inquiry
    from rubato_desktop.services.answers.history.store import InquiryStore
    from rubato_desktop.services.answers.passages import Retrieval
    from rubato_desktop.services.answers.pipeline import Answers
    from rubato_desktop.services.model.cancellation import Cancellation
    from rubato_desktop.services.model.models import Models

log = logging.getLogger(__name__)

_OFTEN_S: Final = 0.04  # a text that grows faster is told in one
_END_S: Final = 2.0

T = TypeVar("T")
Grew = Callable[[str, str], None]


class AnswerService:
    """Answers questions on a thread of its own. Its methods may be called from any thread; none but `close` waits.

    Args:
        data: The data folder.
        settings: Which model, how long, how many topics.
        retrieval: Where passages come from.
        on_text: Told the question, and its answer so far, as it grows.
        on_notice: Told in words which model answers, when that is another.

    Attributes:
        topics, tags: What is asked beside everything, in the order in which it was chosen.
        last: The answer given last, as it is kept; None before the first.
    """

    def __init__(
        self,
        data: Path,
        settings: Settings,
        retrieval: Retrieval,
        *,
        on_text: Grew = lambda question, text: None,
        on_notice: Callable[[str], None] = lambda _: None,
    ) -> None:
        from rubato_desktop.services.answers.conversation import Conversation

        self._data, self._settings, self._retrieval = data, settings, retrieval
        self._on_text, self._on_notice = on_text, on_notice
        self._lock = threading.Lock()
        self._stop: Cancellation | None = None
        self._thread: threading.Thread | None = None
        self._models: Models | None = None
        self._files = ThreadPoolExecutor(1, "inquiries")
        self._conversation = Conversation()
        self.topics: list[str] = []
        self.tags: list[str] = []
        self.last: Inquiry | None = None

    @property
    def busy(self) -> bool:
        """Whether an answer is being given."""
        return self._stop is not None

    def with_inquiries(self, work: Callable[[InquiryStore], T]) -> Future[T]:
        """Do something with the questions and answers that are kept, on a thread of its own: they are many files."""
        return self._files.submit(lambda: work(self._inquiries))

    @property
    def _inquiries(self) -> InquiryStore:
        from rubato_desktop.services.answers.history.store import InquiryStore

        return InquiryStore(self._data)

    def ask(self, question: str) -> Future[tuple[Answer, Inquiry]]:
        """Ask; an answer that is being given ends.

        Returns:
            The answer, and what is kept of it; or a `RubatoError`.
        """
        from rubato_desktop.services.model.cancellation import Cancellation

        promise: Future[tuple[Answer, Inquiry]] = Future()
        with self._lock:
            if self._stop is not None:
                self._stop.cancel()
            before, stop = self._thread, Cancellation()
            self._stop = stop
            self._thread = threading.Thread(
                target=self._answer, args=(question, stop, promise, before), name="answer", daemon=True
            )
            self._thread.start()
        return promise

    def stop(self) -> bool:
        """End what is being answered; returns whether there was anything. What was said stays."""
        with self._lock:
            stop = self._stop
        if stop is None:
            return False
        stop.cancel()
        return True

    def forget_conversation(self) -> None:
        """What is asked next has nothing to do with what was asked before."""
        from rubato_desktop.services.answers.conversation import Conversation

        self._conversation = Conversation()

    def choose(self, kind: str, name: str) -> None:
        """Ask a ``topic`` or ``tag`` as well.

        Raises:
            RubatoError: there are as many topics as may be.
        """
        chosen = self._chosen(kind)
        if name in chosen:
            return
        if kind == "topic":
            check_topic_count([*chosen, name], self._settings)
        chosen.append(name)

    def leave(self, kind: str, name: str) -> None:
        """Ask a ``topic`` or ``tag`` no longer."""
        if name in (chosen := self._chosen(kind)):
            chosen.remove(name)

    @property
    def user(self) -> str:
        """Whose questions these are."""
        return user_of(self._settings)

    def close(self) -> None:
        """End, the model too. Safe to call twice."""
        self.stop()
        if (thread := self._thread) is not None:
            thread.join(_END_S)
        if self._models is not None:
            self._models.close()
        self._files.shutdown(wait=False)

    def _chosen(self, kind: str) -> list[str]:
        return self.topics if kind == "topic" else self.tags

    def _answer(
        self,
        question: str,
        stop: Cancellation,
        promise: Future[tuple[Answer, Inquiry]],
        before: threading.Thread | None,
    ) -> None:
        if before is not None:
            before.join(_END_S)
        growing = _Growing(lambda text: self._on_text(question, text))
        try:
            answer = self._answers().ask(
                question,
                topics=tuple(self.topics),
                tags=tuple(self.tags),
                model=self._settings.model,
                temperature=self._settings.temperature,
                length=self._settings.answer_length,
                conversation=self._conversation,
                on_text=growing.add,
                stop=stop,
            )
            growing.end()
            self.last = self._inquiries.add(answer, self.user)
        except RubatoError as problem:
            self._ended(stop)
            promise.set_exception(problem)
        except OSError as error:
            self._ended(stop)
            promise.set_exception(
                RubatoError(
                    f"The answer could not be kept: {error.strerror}",
                    kept="It stays on the screen",
                    todo="Make room on the disk",
                    code="not_kept",
                )
            )
        except Exception as bug:
            log.exception("a question was not answered")
            self._ended(stop)
            promise.set_exception(bug)
        else:
            self._ended(stop)
            promise.set_result((answer, self.last))

    def _ended(self, stop: Cancellation) -> None:
        with self._lock:
            if self._stop is stop:
                self._stop = None

    def _answers(self) -> Answers:
        from rubato_desktop.services.answers.pipeline import Answers
        from rubato_desktop.services.model.models import Models

        if self._models is None:
            self._models = Models(lambda: self._settings.ollama_host, on_fallback=self._on_notice)
        return Answers(self._models, self._retrieval, find_corrections=self._inquiries.find_corrections)


class _Growing:
    """Hands a growing text on, not for each of its syllables."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell, self._text, self._told_at, self._told = tell, "", 0.0, ""

    def add(self, piece: str) -> None:
        self._text += piece
        if time.monotonic() >= self._told_at + _OFTEN_S:
            self.end()

    def end(self) -> None:
        if self._text != self._told:
            self._told, self._told_at = self._text, time.monotonic()
            self._tell(self._text)


def check_topic_count(topics: Sequence[str], settings: Settings) -> None:
    """Refuse more topics at once than are set.

    Raises:
        RubatoError: there are.
    """
    if len(topics) > settings.most_topics:
        raise RubatoError(
            f"At most {settings.most_topics} topics are asked at once",
            todo="Choose fewer, or raise the setting most_topics",
            code="too_many_topics",
        )


def user_of(settings: Settings) -> str:
    """Return whose questions these are: as set, else the name somebody is logged in with."""
    if settings.user:
        return settings.user
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "user"
