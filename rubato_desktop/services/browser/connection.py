"""One browser on its line: what it says is checked and passed on, what it is asked goes out at once."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Protocol

from extension_bridge import V, envelope
from extension_bridge.envelope import Unfit, examine
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

MOST_UNSENT = 1_000


class ConnectionListener(Protocol):
    """What a session reports to; called on the session's own thread."""

    def hello(self, session: BrowserConnection, hello: Hello) -> None: ...
    def event(self, session: BrowserConnection, name: str, args: Mapping[str, Any]) -> None: ...
    def asked(self, session: BrowserConnection, request: RequestMessage) -> None: ...
    def other_version(self, session: BrowserConnection, text: str) -> None: ...
    def left(self, session: BrowserConnection) -> None: ...


class BrowserConnection:
    """The browser at the other end of a line.

    Attributes:
        joined: Whether a person let it in.
        name: Such as ``Chromium 156``.
        who: Who it says it is, once it has said so.
        windows: Its last snapshot.
        order: Grows each time it joins or one of its windows gets the focus.
    """

    def __init__(self, line: Line, home: ConnectionListener, deadlines: Deadlines) -> None:
        self._line, self._home = line, home
        self._in_flight = InFlight(deadlines)
        self._unsent: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._other_version = False
        self._complaints = 0
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
            deadline: Seconds.
        """
        number, future = self._in_flight.begin(name, deadline)
        wanted = {"name": name, "args": args, "deadline_ms": round(deadline * 1000)}
        self.send({"v": V, "id": number, "type": "command", **wanted})
        return future

    def send(self, message: dict[str, Any]) -> None:
        """Let a message go out after those before it; never waits."""
        if self._unsent.qsize() > MOST_UNSENT:
            log.warning("%s does not take what is said to it", self.name)
            self._line.close()
        self._unsent.put(dump(message))

    def close(self) -> None:
        self._line.close()

    def join(self, patience: float) -> None:
        """Wait until its threads have ended."""
        for thread in (self._reading, self._writing):
            if thread is not threading.current_thread() and thread.ident is not None:
                thread.join(patience)

    def _write(self) -> None:
        while (data := self._unsent.get()) is not None:
            try:
                self._line.send(data)
            except OSError as error:
                log.info("%s cannot be spoken to: %s", self.name or "a browser", error)
                self._line.close()
                return

    def _read(self) -> None:
        try:
            while (data := self._line.receive()) is not None:
                try:
                    self._take(examine(data))
                except Unfit as unfit:
                    self._unfit(unfit)
                except Exception:
                    log.exception("a message of %s was not taken", self.name or "a browser")
        finally:
            self.joined = False
            self._unsent.put(None)
            gone = "The browser has gone"
            self._in_flight.end(BrowserError(gone, status="failed", code="disconnected"))
            self._home.left(self)

    def _complain(self, text: str) -> None:
        """Log what cannot be taken; of very much of it, less and less."""
        self._complaints += 1
        if self._complaints <= 10 or self._complaints.bit_count() == 1:
            name = self.name or "a browser"
            log.warning("%s said what cannot be taken (%d so far): %s", name, self._complaints, text)

    def _unfit(self, unfit: Unfit) -> None:
        self._complain(unfit.text)
        if unfit.code == "version":
            self._other_version = True
            self._home.other_version(self, unfit.text)
        if unfit.is_answer and unfit.id is not None:
            self._in_flight.finish(unfit.id, BrowserError(unfit.text, status="failed", code=unfit.code))
        elif unfit.id is not None:
            self.send(envelope.answer(unfit.id, "refused", unfit.code, unfit.text))

    def _take(self, raw: dict[str, Any]) -> None:
        if self._other_version:
            return
        from extension_bridge import protocol

        try:
            message = protocol.parse(raw)
            self._handle(message)
        except protocol.ProtocolError as error:
            self._complain(str(error))
            number = raw.get("id")
            if type(number) is not int:
                return
            if "status" in raw:
                text = f"The browser answered what is no answer: {error}"
                self._in_flight.finish(number, BrowserError(text, status="failed", code="bad_answer"))
            else:
                self.send(envelope.answer(number, "refused", "bad_arguments", str(error)))

    def _handle(self, message: Message) -> None:
        from extension_bridge import protocol

        match message:
            case protocol.Hello():
                self._home.hello(self, message)
            case protocol.Request() if not self.joined:
                text = "Rubato does not know this browser yet; answer its question first"
                self.send(envelope.answer(message.id, "refused", "pairing", text))
            case protocol.Request():
                self._home.asked(self, message)
            case protocol.Response():
                self._answered(message)
            case protocol.Event() if self.joined:
                self._home.event(self, message.name, protocol.check_event(message.name, message.args))

    def _answered(self, message: Response) -> None:
        from extension_bridge import protocol

        if (name := self._in_flight.name_of(message.id)) is None:
            log.info("an answer to command %d came when it had ended already", message.id)
            return
        state = message.state.model_dump(exclude_none=True)
        outcome: Reply | BrowserError
        if message.status == "ok":
            outcome = Reply(protocol.check_value(name, message.value), state)
        else:
            code = message.error.code if message.error else message.status
            text = message.error.message if message.error else "The browser did not say why"
            outcome = BrowserError(text, status=message.status, code=code, state=state)
        self._in_flight.finish(message.id, outcome)


class PanelRequest:
    """Something the browser's panel asks of the app; it is answered exactly once, late when nobody does.

    Attributes:
        name: A command of the app, or ``set`` or ``status``.
        args: Its arguments, as they came.
        deadline: Seconds it has from now.
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
        self._late = deadlines.add(self.deadline, lambda: self.refuse("timeout", text, status="timeout"))

    def answer(
        self,
        value: Any = None,
        *,
        text: str = "",
        state: Mapping[str, Any] | None = None,
        elapsed_ms: float = 0,
    ) -> None:
        """Answer well: `value` is JSON-like, `text` the same in words."""
        said = {"value": {"text": text, "value": value}, "error": None}
        self._end({"status": "ok", **said, "state": dict(state or {}), "elapsed_ms": elapsed_ms})

    def refuse(self, code: str, text: str, *, status: str = "refused", elapsed_ms: float = 0) -> None:
        """Say why not; `status` is ``failed``, ``refused`` or ``timeout``."""
        said = {"value": None, "error": {"code": code, "message": text}, "state": {}}
        self._end({"status": status, **said, "elapsed_ms": elapsed_ms})

    def _end(self, said: dict[str, Any]) -> None:
        with self._lock:
            if self._done:
                log.info("the panel's %s was answered a second time, or too late", self.name)
                return
            self._done = True
        self._late.cancel()
        self._send({"v": V, "id": self._number, **said})
