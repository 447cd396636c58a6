"""Which cue is heard for which event: the one table from what happens to how it sounds."""

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
    def cue(self, name: str) -> None: ...


class CueFeedback:
    """Listens, and sounds cues.

    Args:
        sound: What sounds.
        settings: Whether cues are on.
    """

    def __init__(self, sound: Cues, settings: Settings) -> None:
        self._sound, self._settings = sound, settings
        self._awaiting = ""
        self._listens = False

    def listen(self, event: Event) -> None:
        name = self.name_of(event)
        if name and self._settings.cues:
            self._sound.cue(name)

    def name_of(self, event: Event) -> str:
        """Return the cue of an event; empty for none."""
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
                before, self._listens = self._listens, state != "off"
                if before == self._listens:
                    return ""
                return "listening" if self._listens else "not_listening"
            case PreviewChanged(preview=preview):
                # A word is complete and waits for its parameter: heard once, not at each key of it.
                began = bool(preview.word) and preview.word != self._awaiting
                self._awaiting = preview.word
                return "pending" if began else ""
        return ""
