"""Real servers for tests: a JACK server (MIDI and sound) and an X server, each ready when its `with` begins.

As fixtures: ``jack`` and ``display`` (one a test module). By hand::

    with JackServer() as jack:
        subprocess.run([...], env=jack.env)

While a server runs, `os.environ` points at it, so whatever the test opens itself finds it too.

Only one process of the machine has JACK servers at a time, and others wait for it: clients of one name that come to
two servers at the same moment fail (a fault of JACK 2, which names their sockets without the server). Tests
that use JACK carry ``pytestmark = pytest.mark.xdist_group("jack")``, so that none has to wait.
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
    """A server did not become ready; the message holds all it said."""


class Server:
    """A server process that lives as long as the `with` block, or as its parent, whichever ends first.

    Attributes:
        settings: What a process needs in its environment to find the server.
        process: The server.
    """

    process: subprocess.Popen[bytes]

    def __init__(self) -> None:
        self.settings: dict[str, str] = {}
        self._ending = contextlib.ExitStack()
        self._said: IO[bytes] | None = None

    @property
    def env(self) -> dict[str, str]:
        """The environment in which another process finds the server."""
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
        """Start the server and return when it is ready; also again, after `stop` or `kill`."""
        raise NotImplementedError

    def stop(self) -> None:
        """End the server as a person would; the next `start` finds a clean place."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the server as a power cut would."""
        if self._said is not None:
            self.process.kill()
            self.process.wait()

    @property
    def said(self) -> str:
        """All the server printed since it was started."""
        if self._said is None:
            return ""
        self._said.seek(0)
        return self._said.read().decode(errors="replace")

    def _claim(self, ending: contextlib.ExitStack) -> None:
        """Take what only one server at a time may have, until `ending` gives it back."""

    def _launch(self, command: list[str], pass_fds: tuple[int, ...] = ()) -> None:
        if self._said is not None:
            self._said.close()
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - the server writes to it as long as it lives
        # The server must not outlive a test run that is killed.
        tied = ["setpriv", "--pdeathsig", "TERM", "--", *command]
        self.process = subprocess.Popen(
            tied,
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=self._said,
            env=self.env,
            pass_fds=pass_fds,
        )


class JackServer(Server):
    """A JACK server without hardware: its dummy driver keeps time, ports work as on a real one.

    Args:
        name: Its name; without one, one of the few that all tests share (a machine knows at most 8).
        frames: Frames in a period.
        rate: Frames a second.
    """

    def __init__(self, name: str | None = None, *, frames: int = 64, rate: int = 48000) -> None:
        super().__init__()
        self.name = name or ""
        self.frames, self.rate = frames, rate

    def start(self) -> None:
        self._clean()
        # -S: without synchronous mode messages are lost or doubled. -r: no realtime priority in a container.
        server = ["jackd", "--name", self.name, "-S", "-r", "--port-max", "256"]
        self._launch([*server, "-d", "dummy", "-r", str(self.rate), "-p", str(self.frames)])
        deadline = time.monotonic() + PATIENCE
        while "system:capture_1" not in self.ports():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise ServerError(f"the JACK server {self.name} did not become ready:\n{self.said}")
            time.sleep(0.01)

    def ports(self) -> list[str]:
        """Return the full names of all ports (``client:port``); none when the server does not answer."""
        listing = subprocess.run(
            ["jack_lsp", "-s", self.name], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        return listing.stdout.splitlines() if listing.returncode == 0 else []

    def _claim(self, ending: contextlib.ExitStack) -> None:
        _take_jack()
        ending.callback(_give_jack)
        self.name = self.name or f"rubato_test_{_Jacks.count}"
        ending.callback(self._clean)
        self.settings = {
            "JACK_DEFAULT_SERVER": self.name,
            "JACK_NO_START_SERVER": "1",
            "JACK_NO_AUDIO_RESERVATION": "1",
        }

    def _clean(self) -> None:
        """Remove what a server of this name leaves behind when it is killed."""
        for stale in (
            *Path("/dev/shm").glob(f"jack_{self.name}_*"),
            *Path("/dev/shm").glob(f"jack_sem.*_{self.name}_*"),
        ):
            with contextlib.suppress(FileNotFoundError):
                stale.unlink()


class Xvfb(Server):
    """An X server that draws into memory.

    Args:
        display: Its number; without one, the first free.
        size: Width and height of the screen in pixels.
    """

    def __init__(self, display: int | None = None, *, size: tuple[int, int] = (1440, 900)) -> None:
        super().__init__()
        self.settings = {"DISPLAY": "" if display is None else f":{display}"}
        self.size = size

    @property
    def display(self) -> str:
        """The display, such as ``:99``."""
        return self.settings["DISPLAY"]

    def start(self) -> None:
        width, height = self.size
        asked = [self.display] if self.display else []
        reading, writing = os.pipe()
        # Given -displayfd, the server writes the number of its display and a newline when clients may come.
        server = ["Xvfb", *asked, "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24"]
        try:
            self._launch([*server, "-nolisten", "tcp", "-noreset"], pass_fds=(writing,))
        finally:
            os.close(writing)
        with open(reading, "rb", buffering=0) as pipe:  # noqa: PTH123 - a file descriptor, not a path
            number = _line(pipe)
        if not number:
            raise ServerError(f"Xvfb did not become ready:\n{self.said}")
        self.settings["DISPLAY"] = f":{number}"


def _line(pipe: IO[bytes]) -> str:
    """Return the first line that comes through a pipe, without its end; empty when none comes."""
    line = b""
    while not line.endswith(b"\n") and select.select([pipe], [], [], PATIENCE)[0]:
        if not (piece := pipe.read(1)):
            break
        line += piece
    return line.decode().strip()


class _Jacks:
    """The JACK servers of this process, and the lock that no other process has any."""

    count = 0
    lock: IO[str] | None = None


def _take_jack() -> None:
    """Wait until no other process has a JACK server, and keep it so."""
    if _Jacks.lock is None:
        lock = Path(tempfile.gettempdir(), f"rubato-test-jack-{os.getuid()}.lock").open("w")  # noqa: SIM115 - held by the servers
        deadline = time.monotonic() + PATIENCE_FOR_OTHERS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    lock.close()
                    raise ServerError("another process has kept its JACK server all the time") from None
            time.sleep(0.05)
        _Jacks.lock = lock
    _Jacks.count += 1


def _give_jack() -> None:
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
