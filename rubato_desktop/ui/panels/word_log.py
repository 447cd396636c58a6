"""The log at the side: every word that was understood and how it ended, every run that was not and why."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from rubato_desktop.engine import Engine
from rubato_desktop.events import CommandDone, Event, Notice, Result, WordHeard, WordMissed
from rubato_desktop.language.keys import format_keys
from rubato_desktop.language.results import RejectedRun
from rubato_desktop.ui.bridge import Bridge
from rubato_desktop.ui.style.fitted_text import draw_line
from rubato_desktop.ui.style.palette import mix
from rubato_desktop.ui.style.theme import Theme, base_size, font

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
KEPT = 1000  # lines
ROLE = Qt.ItemDataRole.UserRole
Mood = Literal["waiting", "ok", "refused", "failed", "missed", "erased", "notice"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log.

    Attributes:
        t: µs since the program began.
        title: The word with its values, or the run.
        keys: The keys, as people write them.
        outcome: ``21 ms``, ``unknown``.
        detail: The answer, or why not and what is near.
        mood: How it went.
        language: The word's language.
        id: Number of its request, to put its result to it.
        word: The dictionary's word.
    """

    t: int
    title: str
    keys: str
    outcome: str
    detail: str
    mood: Mood
    language: str = ""
    id: int = 0
    word: str = ""

    @property
    def spoken(self) -> str:
        """The whole line in words."""
        return ", ".join(filter(None, [clock(self.t), self.title, self.outcome, self.detail]))


def clock(t: int) -> str:
    """µs as ``m:ss``, with hours where there are any."""
    minutes, seconds = divmod(t // 1_000_000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def duration(ms: float) -> str:
    """A duration as people read it: ``0.3 ms``, ``21 ms``, ``4.2 s``."""
    if ms < 10:
        return f"{ms:.1f} ms"
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


def values(args: Mapping[str, Any]) -> str:
    """The values of a word's parameters, short: ``3``, ``row 4 column 2``."""
    return " ".join(_value(value) for value in args.values())


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{name} {_value(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return " ".join(map(_value, value))
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def heard_line(event: WordHeard, fixed: Mapping[str, Any]) -> Line:
    """The line of a word that was just understood; `fixed` are the arguments that the word itself sets."""
    word = event.word
    played = {name: value for name, value in word.args.items() if name not in fixed}
    title = f"{word.word} {values(played)}".strip()
    return Line(word.t, title, format_keys(word.keys), "", "", "waiting", word.language, event.id, word.word)


def ended(line: Line, result: Result) -> Line:
    """The line with its result."""
    if result.status == "ok":
        return replace(line, outcome=duration(result.elapsed_ms), detail=result.text, mood="ok")
    mood: Mood = "refused" if result.status == "refused" else "failed"
    return replace(line, outcome=result.status, detail=result.text, mood=mood)


def missed_line(event: WordMissed) -> Line:
    """The line of a run that was not understood: why, and what is near."""
    near = " · ".join(f"{name} {format_keys(keys)}" for keys, name, _ in event.nearest)
    detail = f"near: {near}" if near else why(event.run)
    reason = event.run.reason
    title = {"unknown": "not understood", "lapsed": "lapsed", "erased": "erased"}[reason]
    mood: Mood = "erased" if reason == "erased" else "missed"
    return Line(event.run.t, title, format_keys(event.run.keys), "", detail, mood)


def why(run: RejectedRun) -> str:
    """Why a run became no word."""
    return {"unknown": "no word goes like this", "lapsed": "time ran out", "erased": "you left it"}[
        run.reason
    ]


def notice_line(event: Notice) -> Line:
    """The line of a notice."""
    detail = ". ".join(filter(None, [event.kept, event.todo]))
    return Line(event.t, event.happened, "", "" if event.level == "info" else event.level, detail, "notice")


class LogModel(QAbstractListModel):
    """The lines, newest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: deque[Line] = deque(maxlen=KEPT)

    def add(self, line: Line) -> None:
        """Put a line at the top; the oldest goes when there are too many."""
        if len(self.lines) == KEPT:
            self.beginRemoveRows(NOWHERE, KEPT - 1, KEPT - 1)
            self.lines.pop()
            self.endRemoveRows()
        self.beginInsertRows(NOWHERE, 0, 0)
        self.lines.appendleft(line)
        self.endInsertRows()

    def end(self, result: Result) -> None:
        """Put a result to its line."""
        for row, line in enumerate(self.lines):
            if line.id == result.id and line.mood == "waiting":
                self.lines[row] = ended(line, result)
                self.dataChanged.emit(self.index(row), self.index(row))
                return

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        line = self.lines[index.row()]
        if role == ROLE:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return line.spoken
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(filter(None, [f"{line.title} {line.keys}".strip(), line.outcome, line.detail]))
        return None


class LogRows(QStyledItemDelegate):
    """Draws the lines of the log."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, round(base_size() * 3.1) + 6)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: Line | None = index.data(ROLE)
        if line is None:
            return
        c = self._theme.colours
        row: QRect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(row, QColor(mix(c.panel, c.accent, 0.16)))
        moods = {"missed": c.warn, "refused": c.warn, "failed": c.bad, "notice": c.warn, "erased": c.muted}
        mood = moods.get(line.mood, c.text)
        title = (
            self._theme.language(line.language) if line.language and line.mood in ("ok", "waiting") else mood
        )
        half = row.height() // 2
        top = QRect(row.left() + 16, row.top() + 2, row.width() - 32, half - 1)
        low = QRect(top.left(), row.top() + half, top.width(), half - 4)
        small, bold = font(0.92), font(bold=True)
        time = QFontMetrics(small).horizontalAdvance("00:00 ") + 4
        right = draw_line(
            painter,
            top,
            line.outcome,
            small,
            c.good if line.mood == "ok" else mood,
            Qt.AlignmentFlag.AlignRight,
        )
        draw_line(painter, top, clock(line.t), small, c.muted)
        room = top.adjusted(time, 0, -right - 8 if right else 0, 0)
        used = draw_line(painter, room, line.title, bold, title)
        draw_line(painter, room.adjusted(used + 9, 0, 0, 0), line.keys, small, c.muted)
        draw_line(painter, low.adjusted(time, 0, 0, 0), line.detail, small, c.muted)
        painter.restore()


class WordLogPanel(QListView):
    """The log.

    Args:
        engine: Its stack tells which arguments a word fixes.
        bridge: Brings the events.
        theme: Its colours.
    """

    name: ClassVar = "understood"
    title: ClassVar = "Understood"
    told = Signal(str)
    open_word = Signal(str)  # a word's name: Enter or a double click on its line

    def __init__(self, engine: Engine, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self._engine, self._theme = engine, theme
        self.fact = "nothing yet"
        self._words = 0
        self._missed = 0
        self.log = LogModel(self)
        self._rows = LogRows(theme)
        self.setModel(self.log)
        self.setItemDelegate(self._rows)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("Understood")
        self.setAccessibleDescription("What was understood, what was not and why; the newest first.")
        self.activated.connect(self._open)
        theme.changed.connect(self.viewport().update)
        bridge.happened.connect(self.hear)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.log.lines:
            painter = QPainter(self.viewport())
            painter.setFont(font(0.95))
            painter.setPen(QColor(self._theme.colours.muted))
            area = self.viewport().rect().adjusted(16, 6, -16, 0)
            painter.drawText(
                area, Qt.TextFlag.TextWordWrap, "Every word you play is told here, with how it ended."
            )
            painter.end()

    def hear(self, event: Event) -> None:
        """An event of the engine."""
        match event:
            case WordHeard():
                word = self._engine.services.languages.stack.word(event.word.word)
                self.log.add(heard_line(event, word.args if word is not None else {}))
                self._words += 1
                self._tell()
            case WordMissed():
                self.log.add(missed_line(event))
                self._missed += event.run.reason != "erased"
                self._tell()
            case CommandDone(result=result, word=word) if word is not None:
                self.log.end(result)
            case Notice():
                self.log.add(notice_line(event))

    def _tell(self) -> None:
        missed = f" · {self._missed} missed" if self._missed else ""
        self.fact = f"{self._words} words{missed}" if self._words != 1 else f"1 word{missed}"
        self.told.emit(self.fact)

    def _open(self, index: QModelIndex) -> None:
        line: Line | None = index.data(ROLE)
        if line is not None and line.word:
            self.open_word.emit(line.word)
