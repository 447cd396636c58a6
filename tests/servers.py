"""JACK servers (MIDI and audio) and X servers for tests.

As fixtures: ``jack`` and ``display``, one per module. In a ``with`` block, in which the server is ready::

    with JackServer() as jack:
        subprocess.run([...], env=jack.env)

While a server is running, `os.environ` refers to it, so that the test process finds it too.

Only one process on the machine can have JACK servers at a time; others wait. Otherwise clients with the same name that
connect to two servers at the same moment fail, because JACK 2 names their sockets without the server. Mark test modules
that use JACK with ``pytestmark = pytest.mark.xdist_group("jack")``, so that they run in the same worker.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Self

import pytest

PATIENCE = 60.0
PATIENCE_FOR_OTHERS = 280.0


class ServerError(RuntimeError):
    """A server did not become ready; the message contains its output."""


class Server:
    """A server process, which ends with its `with` block or its parent process.

    Attributes:
        settings: Environment variables with which a process finds the server.
        process: The process of the server.
    """

    process: subprocess.Popen[bytes]

    def __init__(self) -> None:
        self.settings: dict[str, str] = {}
        self._ending = contextlib.ExitStack()
        self._output: IO[bytes] | None = None

    @property
    def env(self) -> dict[str, str]:
        """Environment for a process that uses the server."""
        return {**os.environ, **self.settings}

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as ending:
            self._claim(ending)
            ending.callback(self.kill)
            self.start()
            for name, value in self.settings.items():
                ending.callback(_set_variable, name, os.environ.get(name))
                os.environ[name] = value
            ending.callback(self.stop)
            self._ending = ending.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.close()

    def start(self) -> None:
        """Start the server and wait until it is ready. Can be called again after `stop` or `kill`."""
        raise NotImplementedError

    def stop(self) -> None:
        """End the server cleanly."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Kill the server without cleaning up."""
        if self._output is not None:
            self.process.kill()
            self.process.wait()

    @property
    def output(self) -> str:
        """Output of the server since its start."""
        if self._output is None:
            return ""
        self._output.seek(0)
        return self._output.read().decode(errors="replace")

    def _claim(self, ending: contextlib.ExitStack) -> None:
        """Acquire exclusive resources, to be released by `ending`."""

    def _launch(self, command: list[str], pass_fds: tuple[int, ...] = ()) -> None:
        if self._output is not None:
            self._output.close()
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - the server writes to it as long as it lives
        # The server has to end if the test run is killed.
        tied = ["setpriv", "--pdeathsig", "TERM", "--", *command]
        self.process = subprocess.Popen(
            tied,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._output,
            env=self.env,
            pass_fds=pass_fds,
        )


class JackServer(Server):
    """A JACK server with the dummy driver instead of hardware.

    Args:
        name: Name of the server; by default, one of a few shared names, because JACK supports at most 8 servers.
        frames: Frames per period.
        rate: Sample rate, Hz.
    """

    def __init__(self, name: str | None = None, *, frames: int = 64, rate: int = 48000) -> None:
        super().__init__()
        self.name = name or ""
        self.frames, self.rate = frames, rate

    def start(self) -> None:
        self._clean()
        # -S: asynchronous mode loses and repeats messages. -r: containers have no real-time priority.
        server = ["jackd", "--name", self.name, "-S", "-r", "--port-max", "256"]
        self._launch([*server, "-d", "dummy", "-r", str(self.rate), "-p", str(self.frames)])
        deadline = time.monotonic() + PATIENCE
        while "system:capture_1" not in self.ports():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise ServerError(f"the JACK server {self.name} did not become ready:\n{self.output}")
            time.sleep(0.01)

    def ports(self) -> list[str]:
        """Return the full names of all ports (``client:port``); empty if the server does not respond."""
        listing = subprocess.run(
            ["jack_lsp", "-s", self.name], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        return listing.stdout.splitlines() if listing.returncode == 0 else []

    def _claim(self, ending: contextlib.ExitStack) -> None:
        _acquire_jack()
        ending.callback(_release_jack)
        self.name = self.name or f"rubato_test_{_Jacks.count}"
        ending.callback(self._clean)
        self.settings = {
            "JACK_DEFAULT_SERVER": self.name,
            "JACK_NO_START_SERVER": "1",
            "JACK_NO_AUDIO_RESERVATION": "1",
        }

    def _clean(self) -> None:
        """Remove the shared memory that a killed server of this name leaves."""
        for stale in (
            *Path("/dev/shm").glob(f"jack_{self.name}_*"),
            *Path("/dev/shm").glob(f"jack_sem.*_{self.name}_*"),
        ):
            with contextlib.suppress(FileNotFoundError):
                stale.unlink()


class Xvfb(Server):
    """An X server without a screen.

    Args:
        display: Display number; by default, the first free one.
        size: Width and height of the screen, px.
    """

    def __init__(self, display: int | None = None, *, size: tuple[int, int] = (1440, 900)) -> None:
        super().__init__()
        self.settings = {"DISPLAY": "" if display is None else f":{display}"}
        self.size = size

    @property
    def display(self) -> str:
        """Name of the display, such as ``:99``."""
        return self.settings["DISPLAY"]

    def start(self) -> None:
        width, height = self.size
        number_option = [self.display] if self.display else []
        reading, writing = os.pipe()
        # With -displayfd, the server writes its display number and a newline once it accepts clients.
        server = ["Xvfb", *number_option, "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24"]
        try:
            self._launch([*server, "-nolisten", "tcp", "-noreset"], pass_fds=(writing,))
        finally:
            os.close(writing)
        with open(reading, "rb", buffering=0) as pipe:  # noqa: PTH123 - a file descriptor, not a path
            number = _line(pipe)
        if not number:
            raise ServerError(f"Xvfb did not become ready:\n{self.output}")
        self.settings["DISPLAY"] = f":{number}"


def _line(pipe: IO[bytes]) -> str:
    """Return the first line from a pipe without its newline; empty on a timeout."""
    line = b""
    while not line.endswith(b"\n") and select.select([pipe], [], [], PATIENCE)[0]:
        if not (piece := pipe.read(1)):
            break
        line += piece
    return line.decode().strip()


class _Jacks:
    """The number of JACK servers of this process, and the lock that excludes other processes."""

    count = 0
    lock: IO[str] | None = None


def _acquire_jack() -> None:
    """Wait until no other process has a JACK server, and acquire the lock."""
    if _Jacks.lock is None:
        lock = Path(tempfile.gettempdir(), f"rubato-test-jack-{os.getuid()}.lock").open("w")  # noqa: SIM115 - held until the last server ends
        deadline = time.monotonic() + PATIENCE_FOR_OTHERS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    lock.close()
                    raise ServerError("timed out waiting for the JACK server of another process") from None
            time.sleep(0.05)
        _Jacks.lock = lock
    _Jacks.count += 1


def _release_jack() -> None:
    _Jacks.count -= 1
    if not _Jacks.count and _Jacks.lock:
        _Jacks.lock.close()
        _Jacks.lock = None


def _set_variable(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


@pytest.fixture(scope="module")
def jack() -> Iterator[JackServer]:
    """A JACK server for the tests of one module."""
    with JackServer() as server:
        yield server


@pytest.fixture(scope="module")
def display() -> Iterator[Xvfb]:
    """An X server for the tests of one module."""
    with Xvfb() as server:
        yield server
