"""Time from the command to the painted window, and the cost of the idle program.

    .venv/bin/python benchmarks/start.py [--json] [--starts N] [--idle SECONDS]

The window is complete when a pixel of a white key is white on a real X server, that is painted and not merely mapped.
The first start is not counted, because Python compiles the modules then, as the installation does. Idle figures are of
the program and its child processes, with the window open and nothing played.
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
    """Reads single pixels of an X display."""

    def __init__(self, display: str) -> None:
        self._x = ctypes.CDLL(ctypes.util.find_library("X11"))
        self._x.XOpenDisplay.restype = self._x.XGetImage.restype = ctypes.c_void_p
        self._x.XDefaultRootWindow.restype = self._x.XGetPixel.restype = ctypes.c_ulong
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(display.encode()))
        self._root = ctypes.c_ulong(self._x.XDefaultRootWindow(self._display))

    def is_light(self, x: int, y: int) -> bool:
        """Return True if a pixel is nearly white."""
        area = (ctypes.c_int(x), ctypes.c_int(y), ctypes.c_uint(1), ctypes.c_uint(1))
        image = self._x.XGetImage(self._display, self._root, *area, ctypes.c_ulong(ALL_PLANES), Z_PIXMAP)
        pixel = self._x.XGetPixel(ctypes.c_void_p(image), 0, 0)
        self._x.XDestroyImage(ctypes.c_void_p(image))
        return all(pixel >> shift & 0xFF > 200 for shift in (0, 8, 16))


@contextmanager
def program(data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the program with its window."""
    command = [sys.executable, "-m", "rubato_desktop", "run", "--data", str(data)]
    env = {**os.environ, "QT_QPA_PLATFORM": "xcb"}
    # With this variable, each start compiles all modules, which takes longer than everything else.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    running = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        yield running
    finally:
        running.terminate()
        running.wait(PATIENCE)


def wait_for_window(screen: Screen, began: float) -> float:
    """Wait until the keys are painted; return the time since `began`, s."""
    while not screen.is_light(*WHITE_KEY):
        if time.perf_counter() - began > PATIENCE:
            raise TimeoutError("the window did not appear")
        time.sleep(0.001)
    return time.perf_counter() - began


def wait_until_dark(screen: Screen) -> None:
    """Wait until the last window is closed."""
    while screen.is_light(*WHITE_KEY):
        time.sleep(0.01)


def process_tree(pid: int) -> list[psutil.Process]:
    """Return a process and its descendants."""
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def cpu_seconds(processes: list[psutil.Process]) -> float:
    return sum(process.cpu_times().user + process.cpu_times().system for process in processes)


def measure(report: Report, starts: int, idle: float) -> None:
    """Measure the starts of the program, then one program at idle."""
    with tempfile.TemporaryDirectory() as folder, Xvfb() as server:
        screen = Screen(server.display)
        times, cpu_times = [], []
        for number in range(starts + 1):
            wait_until_dark(screen)
            began = time.perf_counter()
            with program(Path(folder)) as running:
                seconds = wait_for_window(screen, began)
                if number:
                    times.append(seconds)
                    cpu_times.append(cpu_seconds(process_tree(running.pid)))
        report.series("command → window painted", times, "s", target=1.5, at="median")
        report.series("CPU time of that, all threads", cpu_times, "s")
        wait_until_dark(screen)
        with program(Path(folder)) as running:
            wait_for_window(screen, time.perf_counter())
            time.sleep(3)  # for what starts in the background
            processes = process_tree(running.pid)
            before, since = cpu_seconds(processes), time.perf_counter()
            time.sleep(idle)
            share = (cpu_seconds(processes) - before) / (time.perf_counter() - since)
            memory = [process.memory_full_info() for process in processes]
            report.figure("idle, share of a core", 100 * share, "%", target=2)
            report.figure("idle, memory of the main process", memory[0].rss / 1e6, "MB", target=250)
            report.figure(
                "idle, unshared memory of all processes",
                sum(m.uss for m in memory) / 1e6,
                "MB",
                target=250,
            )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--starts", type=int, default=7, help="number of starts")
    parser.add_argument("--idle", type=float, default=20.0, help="length of the idle measurement, s")
    chosen = parser.parse_args()
    report = Report("start")
    measure(report, chosen.starts, chosen.idle)
    report.note(f"machine load: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    report.show(["--json"] if chosen.json else [])


if __name__ == "__main__":
    main()
