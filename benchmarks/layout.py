"""Duration of page scans in a real Chromium: a long page, again after a scroll, and hostile pages.

    .venv/bin/python benchmarks/layout.py [--json] [--times N]

Times are measured by the content script, from request to answer, including the pauses in which it yields to the page.
Tasks are the longest tasks of the page's thread, as reported by the browser.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from report import Report

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from page_client import PageClient, open_pages

ELEMENTS = 5000
# Requests during which the longest task is measured.
REQUESTS = ("scan", "links", "next", "where", "items", "media", "state")


def watch(web: PageClient) -> None:
    """Observe long tasks of the page's thread; the browser reports those of 50 ms and more."""
    web.evaluate(
        """() => {
            globalThis.tasks = [];
            const tell = (list) => globalThis.tasks.push(...list.getEntries().map((task) => task.duration));
            new PerformanceObserver(tell).observe({ type: "longtask" });
        }"""
    )


def longest(web: PageClient) -> tuple[float, int]:
    """Return the longest task since the last call, ms (0: all were shorter than 50), and the number of long tasks."""
    web.page.wait_for_timeout(300)
    found = web.evaluate("() => globalThis.tasks.splice(0)")
    return max(found, default=0.0), len(found)


def long_document(web: PageClient, report: Report, times: int) -> None:
    first, anew, scrolled, names, alone = [], [], [], [], []
    for number in range(times):
        web.open(f"elements.html?count={ELEMENTS}&{number}")
        web.page.wait_for_timeout(400)
        first.append(web.ask("scan")["ms"])
    count = web.page.evaluate("document.getElementsByTagName('*').length")
    watch(web)
    for _ in range(times * 2):
        web.page.evaluate("document.body.append(document.createElement('i'))")
        anew.append(web.ask("scan")["ms"])
    for number in range(times * 4):
        web.ask("scroll", vertical=5 if number % 40 < 30 else -14)
        scan = web.ask("scan")
        scrolled.append(scan["ms"])
        if number % 10 == 0:
            refs = [element["ref"] for element in scan["elements"]]
            timed = web.timed("names", refs=refs)
            names.append(timed)
            alone.append(timed / len(refs))
    length, _ = longest(web)
    report.series(f"{count:,} elements, document changed", anew, "ms", target=30, at="median")
    report.series("first scan of a new page", first, "ms")
    report.series("again after a scroll", scrolled, "ms", target=10, at="median")
    report.series("labels of everything in view", names, "ms")
    report.series("one label", alone, "ms")
    report.figure("longest task meanwhile (0: none reached 50 ms)", length, "ms", target=50)


def hostile_pages(web: PageClient, report: Report) -> None:
    for what, address in (
        ("100,000 links", "hostile.html?links=100000"),
        ("2,000 links on one spot", "hostile.html?links=100&pile=2000"),
        ("a label of 1 MB, overridden methods, clobbered names", "hostile.html?links=500"),
        ("a page that changes all the time", "hostile.html?links=5000&mutate=1"),
        ("12 nested frames", "hostile.html?links=50&frames=12"),
        ("100,000 elements", "elements.html?count=100000"),
    ):
        web.open(address)
        web.page.wait_for_timeout(1500)
        watch(web)
        web.page.wait_for_timeout(500)
        alone, _ = longest(web)
        taken = {name: web.timed(name) for name in REQUESTS}
        refs = [element["ref"] for element in web.ask("scan")["elements"]][:100]
        web.ask("names", refs=refs)
        web.ask("find", text="link 9")
        length, count = longest(web)
        report.figure(f"{what}: longest task", length, "ms", target=50)
        report.figure(f"{what}: scan", taken["scan"], "ms")
        slowest = max(taken, key=lambda name: taken[name])
        over = f"{count} tasks over 50 ms (longest without requests: {alone:.0f} ms)"
        report.note(f"{what}: {over}; slowest request: {slowest}, {taken[slowest]:.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--times", type=int, default=15, help="number of measurements")
    options = parser.parse_args()
    report = Report("layout")
    with open_pages() as web:
        report.note(web.worker.evaluate("navigator.userAgent").split(" ")[-2].replace("Headless", ""))
        long_document(web, report, options.times)
        hostile_pages(web, report)
    report.note(f"load average: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    report.show(["--json"] if options.json else [])


if __name__ == "__main__":
    main()
