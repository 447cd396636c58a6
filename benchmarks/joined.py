"""The program in this process, connected to a real Chromium through the real host, for the browser benchmarks."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

from devtools import Chromium

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from web_server import Site

from extension_bridge.install import Installation
from rubato_desktop.app import App
from rubato_desktop.events import CommandDone, Event, Result
from rubato_desktop.language.keys import BASE_NOTE, read_keys
from rubato_desktop.midi.messages import note_off, note_on

TIMEOUT_S = 60.0


@dataclass
class Setup:
    """The running program and browser.

    Attributes:
        app, chromium, site: The program, the browser, the test pages.
        results: Every result with the time it was published (`time.perf_counter`).
    """

    app: App
    chromium: Chromium
    site: Site
    results: SimpleQueue[tuple[float, Result]] = field(default_factory=SimpleQueue)

    def play(self, keys: str, gap: float = 0.003) -> tuple[float, float, Result]:
        """Play a word as the MIDI callback does; returns the times of its last key and of its result, and the result.

        Args:
            keys: The word's keys, such as ``0 4 0``.
            gap: Seconds between keys.
        """
        for key in read_keys(keys):
            played, note = time.perf_counter(), BASE_NOTE + key
            self.app.engine.receive(note_on(self.app.clock.now(), "controller", note))
            self.app.engine.receive(note_off(self.app.clock.now(), "controller", note))
            time.sleep(gap)
        done, result = self.results.get(timeout=TIMEOUT_S)
        return played, done, result

    def run(self, command: str, **args: object) -> Result:
        """Run a command and return its result."""
        result = self.app.engine.run(command, **args).result(TIMEOUT_S)
        self.results.get(timeout=TIMEOUT_S)
        return result


def wait_for(holds: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"timed out waiting for {what}")
        time.sleep(0.01)


@contextmanager
def start(folder: Path, page: str) -> Iterator[Setup]:
    """Start the program and a browser with a page of `tests/pages`, and connect them."""
    with ExitStack() as ending:
        site = Site()
        ending.callback(site.close)
        app = App(folder / "data", devices=False, sound=False, browser=True)
        ending.callback(app.stop)
        app.start()
        Installation(folder / "data").install_in_profile(folder / "profile")
        chromium = ending.enter_context(Chromium(folder / "profile", site.page(page)))
        services = app.services
        wait_for(
            lambda: services.confirmation.text or (services.browser and services.browser.connected),
            "the question",
        )
        if services.confirmation.text:
            app.engine.run("confirm").result(TIMEOUT_S)
        wait_for(lambda: services.browser and services.browser.windows, "the browser to connect")
        setup = Setup(app, chromium, site)

        def listen(event: Event) -> None:
            if isinstance(event, CommandDone):
                setup.results.put((time.perf_counter(), event.result))

        app.bus.subscribe(listen)
        yield setup
