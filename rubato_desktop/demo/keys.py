"""The tour: a script of keys, through the real program, without screen or device.

Time is moved by hand, so that a minute of playing takes seconds; everything else is as it always is.
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
from rubato_desktop.demo.telling import stamp, told
from rubato_desktop.events import CommandDone, Event, WordHeard
from rubato_desktop.language.keys import BASE_NOTE, read_line
from rubato_desktop.midi.messages import Message, note_off, note_on
from rubato_desktop.resources import resource
from rubato_desktop.services.run_state import SCREEN

VELOCITY = 76
SLOWER = 1.6  # words are played calmly, so that a listener can follow
PATIENCE_S = 10.0  # until a command that does not end is waited for no more
PAUSE_AFTER = 5 * SECOND  # long enough for everything pending to end


def tour(out: Path) -> dict[str, Path]:
    """Play the tour and leave what came of it.

    Args:
        out: A folder; made when it is not there.

    Returns:
        What was left: ``session`` (a recording's folder), ``wav``, ``screenshot`` and ``timeline``.

    Raises:
        RubatoError: the folder cannot be written.
    """
    # Qt is loaded before there are threads: while it loads, none may import anything.
    import rubato_desktop.ui.screenshot  # noqa: F401

    data = out / "data"
    shutil.rmtree(data, ignore_errors=True)
    clock = ManualClock()
    app = App(data, devices=False, sound=False, clock=clock)
    timeline: list[str] = []
    app.bus.subscribe(lambda event: timeline.extend(told(event)))
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
    left = {"session": out / "session", "wav": out / "tour.wav", "screenshot": out / "window.png"}
    _keep(app, left)
    app.stop()
    left["timeline"] = out / "timeline.txt"
    left["timeline"].write_text("\n".join(timeline).strip() + "\n", encoding="utf-8")
    return left


def _keep(app: App, left: dict[str, Path]) -> None:
    from rubato_desktop.ui.screenshot import save_screenshot

    folder = max((app.data / "sessions").glob("*/*/*"))
    shutil.rmtree(left["session"], ignore_errors=True)
    shutil.copytree(folder, left["session"])
    render(app.services.roll.notes, app.services.roll.messages, left["wav"])
    app.engine.pump()
    save_screenshot(app.engine, left["screenshot"])


def _follow(running: set[int], event: Event) -> None:
    """Keep the numbers of the words whose commands have not ended yet."""
    if isinstance(event, WordHeard):
        running.add(event.id)
    elif isinstance(event, CommandDone):
        running.discard(event.result.id)


def _wait_until(app: App, clock: ManualClock, t: int, running: set[int]) -> None:
    """Let time pass as the engine would, deadline by deadline; commands that write something end meanwhile."""
    while (deadline := app.engine.deadline) is not None and deadline < t:
        clock.move_to(deadline)
        _pump(app, running)
    clock.move_to(t)
    _pump(app, running)


def _pump(app: App, running: set[int]) -> None:
    patience = time.monotonic() + PATIENCE_S
    app.engine.pump()
    while running and time.monotonic() < patience:
        time.sleep(0.002)
        app.engine.pump()


def _lines() -> Iterator[tuple[str, list[Message]]]:
    script = tomllib.loads(resource("tour", "keys.toml").read_text(encoding="utf-8"))
    t = SECOND
    for line in script["line"]:
        t += round(line.get("rest", 0.0) * SECOND)
        tempo = 1.0 if line.get("music") else SLOWER
        messages = list(_messages(line["keys"], t, tempo))
        yield line["says"], messages
        t = max(message.t for message in messages)


def _messages(keys: str, start: int, tempo: float) -> Iterator[Message]:
    for press in read_line(keys):
        t = start + round(press.t / tempo)
        make: Callable[..., Message] = note_on if press.down else note_off
        yield make(t, SCREEN, BASE_NOTE + press.key, VELOCITY if press.down else 0)
