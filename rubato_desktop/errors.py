"""The one kind of error that people see."""

from __future__ import annotations

from typing import Literal


class RubatoError(Exception):
    """A problem caused by the user or the outside world: no device, a full disk, a damaged file.

    Any other exception is a bug and is logged with its traceback.

    Args:
        happened: What happened, one plain sentence without a final full stop.
        kept: What was kept or still works; may be empty.
        todo: What the user can do about it; may be empty.
        code: A short, stable name for programs, such as ``needs_browser``.

    Attributes:
        status: Status of a command that raises it: ``refused`` when a rule forbids it (a service is missing),
            ``timeout`` when no answer came in time, otherwise ``failed``.
    """

    def __init__(self, happened: str, *, kept: str = "", todo: str = "", code: str = "failed") -> None:
        super().__init__(happened)
        self.happened = happened
        self.kept = kept
        self.todo = todo
        self.code = code
        self.status: Literal["failed", "refused", "timeout"] = (
            "refused" if code.startswith("needs_") else "failed"
        )

    def __str__(self) -> str:
        return ". ".join(part for part in (self.happened, self.kept, self.todo) if part)

    def as_json(self) -> dict[str, str]:
        """Return the arguments of an equal error, for another process to pass to ``RubatoError(**arguments)``."""
        return {"happened": self.happened, "kept": self.kept, "todo": self.todo, "code": self.code}


def reason(error: OSError) -> str:
    """Return why the system refused something, in the system's words; never the text of a library."""
    return error.strerror or "the system gives no reason"
