"""Which browsers may join: those a person said yes to once, known again by a secret of theirs."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rubato_desktop.errors import RubatoError
from rubato_desktop.files import write_beside
from rubato_desktop.services.browser.deadlines import Deadline, Deadlines

log = logging.getLogger(__name__)

LAPSE = 120.0  # s
MOST_WAITING = 8


@dataclass(frozen=True, slots=True)
class UnknownBrowser:
    """Who wants to join.

    Attributes:
        client: The id it gave itself.
        digest: SHA-256 of its secret.
        name: Such as ``Chromium 156``; it says so itself.
        impostor: Whether it goes by the id of a browser that is known, without its secret.
    """

    client: str
    digest: str
    name: str = field(compare=False)
    impostor: bool = field(default=False, compare=False)

    @property
    def question(self) -> str:
        """What a person is asked."""
        known = (
            " It goes by the name of one that is known, but does not know its secret."
            if self.impostor
            else ""
        )
        return f"{self.name} ({self.client[:8]}) wants to join Rubato. Let it?{known}"


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class KnownBrowsers:
    """`browsers.json` in the data folder, readable by its owner alone.

    Args:
        path: The file; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, dict[str, Any]] = {}
        self.problem: RubatoError | None = None
        try:
            found = json.loads(path.read_bytes())["browsers"]
            self._known = {str(client): dict(about) for client, about in found.items()}
        except FileNotFoundError:
            pass
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            self.problem = RubatoError(
                f"The list of known browsers could not be read: {error}",
                kept="Each is asked about anew",
                code="bad_browsers",
            )

    def knows(self, client: str) -> bool:
        return client in self._known

    def admits(self, client: str, digest: str) -> bool:
        """Say whether this is a browser that a person said yes to, and no other that goes by its id."""
        kept = self._known.get(client, {}).get("secret")
        return isinstance(kept, str) and hmac.compare_digest(kept.encode(), digest.encode())

    def remember(self, who: UnknownBrowser) -> None:
        """Let a browser join from now on.

        Raises:
            OSError: it cannot be written down; it is known until the program ends.
        """
        since = datetime.now(UTC).isoformat(timespec="seconds")
        self._known = {**self._known, who.client: {"secret": who.digest, "name": who.name, "since": since}}
        said = json.dumps({"browsers": self._known}, indent=1).encode()
        write_beside(self._path, said, mode=0o600)


class Desk:
    """Where strangers wait for a person's word: one question at a time, the others after it.

    Args:
        deadlines: Ends a question that nobody answers.
        show: Told who is asked about, None when there is no question any more.
        lapsed: Told of a stranger whose question nobody answered.
    """

    def __init__(
        self,
        deadlines: Deadlines,
        show: Callable[[UnknownBrowser | None], None],
        lapsed: Callable[[UnknownBrowser], None],
    ) -> None:
        self._deadlines, self._show, self._lapsed = deadlines, show, lapsed
        self._lock = threading.Lock()
        self._waiting: list[UnknownBrowser] = []
        self._deadline: Deadline | None = None

    @property
    def asked(self) -> UnknownBrowser | None:
        """Who is asked about now."""
        with self._lock:
            return self._waiting[0] if self._waiting else None

    def come(self, who: UnknownBrowser) -> bool:
        """Wait for a person's word; False when too many wait already."""
        with self._lock:
            if who in self._waiting:
                return True
            if len(self._waiting) >= MOST_WAITING:
                return False
            self._waiting.append(who)
            first = len(self._waiting) == 1
        if first:
            self._ask()
        return True

    def leave(self, who: UnknownBrowser) -> None:
        """Wait no longer."""
        with self._lock:
            was_asked = self._waiting[:1] == [who]
            self._waiting = [one for one in self._waiting if one != who]
        if was_asked:
            self._ask()

    def answer(self) -> UnknownBrowser | None:
        """Take the question away, answered; None when there is none."""
        with self._lock:
            who = self._waiting.pop(0) if self._waiting else None
        if who is not None:
            self._ask()
        return who

    def _ask(self) -> None:
        with self._lock:
            if self._deadline is not None:
                self._deadline.cancel()
            who = self._waiting[0] if self._waiting else None
            self._deadline = self._deadlines.add(LAPSE, lambda: self._late(who)) if who else None
        self._show(who)

    def _late(self, who: UnknownBrowser | None) -> None:
        with self._lock:
            if who is None or self._waiting[:1] != [who]:
                return
            self._waiting.pop(0)
        self._lapsed(who)
        self._ask()
