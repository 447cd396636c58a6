"""The one kind of error that is shown to people."""

from __future__ import annotations

from typing import Literal


class RubatoError(Exception):
    """What the user or the world did: no device, a full disk, a damaged file.

    Anything that is not a RubatoError is a bug and is logged whole.

    Args:
        happened: What happened, one plain sentence without a full stop at its end.
        kept: What was kept or is still working; empty when there is nothing to say.
        todo: What the person can do about it; empty when there is nothing to do.
        code: A stable short name for programs, such as ``needs_browser``.

    Attributes:
        status: How a command that raises it ends: ``refused`` when a rule says no (a service is missing), else
            ``failed``; ``timeout`` when no answer came in time.
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
        """Return it for another process of the program, which makes it again with ``RubatoError(**it)``."""
        return {"happened": self.happened, "kept": self.kept, "todo": self.todo, "code": self.code}
