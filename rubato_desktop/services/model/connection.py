"""One call to a model server, which another thread can abort."""

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
    """A client for one call.

    The `ollama` client blocks in a read that is not woken when another thread closes the client, but is when its socket
    is shut down. httpx passes the socket to its trace (https://www.python-httpx.org/advanced/extensions/#trace).

    Args:
        address: The server.
        connect_s: Time limit for the connection, s.
        timeout_s: Time limit for each next chunk of the answer, s.
    """

    def __init__(self, address: Address, *, connect_s: float = 2.0, timeout_s: float = 120.0) -> None:
        import httpx
        import ollama

        self._socket: socket.socket | None = None
        self._aborted = False
        headers = {"Authorization": f"Bearer {address.token}"} if address.token else {}
        host = urlsplit(address.url).hostname or ""
        self.client: ollama.Client = ollama.Client(
            address.url,
            headers=headers,
            timeout=httpx.Timeout(timeout_s, connect=connect_s),
            event_hooks={"request": [self._add_trace]},
            # The token is for one server only, and loopback must not go through a proxy.
            follow_redirects=False,
            trust_env=host not in _LOOPBACK,
            verify=address.url.startswith("https:"),
        )

    def abort(self) -> None:
        """Abort the call at once, from any thread."""
        self._aborted = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.client._client.close()

    def _add_trace(self, request: Any) -> None:
        request.extensions["trace"] = self._on_trace

    def _on_trace(self, event: str, info: Mapping[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = info["return_value"].get_extra_info("socket")
            if self._aborted:
                self.abort()
