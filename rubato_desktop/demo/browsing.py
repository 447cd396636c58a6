"""The browser tour: keys browse, listen and read in headless Chromium.

The program, the native host and the extension are the real ones; the pages are served from `resources/tour`.
"""

from __future__ import annotations

import base64
import contextlib
import shutil
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from rubato_desktop.app import App
from rubato_desktop.demo.timeline import stamp, timeline_lines
from rubato_desktop.errors import RubatoError
from rubato_desktop.events import CommandDone, Event, Result
from rubato_desktop.files import write_beside
from rubato_desktop.language.keys import BASE_NOTE, read_line
from rubato_desktop.midi.messages import note_off, note_on
from rubato_desktop.resources import resource
from rubato_desktop.services.browser.launcher import headless_browser
from rubato_desktop.services.page_sound import layout_cues, read_layout, table_for, write_feedback
from rubato_desktop.services.run_state import SCREEN

VIEW = 1280, 800
MUSIC = "music.wav"
SPEED = 2.5  # compared with the usual timing of a line of keys
TIMEOUT_S = 60.0
VELOCITY = 76


def browsing_tour(out: Path) -> dict[str, Path]:
    """Play the browser tour and write its results.

    Args:
        out: The output folder; created if missing.

    Returns:
        Paths of the results: ``session``, ``timeline``, ``midi`` and ``wav`` of a page as sound, and the pictures of
        pages that the script names.

    Raises:
        RubatoError: no browser was found, it does not connect, or the folder cannot be written.
    """
    shutil.rmtree(out / "data", ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)
    with _pages(out) as address, _Desk(out / "data") as desk:
        with headless_browser(desk.data, out / "data" / "profile", VIEW, f"{address}/index.html"):
            desk.join()
            results = {name: path for line in _script() for name, path in desk.play(line, out)}
        results["session"] = desk.keep(out / "session")
        results["timeline"] = out / "timeline.txt"
        write_beside(results["timeline"], ("\n".join(desk.timeline).strip() + "\n").encode())
    return results


def _script() -> list[dict[str, Any]]:
    script = tomllib.loads(resource("tour", "browser.toml").read_text(encoding="utf-8"))
    return list(script["line"])


class _Desk:
    """The running program and its player."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.timeline: list[str] = []
        self._results: list[Result] = []
        self._app = App(data, devices=False, sound=False, browser=True)
        self._app.bus.subscribe(self._on_event)

    def __enter__(self) -> _Desk:
        self._app.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._app.stop()

    def _on_event(self, event: Event) -> None:
        self.timeline.extend(timeline_lines(event))
        if isinstance(event, CommandDone):
            self._results.append(event.result)

    def join(self) -> None:
        """Allow the browser to connect, like a user, by playing the word that confirms."""
        services = self._app.services
        _wait(
            lambda: services.confirmation.text or (services.browser and services.browser.connected),
            "the browser did not start",
        )
        if services.confirmation.text:
            self.timeline.append(f"{stamp(self._app.clock.now())}  {services.confirmation.text}")
            self._press("0 4 9 0")
        _wait(lambda: services.browser and services.browser.windows, "the browser did not connect")

    def play(self, line: dict[str, Any], out: Path) -> Iterator[tuple[str, Path]]:
        """Play a line of the script; yields its results as (name, path)."""
        self.timeline.append(f"\n{stamp(self._app.clock.now())}  {line['says']}")
        before = len(self._results)
        self._press(line["keys"])
        _wait(lambda: len(self._results) > before, f"{line['keys']} had no result")
        time.sleep(line.get("rest", 0.3))
        result = self._results[before]
        if result.name == "layout" and result.status == "ok":
            yield from self._sound(result.value, out)
        if picture := line.get("picture"):
            yield picture, self._picture(out / f"{picture}.png")

    def _press(self, keys: str) -> None:
        began = time.monotonic()
        for press in read_line(keys):
            time.sleep(max(0.0, began + press.t / 1e6 / SPEED - time.monotonic()))
            now, note = self._app.clock.now(), BASE_NOTE + press.key
            message = note_on(now, SCREEN, note, VELOCITY) if press.down else note_off(now, SCREEN, note)
            self._app.engine.receive(message)

    def _sound(self, layout: dict[str, Any], out: Path) -> Iterator[tuple[str, Path]]:
        table, _ = table_for(self.data)
        midi, wav = out / "layout.mid", out / "layout.wav"
        write_feedback(layout_cues(read_layout(layout), table), table.name, midi=midi, wav=wav)
        yield "midi", midi
        yield "wav", wav

    def _picture(self, path: Path) -> Path:
        browser = self._app.services.browser
        assert browser is not None
        write_beside(path, base64.b64decode(browser.ask("picture").result(TIMEOUT_S).value["png"]))
        return path

    def keep(self, target: Path) -> Path:
        """Copy the recorded session."""
        folder = max((self.data / "sessions").glob("*/*/*"))
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(folder, target)
        return target


@contextlib.contextmanager
def _pages(out: Path) -> Iterator[str]:
    """Serve the pages of the tour, with a piece of music, on loopback."""
    from rubato_desktop.audio.render import render
    from rubato_desktop.midi.file.reader import read_midi

    folder = out / "pages"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(resource("tour", "pages"), folder)
    music = read_midi(folder / "music.mid")
    render(music.notes, music.messages, folder / MUSIC, rate=22_050)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


def _wait(condition: Callable[[], object], problem: str) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        if time.monotonic() > deadline:
            raise RubatoError(f"The tour stopped: {problem}", todo="Run: rubato doctor")
        time.sleep(0.02)
