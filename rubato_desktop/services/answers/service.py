"""Answers the user's questions in the background: one at a time, streamed, cancellable, and saved to the history."""

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
from rubato_desktop.plurals import counted
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

_TEXT_INTERVAL_S: Final = 0.04  # minimum time between two callbacks for a growing text
_END_S: Final = 2.0

T = TypeVar("T")
OnText = Callable[[str, str], None]


class AnswerService:
    """Answers questions on a thread of its own. All methods are thread-safe, and only `close` blocks.

    Args:
        data: The data folder.
        settings: The model, the length of answers and the number of topics.
        retrieval: Retrieves passages.
        on_text: Called with the question and the answer so far, as it grows.
        on_notice: Called with a message when another model than the chosen one answers.

    Attributes:
        topics, tags: The chosen ones, in the order they were chosen.
        last: The latest answer, as saved; None before the first.
    """

    def __init__(
        self,
        data: Path,
        settings: Settings,
        retrieval: Retrieval,
        *,
        on_text: OnText = lambda question, text: None,
        on_notice: Callable[[str], None] = lambda _: None,
    ) -> None:
        from rubato_desktop.services.answers.conversation import Conversation

        self._data, self._settings, self._retrieval = data, settings, retrieval
        self._on_text, self._on_notice = on_text, on_notice
        self._lock = threading.Lock()
        self._cancellation: Cancellation | None = None
        self._thread: threading.Thread | None = None
        self._models: Models | None = None
        self._files = ThreadPoolExecutor(1, "inquiries")
        self._conversation = Conversation()
        self.topics: list[str] = []
        self.tags: list[str] = []
        self.last: Inquiry | None = None

    @property
    def busy(self) -> bool:
        """Whether a question is being answered."""
        return self._cancellation is not None

    def with_inquiries(self, work: Callable[[InquiryStore], T]) -> Future[T]:
        """Run a function on the history in a thread of its own, because it reads many files."""
        return self._files.submit(lambda: work(self._inquiries))

    @property
    def _inquiries(self) -> InquiryStore:
        from rubato_desktop.services.answers.history.store import InquiryStore

        return InquiryStore(self._data)

    def ask(self, question: str) -> Future[tuple[Answer, Inquiry]]:
        """Ask a question, and cancel the one that is being answered.

        Returns:
            The answer, and the inquiry saved for it; or a `RubatoError`.
        """
        from rubato_desktop.services.model.cancellation import Cancellation

        future: Future[tuple[Answer, Inquiry]] = Future()
        with self._lock:
            if self._cancellation is not None:
                self._cancellation.cancel()
            previous, cancellation = self._thread, Cancellation()
            self._cancellation = cancellation
            self._thread = threading.Thread(
                target=self._answer,
                args=(question, cancellation, future, previous),
                name="answer",
                daemon=True,
            )
            self._thread.start()
        return future

    def stop(self) -> bool:
        """Cancel the question that is being answered; returns whether there was one. The text so far is kept."""
        with self._lock:
            cancellation = self._cancellation
        if cancellation is None:
            return False
        cancellation.cancel()
        return True

    def forget_conversation(self) -> None:
        """Start a new conversation: the next question is no follow-up."""
        from rubato_desktop.services.answers.conversation import Conversation

        self._conversation = Conversation()

    def choose(self, kind: str, name: str) -> None:
        """Add a ``topic`` or ``tag`` to the chosen ones.

        Raises:
            RubatoError: there are too many topics.
        """
        chosen = self._chosen(kind)
        if name in chosen:
            return
        if kind == "topic":
            check_topic_count([*chosen, name], self._settings)
        chosen.append(name)

    def leave(self, kind: str, name: str) -> None:
        """Remove a ``topic`` or ``tag`` from the chosen ones."""
        if name in (chosen := self._chosen(kind)):
            chosen.remove(name)

    @property
    def user(self) -> str:
        """The name that questions are saved under."""
        return user_of(self._settings)

    def close(self) -> None:
        """Stop answering and close the models. Safe to call twice."""
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
        cancellation: Cancellation,
        future: Future[tuple[Answer, Inquiry]],
        previous: threading.Thread | None,
    ) -> None:
        if previous is not None:
            previous.join(_END_S)
        throttle = _Throttle(lambda text: self._on_text(question, text))
        try:
            answer = self._answers().ask(
                question,
                topics=tuple(self.topics),
                tags=tuple(self.tags),
                model=self._settings.model,
                temperature=self._settings.temperature,
                length=self._settings.answer_length,
                conversation=self._conversation,
                on_text=throttle.add,
                stop=cancellation,
            )
            throttle.flush()
            self.last = self._inquiries.add(answer, self.user)
        except RubatoError as problem:
            self._finish(cancellation)
            future.set_exception(problem)
        except OSError as error:
            self._finish(cancellation)
            future.set_exception(
                RubatoError(
                    f"Cannot save the answer: {error.strerror}",
                    kept="It is still on the screen",
                    todo="Free some disk space",
                    code="not_kept",
                )
            )
        except Exception as bug:
            log.exception("a question was not answered")
            self._finish(cancellation)
            future.set_exception(bug)
        else:
            self._finish(cancellation)
            future.set_result((answer, self.last))

    def _finish(self, cancellation: Cancellation) -> None:
        with self._lock:
            if self._cancellation is cancellation:
                self._cancellation = None

    def _answers(self) -> Answers:
        from rubato_desktop.services.answers.pipeline import Answers
        from rubato_desktop.services.model.models import Models

        if self._models is None:
            self._models = Models(lambda: self._settings.ollama_host, on_fallback=self._on_notice)
        return Answers(self._models, self._retrieval, find_corrections=self._inquiries.find_corrections)


class _Throttle:
    """Collects a growing text, and passes it on at most once in `_TEXT_INTERVAL_S`."""

    def __init__(self, on_text: Callable[[str], None]) -> None:
        self._on_text, self._text, self._sent_at, self._sent = on_text, "", 0.0, ""

    def add(self, text: str) -> None:
        self._text += text
        if time.monotonic() >= self._sent_at + _TEXT_INTERVAL_S:
            self.flush()

    def flush(self) -> None:
        if self._text != self._sent:
            self._sent, self._sent_at = self._text, time.monotonic()
            self._on_text(self._text)


def check_topic_count(topics: Sequence[str], settings: Settings) -> None:
    """Check that no more topics are chosen than the setting ``most_topics`` allows.

    Raises:
        RubatoError: there are too many topics.
    """
    if len(topics) > settings.most_topics:
        raise RubatoError(
            f"You can search at most {counted(settings.most_topics, 'topic')} at once",
            todo="Choose fewer, or raise the setting most_topics",
            code="too_many_topics",
        )


def user_of(settings: Settings) -> str:
    """Return the user's name: from the settings, or the login name."""
    if settings.user:
        return settings.user
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "user"
