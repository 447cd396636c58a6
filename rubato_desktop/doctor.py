"""What is there, what is missing, what to do: each finding in one line."""

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

from rubato_desktop.errors import RubatoError
from rubato_desktop.packaged_models import PackagedModel, packaged_models, verified_model
from rubato_desktop.settings import Settings

ROOM = 100_000_000  # bytes; with less a recording may not be kept


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: What.
        good: Whether it is as it should be.
        found: What was found.
        todo: What to do when it is not good.
    """

    name: str
    good: bool
    found: str
    todo: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def screen() -> bool:
    """Return whether there is a screen that a window can open on."""
    if os.environ.get("QT_QPA_PLATFORM") in ("offscreen", "minimal"):
        return True
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def examine(data: Path, settings: Settings) -> list[Finding]:
    """Look at everything the program stands on.

    Args:
        data: The data folder.
        settings: The settings, for the MIDI system and the sound device that were chosen.
    """
    looks: dict[str, Callable[[], Finding]] = {
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
    looks |= {f"packaged {name}": partial(_packaged, model) for name, model in packaged_models().items()}
    return [_looked(name, look) for name, look in looks.items()]


def _looked(name: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
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
            "data folder", False, f"{data}: {error.strerror}", "Choose another with --data or RUBATO_DATA"
        )
    found = f"{data}, {free / 1e9:.1f} GB free"
    return Finding("data folder", free > ROOM, found, "Make room on the disk: recordings could not be kept")


def _screen() -> Finding:
    found = "there" if screen() else "none"
    return Finding("screen", screen(), found, "Run with --headless, or try: rubato demo --out demo")


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
        # Whether a model is whole is known when it has spoken.
        samples, rate = Piper(lambda _: voice).synthesise("Ready.", 1.0, Stop())
    except RubatoError:
        raise
    except Exception as error:
        raise cannot_speak() from error
    spoke = 0.2 < len(samples) / rate < 5
    return Finding(
        "voice",
        spoke,
        f"{voice.name}, {voice.language}" if spoke else f"{voice.name} says nothing that is speech",
        "Choose another in the settings (voice); rubato voices lists them",
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
    found = "texts were learnt" if anything_learnt(data) else "nothing was learnt yet"
    return Finding("knowledge", True, found)


def _model(settings: Settings) -> Finding:
    from rubato_desktop.services.model.models import Models

    models = Models(lambda: settings.ollama_host)
    try:
        model = models.choose(settings.model)
        if not model.embedded:
            return Finding("model", True, f"{model.name}, by Ollama at {model.server}")
        # Whether it is whole is known when it has spoken.
        spoke = "".join(models.chat(model, [{"role": "user", "content": "Say hello."}], most_tokens=4))
        found = (
            f"{model.name}, the small one that comes with Rubato" if spoke else f"{model.name} says nothing"
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
    if astray := next((state for state in states if state.written and not state.right), None):
        found, _, todo = astray.words.partition(". Run: ")
        return Finding("browser", False, found, todo)
    if told := [state.name for state in states if state.program and state.right]:
        return Finding("browser", True, f"{' and '.join(told)} can join")
    return Finding("browser", True, f"{find_browser()} can be tried: rubato browser open")
