"""A long day at the browser in a few minutes: does anything grow?

    .venv/bin/python benchmarks/soak_browser.py [--json] [--commands N] [--loads N]

10,000 commands and 500 page loads, and the scrolling of a page of endless feed, as in eight hours of use; twice, as
V8 takes the first day to compile what is often used, which is all that grows in it. Heaps are read after their garbage
is collected, after each quarter of a day. The tab in which nothing is loaded shows what the content script keeps.
"""

from __future__ import annotations

import argparse
import gc
import os
import tempfile
import time
from pathlib import Path

import psutil
from joined import Joined, joined
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
NOT_THERE = {"not_found", "nothing_there", "end_of_page"}


def use(together: Joined, commands: int) -> None:
    """Use the page that is shown."""
    for number in range(commands):
        name, args = ROUND[number % len(ROUND)]
        if name == "media":
            browser = together.app.services.browser
            assert browser is not None
            browser.ask("media").result(30)
            continue
        result = together.run(name, **args)
        if result.status != "ok" and (result.error or {}).get("code") not in NOT_THERE:
            raise RuntimeError(f"{name}: {result.text}")


def load(together: Joined, loads: int) -> None:
    """Load page after page in a tab of their own, then close it."""
    together.run("new_tab")
    for number in range(loads):
        together.run("visit", url=together.site.page(PAGES[number % len(PAGES)]))
        together.run("scroll", by={"vertical": 1, "horizontal": 0})
    together.run("close_tab")


def feed(together: Joined, pages: int) -> None:
    """Scroll down an endless feed in a tab of its own."""
    together.run("visit", url=together.site.page("feed.html"), new=True)
    for _ in range(pages):
        together.run("page", pages=1)
    together.run("close_tab")


class Scale:
    """Weighs what could grow."""

    def __init__(self, together: Joined, page: str) -> None:
        self._together = together
        self._worker = together.chromium.worker()
        self._page = together.chromium.page(page)

    def weigh(self) -> dict[str, float]:
        """Bytes: the worker's heap, the page's with the content script's, the program's own objects, its memory."""
        time.sleep(1.0)
        gc.collect()
        chromium = self._together.chromium
        return {
            "extension's worker, heap": chromium.heap(self._worker),
            "page and content script, heap": chromium.heap(self._page),
            "program, Python objects": float(len(gc.get_objects())),
            "program, memory of its own": float(psutil.Process().memory_full_info().uss),
        }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--commands", type=int, default=10_000, help="a day")
    parser.add_argument("--loads", type=int, default=500, help="a day")
    chosen = parser.parse_args()
    report = Report("soak_browser")
    with tempfile.TemporaryDirectory() as folder, joined(Path(folder), "article.html") as together:
        scale = Scale(together, together.site.page("article.html"))
        began = time.monotonic()
        weighed = []
        for _ in range(2 * QUARTERS):
            use(together, chosen.commands // QUARTERS)
            load(together, chosen.loads // QUARTERS)
            feed(together, 50)
            weighed.append(scale.weigh())
        took = time.monotonic() - began
        for name in weighed[0]:
            values = [weight[name] for weight in weighed]
            growth = values[-1] / values[QUARTERS - 1] - 1
            report.figure(f"{name}, growth in the second day", 100 * growth, "%", target=5)
            unit = 1.0 if "objects" in name else 1e6
            report.note(f"{name}: " + ", ".join(f"{value / unit:,.2f}" for value in values))
    report.note(
        f"{chosen.commands:,} commands and {chosen.loads} page loads a day, both days in {took:.0f} s"
    )
    report.note(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    report.show(["--json"] if chosen.json else [])


if __name__ == "__main__":
    main()
