"""The strip above the keys: the keys played so far, what to play next, and the last result."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from rubato_desktop.language.results import Preview
from rubato_desktop.ui.keyboard.key_labels import hint, slots
from rubato_desktop.ui.style.palette import ink, mix, readable
from rubato_desktop.ui.style.theme import Theme, base_size, font
from rubato_desktop.ui.style.wrapped_label import WrappedLabel

MOST_PILLS = 14  # of more keys the last ones are shown
TYPED = ("text", "choice or text")  # kinds of parameters that can be typed
GAP = 7  # px between pills


class Slots(QWidget):
    """The keys played so far as pills, and an empty pill for each key that is still missing."""

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
        """Show a preview.

        Args:
            preview: What is open now.
            played: The keys played so far.
            missing: How many more keys the shortest possible word needs.
            language: The language of all words that are possible; empty where there are several.
        """
        self._word, self._value, self._language = preview.word, preview.value, language
        self._played, self._missing = played, missing
        self._unknown = preview.awaits == "unknown"
        self.setVisible(bool(played or preview.word))
        self.updateGeometry()
        self.update()

    @property
    def _pills(self) -> list[tuple[str, str]]:
        """Text and kind of each pill: ``word``, ``key``, ``missing`` or ``value``."""
        if self._word:
            return [(self._word, "word"), (self._value or "?", "value" if self._value else "missing")]
        keys = [(key, "key") for key in self._played[-MOST_PILLS:]]
        if len(self._played) > MOST_PILLS:
            keys[0] = ("…", "key")
        return [*keys, *[("?", "missing")] * min(self._missing, MOST_PILLS)]

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(font(bold=True))
        widths = [self._width(metrics, text) + GAP for text, _ in self._pills]
        return QSize(max(1, sum(widths)), round(base_size() * 1.9) + 2)

    def _width(self, metrics: QFontMetrics, text: str) -> int:
        return max(round(base_size() * 1.9), metrics.horizontalAdvance(text) + 16)

    def _colour(self) -> str:
        if self._unknown:
            return self._theme.colours.warn
        return self._theme.own_colour(self._language) if self._language else self._theme.colours.accent

    def paintEvent(self, event: QPaintEvent) -> None:
        c = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(bold=True))
        metrics = painter.fontMetrics()
        colour = self._colour()
        x = 1.0
        for text, kind in self._pills:
            width = self._width(metrics, text)
            pill = QRectF(x, 1, width, self.height() - 2)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            if kind == "missing":
                painter.setPen(QPen(QColor(mix(c.panel, c.text, 0.35)), 1.2, Qt.PenStyle.DashLine))
                painter.setBrush(Qt.BrushStyle.NoBrush)
            elif kind == "value":
                painter.setPen(QPen(QColor(colour), 1.4))
                painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(pill, 6, 6)
            text_colour = {"missing": c.muted, "value": readable(colour, c.panel)}.get(kind, ink(colour))
            painter.setPen(QColor(text_colour))
            painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), text)
            x += width + GAP
        painter.end()


class Strip(QWidget):
    """The strip above the keys.

    Args:
        theme: Its colours.

    Signals:
        typed: A word's name, and the text that was typed for it instead of being spelled.
        cancelled: Typing was cancelled.
    """

    typed = Signal(str, str)
    cancelled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Current input")
        self.setFixedHeight(round(base_size() * 1.9) + 20)
        self._slots = Slots(theme)
        self.hint = WrappedLabel("Next")
        self.hint.setProperty("muted", True)
        self.last = WrappedLabel("Last result", unfolds=True)
        self.last.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.entry = QLineEdit()
        self.entry.setAccessibleName("Type the text")
        self._entry_word = ""
        self.entry.returnPressed.connect(self._submit)
        self.entry.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 3, 16, 3)
        layout.setSpacing(12)
        layout.addWidget(self._slots)
        layout.addWidget(self.entry, 4)
        layout.addWidget(self.hint, 6)
        layout.addWidget(self.last, 4)

    def show_preview(self, preview: Preview, words: dict[str, Any], piano_on: str) -> None:
        """Show what is played so far and what can come next.

        Args:
            preview: What is open now.
            words: The words by name.
            piano_on: Keys of the word that switches command input on.
        """
        played, missing = slots(preview, words)
        languages = {option.language for option in preview.options.values() if option.language}
        if preview.word in words:
            languages = {words[preview.word].language}
        self._slots.show_slots(preview, played, missing, languages.pop() if len(languages) == 1 else "")
        next_step = hint(preview, piano_on)
        self.hint.show_text(next_step)
        current = " ".join(filter(None, [preview.word or " ".join(played), preview.value]))
        self.setAccessibleDescription(f"{current or 'nothing'}; {next_step}")
        self._offer_entry(preview)

    def _offer_entry(self, preview: Preview) -> None:
        if preview.awaits in TYPED and (self.entry.isHidden() or self._entry_word != preview.word):
            self._entry_word = preview.word
            self.entry.clear()
            self.entry.setPlaceholderText(f"{preview.word}: type the text, then press Enter")
            self.entry.setAccessibleName(f"Type the text for {preview.word}")
            self.entry.show()
            if self.window().isActiveWindow():
                self.entry.setFocus()
        elif preview.awaits not in TYPED and not self.entry.text().strip():
            # Text that somebody is typing stays, even when the word times out meanwhile.
            self.entry.hide()

    def show_result(self, text: str, mood: str) -> None:
        """Show how the last word ended.

        Args:
            text: The result in words.
            mood: A `Status`, ``missed`` or ``erased``; decides the colour.
        """
        self.last.show_text(text)
        self.last.setProperty("mood", mood)
        self.last.style().polish(self.last)

    def _submit(self) -> None:
        text = self.entry.text()
        self.entry.clear()
        self.entry.hide()
        if text.strip():
            self.typed.emit(self._entry_word, text)

    def event(self, event: QEvent) -> bool:
        overrides = event.type() == QEvent.Type.ShortcutOverride and self.entry.isVisible()
        if overrides and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            # Esc discards the text here, before the window's shortcut cancels the word alone.
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.entry.isVisible():
            self.entry.clear()
            self.entry.hide()
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)
