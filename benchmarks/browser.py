"""From the last key of a word to the page that has moved, in a real Chromium through the real host.

    .venv/bin/python benchmarks/browser.py [--json] [--times N]

What is measured begins when the last key's note-on reaches the program, and ends when the result is there, which
the page sends after it has moved. Beside it: what the way alone takes (ping), and other commands.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from joined import Joined, joined
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


def scrolling(together: Joined, report: Report, times: int) -> None:
    delays = []
    for number in range(times):
        played, done, result = together.play("0 4 0" if number % 2 == 0 else "0 4 4 0")
        assert result.status == "ok" and result.value["moved"], result
        delays.append((done - played) * 1000)
    line = "key word → page has moved (scroll), and its answer is here"
    report.series(line, delays, "ms", target=25, at="median")
    report.series("the same", delays, "ms", target=50, at="p95")


def pinging(together: Joined, report: Report, times: int) -> None:
    browser = together.app.services.browser
    assert browser is not None
    delays = []
    for _ in range(times):
        began = time.perf_counter()
        browser.ask("ping").result(10)
        delays.append((time.perf_counter() - began) * 1000)
    report.series("app → host → extension → host → app (ping)", delays, "ms")


def others(together: Joined, report: Report, times: int) -> None:
    for name, keys in COMMANDS:
        delays: list[float] = []
        while len(delays) < times:
            played, done, result = together.play(keys)
            if result.error and result.error["code"] == "end_of_page":
                together.run("visit", url=together.site.page("article.html"))
                continue
            assert result.status == "ok", result
            delays.append((done - played) * 1000)
        report.series(name, delays, "ms")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--times", type=int, default=300, help="how often each is measured")
    chosen = parser.parse_args()
    settle()
    report = Report("browser")
    with tempfile.TemporaryDirectory() as folder, joined(Path(folder), "article.html") as together:
        scrolling(together, report, 20)  # what is loaded at first use is then loaded
        report.lines.clear()
        scrolling(together, report, chosen.times)
        pinging(together, report, chosen.times)
        others(together, report, max(10, chosen.times // 10))
    report.note(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    report.show(["--json"] if chosen.json else [])


if __name__ == "__main__":
    main()
