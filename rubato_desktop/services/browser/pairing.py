"""Pairing: which browsers may connect. The user allows a browser once; its secret identifies it from then on."""

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

QUESTION_TIMEOUT_S = 120.0
MAX_WAITING = 8


@dataclass(frozen=True, slots=True)
class UnknownBrowser:
    """The identity of a browser that asks to connect.

    Attributes:
        client: The id it generated for itself.
        digest: SHA-256 of its secret, in hex.
        name: The browser's own name and version, such as ``Chromium 156``.
        impostor: Whether it uses the id of a known browser without that browser's secret.
    """

    client: str
    digest: str
    name: str = field(compare=False)
    impostor: bool = field(default=False, compare=False)

    @property
    def question(self) -> str:
        """The question put to the user."""
        warning = (
            " Beware: it uses the identity of a browser you allowed, but not its secret."
            if self.impostor
            else ""
        )
        return f"Allow {self.name} ({self.client[:8]}) to connect to Rubato?{warning}"


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class KnownBrowsers:
    """The allowed browsers: `browsers.json` in the data folder, readable only by its owner.

    Args:
        path: The file; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, dict[str, Any]] = {}
        self.problem: RubatoError | None = None
        try:
            browsers = json.loads(path.read_bytes())["browsers"]
            self._known = {str(client): dict(entry) for client, entry in browsers.items()}
        except FileNotFoundError:
            pass
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            reason = (error.strerror if isinstance(error, OSError) else "") or "the file is damaged"
            self.problem = RubatoError(
                f"Cannot read the list of known browsers, {path}: {reason}",
                kept="Rubato asks about each browser again",
                code="bad_browsers",
            )

    def knows(self, client: str) -> bool:
        return client in self._known

    def admits(self, client: str, digest: str) -> bool:
        """Return whether the user allowed this browser, and its secret matches."""
        stored = self._known.get(client, {}).get("secret")
        return isinstance(stored, str) and hmac.compare_digest(stored.encode(), digest.encode())

    def remember(self, who: UnknownBrowser) -> None:
        """Allow a browser from now on.

        Raises:
            OSError: the file cannot be written; the browser is allowed until the program ends.
        """
        since = datetime.now(UTC).isoformat(timespec="seconds")
        self._known = {**self._known, who.client: {"secret": who.digest, "name": who.name, "since": since}}
        data = json.dumps({"browsers": self._known}, indent=1).encode()
        write_beside(self._path, data, mode=0o600)


class PairingQueue:
    """Browsers waiting for the user's answer, asked about one at a time.

    Args:
        deadlines: Runs the timeout of a question.
        on_question: Called with the browser to ask about; with None when there is no question any more.
        on_expired: Called with a browser whose question nobody answered in time.
    """

    def __init__(
        self,
        deadlines: Deadlines,
        on_question: Callable[[UnknownBrowser | None], None],
        on_expired: Callable[[UnknownBrowser], None],
    ) -> None:
        self._deadlines, self._on_question, self._on_expired = deadlines, on_question, on_expired
        self._lock = threading.Lock()
        self._waiting: list[UnknownBrowser] = []
        self._deadline: Deadline | None = None

    @property
    def current(self) -> UnknownBrowser | None:
        """The browser that is being asked about; None when the queue is empty."""
        with self._lock:
            return self._waiting[0] if self._waiting else None

    def add(self, who: UnknownBrowser) -> bool:
        """Add a browser; False when the queue is full."""
        with self._lock:
            if who in self._waiting:
                return True
            if len(self._waiting) >= MAX_WAITING:
                return False
            self._waiting.append(who)
            first = len(self._waiting) == 1
        if first:
            self._ask()
        return True

    def remove(self, who: UnknownBrowser) -> None:
        """Remove a browser that no longer waits."""
        with self._lock:
            was_current = self._waiting[:1] == [who]
            self._waiting = [other for other in self._waiting if other != who]
        if was_current:
            self._ask()

    def pop(self) -> UnknownBrowser | None:
        """Remove and return the browser being asked about; None when the queue is empty."""
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
            self._deadline = (
                self._deadlines.add(QUESTION_TIMEOUT_S, lambda: self._on_timeout(who)) if who else None
            )
        self._on_question(who)

    def _on_timeout(self, who: UnknownBrowser | None) -> None:
        with self._lock:
            if who is None or self._waiting[:1] != [who]:
                return
            self._waiting.pop(0)
        self._on_expired(who)
        self._ask()
