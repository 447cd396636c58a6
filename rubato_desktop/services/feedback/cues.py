"""The table from events to cues, the short sounds that report them."""

from __future__ import annotations

from typing import Protocol

from rubato_desktop.events import (
    CommandDone,
    Event,
    Listed,
    ListeningChanged,
    Notice,
    PreviewChanged,
    QuestionAsked,
    RecordingChanged,
    SpeechHeard,
    WordHeard,
    WordMissed,
)
from rubato_desktop.settings import Settings


class Cues(Protocol):
    """Plays cues by name."""

    def cue(self, name: str) -> None: ...


class CueFeedback:
    """Plays cues for events.

    Args:
        sound: Plays cues.
        settings: The settings, which turn cues on and off.
    """

    def __init__(self, sound: Cues, settings: Settings) -> None:
        self._sound, self._settings = sound, settings
        self._awaiting = ""
        self._listening = False

    def listen(self, event: Event) -> None:
        """Play the cue for an event."""
        name = self.name_of(event)
        if name and self._settings.cues:
            self._sound.cue(name)

    def name_of(self, event: Event) -> str:
        """Return the name of the cue for an event; empty for none."""
        match event:
            case WordHeard():
                return "understood"
            case WordMissed(run=run):
                return run.reason
            case CommandDone(result=result) if result.status != "ok":
                return "failed"
            case RecordingChanged(state=state):
                return f"recording_{state}"
            case Listed():
                return "listed"
            case Notice(level="error" | "warning"):
                return "notice"
            case QuestionAsked(text=text) if text:
                return "notice"
            case SpeechHeard(became="nothing"):
                return "unknown"
            case ListeningChanged(state=state) if state != "opening":
                before, self._listening = self._listening, state != "off"
                if before == self._listening:
                    return ""
                return "listening" if self._listening else "not_listening"
            case PreviewChanged(preview=preview):
                # A word that waits for its parameter: play the cue once, not with each key.
                began = bool(preview.word) and preview.word != self._awaiting
                self._awaiting = preview.word
                return "pending" if began else ""
        return ""
