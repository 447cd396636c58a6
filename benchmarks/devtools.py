"""Controls Chromium over its DevTools pipe, with target session per page or worker.

Protocol: https://chromedevtools.github.io/devtools-protocol/; messages end with a zero byte.
"""

from __future__ import annotations

import itertools
import json
import os
import queue
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from extension_bridge.identity import EXTENSION, extension_id

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,900",
    "--autoplay-policy=no-user-gesture-required",
    f"--disable-extensions-except={EXTENSION}",
    f"--load-extension={EXTENSION}",
    "--remote-debugging-pipe",
)
TIMEOUT_S = 60.0


class Chromium:
    """A headless Chromium with the extension, for the duration of a `with` block.

    Args:
        profile: Its user data folder.
        page: The first page to open.
    """

    def __init__(self, profile: Path, page: str) -> None:
        self._profile, self._page = profile, page
        self._numbers = itertools.count(1)
        self._answers: dict[int, queue.SimpleQueue[dict[str, Any]]] = {}

    def __enter__(self) -> Self:
        to_read, to_write = os.pipe()
        from_read, from_write = os.pipe()

        def connect() -> None:  # the browser reads commands from fd 3 and answers on fd 4
            first, second = os.dup(to_read), os.dup(from_write)
            os.dup2(first, 3)
            os.dup2(second, 4)

        program = shutil.which("chromium")
        assert program is not None, "chromium is not installed"
        command = [program, *FLAGS, f"--user-data-dir={self._profile}", self._page]
        self.process = subprocess.Popen(
            command,
            preexec_fn=connect,
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(from_write)
        self._out, self._in = os.fdopen(to_write, "wb", 0), os.fdopen(from_read, "rb")
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ask("Browser.close")
        self.process.wait(TIMEOUT_S)
        self._out.close()

    def ask(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """Send a command to the browser, or to a page or worker, and return its result."""
        number = next(self._numbers)
        answer = self._answers[number] = queue.SimpleQueue()
        message = {"id": number, "method": method, "params": params}
        self._out.write(json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0")
        response = answer.get(timeout=TIMEOUT_S)
        if "error" in response:
            raise RuntimeError(f"{method}: {response['error']['message']}")
        return dict(response["result"])

    def session(self, matches: Callable[[dict[str, Any]], bool]) -> str:
        """Wait for a target that matches and return a session with it."""
        deadline = time.monotonic() + TIMEOUT_S
        while time.monotonic() < deadline:
            for target in self.ask("Target.getTargets")["targetInfos"]:
                if matches(target):
                    attached = self.ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)
                    return str(attached["sessionId"])
            time.sleep(0.05)
        raise TimeoutError("timed out waiting for a page or worker")

    def worker(self) -> str:
        """Return a session with the extension's service worker."""
        return self.session(
            lambda target: target["type"] == "service_worker" and extension_id() in target["url"]
        )

    def page(self, url: str) -> str:
        """Return a session with the page at an address."""
        return self.session(lambda target: target["type"] == "page" and target["url"].startswith(url))

    def evaluate(self, session: str, expression: str) -> Any:
        """Evaluate an expression; promises are awaited."""
        response = self.ask(
            "Runtime.evaluate", session, expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in response:
            raise RuntimeError(response["exceptionDetails"]["text"])
        return response["result"].get("value")

    def heap(self, session: str) -> float:
        """Return the used heap of a page or worker after garbage collection, bytes."""
        for _ in range(3):
            self.ask("HeapProfiler.collectGarbage", session)
        return float(self.ask("Runtime.getHeapUsage", session)["usedSize"])

    def _listen(self) -> None:
        rest = b""
        while piece := os.read(self._in.fileno(), 1 << 16):
            *messages, rest = (rest + piece).split(b"\0")
            for raw in messages:
                message = json.loads(raw)
                answer = self._answers.pop(message.get("id", 0), None)
                if answer is not None:
                    answer.put(message)
