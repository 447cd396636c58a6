"""The tour of a browser: keys browse, listen and read in a real Chromium, which nobody need see.

Everything is as it always is: the program, the host, the extension, the pages, which are served from `resources/tour`.
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
from rubato_desktop.demo.telling import stamp, told
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
QUICKER = 2.5  # times as fast as a line of keys is read otherwise
PATIENCE = 60.0  # s
VELOCITY = 76


def browsing_tour(out: Path) -> dict[str, Path]:
    """Play the tour of a browser and leave what came of it.

    Args:
        out: A folder; made when it is not there.

    Returns:
        What was left: ``session``, ``timeline``, ``midi`` and ``wav`` of a page as sound, and a picture of the
        page after each line that says so.

    Raises:
        RubatoError: there is no browser for it, it does not join, or the folder cannot be written.
    """
    shutil.rmtree(out / "data", ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)
    with _pages(out) as address, _Desk(out / "data") as desk:
        with headless_browser(desk.data, out / "data" / "profile", VIEW, f"{address}/index.html"):
            desk.join()
            left = {name: path for line in _script() for name, path in desk.play(line, out)}
        left["session"] = desk.keep(out / "session")
        left["timeline"] = out / "timeline.txt"
        write_beside(left["timeline"], ("\n".join(desk.timeline).strip() + "\n").encode())
    return left


def _script() -> list[dict[str, Any]]:
    script = tomllib.loads(resource("tour", "browser.toml").read_text(encoding="utf-8"))
    return list(script["line"])


class _Desk:
    """The running program, and somebody who plays it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.timeline: list[str] = []
        self._results: list[Result] = []
        self._app = App(data, devices=False, sound=False, browser=True)
        self._app.bus.subscribe(self._hear)

    def __enter__(self) -> _Desk:
        self._app.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._app.stop()

    def _hear(self, event: Event) -> None:
        self.timeline.extend(told(event))
        if isinstance(event, CommandDone):
            self._results.append(event.result)

    def join(self) -> None:
        """Let the browser join as a person does: by playing the word that confirms."""
        services = self._app.services
        _wait(
            lambda: services.confirmation.text or (services.browser and services.browser.connected),
            "the browser did not start",
        )
        if services.confirmation.text:
            self.timeline.append(f"{stamp(self._app.clock.now())}  {services.confirmation.text}")
            self._press("0 4 9 0")
        _wait(lambda: services.browser and services.browser.windows, "the browser did not join")

    def play(self, line: dict[str, Any], out: Path) -> Iterator[tuple[str, Path]]:
        """Play a line of the script; yields what it left."""
        self.timeline.append(f"\n{stamp(self._app.clock.now())}  {line['says']}")
        before = len(self._results)
        self._press(line["keys"])
        _wait(lambda: len(self._results) > before, f"{line['keys']} had no answer")
        time.sleep(line.get("rest", 0.3))
        result = self._results[before]
        if result.name == "layout" and result.status == "ok":
            yield from self._sound(result.value, out)
        if picture := line.get("picture"):
            yield picture, self._picture(out / f"{picture}.png")

    def _press(self, keys: str) -> None:
        began = time.monotonic()
        for press in read_line(keys):
            time.sleep(max(0.0, began + press.t / 1e6 / QUICKER - time.monotonic()))
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
        write_beside(path, base64.b64decode(browser.ask("picture").result(PATIENCE).value["png"]))
        return path

    def keep(self, where: Path) -> Path:
        """Copy the session that was recorded."""
        folder = max((self.data / "sessions").glob("*/*/*"))
        shutil.rmtree(where, ignore_errors=True)
        shutil.copytree(folder, where)
        return where


@contextlib.contextmanager
def _pages(out: Path) -> Iterator[str]:
    """Serve the pages of the tour, with some music in them, on loopback."""
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


def _wait(holds: Callable[[], object], otherwise: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise RubatoError(f"The tour stopped: {otherwise}", todo="rubato doctor looks at all the parts")
        time.sleep(0.02)
