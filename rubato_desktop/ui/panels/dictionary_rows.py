"""How the rows of the dictionary are drawn: the word's picture, its name and keys, how often it was used."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from rubato_desktop.language.dictionary import Word
from rubato_desktop.language.keys import format_keys
from rubato_desktop.ui.keyboard.word_picture import word_picture
from rubato_desktop.ui.panels.dictionary_model import DictionaryModel, Entry
from rubato_desktop.ui.style.fitted_text import draw_line
from rubato_desktop.ui.style.icons import paint_chevron, paint_speaker
from rubato_desktop.ui.style.palette import mix
from rubato_desktop.ui.style.theme import Theme, base_size, font

PICTURE = (140, 34)
LEFT, GAP = 16, 12
SPEAKER = 18

Index = QModelIndex | QPersistentModelIndex


def speaker_area(row: QRect) -> QRect:
    """Where in a word's row one clicks to hear it."""
    return QRect(row.right() - 16 - SPEAKER, row.top(), SPEAKER + 16, row.height())


class DictionaryRows(QStyledItemDelegate):
    """Draws the dictionary's rows.

    Args:
        theme: Its colours.
        model: The dictionary.
    """

    def __init__(self, theme: Theme, model: DictionaryModel) -> None:
        super().__init__()
        self._theme = theme
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        entry = self._model.entry(index)
        if entry is None or entry.line:
            return QSize(100, round(base_size() * 1.75))
        return QSize(
            100, round(base_size() * 2.3) if entry.word is None else max(PICTURE[1] + 14, base_size() * 3 + 8)
        )

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry = self._model.entry(index)
        if entry is None:
            return
        c = self._theme.colours
        row: QRect = option.rect.adjusted(-option.rect.left(), 0, 0, 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(row, QColor(mix(c.panel, c.accent, 0.16)))
            painter.fillRect(row.left(), row.top(), 3, row.height(), QColor(c.accent))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(row, QColor(c.raised))
        opened = bool(option.state & QStyle.StateFlag.State_Open)
        if entry.line:
            self._line(painter, row, entry.line)
        elif entry.word is None:
            self._language(painter, row, entry, opened)
        else:
            lit = option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver)
            self._word(painter, row, entry, entry.word, bool(lit))
        painter.restore()

    def _language(self, painter: QPainter, row: QRect, entry: Entry, opened: bool) -> None:
        c = self._theme.colours
        middle = row.center().y() + 1
        paint_chevron(painter, LEFT + 4, middle, opened, c.muted, 3.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.language(entry.language.name)))
        painter.drawRoundedRect(QRectF(LEFT + 16, middle - 5, 10, 10), 3, 3)
        count = f"{len(entry.children)} words" if len(entry.children) != 1 else "1 word"
        inside = row.adjusted(LEFT + 34, 0, -16, 0)
        draw_line(painter, inside, count, font(0.92), c.muted, Qt.AlignmentFlag.AlignRight)
        draw_line(painter, inside.adjusted(0, 0, -80, 0), entry.language.title, font(bold=True), c.text)

    def _word(self, painter: QPainter, row: QRect, entry: Entry, word: Word, lit: bool) -> None:
        c = self._theme.colours
        width = min(PICTURE[0], round(row.width() * 0.42))
        ratio = painter.device().devicePixelRatioF()
        picture = word_picture(word, self._theme.own_colour(entry.language.name), (width, PICTURE[1]), ratio)
        painter.drawImage(LEFT, row.top() + (row.height() - PICTURE[1]) // 2, picture)
        right = row.right() - 16
        used = self._model.usage(word)
        if lit:
            box = QRectF(right - SPEAKER, row.center().y() - SPEAKER / 2, SPEAKER, SPEAKER)
            paint_speaker(painter, box, c.text)
            right -= SPEAKER + 6
        elif used:
            count = f"{used:,}×"
            area = QRect(right - 60, row.top(), 60, row.height())
            right -= draw_line(painter, area, count, font(0.92), c.muted, Qt.AlignmentFlag.AlignRight) + 6
        left = LEFT + width + GAP
        half = row.height() // 2
        takes = "".join(f" + {parameter.name}" for parameter in word.parameters)
        draw_line(
            painter, QRect(left, row.top() + 3, right - left, half - 1), word.name, font(bold=True), c.text
        )
        draw_line(
            painter,
            QRect(left, row.top() + half, right - left, half - 4),
            f"{format_keys(word.keys)}{takes}",
            font(0.92),
            c.muted,
        )

    def _line(self, painter: QPainter, row: QRect, line: str) -> None:
        c = self._theme.colours
        painter.setPen(QPen(QColor(c.line), 2))
        painter.drawLine(LEFT + 6, row.top(), LEFT + 6, row.bottom())
        draw_line(painter, row.adjusted(LEFT + 16, 0, -16, 0), line, font(0.95), c.muted)
