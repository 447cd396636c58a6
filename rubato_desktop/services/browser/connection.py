"""The connection to one browser: validates and forwards what it sends, and queues what is sent to it."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Protocol

from extension_bridge import V, envelope
from extension_bridge.envelope import InvalidMessage, decode
from extension_bridge.frames import dump
from extension_bridge.line import Line
from rubato_desktop.services.browser.deadlines import Deadlines
from rubato_desktop.services.browser.in_flight import InFlight
from rubato_desktop.services.browser.model import BrowserError, Reply, Window
from rubato_desktop.services.browser.pairing import UnknownBrowser

if TYPE_CHECKING:
    from extension_bridge.protocol import Hello, Message, Response
    from extension_bridge.protocol import Request as RequestMessage

log = logging.getLogger(__name__)

MAX_UNSENT = 1_000


class ConnectionListener(Protocol):
    """Receives what a connection reports, on the connection's own thread."""

    def on_hello(self, connection: BrowserConnection, hello: Hello) -> None: ...
    def on_event(self, connection: BrowserConnection, name: str, args: Mapping[str, Any]) -> None: ...
    def on_request(self, connection: BrowserConnection, request: RequestMessage) -> None: ...
    def on_version_mismatch(self, connection: BrowserConnection, text: str) -> None: ...
    def on_closed(self, connection: BrowserConnection) -> None: ...


class BrowserConnection:
    """One browser at the other end of a line.

    Attributes:
        joined: Whether the user allowed it to connect.
        name: The browser and its version, such as ``Chromium 156``.
        who: The identity it sent; None before its hello.
        windows: The last snapshot of its windows.
        order: Increases each time it connects or one of its windows gets the focus.
    """

    def __init__(self, line: Line, listener: ConnectionListener, deadlines: Deadlines) -> None:
        self._line, self._listener = line, listener
        self._in_flight = InFlight(deadlines)
        self._unsent: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._wrong_version = False
        self._invalid_count = 0
        self.joined = False
        self.name = ""
        self.who: UnknownBrowser | None = None
        self.windows: tuple[Window, ...] = ()
        self.order = 0
        self._reading = threading.Thread(target=self._read, name="browser-reader", daemon=True)
        self._writing = threading.Thread(target=self._write, name="browser-writer", daemon=True)

    def start(self) -> None:
        self._writing.start()
        self._reading.start()

    def ask(self, name: str, args: Mapping[str, Any], deadline: float) -> Future[Reply]:
        """Send a command whose arguments have been checked.

        Args:
            deadline: Seconds until it times out.
        """
        number, future = self._in_flight.add(name, deadline)
        command = {"name": name, "args": args, "deadline_ms": round(deadline * 1000)}
        self.send({"v": V, "id": number, "type": "command", **command})
        return future

    def send(self, message: dict[str, Any]) -> None:
        """Queue a message; does not block."""
        if self._unsent.qsize() > MAX_UNSENT:
            log.warning("%s does not read its messages; closing its connection", self.name)
            self._line.close()
        self._unsent.put(dump(message))

    def close(self) -> None:
        self._line.close()

    def join(self, timeout: float) -> None:
        """Wait until its threads have ended, at most `timeout` seconds for each."""
        for thread in (self._reading, self._writing):
            if thread is not threading.current_thread() and thread.ident is not None:
                thread.join(timeout)

    def _write(self) -> None:
        while (data := self._unsent.get()) is not None:
            try:
                self._line.send(data)
            except OSError as error:
                log.info("cannot send to %s: %s", self.name or "a browser", error)
                self._line.close()
                return

    def _read(self) -> None:
        try:
            while (data := self._line.receive()) is not None:
                try:
                    self._receive(decode(data))
                except InvalidMessage as error:
                    self._reject(error)
                except Exception:
                    log.exception("could not handle a message from %s", self.name or "a browser")
        finally:
            self.joined = False
            self._unsent.put(None)
            text = "The browser has disconnected"
            self._in_flight.fail_all(BrowserError(text, status="failed", code="disconnected"))
            self._listener.on_closed(self)

    def _log_invalid(self, text: str) -> None:
        """Log an invalid message; the more there are, the fewer are logged."""
        self._invalid_count += 1
        if self._invalid_count <= 10 or self._invalid_count.bit_count() == 1:
            name = self.name or "a browser"
            log.warning("invalid message from %s (%d so far): %s", name, self._invalid_count, text)

    def _reject(self, error: InvalidMessage) -> None:
        self._log_invalid(error.text)
        if error.code == "version":
            self._wrong_version = True
            self._listener.on_version_mismatch(self, error.text)
        if error.is_answer and error.id is not None:
            self._in_flight.finish(error.id, BrowserError(error.text, status="failed", code=error.code))
        elif error.id is not None:
            self.send(envelope.answer(error.id, "refused", error.code, error.text))

    def _receive(self, raw: dict[str, Any]) -> None:
        if self._wrong_version:
            return
        from extension_bridge import protocol

        try:
            message = protocol.parse(raw)
            self._handle(message)
        except protocol.ProtocolError as error:
            self._log_invalid(str(error))
            number = raw.get("id")
            if type(number) is not int:
                return
            if "status" in raw:
                text = "Rubato cannot read the browser's answer"
                todo = "Update the extension in the browser"
                failure = BrowserError(text, todo=todo, status="failed", code="bad_answer")
                self._in_flight.finish(number, failure)
            else:
                text = "Rubato Desktop cannot read this request. Update the extension in the browser"
                self.send(envelope.answer(number, "refused", "bad_arguments", text))

    def _handle(self, message: Message) -> None:
        from extension_bridge import protocol

        match message:
            case protocol.Hello():
                self._listener.on_hello(self, message)
            case protocol.Request() if not self.joined:
                text = (
                    "This browser is not allowed to connect yet; answer the question in Rubato Desktop first"
                )
                self.send(envelope.answer(message.id, "refused", "pairing", text))
            case protocol.Request():
                self._listener.on_request(self, message)
            case protocol.Response():
                self._on_response(message)
            case protocol.Event() if self.joined:
                self._listener.on_event(self, message.name, protocol.check_event(message.name, message.args))

    def _on_response(self, message: Response) -> None:
        from extension_bridge import protocol

        if (name := self._in_flight.name_of(message.id)) is None:
            log.info("late answer to command %d; it had ended already", message.id)
            return
        state = message.state.model_dump(exclude_none=True)
        outcome: Reply | BrowserError
        if message.status == "ok":
            outcome = Reply(protocol.check_value(name, message.value), state)
        else:
            code = message.error.code if message.error else message.status
            text = message.error.message if message.error else "The browser gave no reason"
            outcome = BrowserError(text, status=message.status, code=code, state=state)
        self._in_flight.finish(message.id, outcome)


class PanelRequest:
    """A request from the browser's side panel. It gets exactly one answer: a timeout if nothing else.

    Attributes:
        name: A command of the app, or ``set`` or ``status``.
        args: Its arguments, not validated.
        deadline: Seconds from now until it times out.
    """

    def __init__(
        self, request: RequestMessage, send: Callable[[dict[str, Any]], None], deadlines: Deadlines
    ) -> None:
        self.name, self.args = request.name, request.args
        self.deadline = request.deadline_ms / 1000
        self._number, self._send = request.id, send
        self._lock = threading.Lock()
        self._done = False
        text = "Rubato did not answer in time"
        self._timeout = deadlines.add(self.deadline, lambda: self.refuse("timeout", text, status="timeout"))

    def answer(
        self,
        value: Any = None,
        *,
        text: str = "",
        state: Mapping[str, Any] | None = None,
        elapsed_ms: float = 0,
    ) -> None:
        """Send a result: `value` is JSON-like, `text` says the same in words."""
        result = {"value": {"text": text, "value": value}, "error": None}
        self._end({"status": "ok", **result, "state": dict(state or {}), "elapsed_ms": elapsed_ms})

    def refuse(self, code: str, text: str, *, status: str = "refused", elapsed_ms: float = 0) -> None:
        """Send an error; `status` is ``failed``, ``refused`` or ``timeout``."""
        result = {"value": None, "error": {"code": code, "message": text}, "state": {}}
        self._end({"status": status, **result, "elapsed_ms": elapsed_ms})

    def _end(self, answer: dict[str, Any]) -> None:
        with self._lock:
            if self._done:
                log.info("dropped a second or late answer to the panel's %s", self.name)
                return
            self._done = True
        self._timeout.cancel()
        self._send({"v": V, "id": self._number, **answer})
