"""Keeps the sound process alive, and carries frames to it and reports back."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from rubato_desktop.interpreter import own_process
from rubato_desktop.midi.frames import Frames

log = logging.getLogger(__name__)

_RESTART_S: Final = (0.1, 1.0, 5.0)


class SoundHost:
    """Starts the sound process, starts it again when it dies, ends it.

    Args:
        arguments: What the process is started with.
        on_report: Called with each report, on this host's own thread.
        on_death: Called when the process ended by itself, before it is started again, on the same thread.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        on_report: Callable[[dict[str, Any]], None],
        on_death: Callable[[], None],
    ) -> None:
        self._arguments = arguments
        self._on_report = on_report
        self._on_death = on_death
        self._pipe = -1
        self._writing = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._look_after, name="sound", daemon=True)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process_id(self) -> int:
        """Id of the process that runs or ran last; 0 before the first."""
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Begin to start the process, and return."""
        self._thread.start()

    def stop(self) -> None:
        """End the process. Safe to call twice."""
        self._stopping.set()
        self._close_pipe()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout=3)
            if self._thread.is_alive() and self._process:
                self._process.kill()
                self._thread.join(timeout=3)

    def write(self, frame: bytes) -> None:
        """Send a frame, from any thread, without waiting; what a dead process does not take is lost."""
        # The lock keeps a pipe from being closed, and its number given to another file, in between.
        with self._writing:
            if self._pipe >= 0:
                with contextlib.suppress(OSError):
                    os.write(self._pipe, frame)

    def _look_after(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                self._live()
            except Exception:
                log.exception("the sound process could not be looked after")
            if self._stopping.is_set():
                return
            failures = 0 if time.monotonic() - began > 10 else failures + 1
            self._on_death()
            self._stopping.wait(_RESTART_S[min(failures, len(_RESTART_S) - 1)])

    def _live(self) -> None:
        """Start a process and listen to it until it ends."""
        command, environment = own_process("rubato_desktop.midi.sound_process", self._arguments)
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            bufsize=0,
        )
        assert process.stdin and process.stdout
        self._process = process
        try:
            self._open_pipe(process.stdin.fileno())
            process.stdin.close()
            frames = Frames()
            while data := os.read(process.stdout.fileno(), 65536):
                for report in frames.feed(data):
                    if isinstance(report, dict):
                        self._on_report(report)
        finally:
            self._close_pipe()
            process.stdout.close()
            try:
                process.wait(timeout=2)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.returncode and not self._stopping.is_set():
                log.error("the sound process ended with %s", process.returncode)

    def _open_pipe(self, handle: int) -> None:
        if os.name != "nt":
            # A process that hangs must not hold up the MIDI callback.
            os.set_blocking(handle, False)
        with self._writing:
            if not self._stopping.is_set():
                self._pipe = os.dup(handle)

    def _close_pipe(self) -> None:
        with self._writing:
            pipe, self._pipe = self._pipe, -1
            if pipe >= 0:
                os.close(pipe)
