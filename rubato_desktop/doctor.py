"""Checks of everything the program depends on, one line per finding."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rubato_desktop.errors import RubatoError, reason
from rubato_desktop.packaged_models import PackagedModel, packaged_models, verified_model
from rubato_desktop.settings import Settings

ROOM = 100_000_000  # bytes; with less, a recording may not fit


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check.

    Attributes:
        name: What was checked.
        good: Whether it is in order.
        found: What was found.
        todo: What to do when it is not in order.
    """

    name: str
    good: bool
    found: str
    todo: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def screen() -> bool:
    """Return whether there is a display that a window can open on."""
    if os.environ.get("QT_QPA_PLATFORM") in ("offscreen", "minimal"):
        return True
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def examine(data: Path, settings: Settings) -> list[Finding]:
    """Check everything the program depends on.

    Args:
        data: The data folder.
        settings: The settings, which choose the MIDI system, devices and models.
    """
    checks: dict[str, Callable[[], Finding]] = {
        "python": _python,
        "data folder": lambda: _data(data),
        "screen": _screen,
        "window": _qt,
        "midi": lambda: _midi(settings),
        "sound device": lambda: _sound_device(settings),
        "instruments": _soundfont,
        "voice": lambda: _voice(data, settings),
        "hearing": lambda: _hearing(data, settings),
        "microphone": lambda: _microphone(settings),
        "model": lambda: _model(settings),
        "knowledge": lambda: _knowledge(data),
        "browser": lambda: _browser(data),
    }
    checks |= {f"packaged {name}": partial(_packaged, model) for name, model in packaged_models().items()}
    return [_run(name, check) for name, check in checks.items()]


def _run(name: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except RubatoError as error:
        return Finding(name, False, error.happened, error.todo)


def _python() -> Finding:
    good = (3, 11) <= sys.version_info[:2] < (3, 13)
    return Finding("python", good, platform.python_version(), "Use Python 3.11 or 3.12")


def _data(data: Path) -> Finding:
    try:
        data.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data):
            pass
        free = shutil.disk_usage(data).free
    except OSError as error:
        return Finding(
            "data folder", False, f"{data}: {reason(error)}", "Choose another with --data or RUBATO_DATA"
        )
    found = f"{data}, {free / 1e9:.1f} GB free"
    return Finding("data folder", free > ROOM, found, "Free some disk space: recordings may not fit")


def _screen() -> Finding:
    found = "available" if screen() else "none"
    return Finding("screen", screen(), found, "Use --headless, or try: rubato demo --out demo")


def _qt() -> Finding:
    from rubato_desktop.ui.qt_version import qt_version

    return Finding("window", True, f"Qt {qt_version()}")


def _midi(settings: Settings) -> Finding:
    from rubato_desktop.midi.devices.systems import open_system

    system = open_system(settings.midi_system)
    try:
        names = list(system.inputs())
    finally:
        system.close()
    found = (
        f"{system.name}: {', '.join(names) if names else 'no device; the on-screen and computer keys work'}"
    )
    return Finding("midi", True, found)


def _sound_device(settings: Settings) -> Finding:
    from rubato_desktop.audio.output import Output

    with Output(settings.sound_output, settings.sound_block) as output:
        return Finding("sound device", True, output.name)


def _soundfont() -> Finding:
    from rubato_desktop.audio.soundfont import find_soundfont

    return Finding("instruments", True, str(find_soundfont()))


def _voice(data: Path, settings: Settings) -> Finding:
    from rubato_desktop.services.voice.synthesis import Piper, Stop, cannot_speak
    from rubato_desktop.services.voice.voices import choose_voice

    voice = choose_voice(data, settings.voice)
    try:
        # Only synthesis shows whether a voice is complete.
        samples, rate = Piper(lambda _: voice).synthesise("Ready.", 1.0, Stop())
    except RubatoError:
        raise
    except Exception as error:
        raise cannot_speak() from error
    spoke = 0.2 < len(samples) / rate < 5
    return Finding(
        "voice",
        spoke,
        f"{voice.name}, {voice.language}" if spoke else f"{voice.name} produces no speech",
        "Choose another voice in the settings (voice); list them with: rubato voices",
    )


def _hearing(data: Path, settings: Settings) -> Finding:
    from rubato_desktop.services.hearing.models import choose_model

    return Finding("hearing", True, choose_model(data, settings.hearing_model).name)


def _microphone(settings: Settings) -> Finding:
    from rubato_desktop.services.hearing.microphone import find_microphone

    return Finding("microphone", True, find_microphone(settings.microphone))


def _knowledge(data: Path) -> Finding:
    from rubato_desktop.services.knowledge import anything_learnt
    from rubato_desktop.services.knowledge.embedding import MiniLm

    MiniLm().embed(["Is it whole?"])
    found = "your library has texts" if anything_learnt(data) else "your library is empty"
    return Finding("knowledge", True, found)


def _model(settings: Settings) -> Finding:
    from rubato_desktop.services.model.models import Models

    models = Models(lambda: settings.ollama_host)
    try:
        model = models.choose(settings.model)
        if not model.embedded:
            return Finding("model", True, f"{model.name}, by Ollama at {model.server}")
        # Only an answer shows whether a model is complete.
        spoke = "".join(models.chat(model, [{"role": "user", "content": "Say hello."}], max_tokens=4))
        found = (
            f"{model.name}, the small model that comes with Rubato"
            if spoke
            else f"{model.name} gives no answer"
        )
        return Finding("model", bool(spoke), found, "Install Rubato again")
    finally:
        models.close()


def _packaged(model: PackagedModel) -> Finding:
    verified_model(model.name)
    size = f"{model.bytes / 1e6:.1f} MB"
    found = f"{model.title}, {size}, {model.distribution} {model.version}, {model.licence}"
    return Finding(f"packaged {model.name}", True, found)


def _browser(data: Path) -> Finding:
    from extension_bridge.browsers import KINDS
    from extension_bridge.install import Installation
    from rubato_desktop.services.browser.launcher import find_browser

    states = [Installation(data).status(kind) for kind in KINDS]
    if broken := next((state for state in states if state.written and not state.right), None):
        found, _, todo = broken.words.partition(". Run: ")
        return Finding("browser", False, found, todo)
    if ready := [state.name for state in states if state.program and state.right]:
        return Finding("browser", True, f"{' and '.join(ready)} can connect")
    return Finding("browser", True, f"{find_browser()} is installed; try: rubato browser open")
