"""Latency from the last key of a word to the scrolled page, in a real Chromium through the real host.

    .venv/bin/python benchmarks/browser.py [--json] [--times N]

Measured from the note-on of the last key in the program to the result, which the page sends after it has scrolled.
Also the round trip alone (ping), and other commands.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from joined import Setup, start
from report import Report

from rubato_desktop.interpreter import settle

COMMANDS = (
    ("tab by number", "12 7 12 14 12"),
    ("move", "0 9 9 0 5 18"),
    ("read the next element", "0 2 2 0"),
    ("where am i", "0 7 7 0"),
    ("links", "0 6 6 0"),
    ("layout", "0 9 10 0"),
)


def scrolling(setup: Setup, report: Report, times: int) -> None:
    delays = []
    for number in range(times):
        played, done, result = setup.play("0 4 0" if number % 2 == 0 else "0 4 4 0")
        assert result.status == "ok" and result.value["moved"], result
        delays.append((done - played) * 1000)
    line = "last key → page has scrolled and answered"
    report.series(line, delays, "ms", target=25, at="median")
    report.series("the same", delays, "ms", target=50, at="p95")


def pinging(setup: Setup, report: Report, times: int) -> None:
    browser = setup.app.services.browser
    assert browser is not None
    delays = []
    for _ in range(times):
        started = time.perf_counter()
        browser.ask("ping").result(10)
        delays.append((time.perf_counter() - started) * 1000)
    report.series("app → host → extension → host → app (ping)", delays, "ms")


def others(setup: Setup, report: Report, times: int) -> None:
    for name, keys in COMMANDS:
        delays: list[float] = []
        while len(delays) < times:
            played, done, result = setup.play(keys)
            if result.error and result.error["code"] == "end_of_page":
                setup.run("visit", url=setup.site.page("article.html"))
                continue
            assert result.status == "ok", result
            delays.append((done - played) * 1000)
        report.series(name, delays, "ms")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--times", type=int, default=300, help="number of measurements")
    options = parser.parse_args()
    settle()
    report = Report("browser")
    with tempfile.TemporaryDirectory() as folder, start(Path(folder), "article.html") as setup:
        scrolling(setup, report, 20)  # warm-up
        report.lines.clear()
        scrolling(setup, report, options.times)
        pinging(setup, report, options.times)
        others(setup, report, max(10, options.times // 10))
    report.note(f"load average: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    report.show(["--json"] if options.json else [])


if __name__ == "__main__":
    main()
