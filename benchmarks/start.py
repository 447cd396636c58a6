"""How long until the window is there, and what it costs while nobody plays.

    .venv/bin/python benchmarks/start.py [--json] [--starts N] [--idle SECONDS]

The window counts as there when a white key's pixel is white on a real X server: painted, not merely mapped. The first
start is not counted: Python keeps what it compiled then, as the set-up does too. Idle is the whole program, with the
processes it starts, its window open and nothing played.
"""

from __future__ import annotations

import argparse
import ctypes
import ctypes.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from report import Report

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from servers import Xvfb

ROOT = Path(__file__).resolve().parent.parent
WHITE_KEY = 24, 845  # px: on the lowest white key, left of its text
ALL_PLANES, Z_PIXMAP = ctypes.c_ulong(-1).value, 2
PATIENCE = 60.0  # s


class Screen:
    """Looks at single pixels of an X display."""

    def __init__(self, display: str) -> None:
        self._x = ctypes.CDLL(ctypes.util.find_library("X11"))
        self._x.XOpenDisplay.restype = self._x.XGetImage.restype = ctypes.c_void_p
        self._x.XDefaultRootWindow.restype = self._x.XGetPixel.restype = ctypes.c_ulong
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(display.encode()))
        self._root = ctypes.c_ulong(self._x.XDefaultRootWindow(self._display))

    def is_light(self, x: int, y: int) -> bool:
        """Whether the pixel is nearly white."""
        area = (ctypes.c_int(x), ctypes.c_int(y), ctypes.c_uint(1), ctypes.c_uint(1))
        image = self._x.XGetImage(self._display, self._root, *area, ctypes.c_ulong(ALL_PLANES), Z_PIXMAP)
        pixel = self._x.XGetPixel(ctypes.c_void_p(image), 0, 0)
        self._x.XDestroyImage(ctypes.c_void_p(image))
        return all(pixel >> shift & 0xFF > 200 for shift in (0, 8, 16))


@contextmanager
def program(data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The program with its window."""
    command = [sys.executable, "-m", "rubato_desktop", "run", "--data", str(data)]
    env = {**os.environ, "QT_QPA_PLATFORM": "xcb"}
    # Where this is set, every start compiles all modules anew, which takes longer than all the rest.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    running = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        yield running
    finally:
        running.terminate()
        running.wait(PATIENCE)


def wait_for_window(screen: Screen, began: float) -> float:
    """Seconds from `began` until the keys are painted."""
    while not screen.is_light(*WHITE_KEY):
        if time.perf_counter() - began > PATIENCE:
            raise TimeoutError("the window did not come")
        time.sleep(0.001)
    return time.perf_counter() - began


def wait_until_dark(screen: Screen) -> None:
    """Wait until the last window is gone."""
    while screen.is_light(*WHITE_KEY):
        time.sleep(0.01)


def family(pid: int) -> list[psutil.Process]:
    """A process and all it started."""
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def cpu_seconds(processes: list[psutil.Process]) -> float:
    return sum(process.cpu_times().user + process.cpu_times().system for process in processes)


def measure(report: Report, starts: int, idle: float) -> None:
    """Start the program again and again, then leave it alone."""
    with tempfile.TemporaryDirectory() as folder, Xvfb() as server:
        screen = Screen(server.display)
        took, worked = [], []
        for number in range(starts + 1):
            wait_until_dark(screen)
            began = time.perf_counter()
            with program(Path(folder)) as running:
                seconds = wait_for_window(screen, began)
                if number:
                    took.append(seconds)
                    worked.append(cpu_seconds(family(running.pid)))
        report.series("command → window painted", took, "s", target=1.5, at="median")
        report.series("of that, the processor's work, all threads", worked, "s")
        wait_until_dark(screen)
        with program(Path(folder)) as running:
            wait_for_window(screen, time.perf_counter())
            time.sleep(3)  # what starts in the background has then started
            processes = family(running.pid)
            before, since = cpu_seconds(processes), time.perf_counter()
            time.sleep(idle)
            share = (cpu_seconds(processes) - before) / (time.perf_counter() - since)
            memory = [process.memory_full_info() for process in processes]
            report.figure("idle, share of a core", 100 * share, "%", target=2)
            report.figure("idle, memory of the window's process", memory[0].rss / 1e6, "MB", target=250)
            report.figure(
                "idle, memory of all its processes, their own",
                sum(m.uss for m in memory) / 1e6,
                "MB",
                target=250,
            )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--starts", type=int, default=7, help="how often it is started")
    parser.add_argument("--idle", type=float, default=20.0, help="for how many seconds it is left alone")
    chosen = parser.parse_args()
    report = Report("start")
    measure(report, chosen.starts, chosen.idle)
    report.note(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    report.show(["--json"] if chosen.json else [])


if __name__ == "__main__":
    main()
