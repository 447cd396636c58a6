"""The tour: a script of keys, played in the real program without screen or device.

The clock is moved by hand, so that a minute of playing takes seconds.
"""

from __future__ import annotations

import shutil
import time
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from rubato_desktop.app import App
from rubato_desktop.audio.render import render
from rubato_desktop.clock import SECOND, ManualClock
from rubato_desktop.demo.timeline import stamp, timeline_lines
from rubato_desktop.events import CommandDone, Event, WordHeard
from rubato_desktop.language.keys import BASE_NOTE, read_line
from rubato_desktop.midi.messages import Message, note_off, note_on
from rubato_desktop.resources import resource
from rubato_desktop.services.run_state import SCREEN

VELOCITY = 76
SLOWDOWN = 1.6  # of words, so that a listener can follow
TIMEOUT_S = 10.0  # of a command that does not end
PAUSE_AFTER = 5 * SECOND  # longer than all timeouts


def tour(out: Path) -> dict[str, Path]:
    """Play the tour and write its results.

    Args:
        out: The output folder; created if missing.

    Returns:
        Paths of the results: ``session`` (a recording's folder), ``wav``, ``screenshot`` and ``timeline``.

    Raises:
        RubatoError: the folder cannot be written.
    """
    # Load Qt before any thread starts: no thread may import anything while Qt loads.
    import rubato_desktop.ui.screenshot  # noqa: F401

    data = out / "data"
    shutil.rmtree(data, ignore_errors=True)
    clock = ManualClock()
    app = App(data, devices=False, sound=False, clock=clock)
    timeline: list[str] = []
    app.bus.subscribe(lambda event: timeline.extend(timeline_lines(event)))
    running: set[int] = set()
    app.bus.subscribe(partial(_follow, running))
    app.begin()
    for says, messages in _lines():
        clock.move_to(max(clock.now(), messages[0].t - 1))
        timeline.append(f"\n{stamp(messages[0].t)}  {says}")
        for message in messages:
            _wait_until(app, clock, message.t, running)
            app.engine.receive(message)
            app.engine.pump()
    _wait_until(app, clock, clock.now() + PAUSE_AFTER, running)
    results = {"session": out / "session", "wav": out / "tour.wav", "screenshot": out / "window.png"}
    _write_results(app, results)
    app.stop()
    results["timeline"] = out / "timeline.txt"
    results["timeline"].write_text("\n".join(timeline).strip() + "\n", encoding="utf-8")
    return results


def _write_results(app: App, results: dict[str, Path]) -> None:
    from rubato_desktop.ui.screenshot import save_screenshot

    folder = max((app.data / "sessions").glob("*/*/*"))
    shutil.rmtree(results["session"], ignore_errors=True)
    shutil.copytree(folder, results["session"])
    render(app.services.roll.notes, app.services.roll.messages, results["wav"])
    app.engine.pump()
    save_screenshot(app.engine, results["screenshot"])


def _follow(running: set[int], event: Event) -> None:
    """Update the ids of the words whose commands are running."""
    if isinstance(event, WordHeard):
        running.add(event.id)
    elif isinstance(event, CommandDone):
        running.discard(event.result.id)


def _wait_until(app: App, clock: ManualClock, t: int, running: set[int]) -> None:
    """Move the clock to `t`, timeout by timeout, and wait for running commands."""
    while (deadline := app.engine.deadline) is not None and deadline < t:
        clock.move_to(deadline)
        _pump(app, running)
    clock.move_to(t)
    _pump(app, running)


def _pump(app: App, running: set[int]) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    app.engine.pump()
    while running and time.monotonic() < deadline:
        time.sleep(0.002)
        app.engine.pump()


def _lines() -> Iterator[tuple[str, list[Message]]]:
    script = tomllib.loads(resource("tour", "keys.toml").read_text(encoding="utf-8"))
    t = SECOND
    for line in script["line"]:
        t += round(line.get("rest", 0.0) * SECOND)
        tempo = 1.0 if line.get("music") else SLOWDOWN
        messages = list(_messages(line["keys"], t, tempo))
        yield line["says"], messages
        t = max(message.t for message in messages)


def _messages(keys: str, start: int, tempo: float) -> Iterator[Message]:
    for press in read_line(keys):
        t = start + round(press.t / tempo)
        make: Callable[..., Message] = note_on if press.down else note_off
        yield make(t, SCREEN, BASE_NOTE + press.key, VELOCITY if press.down else 0)
