"""What the window announces to a screen reader by itself: results, rejected runs, questions and notices."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from rubato_desktop.events import CommandDone, EntryRead, Event, Notice, QuestionAsked, WordMissed
from rubato_desktop.language.keys import format_keys
from rubato_desktop.ui.panels.word_log_lines import reason
from rubato_desktop.ui.sentences import sentences


def announcement(event: Event, *, secret: bool = False) -> str:
    """Return the announcement of an event; empty for an event that has none.

    Args:
        event: What happened.
        secret: Whether a password field has the focus, whose text must not be read out.
    """
    match event:
        case CommandDone(result=result, word=word) if word is not None:
            text = result.text
            named = text.lower().startswith(word.word.lower())
            return text if named else f"{word.word}. {text}".strip()
        case CommandDone(result=result) if result.status != "ok":
            return result.text
        case WordMissed(run=run, nearest=nearest):
            near = f", did you mean {nearest[0][1]}" if nearest else ""
            return f"{format_keys(run.keys)}: {reason(run)}{near}"
        case EntryRead() if not secret:
            return event.text or format_keys(event.keys)
        case QuestionAsked(text=text) if text:
            return f"{text} Confirm or cancel."
        case Notice(happened=happened, kept=kept, todo=todo):
            return sentences(happened, kept, todo)
        case _:
            return ""


def announce(source: QObject, text: str) -> None:
    """Let a running screen reader say a text.

    Args:
        source: The part of the window that it comes from.
        text: What it says; nothing when empty.
    """
    if text and QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(source, text))
