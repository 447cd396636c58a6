"""Builds the speech queue from Piper, the mixer and the settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rubato_desktop.audio.client import AudioClient
from rubato_desktop.errors import RubatoError
from rubato_desktop.services.voice.audio_sink import MixerSink
from rubato_desktop.services.voice.choosing import VoiceChooser
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
    """Return a speech queue; it reads voice, rate and volume from the settings for each text.

    Args:
        data: The data folder, which may hold voices.
        sound: Plays the speech.
        settings: The settings.
        on_problem: As for `Speech`.
    """
    choose = VoiceChooser(data, on_problem)
    return Speech(
        Piper(lambda name: choose(name or settings.voice), choose.refuse),
        MixerSink(sound),
        rate=lambda: settings.speech_rate,
        volume=lambda: settings.speech_volume,
        on_problem=on_problem,
    )
