"""The program, in this process, joined by a real Chromium through the real host, for the benchmarks of the browser."""

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

PATIENCE = 60.0  # s


@dataclass
class Joined:
    """All of it, running.

    Attributes:
        app, chromium, site: The program, the browser, the pages.
        results: Every result, with the `time.perf_counter` at which it was published.
    """

    app: App
    chromium: Chromium
    site: Site
    results: SimpleQueue[tuple[float, Result]] = field(default_factory=SimpleQueue)

    def play(self, keys: str, gap: float = 0.003) -> tuple[float, float, Result]:
        """Play a word as a MIDI callback does; when its last key came, when its result did, and the result.

        Args:
            keys: Such as ``0 4 0``.
            gap: Seconds between keys.
        """
        for key in read_keys(keys):
            played, note = time.perf_counter(), BASE_NOTE + key
            self.app.engine.receive(note_on(self.app.clock.now(), "controller", note))
            self.app.engine.receive(note_off(self.app.clock.now(), "controller", note))
            time.sleep(gap)
        done, result = self.results.get(timeout=PATIENCE)
        return played, done, result

    def run(self, command: str, **args: object) -> Result:
        """Carry out a command; its result."""
        result = self.app.engine.run(command, **args).result(PATIENCE)
        self.results.get(timeout=PATIENCE)
        return result


def wait_for(holds: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited in vain for {what}")
        time.sleep(0.01)


@contextmanager
def joined(folder: Path, page: str) -> Iterator[Joined]:
    """Start the program and a browser that shows a page of `tests/pages`, and let them join."""
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
            "the browser to ask",
        )
        if services.confirmation.text:
            app.engine.run("confirm").result(PATIENCE)
        wait_for(lambda: services.browser and services.browser.windows, "the browser to join")
        together = Joined(app, chromium, site)

        def listen(event: Event) -> None:
            if isinstance(event, CommandDone):
                together.results.put((time.perf_counter(), event.result))

        app.bus.subscribe(listen)
        yield together
