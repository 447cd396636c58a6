"""The strip above the keys: what is half played, what to do next, and what happened last."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from rubato_desktop.language.results import Preview
from rubato_desktop.ui.keyboard.key_labels import hint, slots
from rubato_desktop.ui.style.palette import ink, mix, readable
from rubato_desktop.ui.style.theme import Theme, base_size, font
from rubato_desktop.ui.style.wrapped_label import WrappedLabel

MOST = 14  # pills; of more keys the last ones are shown
TYPED = ("text", "choice or text")  # kinds of parameters that can be typed


class Slots(QWidget):
    """The keys played so far as pills, and an empty one for each that must still come."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._word = ""
        self._played: tuple[str, ...] = ()
        self._missing = 0
        self._value = ""
        self._language = ""
        self._unknown = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_slots(self, preview: Preview, played: tuple[str, ...], missing: int, language: str) -> None:
        """Show what is open."""
        self._word, self._value, self._language = preview.word, preview.value, language
        self._played, self._missing = played, missing
        self._unknown = preview.awaits == "unknown"
        self.setVisible(bool(played or preview.word))
        self.updateGeometry()
        self.update()

    @property
    def _pills(self) -> list[tuple[str, str]]:
        """Text and kind of each pill: a word, a key, a key not yet played, a value."""
        if self._word:
            return [(self._word, "word"), (self._value or "?", "value" if self._value else "missing")]
        keys = [(key, "key") for key in self._played[-MOST:]]
        if len(self._played) > MOST:
            keys[0] = ("…", "key")
        return [*keys, *[("?", "missing")] * min(self._missing, MOST)]

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(font(bold=True))
        widths = [self._width(metrics, text) + 7 for text, _ in self._pills]
        return QSize(max(1, sum(widths)), round(base_size() * 1.9) + 2)

    def _width(self, metrics: QFontMetrics, text: str) -> int:
        return max(round(base_size() * 1.9), metrics.horizontalAdvance(text) + 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        c = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(bold=True))
        metrics = painter.fontMetrics()
        colour = (
            c.warn
            if self._unknown
            else self._theme.own_colour(self._language)
            if self._language
            else c.accent
        )
        x = 1.0
        for text, kind in self._pills:
            width = self._width(metrics, text)
            pill = QRectF(x, 1, width, self.height() - 2)
            if kind == "missing":
                painter.setPen(QPen(QColor(mix(c.panel, c.text, 0.35)), 1.2, Qt.PenStyle.DashLine))
                painter.setBrush(Qt.BrushStyle.NoBrush)
            elif kind == "value":
                painter.setPen(QPen(QColor(colour), 1.4))
                painter.setBrush(Qt.BrushStyle.NoBrush)
            else:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(colour))
            painter.drawRoundedRect(pill, 6, 6)
            painted = {"missing": c.muted, "value": readable(colour, c.panel)}.get(kind, ink(colour))
            painter.setPen(QColor(painted))
            painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), text)
            x += width + 7
        painter.end()


class Strip(QWidget):
    """What is half played.

    Args:
        theme: Its colours.
    """

    typed = Signal(str, str)  # a word, and the text that was typed for it instead of spelt
    left = Signal()  # typing was left

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("What is half played")
        self.setFixedHeight(round(base_size() * 1.9) + 20)
        self._slots = Slots(theme)
        self.hint = WrappedLabel("Next")
        self.hint.setProperty("muted", True)
        self.last = WrappedLabel("Last result", unfolds=True)
        self.last.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.entry = QLineEdit()
        self.entry.setAccessibleName("Type the text")
        self._entry_of = ""
        self.entry.returnPressed.connect(self._take)
        self.entry.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 3, 16, 3)
        layout.setSpacing(12)
        layout.addWidget(self._slots)
        layout.addWidget(self.entry, 4)
        layout.addWidget(self.hint, 6)
        layout.addWidget(self.last, 4)

    def show_preview(self, preview: Preview, words: dict[str, Any], piano_on: str) -> None:
        """Show what is open."""
        played, missing = slots(preview, words)
        behind = {option.language for option in preview.options.values() if option.language}
        if preview.word in words:
            behind = {words[preview.word].language}
        self._slots.show_slots(preview, played, missing, behind.pop() if len(behind) == 1 else "")
        said = hint(preview, piano_on)
        self.hint.show_text(said)
        spoken = " ".join(filter(None, [preview.word or " ".join(played), preview.value]))
        self.setAccessibleDescription(f"{spoken or 'nothing'}; {said}")
        self._offer_entry(preview)

    def _offer_entry(self, preview: Preview) -> None:
        if preview.awaits in TYPED and (self.entry.isHidden() or self._entry_of != preview.word):
            self._entry_of = preview.word
            self.entry.clear()
            self.entry.setPlaceholderText(f"{preview.word}: type it, Enter ends")
            self.entry.setAccessibleName(f"Type the text for {preview.word}")
            self.entry.show()
            if self.window().isActiveWindow():
                self.entry.setFocus()
        elif preview.awaits not in TYPED and not self.entry.text().strip():
            # What somebody is typing stays, even when the word lapses meanwhile.
            self.entry.hide()

    def say_last(self, text: str, mood: str) -> None:
        """Show how the last word ended; `mood` is a `Status`, ``missed`` or ``erased``."""
        self.last.show_text(text)
        self.last.setProperty("mood", mood)
        self.last.style().polish(self.last)

    def _take(self) -> None:
        text = self.entry.text()
        self.entry.clear()
        self.entry.hide()
        if text.strip():
            self.typed.emit(self._entry_of, text)

    def keyPressEvent(self, event: Any) -> None:
        if event.key() == Qt.Key.Key_Escape and self.entry.isVisible():
            self.entry.clear()
            self.entry.hide()
            self.left.emit()
        else:
            super().keyPressEvent(event)
