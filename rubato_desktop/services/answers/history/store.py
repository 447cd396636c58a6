"""Keeps every question and answer: `<data>/inquiries/<year>/<month>/<local time with offset>.json`."""

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
from rubato_desktop.services.answers.tokens import asks_for, terms

FOLDER: Final = "inquiries"
_NAME: Final = "%Y-%m-%dT%H-%M-%S%z"
_ID: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d[+-]\d{4}(?:\d\d)?(?:-\d+)?")
_LIKE: Final = 0.6  # of the words of two questions, to be taken for one


def local_now() -> datetime:
    """Return the local time with its offset, to the second."""
    return datetime.now().astimezone().replace(microsecond=0)


class InquiryStore:
    """The questions and answers of a data folder. Reading never deletes.

    Args:
        data: The data folder.
        now: The local time, with its offset.
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
        """Keep an answer.

        Raises:
            OSError: the disk is full or not writable; nothing half-written stays.
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
        """Yield all, the latest first; what cannot be read is left where it is and told in `problems`."""
        self.problems = []
        for path in reversed(self.paths()):
            with contextlib.suppress(RubatoError):
                yield self._read(path)

    def latest(self, most: int) -> list[Inquiry]:
        """Return those asked last, the latest first."""
        return list(islice(self.each(), most))

    def get(self, id: str) -> Inquiry:
        """Return one by its id, or by a beginning that only it has; ``last`` is the latest.

        Raises:
            RubatoError: there is none, or several.
        """
        return self._read(self._path(id))

    def correct(self, id: str, text: str, user: str) -> Inquiry:
        """Put a person's words in place of an answer; all earlier ones are kept.

        Raises:
            RubatoError: there is no such inquiry, or no text.
            OSError: it cannot be written; the old state stays.
        """
        if not text.strip():
            raise RubatoError("The correction is empty", kept="The answer is as it was", code="bad_arguments")
        with self._lock:
            path = self._path(id)
            inquiry = self._read(path)
            inquiry.corrections.append(Correction(text=text.strip(), user=user, at=self._now()))
            write_beside(path, _as_bytes(inquiry))
        return inquiry

    def accept(self, id: str, yes: bool = True) -> Inquiry:
        """Keep whether a person finds an answer good."""
        with self._lock:
            path = self._path(id)
            inquiry = self._read(path)
            inquiry.accepted = yes
            write_beside(path, _as_bytes(inquiry))
        return inquiry

    def counts(self) -> dict[str, int]:
        """Return how many questions were asked of each topic; of ``ALL``, all."""
        found = {"ALL": 0}
        for inquiry in self.each():
            for topic in {"ALL", *inquiry.topics}:
                found[topic] = found.get(topic, 0) + 1
        return found

    def find_corrections(self, question: str) -> list[Passage]:
        """Return the corrections of earlier answers to a question like this one, the most alike first."""
        asked = set(terms(question))
        found = []
        for path in self.paths():
            # Most were never corrected: only those that may have been are read whole.
            with contextlib.suppress(OSError, RubatoError):
                if b'"corrections": []' in path.read_bytes():
                    continue
                inquiry = self._read(path)
                words = set(terms(inquiry.question))
                like = len(asked & words) / max(1, len(asked | words))
                same = asks_for(question) == asks_for(inquiry.question)
                if inquiry.corrections and same and like >= _LIKE:
                    found.append(as_passage(inquiry, path, like))
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
            f"There {'are several inquiries' if found else 'is no inquiry'} {id!r}",
            todo="See `rubato inquiries list`",
            code="no_such_inquiry",
        )

    def _read(self, path: Path) -> Inquiry:
        try:
            return Inquiry.model_validate_json(path.read_bytes())
        except (OSError, ValidationError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is damaged"
            problem = RubatoError(
                f"{path.name} cannot be read: {reason}", kept="It is left as it is", code="bad_inquiry"
            )
            self.problems.append(problem)
            raise problem from None


def as_passage(inquiry: Inquiry, path: Path, score: float) -> Passage:
    """Return a corrected answer as something that can be cited."""
    return Passage(
        f"inquiry:{inquiry.id}",
        str(path),
        inquiry.current_answer,
        topics=tuple(inquiry.topics),
        tags=tuple(inquiry.tags),
        score=score,
    )


def learn_text_arguments(inquiry: Inquiry) -> dict[str, Any]:
    """Return a corrected answer as `Desk` learns it, in place of an earlier correction."""
    return {
        "source": f"inquiry:{inquiry.id}",
        "id": f"inquiry:{inquiry.id}",
        "title": inquiry.question,
        "pieces": [{"text": inquiry.question, "heading": True}, {"text": inquiry.current_answer}],
        "topics": list(inquiry.topics),
        "tags": list(inquiry.tags),
    }


def _order(id: str) -> tuple[datetime, int]:
    """When it was asked: names of different offsets, and of a tenth one in a second, do not sort by themselves."""
    found = re.match(r"(.+?[+-]\d{4,6})(?:-(\d+))?$", id)
    assert found
    return datetime.strptime(found[1], _NAME), int(found[2] or 1)


def _as_bytes(inquiry: Inquiry) -> bytes:
    return inquiry.model_dump_json(indent=1).encode() + b"\n"


def _write_new(path: Path, data: bytes) -> bool:
    """Write a file whole under a name that nobody has; returns whether it was free."""
    if path.exists():
        return False
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    write_beside(beside, data)
    try:
        if os.name == "nt":
            beside.rename(path)  # refuses a name that exists
        else:
            path.hardlink_to(beside)
    except FileExistsError:
        return False
    except OSError:
        # A disk without hard links: the moment between looking and moving is left to chance.
        if path.exists():
            return False
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)
    return True
