"""One call to a server of models, which another thread can cut off."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from rubato_desktop.services.model.embedded import Address

if TYPE_CHECKING:
    import ollama

_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


class Connection:
    """A client of its own for one call.

    The `ollama` client waits in a read that closing it from another thread does not wake; shutting its socket down
    does. The socket is what httpx tells its trace of (https://www.python-httpx.org/advanced/extensions/#trace).

    Args:
        address: The server.
        connect_s, patience_s: How long to wait for a connection, and for the next word.
    """

    def __init__(self, address: Address, *, connect_s: float = 2.0, patience_s: float = 120.0) -> None:
        import httpx
        import ollama

        self._socket: socket.socket | None = None
        self._cut = False
        headers = {"Authorization": f"Bearer {address.token}"} if address.token else {}
        host = urlsplit(address.url).hostname or ""
        self.client: ollama.Client = ollama.Client(
            address.url,
            headers=headers,
            timeout=httpx.Timeout(patience_s, connect=connect_s),
            event_hooks={"request": [self._watch]},
            # A token is for one server, and a proxy has no business between this program and itself.
            follow_redirects=False,
            trust_env=host not in _LOOPBACK,
            verify=address.url.startswith("https:"),
        )

    def cut(self) -> None:
        """End the call at once, from any thread."""
        self._cut = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.client._client.close()

    def _watch(self, request: Any) -> None:
        request.extensions["trace"] = self._trace

    def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = info["return_value"].get_extra_info("socket")
            if self._cut:
                self.cut()
