"""A Chromium spoken to over its DevTools pipe: every page and worker of it, one session each.

Protocol: https://chromedevtools.github.io/devtools-protocol/ , messages end with a zero byte.
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
PATIENCE = 60.0  # s


class Chromium:
    """A headless Chromium with the extension, for as long as the `with` lasts.

    Args:
        profile: Its folder of user data.
        page: The address it opens with.
    """

    def __init__(self, profile: Path, page: str) -> None:
        self._profile, self._page = profile, page
        self._numbers = itertools.count(1)
        self._answers: dict[int, queue.SimpleQueue[dict[str, Any]]] = {}

    def __enter__(self) -> Self:
        to_read, to_write = os.pipe()
        from_read, from_write = os.pipe()

        def connect() -> None:  # the browser reads what it is told from 3 and answers on 4
            first, second = os.dup(to_read), os.dup(from_write)
            os.dup2(first, 3)
            os.dup2(second, 4)

        program = shutil.which("chromium")
        assert program is not None, "there is no chromium"
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
        self.process.wait(PATIENCE)
        self._out.close()

    def ask(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """Ask the browser, or one page or worker of it, and wait for the answer."""
        number = next(self._numbers)
        answer = self._answers[number] = queue.SimpleQueue()
        message = {"id": number, "method": method, "params": params}
        self._out.write(json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0")
        said = answer.get(timeout=PATIENCE)
        if "error" in said:
            raise RuntimeError(f"{method}: {said['error']['message']}")
        return dict(said["result"])

    def session(self, fits: Callable[[dict[str, Any]], bool]) -> str:
        """A session with the first page or worker that fits, as soon as there is one."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for target in self.ask("Target.getTargets")["targetInfos"]:
                if fits(target):
                    attached = self.ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)
                    return str(attached["sessionId"])
            time.sleep(0.05)
        raise TimeoutError("no such page or worker came")

    def worker(self) -> str:
        """A session with the extension's service worker."""
        return self.session(lambda one: one["type"] == "service_worker" and extension_id() in one["url"])

    def page(self, url: str) -> str:
        """A session with the page of an address."""
        return self.session(lambda one: one["type"] == "page" and one["url"].startswith(url))

    def evaluate(self, session: str, expression: str) -> Any:
        """The value of an expression there; a promise is waited for."""
        said = self.ask(
            "Runtime.evaluate", session, expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in said:
            raise RuntimeError(said["exceptionDetails"]["text"])
        return said["result"].get("value")

    def heap(self, session: str) -> float:
        """Bytes in use on the heap of a page or worker, after its garbage is collected."""
        for _ in range(3):
            self.ask("HeapProfiler.collectGarbage", session)
        return float(self.ask("Runtime.getHeapUsage", session)["usedSize"])

    def _listen(self) -> None:
        rest = b""
        while piece := os.read(self._in.fileno(), 1 << 16):
            *messages, rest = (rest + piece).split(b"\0")
            for raw in messages:
                message = json.loads(raw)
                waiting = self._answers.pop(message.get("id", 0), None)
                if waiting is not None:
                    waiting.put(message)
