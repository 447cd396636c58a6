"""Stores questions and answers as files: `<data>/inquiries/<year>/<month>/<local time with offset>.json`."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count, islice
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from rubato_desktop.errors import RubatoError
from rubato_desktop.files import sync_folder, write_beside
from rubato_desktop.services.answers.answer import Answer
from rubato_desktop.services.answers.history.model import Correction, Inquiry
from rubato_desktop.services.answers.passages import Passage
from rubato_desktop.services.answers.tokens import question_word, terms

FOLDER: Final = "inquiries"
_NAME: Final = "%Y-%m-%dT%H-%M-%S%z"
_ID: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d[+-]\d{4}(?:\d\d)?(?:-\d+)?")
_SAME_QUESTION: Final = 0.6  # Jaccard similarity of the terms of two questions


def local_now() -> datetime:
    """Return the local time with its offset, in whole seconds."""
    return datetime.now().astimezone().replace(microsecond=0)


class InquiryStore:
    """The inquiries of a data folder. It never deletes any.

    Args:
        data: The data folder.
        now: Returns the local time with its offset.

    Attributes:
        folder: Where the files are.
        problems: Files that the last `each` could not read.
    """

    def __init__(
        self,
        data: Path,
        *,
        now: Callable[[], datetime] = local_now,
    ) -> None:
        self.folder = data / FOLDER
        self.problems: list[RubatoError] = []
        self._now = now
        self._lock = threading.Lock()

    def add(self, answer: Answer, user: str) -> Inquiry:
        """Save an answer.

        Raises:
            OSError: the disk is full or not writable; no partial file is left.
        """
        inquiry = Inquiry.of(answer, user, self._now())
        name = inquiry.at.strftime(_NAME)
        folder = self.folder / f"{inquiry.at:%Y}" / f"{inquiry.at:%m}"
        for number in count(1):
            inquiry.id = name if number == 1 else f"{name}-{number}"
            if _write_new(folder / f"{inquiry.id}.json", _as_bytes(inquiry)):
                break
        return inquiry

    def paths(self) -> list[Path]:
        """Return the files, oldest first."""
        found = [path for path in self.folder.glob("[0-9]*/[0-9]*/*.json") if _ID.fullmatch(path.stem)]
        return sorted(found, key=lambda path: _order(path.stem))

    def each(self) -> Iterator[Inquiry]:
        """Yield all inquiries, latest first; unreadable files stay where they are and are listed in `problems`."""
        self.problems = []
        for path in reversed(self.paths()):
            with contextlib.suppress(RubatoError):
                yield self._read(path)

    def latest(self, most: int) -> list[Inquiry]:
        """Return the latest inquiries, latest first, `most` at most."""
        return list(islice(self.each(), most))

    def get(self, id: str) -> Inquiry:
        """Return an inquiry by its id or a unique prefix of it; ``last`` is the latest.

        Raises:
            RubatoError: no inquiry matches, or several do.
        """
        return self._read(self._path(id))

    def correct(self, id: str, text: str, user: str) -> Inquiry:
        """Correct an answer; the original and earlier corrections are kept.

        Raises:
            RubatoError: there is no such inquiry, or the text is empty.
            OSError: the file cannot be written; it is unchanged.
        """
        if not text.strip():
            raise RubatoError("The correction is empty", kept="The answer is unchanged", code="bad_arguments")
        with self._lock:
            path = self._path(id)
            inquiry = self._read(path)
            inquiry.corrections.append(Correction(text=text.strip(), user=user, at=self._now()))
            write_beside(path, _as_bytes(inquiry))
        return inquiry

    def accept(self, id: str, yes: bool = True) -> Inquiry:
        """Save whether the user finds an answer good.

        Raises:
            RubatoError: there is no such inquiry.
            OSError: the file cannot be written; it is unchanged.
        """
        with self._lock:
            path = self._path(id)
            inquiry = self._read(path)
            inquiry.accepted = yes
            write_beside(path, _as_bytes(inquiry))
        return inquiry

    def counts(self) -> dict[str, int]:
        """Return the number of questions by topic; ``ALL`` counts all of them."""
        found = {"ALL": 0}
        for inquiry in self.each():
            for topic in {"ALL", *inquiry.topics}:
                found[topic] = found.get(topic, 0) + 1
        return found

    def find_corrections(self, question: str) -> list[Passage]:
        """Return the corrected answers to similar questions, the most similar first."""
        asked = set(terms(question))
        found = []
        for path in self.paths():
            # Most answers were never corrected; parsing those would take long.
            with contextlib.suppress(OSError, RubatoError):
                if b'"corrections": []' in path.read_bytes():
                    continue
                inquiry = self._read(path)
                words = set(terms(inquiry.question))
                similarity = len(asked & words) / max(1, len(asked | words))
                same_kind = question_word(question) == question_word(inquiry.question)
                if inquiry.corrections and same_kind and similarity >= _SAME_QUESTION:
                    found.append(as_passage(inquiry, path, similarity))
        return sorted(found, key=lambda passage: -passage.score)

    def _path(self, id: str) -> Path:
        paths = self.paths()
        if id == "last" and paths:
            return paths[-1]
        exact = [path for path in paths if path.stem == id]
        found = exact or [path for path in paths if id and path.stem.startswith(id)]
        if len(found) == 1:
            return found[0]
        raise RubatoError(
            f"{'Several inquiries match' if found else 'There is no inquiry'} {id!r}",
            todo="See `rubato inquiries list`",
            code="no_such_inquiry",
        )

    def _read(self, path: Path) -> Inquiry:
        try:
            return Inquiry.model_validate_json(path.read_bytes())
        except (OSError, ValidationError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "the file is damaged"
            problem = RubatoError(
                f"Cannot read {path.name}: {reason}", kept="The file is unchanged", code="bad_inquiry"
            )
            self.problems.append(problem)
            raise problem from None


def as_passage(inquiry: Inquiry, path: Path, score: float) -> Passage:
    """Return a corrected answer as a passage that can be cited."""
    return Passage(
        f"inquiry:{inquiry.id}",
        str(path),
        inquiry.current_answer,
        topics=tuple(inquiry.topics),
        tags=tuple(inquiry.tags),
        score=score,
    )


def learn_text_arguments(inquiry: Inquiry) -> dict[str, Any]:
    """Return the arguments of the knowledge call ``learn_text`` that learns a corrected answer.

    The id is that of the inquiry, so that a later correction replaces an earlier one.
    """
    return {
        "source": f"inquiry:{inquiry.id}",
        "id": f"inquiry:{inquiry.id}",
        "title": inquiry.question,
        "pieces": [{"text": inquiry.question, "heading": True}, {"text": inquiry.current_answer}],
        "topics": list(inquiry.topics),
        "tags": list(inquiry.tags),
    }


def _order(id: str) -> tuple[datetime, int]:
    """The sort key of an id: as text, different offsets and numbers above 9 would sort wrongly."""
    match = re.match(r"(.+?[+-]\d{4,6})(?:-(\d+))?$", id)
    assert match
    return datetime.strptime(match[1], _NAME), int(match[2] or 1)


def _as_bytes(inquiry: Inquiry) -> bytes:
    return inquiry.model_dump_json(indent=1).encode() + b"\n"


def _write_new(path: Path, data: bytes) -> bool:
    """Write a file atomically unless its name is taken; returns whether it was written."""
    if path.exists():
        return False
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    write_beside(temporary, data)
    try:
        if os.name == "nt":
            temporary.rename(path)  # fails if the name exists
        else:
            path.hardlink_to(temporary)
    except FileExistsError:
        return False
    except OSError:
        # A file system without hard links: accept the race between the check and the move.
        if path.exists():
            return False
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)
    return True
