"""Soak test: does memory grow over a long day of browsing?

    .venv/bin/python benchmarks/soak_browser.py [--json] [--commands N] [--loads N]

A day of eight hours is 10,000 commands, 500 page loads, and scrolling an endless feed. Two days are run, as V8
compiles hot code during the first one. Heaps are measured after garbage collection, after each quarter of a day. A tab
that is never reloaded shows what the content script retains.
"""

from __future__ import annotations

import argparse
import gc
import os
import tempfile
import time
from pathlib import Path

import psutil
from joined import Setup, start
from report import Report

PAGES = ("news.html", "article.html", "search.html", "form.html", "frames.html", "shadow.html")
ROUND = (
    ("scroll", {"by": {"vertical": 2, "horizontal": 0}}),
    ("move", {"point": {"row": 5, "column": 4}}),
    ("read", {}),
    ("continue", {}),
    ("where_am_i", {}),
    ("links", {}),
    ("scroll", {"by": {"vertical": -2, "horizontal": 0}}),
    ("find", {"text": "the"}),
    ("find_next", {}),
    ("layout", {}),
    ("tabs", {}),
    ("page", {"pages": 1}),
    ("page", {"pages": -1}),
    ("history", {}),
    ("media", {}),
    ("fields", {}),
)
QUARTERS = 4
EXPECTED_ERRORS = {"not_found", "nothing_there", "end_of_page"}


def use(setup: Setup, commands: int) -> None:
    """Run commands on the current page."""
    for number in range(commands):
        name, args = ROUND[number % len(ROUND)]
        if name == "media":
            browser = setup.app.services.browser
            assert browser is not None
            browser.ask("media").result(30)
            continue
        result = setup.run(name, **args)
        if result.status != "ok" and (result.error or {}).get("code") not in EXPECTED_ERRORS:
            raise RuntimeError(f"{name}: {result.text}")


def load(setup: Setup, loads: int) -> None:
    """Load pages in a new tab, then close it."""
    setup.run("new_tab")
    for number in range(loads):
        setup.run("visit", url=setup.site.page(PAGES[number % len(PAGES)]))
        setup.run("scroll", by={"vertical": 1, "horizontal": 0})
    setup.run("close_tab")


def feed(setup: Setup, pages: int) -> None:
    """Scroll down an endless feed in a new tab."""
    setup.run("visit", url=setup.site.page("feed.html"), new=True)
    for _ in range(pages):
        setup.run("page", pages=1)
    setup.run("close_tab")


class Memory:
    """Measures what could grow."""

    def __init__(self, setup: Setup, page: str) -> None:
        self._setup = setup
        self._worker = setup.chromium.worker()
        self._page = setup.chromium.page(page)

    def measure(self) -> dict[str, float]:
        """Return the heaps of worker and page, the number of Python objects, and the program's memory; bytes."""
        time.sleep(1.0)
        gc.collect()
        chromium = self._setup.chromium
        return {
            "extension's worker, heap": chromium.heap(self._worker),
            "page and content script, heap": chromium.heap(self._page),
            "program, Python objects": float(len(gc.get_objects())),
            "program, memory (USS)": float(psutil.Process().memory_full_info().uss),
        }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--commands", type=int, default=10_000, help="per day")
    parser.add_argument("--loads", type=int, default=500, help="per day")
    options = parser.parse_args()
    report = Report("soak_browser")
    with tempfile.TemporaryDirectory() as folder, start(Path(folder), "article.html") as setup:
        memory = Memory(setup, setup.site.page("article.html"))
        started = time.monotonic()
        samples = []
        for _ in range(2 * QUARTERS):
            use(setup, options.commands // QUARTERS)
            load(setup, options.loads // QUARTERS)
            feed(setup, 50)
            samples.append(memory.measure())
        elapsed = time.monotonic() - started
        for name in samples[0]:
            values = [sample[name] for sample in samples]
            growth = values[-1] / values[QUARTERS - 1] - 1
            report.figure(f"{name}, growth in the second day", 100 * growth, "%", target=5)
            unit = 1.0 if "objects" in name else 1e6
            report.note(f"{name}: " + ", ".join(f"{value / unit:,.2f}" for value in values))
    report.note(
        f"{options.commands:,} commands and {options.loads} page loads a day, both days in {elapsed:.0f} s"
    )
    report.note(f"load average: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    report.show(["--json"] if options.json else [])


if __name__ == "__main__":
    main()
