"""What a screen reader says of itself when something is understood, missed or done."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from rubato_desktop.events import CommandDone, EntryRead, Event, Notice, QuestionAsked, WordMissed
from rubato_desktop.language.keys import format_keys
from rubato_desktop.ui.panels.word_log_lines import reason


def said(event: Event, *, secret: bool = False) -> str:
    """What is said of an event; empty for one of which nothing is said.

    Args:
        event: What happened.
        secret: Whether a password field has the focus: what is written there is not read back.
    """
    match event:
        case CommandDone(result=result, word=word) if word is not None:
            # The answer may name the word already.
            text = result.text
            return text if text.lower().startswith(word.word.lower()) else f"{word.word}. {text}".strip()
        case CommandDone(result=result) if result.status != "ok":
            return result.text
        case WordMissed(run=run, nearest=nearest):
            near = f", near {nearest[0][1]}" if nearest else ""
            return f"{format_keys(run.keys)}: {reason(run)}{near}"
        case EntryRead() if not secret:
            return event.text or format_keys(event.keys)
        case QuestionAsked(text=text) if text:
            return f"{text} Confirm or cancel."
        case Notice(happened=happened, kept=kept, todo=todo):
            return ". ".join(filter(None, [happened, kept, todo]))
        case _:
            return ""


def announce(about: QObject, text: str) -> None:
    """Let a running screen reader say `text`."""
    if text and QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(about, text))
