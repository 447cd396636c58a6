"""The real window on a real X server: seen in screenshots, read and played from another process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from screen_reader import Reader, accessible_bus, switch_reader
from servers import Xvfb
from waiting import until

from rubato_desktop.ipc.single_instance import request

pytestmark = pytest.mark.xdist_group("window")


class Program:
    """The program with its window, in its own process, with its own data folder."""

    def __init__(self, data: Path) -> None:
        self.command = [sys.executable, "-m", "rubato_desktop", "run", "--data", str(data)]
        env = {**os.environ, "QT_QPA_PLATFORM": "xcb"}
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
        )

    def is_running(self) -> bool:
        """Return True; fail with its output if the program has ended."""
        assert self.process.poll() is None, self.process.communicate()[1]
        return True

    def end(self, how: signal.Signals) -> tuple[int, str]:
        """End it with a signal; return its exit code and its standard error."""
        self.process.send_signal(how)
        _, errors = self.process.communicate(timeout=60)
        return self.process.returncode, errors


def xdotool(*words: str) -> str:
    return subprocess.run(["xdotool", *words], capture_output=True, text=True, timeout=60).stdout.strip()


def screenshot(path: Path) -> QImage:
    """The whole screen of the X server, as another program sees it."""
    subprocess.run(["import", "-window", "root", str(path)], check=True, timeout=60)
    return QImage(str(path))


@pytest.fixture(scope="module")
def desktop(display: Xvfb) -> Iterator[None]:
    """A screen, and the accessibility bus."""
    with accessible_bus(), Reader("nobody") as first:
        first.tree()  # starts the accessibility bus, so that the first program finds it
        yield


@pytest.fixture
def program(desktop: None, tmp_path: Path) -> Iterator[Program]:
    running = Program(tmp_path / "data")
    yield running
    if running.process.poll() is None:
        running.end(signal.SIGTERM)


@pytest.fixture
def reader(program: Program) -> Iterator[Reader]:
    """A screen reader connected to the window."""
    with Reader("rubato") as connected:
        until(
            lambda: program.is_running() and "Search the dictionary" in connected.names(),
            "the window to appear",
        )
        yield connected


def logged(reader: Reader, title: str) -> bool:
    """Return whether a word is in the log."""
    return any(f", {title}," in name for name in reader.names("list item"))


def test_a_screen_reader_finds_every_part(reader: Reader) -> None:
    names = reader.names()
    for part in ("Rubato", "The 25 keys", "Words", "Word log", "Menu", "Core", "Search the dictionary"):
        assert part in names
    keys = [name for name in reader.names("button") if name.startswith("Key ")]
    assert len(keys) == 25
    assert "Key 0: leads to" in "\n".join(keys)
    assert any(name.startswith("Pianoroll") for name in names)
    assert any(
        name.startswith("Dictionary, ") and name.endswith(" words") for name in reader.names("check box")
    )


def test_a_screen_reader_plays_a_word_and_reads_its_result(reader: Reader) -> None:
    for key in (12, 5, 5, 12):
        assert reader.press(f"Key {key}:")
    until(lambda: logged(reader, "languages"), "the word in the log")
    until(lambda: any(name.startswith("Last result: Languages") for name in reader.names("label")))


def test_the_program_knows_whether_a_screen_reader_is_running(reader: Reader, tmp_path: Path) -> None:
    def reported() -> bool:
        status = request(tmp_path / "data", {"do": "run", "command": "status", "args": {}})
        return bool(status["value"]["screen_reader"])

    assert not reported()
    switch_reader(True)
    try:
        until(reported, "the screen reader to be noticed")
    finally:
        switch_reader(False)
    until(lambda: not reported(), "its end to be noticed")


def test_an_incomplete_word_changes_what_the_keys_mean(reader: Reader) -> None:
    assert reader.press("Key 0:")
    until(lambda: any(name.startswith("Key 7: leads to click") for name in reader.names("button")))


def test_the_computers_keys_play_through_the_x_server(reader: Reader) -> None:
    window = until(lambda: xdotool("search", "--onlyvisible", "--name", "^Rubato$"))
    xdotool("windowfocus", "--sync", window.split()[0])
    for letter in "qvvq":
        xdotool("key", letter)
    until(lambda: logged(reader, "languages"), "the word in the log")


def test_the_mouse_plays_through_the_x_server(reader: Reader, tmp_path: Path) -> None:
    screen = screenshot(tmp_path / "screen.png")
    # Key 0 is in the lower left corner, above the status line.
    xdotool("mousemove", "45", str(screen.height() - 90), "mousedown", "1")
    until(lambda: any(name.startswith("Key 7: leads to click") for name in reader.names("button")))
    xdotool("mouseup", "1")


def test_the_window_is_painted(reader: Reader, tmp_path: Path) -> None:
    screen = screenshot(tmp_path / "screen.png")
    assert (screen.width(), screen.height()) == (1440, 900)
    colours = {screen.pixel(x, y) for x in range(0, 1440, 7) for y in range(0, 900, 7)}
    assert len(colours) > 40
    keys = [screen.pixelColor(x, 820).lightness() for x in range(20, 1420, 10)]
    assert max(keys) > 220 and min(keys) < 60, "white keys and the gaps between them"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_program_cleanly(program: Program, reader: Reader, how: signal.Signals) -> None:
    code, errors = program.end(how)
    assert code == 0
    assert "Traceback" not in errors


def test_a_second_start_brings_the_first_to_the_front(program: Program, reader: Reader) -> None:
    second = subprocess.run(program.command, capture_output=True, text=True, timeout=60)
    assert second.returncode == 0
    assert "in front" in second.stdout
    assert program.process.poll() is None


def test_ctrl_q_ends_the_program(program: Program, reader: Reader) -> None:
    window = until(lambda: xdotool("search", "--onlyvisible", "--name", "^Rubato$"))
    xdotool("windowfocus", "--sync", window.split()[0])
    xdotool("key", "ctrl+q")
    assert program.process.wait(60) == 0
