"""The connected browsers: which one is current, what is open in it, and requests to it."""

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
from rubato_desktop.services.browser.pairing import KnownBrowsers, PairingQueue, UnknownBrowser, digest_of

if TYPE_CHECKING:
    from extension_bridge.protocol import Hello, Request

log = logging.getLogger(__name__)

KNOWN_BROWSERS = "browsers.json"
JOIN_TIMEOUT_S = 5.0
MAX_CONNECTIONS = 32
NOT_CONNECTED = "No browser is connected"
HOW_TO_CONNECT = "Open a browser that has Rubato's extension, or run: rubato browser open"


class Browser:
    """All connected browsers, used through the current one: the one whose window had the focus last.

    Callbacks run on background threads, one at a time per browser; they must not block.

    Args:
        data: The data folder.
        welcome: Returns what a browser is sent when it connects: ``listening`` and ``settings``.
        on_event: Called with the name and arguments of an event in the current browser: ``loaded``,
            ``sounding``, ``permission``, ``secret``.
        on_change: Called when `connected`, `name`, `windows` or `problem` may have changed.
        on_request: Called with a request from a side panel; answer it when the work is done.
        on_pairing: Called with a browser that needs confirmation, to be answered by `answer_pairing`; with None
            when the question is gone.
        trust_all: Whether any browser may connect without confirmation: for a private, temporary data folder.
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
        trust_all: bool = False,
    ) -> None:
        self._data, self._trust_all = data, trust_all
        self._welcome, self._on_event, self._on_change = welcome, on_event, on_change
        self._on_request = on_request
        self._on_pairing = on_pairing
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._connections: list[BrowserConnection] = []
        self._denied: set[UnknownBrowser] = set()
        self._order = itertools.count(1)
        self._version_problem: RubatoError | None = None
        self._deadlines = Deadlines()
        self._pairing = PairingQueue(self._deadlines, self._on_question, self._on_question_expired)
        self._known = KnownBrowsers(data / KNOWN_BROWSERS)
        if self._known.problem:
            log.warning("%s", self._known.problem)
        self._listener: Listener | None = None
        self._listener_problem: RubatoError | None = None
        self._closed = False

    def start(self) -> None:
        """Start listening for browsers. Never raises; a failure becomes the `problem`."""
        self._deadlines.start()
        try:
            self._data.mkdir(parents=True, exist_ok=True)
            self._listener = Listener(self._data, self._on_connection)
        except OSError as error:
            self._listener_problem = RubatoError(
                f"No browser can connect: {error.strerror or 'the socket could not be opened'}",
                kept="Everything else works",
                todo="Free some space in the temporary folder and the data folder, then start Rubato again",
                code="needs_browser",
            )
            log.warning("%s", self._listener_problem, exc_info=True)
        self._notify()

    def close(self) -> None:
        """Close all connections; pending commands fail. Calling it again does nothing."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        if self._listener is not None:
            self._listener.close()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            connection.close()
        for connection in connections:
            connection.join(JOIN_TIMEOUT_S)
        self._deadlines.close()

    # State

    @property
    def connected(self) -> bool:
        """Whether a browser is connected."""
        return self._current() is not None

    @property
    def name(self) -> str:
        """The current browser, such as ``Chromium 156``; empty when none is connected."""
        current = self._current()
        return current.name if current else ""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all connected browsers."""
        with self._lock:
            return tuple(connection.name for connection in self._connections if connection.joined)

    @property
    def windows(self) -> tuple[Window, ...]:
        """The windows of the current browser."""
        current = self._current()
        return current.windows if current else ()

    @property
    def pending_browser(self) -> UnknownBrowser | None:
        """The browser that the user is being asked about; None when there is no question."""
        return self._pairing.current

    @property
    def problem(self) -> RubatoError | None:
        """Why no browser is connected; None when one is."""
        if self.connected:
            return None
        if who := self.pending_browser:
            return RubatoError(who.question, todo="Answer here, or run: rubato browser pair", code="pairing")
        not_connected = RubatoError(NOT_CONNECTED, todo=HOW_TO_CONNECT, code="needs_browser")
        return self._listener_problem or self._version_problem or not_connected

    def wait(self, seconds: float) -> bool:
        """Wait until a browser is connected and has reported its windows; False on timeout."""
        with self._changed:
            return self._changed.wait_for(lambda: self.connected and bool(self.windows), seconds)

    # Requests and notifications

    def ask(self, name: str, /, *, deadline: float = 5.0, **args: Any) -> Future[Reply]:
        """Send a command to the current browser; does not block.

        Args:
            name: A command of `extension_bridge.commands`.
            deadline: Seconds until it times out.
            args: The command's arguments.

        Returns:
            A future with a `Reply`, or a `BrowserError` as its exception.
        """
        connection = self._current()
        if connection is None:
            problem = self.problem or RubatoError(NOT_CONNECTED, todo=HOW_TO_CONNECT)
            return _failed(
                BrowserError(problem.happened, status="refused", code="needs_browser", todo=problem.todo)
            )
        from extension_bridge.protocol import ProtocolError, check_args

        try:
            checked = check_args(name, args)
        except ProtocolError as error:
            log.warning("invalid arguments for the browser command %s: %s", name, error)
            text = f"The browser cannot carry out “{name.replace('_', ' ')}” with these values"
            return _failed(BrowserError(text, status="refused", code="bad_arguments"))
        return connection.ask(name, checked, deadline)

    def tell(self, name: str, /, **args: Any) -> None:
        """Send an event to all connected browsers; does not block."""
        with self._lock:
            connections = [connection for connection in self._connections if connection.joined]
        for connection in connections:
            connection.send(envelope.event(name, **args))

    def answer_pairing(self, yes: bool) -> bool:
        """Answer the question about the pending browser.

        Returns:
            False when no browser is waiting.
        """
        return self.pair(yes) is not None

    def pair(self, yes: bool = True) -> UnknownBrowser | None:
        """Answer the question about the pending browser; with `yes`, else admit the last one denied or not answered.

        Returns:
            The browser it was about; None when no browser is waiting.
        """
        who = self._pairing.pop()
        if who is None and yes:
            with self._lock:
                refused = [other.who for other in self._connections if other.who and not other.joined]
            who = refused[-1] if refused else None
        if who is None:
            return None
        with self._lock:
            if yes:
                self._denied.discard(who)
            else:
                self._denied.add(who)
            connections = [connection for connection in self._connections if connection.who == who]
        if yes:
            self._remember(who)
        for connection in connections:
            if yes:
                self._join(connection)
                connection.send(envelope.event("paired", **self._greeting()))
            else:
                connection.send(
                    envelope.event("unpaired", reason="You refused this browser in Rubato Desktop")
                )
        self._notify()
        return who

    # ConnectionListener

    def on_hello(self, connection: BrowserConnection, hello: Hello) -> None:
        args = hello.args
        digest = digest_of(args.secret)
        admitted = self._known.admits(args.client, digest)
        impostor = not admitted and self._known.knows(args.client)
        who = UnknownBrowser(args.client, digest, args.browser or "A browser", impostor)
        if connection.who is not None and connection.who != who:
            self._pairing.remove(connection.who)
        connection.who, connection.name = who, who.name
        if self._trust_all and not admitted:
            self._remember(who)
            admitted = True
        if admitted:
            self._join(connection)
            answer = {"v": V, "id": hello.id, "status": "ok", "value": self._greeting(), "error": None}
            connection.send({**answer, "state": {}, "elapsed_ms": 0})
            self._notify()
            return
        connection.joined = False
        connection.send(envelope.answer(hello.id, "refused", "pairing", self._ask_about(who)))
        self._notify()

    def on_event(self, connection: BrowserConnection, name: str, args: Mapping[str, Any]) -> None:
        if name == "windows":
            windows = windows_of(args)
            with self._lock:
                if windows == connection.windows:
                    return
                had_focus = any(window.focused for window in connection.windows)
                connection.windows = windows
                if not had_focus and any(window.focused for window in windows):
                    connection.order = next(self._order)
            self._notify()
        elif connection is self._current():
            self._on_event(name, args)

    def on_request(self, connection: BrowserConnection, request: Request) -> None:
        panel_request = PanelRequest(request, connection.send, self._deadlines)
        if self._on_request is None:
            panel_request.refuse("bad_arguments", "This program takes no commands from the side panel")
        else:
            self._on_request(panel_request)

    def on_version_mismatch(self, connection: BrowserConnection, text: str) -> None:
        with self._lock:
            self._version_problem = RubatoError(text, code="version")
        self._notify()

    def on_closed(self, connection: BrowserConnection) -> None:
        with self._lock:
            if connection in self._connections:
                self._connections.remove(connection)
            last = not any(other.who == connection.who for other in self._connections)
        if connection.who is not None and last:
            self._pairing.remove(connection.who)
        if connection.name:
            log.info("%s disconnected", connection.name)
        self._notify()

    # Internals

    def _on_connection(self, line: Line) -> None:
        connection = BrowserConnection(line, self, self._deadlines)
        with self._lock:
            if len(self._connections) >= MAX_CONNECTIONS:
                log.warning("too many connections; refused one more")
                line.close()
                return
            self._connections.append(connection)
        connection.start()

    def _current(self) -> BrowserConnection | None:
        with self._lock:
            joined = [connection for connection in self._connections if connection.joined]
            return max(joined, key=_precedence, default=None)

    def _join(self, connection: BrowserConnection) -> None:
        with self._lock:
            if connection.joined:
                return
            # The same browser reconnected before its old connection was seen to be dead.
            old = [
                other
                for other in self._connections
                if other is not connection and other.joined and other.who == connection.who
            ]
            connection.joined = True
            connection.order = next(self._order)
            self._version_problem = None
        for other in old:
            other.close()
        log.info("%s connected", connection.name)

    def _greeting(self) -> dict[str, Any]:
        return {"app": __version__, **self._welcome()}

    def _ask_about(self, who: UnknownBrowser) -> str:
        """Ask the user about a browser; returns what the browser shows meanwhile."""
        if who in self._denied:
            return (
                "You refused this browser in Rubato Desktop. To allow it after all, run: rubato browser pair"
            )
        if not self._pairing.add(who):
            return "Too many browsers are waiting to connect; try again later"
        if who.impostor:
            return "Rubato Desktop knows another browser with this identity; answer the question there"
        return "Answer the question in Rubato Desktop, or run: rubato browser pair"

    def _remember(self, who: UnknownBrowser) -> None:
        try:
            self._known.remember(who)
        except OSError as error:
            log.warning("%s is remembered only until Rubato ends: %s", who.name, error)

    def _on_question(self, who: UnknownBrowser | None) -> None:
        self._on_pairing(who)
        self._notify()

    def _on_question_expired(self, who: UnknownBrowser) -> None:
        with self._lock:
            connections = [connection for connection in self._connections if connection.who == who]
        for connection in connections:
            text = "Nobody answered in Rubato Desktop. To allow this browser, run: rubato browser pair"
            connection.send(envelope.event("unpaired", reason=text))

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()
        self._on_change()


def _precedence(connection: BrowserConnection) -> tuple[bool, int]:
    return any(window.focused for window in connection.windows), connection.order


def _failed(error: BrowserError) -> Future[Reply]:
    future: Future[Reply] = Future()
    future.set_exception(error)
    return future
