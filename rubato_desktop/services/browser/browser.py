"""The app's hand in the browser: who has joined, what is open there, and what is asked of it."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extension_bridge import V, envelope
from extension_bridge.line import Line
from rubato_desktop import __version__
from rubato_desktop.errors import RubatoError
from rubato_desktop.services.browser.connection import BrowserConnection, PanelRequest
from rubato_desktop.services.browser.deadlines import Deadlines
from rubato_desktop.services.browser.listener import Listener
from rubato_desktop.services.browser.model import BrowserError, Reply, Window, windows_of
from rubato_desktop.services.browser.pairing import Desk, KnownBrowsers, UnknownBrowser, digest_of

if TYPE_CHECKING:
    from extension_bridge.protocol import Hello, Request

log = logging.getLogger(__name__)

KNOWN = "browsers.json"
PATIENCE = 5.0
MOST = 32  # connections at once
NONE_JOINED = "No browser has joined"
HOW_TO_JOIN = "Open the browser with Rubato's extension, or try: rubato browser open"


class Browser:
    """All browsers that may join, as the one that is current: whose window had the focus last.

    Callbacks come on threads of the browser's, one of them at a time for each browser; they must not wait.

    Args:
        data: The data folder.
        welcome: Returns what a browser is told when it joins: ``listening`` and ``settings``.
        on_event: Called with name and arguments of what happens in the current browser: ``loaded``,
            ``sounding``, ``permission``.
        on_change: Called when anything of `connected`, `name`, `windows`, `problem` may be another.
        on_request: Called with what a panel asks of the app, to be answered when it is done.
        on_pairing: Called with who wants to join, to be answered by `answer_pairing`; None when there is
            no question any more.
        trusting: Whether every browser may join unasked: for a data folder that nobody else knows.
    """

    def __init__(
        self,
        data: Path,
        *,
        welcome: Callable[[], Mapping[str, Any]] = lambda: {"listening": True, "settings": {}},
        on_event: Callable[[str, Mapping[str, Any]], None] = lambda name, args: None,
        on_change: Callable[[], None] = lambda: None,
        on_request: Callable[[PanelRequest], None] | None = None,
        on_pairing: Callable[[UnknownBrowser | None], None] = lambda who: None,
        trusting: bool = False,
    ) -> None:
        self._data, self._trusting = data, trusting
        self._welcome, self._on_event, self._on_change = welcome, on_event, on_change
        self._on_request = on_request
        self._on_pairing = on_pairing
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._sessions: list[BrowserConnection] = []
        self._denied: set[UnknownBrowser] = set()
        self._order = itertools.count(1)
        self._version_problem: RubatoError | None = None
        self._deadlines = Deadlines()
        self._desk = Desk(self._deadlines, self._ask_person, self._lapsed)
        self._known = KnownBrowsers(data / KNOWN)
        if self._known.problem:
            log.warning("%s", self._known.problem)
        self._listener: Listener | None = None
        self._listener_problem: RubatoError | None = None
        self._closed = False

    def start(self) -> None:
        """Listen for browsers from now on; what keeps it from that is its `problem`, never an error."""
        self._deadlines.start()
        try:
            self._data.mkdir(parents=True, exist_ok=True)
            self._listener = Listener(self._data, self._come)
        except OSError as error:
            self._listener_problem = RubatoError(
                f"No browser can join: {error.strerror or error}",
                kept="Everything else works",
                todo="Make room in the folder for temporary files and in the data folder, and start again",
                code="needs_browser",
            )
            log.warning("%s", self._listener_problem)
        self._news()

    def close(self) -> None:
        """Say goodbye to all; what is on its way fails once. A second time does nothing."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        if self._listener is not None:
            self._listener.close()
        with self._lock:
            sessions = list(self._sessions)
        for session in sessions:
            session.close()
        for session in sessions:
            session.join(PATIENCE)
        self._deadlines.close()

    # What is there.

    @property
    def connected(self) -> bool:
        """Whether a browser has joined."""
        return self._current() is not None

    @property
    def name(self) -> str:
        """The current browser, such as ``Chromium 156``; empty when none has joined."""
        current = self._current()
        return current.name if current else ""

    @property
    def names(self) -> tuple[str, ...]:
        """All browsers that have joined."""
        with self._lock:
            return tuple(session.name for session in self._sessions if session.joined)

    @property
    def windows(self) -> tuple[Window, ...]:
        """The windows of the current browser."""
        current = self._current()
        return current.windows if current else ()

    @property
    def stranger(self) -> UnknownBrowser | None:
        """Who waits for a person's word."""
        return self._desk.asked

    @property
    def problem(self) -> RubatoError | None:
        """Why no browser has joined; None when one has."""
        if self.connected:
            return None
        if who := self.stranger:
            return RubatoError(who.question, todo="Answer it here, or: rubato browser pair", code="pairing")
        none = RubatoError(NONE_JOINED, todo=HOW_TO_JOIN, code="needs_browser")
        return self._listener_problem or self._version_problem or none

    def wait(self, seconds: float) -> bool:
        """Wait until a browser has joined and said what is open; False when none did in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self.connected and bool(self.windows), seconds)

    # What is asked and told.

    def ask(self, name: str, /, *, deadline: float = 5.0, **args: Any) -> Future[Reply]:
        """Ask something of the current browser; never waits.

        Args:
            name: A command of `extension_bridge.commands`.
            deadline: Seconds until it ends as a time-out.
            args: Its arguments.

        Returns:
            Its end: a `Reply`, or a `BrowserError`.
        """
        session = self._current()
        if session is None:
            problem = self.problem or RubatoError(NONE_JOINED, todo=HOW_TO_JOIN)
            return _ended(
                BrowserError(problem.happened, status="refused", code="needs_browser", todo=problem.todo)
            )
        from extension_bridge.protocol import ProtocolError, check_args

        try:
            checked = check_args(name, args)
        except ProtocolError as error:
            return _ended(BrowserError(f"{name}: {error}", status="refused", code="bad_arguments"))
        return session.ask(name, checked, deadline)

    def tell(self, name: str, /, **args: Any) -> None:
        """Tell all browsers that have joined that something happened; never waits."""
        with self._lock:
            sessions = [session for session in self._sessions if session.joined]
        for session in sessions:
            session.send(envelope.event(name, **args))

    def answer_pairing(self, yes: bool) -> bool:
        """Give a person's word on who wants to join.

        Returns:
            False when nobody wants to.
        """
        return self.pair(yes) is not None

    def pair(self, yes: bool = True) -> UnknownBrowser | None:
        """Give a person's word on who wants to join, or on the last one whose question lapsed or was denied.

        Returns:
            Who it was about; None when nobody wants to join.
        """
        who = self._desk.answer()
        if who is None and yes:
            with self._lock:
                outside = [one.who for one in self._sessions if one.who and not one.joined]
            who = outside[-1] if outside else None
        if who is None:
            return None
        with self._lock:
            if yes:
                self._denied.discard(who)
            else:
                self._denied.add(who)
            sessions = [session for session in self._sessions if session.who == who]
        if yes:
            self._remember(who)
        for session in sessions:
            if yes:
                self._join(session)
                session.send(envelope.event("paired", **self._joined()))
            else:
                session.send(envelope.event("unpaired", reason="You said no in Rubato Desktop"))
        self._news()
        return who

    # What sessions report.

    def hello(self, session: BrowserConnection, hello: Hello) -> None:
        args = hello.args
        digest = digest_of(args.secret)
        admitted = self._known.admits(args.client, digest)
        impostor = not admitted and self._known.knows(args.client)
        who = UnknownBrowser(args.client, digest, args.browser or "A browser", impostor)
        if session.who is not None and session.who != who:
            self._desk.leave(session.who)
        session.who, session.name = who, who.name
        if self._trusting and not admitted:
            self._remember(who)
            admitted = True
        if admitted:
            self._join(session)
            value = self._joined()
            said = {"v": V, "id": hello.id, "status": "ok", "value": value, "error": None}
            session.send({**said, "state": {}, "elapsed_ms": 0})
            self._news()
            return
        session.joined = False
        session.send(envelope.answer(hello.id, "refused", "pairing", self._stranger_comes(who)))
        self._news()

    def event(self, session: BrowserConnection, name: str, args: Mapping[str, Any]) -> None:
        if name == "windows":
            windows = windows_of(args)
            with self._lock:
                if windows == session.windows:
                    return
                had_focus = any(window.focused for window in session.windows)
                session.windows = windows
                if not had_focus and any(window.focused for window in windows):
                    session.order = next(self._order)
            self._news()
        elif session is self._current():
            self._on_event(name, args)

    def asked(self, session: BrowserConnection, request: Request) -> None:
        asked = PanelRequest(request, session.send, self._deadlines)
        if self._on_request is None:
            asked.refuse("bad_arguments", "Nobody listens to the panel here")
        else:
            self._on_request(asked)

    def other_version(self, session: BrowserConnection, text: str) -> None:
        with self._lock:
            self._version_problem = RubatoError(text, code="version")
        self._news()

    def left(self, session: BrowserConnection) -> None:
        with self._lock:
            if session in self._sessions:
                self._sessions.remove(session)
            alone = not any(other.who == session.who for other in self._sessions)
        if session.who is not None and alone:
            self._desk.leave(session.who)
        if session.name:
            log.info("%s has gone", session.name)
        self._news()

    # Inside.

    def _come(self, line: Line) -> None:
        session = BrowserConnection(line, self, self._deadlines)
        with self._lock:
            if len(self._sessions) >= MOST:
                log.warning("too many connections; one more was not let in")
                line.close()
                return
            self._sessions.append(session)
        session.start()

    def _current(self) -> BrowserConnection | None:
        with self._lock:
            joined = [session for session in self._sessions if session.joined]
            return max(joined, key=_precedence, default=None)

    def _join(self, session: BrowserConnection) -> None:
        with self._lock:
            if session.joined:
                return
            # The same browser again: its old line has not been noticed to be dead yet.
            old = [
                other
                for other in self._sessions
                if other is not session and other.joined and other.who == session.who
            ]
            session.joined = True
            session.order = next(self._order)
            self._version_problem = None
        for other in old:
            other.close()
        log.info("%s has joined", session.name)

    def _joined(self) -> dict[str, Any]:
        return {"app": __version__, **self._welcome()}

    def _stranger_comes(self, who: UnknownBrowser) -> str:
        """Let a person be asked, and return what the browser is told meanwhile."""
        if who in self._denied:
            return "You said no in Rubato Desktop; rubato browser pair lets this browser join after all"
        if not self._desk.come(who):
            return "Too many browsers want to join; try again later"
        if who.impostor:
            return "Rubato Desktop knows another browser by this name; answer its question"
        return "Answer the question in Rubato Desktop, or run: rubato browser pair"

    def _remember(self, who: UnknownBrowser) -> None:
        try:
            self._known.remember(who)
        except OSError as error:
            log.warning("%s is known only until Rubato ends: %s", who.name, error)

    def _ask_person(self, who: UnknownBrowser | None) -> None:
        self._on_pairing(who)
        self._news()

    def _lapsed(self, who: UnknownBrowser) -> None:
        with self._lock:
            sessions = [session for session in self._sessions if session.who == who]
        for session in sessions:
            text = "Nobody answered in Rubato Desktop; rubato browser pair lets this browser join"
            session.send(envelope.event("unpaired", reason=text))

    def _news(self) -> None:
        with self._changed:
            self._changed.notify_all()
        self._on_change()


def _precedence(session: BrowserConnection) -> tuple[bool, int]:
    return any(window.focused for window in session.windows), session.order


def _ended(error: BrowserError) -> Future[Reply]:
    future: Future[Reply] = Future()
    future.set_exception(error)
    return future
