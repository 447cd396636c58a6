"""The voice put together: Piper, the program's sound, the settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rubato_desktop.audio.client import AudioClient
from rubato_desktop.errors import RubatoError
from rubato_desktop.services.voice.audio_sink import MixerSink
from rubato_desktop.services.voice.choosing import Choosing
from rubato_desktop.services.voice.speech import Speech
from rubato_desktop.services.voice.synthesis import Piper
from rubato_desktop.settings import Settings


def open_speech(
    data: Path,
    sound: AudioClient,
    settings: Settings,
    *,
    on_problem: Callable[[RubatoError], None] | None = None,
) -> Speech:
    """Return the queue of speech; voice, rate and volume are those of the settings whenever something is said.

    Args:
        data: The data folder, in which there may be voices.
        sound: Where it is heard.
        settings: The settings.
        on_problem: As `Speech` has it.
    """
    choosing = Choosing(data, on_problem)
    return Speech(
        Piper(lambda name: choosing(name or settings.voice), choosing.refuse),
        MixerSink(sound),
        rate=lambda: settings.speech_rate,
        volume=lambda: settings.speech_volume,
        on_problem=on_problem,
    )
