"""How the rows of the dictionary are drawn: a word's picture, its name and keys, and how often it was used."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView

from rubato_desktop.language.dictionary import Word
from rubato_desktop.language.keys import format_keys
from rubato_desktop.plurals import counted
from rubato_desktop.ui.keyboard.word_picture import word_picture
from rubato_desktop.ui.panels.dictionary_model import DictionaryModel, Entry
from rubato_desktop.ui.style.fitted_text import draw_line
from rubato_desktop.ui.style.icons import paint_chevron, paint_speaker
from rubato_desktop.ui.style.palette import mix
from rubato_desktop.ui.style.theme import Theme, base_size, font
from rubato_desktop.ui.style.wrapping import draw_wrapped, wrapped_height

PICTURE = (140, 34)
LEFT, RIGHT, GAP, INDENT = 16, 16, 12, 16
SPEAKER = 18
AT_THE_RIGHT = 46  # px beside the text of an unfolded word, for the loudspeaker or the count

Index = QModelIndex | QPersistentModelIndex


def speaker_area(row: QRect) -> QRect:
    """Return the part of a word's row that plays the word when it is clicked."""
    return QRect(row.right() - 16 - SPEAKER, row.top(), SPEAKER + 16, row.height())


class DictionaryRows(QStyledItemDelegate):
    """Draws the dictionary's rows. An unfolded word shows its name and keys in as many lines as they need.

    Args:
        theme: Its colours.
        model: The dictionary.
        view: The tree in which the rows are.
    """

    def __init__(self, theme: Theme, model: DictionaryModel, view: QTreeView) -> None:
        super().__init__()
        self._theme = theme
        self._model = model
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        entry = self._model.entry(index)
        width = self._view.viewport().width()
        if entry is None:
            height = 0
        elif entry.line:
            text = wrapped_height(entry.line, font(0.95), width - LEFT - INDENT - RIGHT)
            height = text + round(base_size() * 0.55)
        elif entry.word is None:
            height = round(base_size() * 2.3)
        else:
            height = max(PICTURE[1] + 14, base_size() * 3 + 8)
            if self._view.isExpanded(index):
                room = width - self._text_left(width) - RIGHT - AT_THE_RIGHT
                name = wrapped_height(entry.word.name, font(bold=True), room)
                height = max(height, 10 + name + wrapped_height(_keys(entry.word), font(0.92), room))
        return QSize(100, height)

    def _text_left(self, width: int) -> int:
        return LEFT + self._picture_width(width) + GAP

    def _picture_width(self, width: int) -> int:
        return min(PICTURE[0], round(width * 0.42))

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
        unfolded = bool(option.state & QStyle.StateFlag.State_Open)
        if entry.line:
            self._line(painter, row, entry.line)
        elif entry.word is None:
            self._language(painter, row, entry, unfolded)
        else:
            lit = option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver)
            self._word(painter, row, entry, entry.word, lit=bool(lit), unfolded=unfolded)
        painter.restore()

    def _language(self, painter: QPainter, row: QRect, entry: Entry, unfolded: bool) -> None:
        c = self._theme.colours
        middle = row.center().y() + 1
        paint_chevron(painter, LEFT + 4, middle, unfolded, c.muted, 3.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.language(entry.language.name)))
        painter.drawRoundedRect(QRectF(LEFT + 16, middle - 5, 10, 10), 3, 3)
        count = counted(len(entry.children), "word")
        inside = row.adjusted(LEFT + 34, 0, -RIGHT, 0)
        draw_line(painter, inside, count, font(0.92), c.muted, Qt.AlignmentFlag.AlignRight)
        draw_line(painter, inside.adjusted(0, 0, -80, 0), entry.language.title, font(bold=True), c.text)

    def _word(
        self, painter: QPainter, row: QRect, entry: Entry, word: Word, *, lit: bool, unfolded: bool
    ) -> None:
        c = self._theme.colours
        width = self._picture_width(row.width())
        ratio = painter.device().devicePixelRatioF()
        picture = word_picture(word, self._theme.own_colour(entry.language.name), (width, PICTURE[1]), ratio)
        painter.drawImage(LEFT, row.top() + (row.height() - PICTURE[1]) // 2, picture)
        right = row.right() - RIGHT
        if lit:
            box = QRectF(right - SPEAKER, row.center().y() - SPEAKER / 2, SPEAKER, SPEAKER)
            paint_speaker(painter, box, c.text)
            beside = SPEAKER + 6
        elif used := self._model.usage(word):
            area = QRect(right - 60, row.top(), 60, row.height())
            count = draw_line(painter, area, f"{used:,}×", font(0.92), c.muted, Qt.AlignmentFlag.AlignRight)
            beside = count + 6
        else:
            beside = 0
        right -= AT_THE_RIGHT if unfolded else beside
        left = self._text_left(row.width())
        half = row.height() // 2
        name = QRect(left, row.top() + 3, right - left, half - 1)
        if unfolded:
            height = wrapped_height(word.name, font(bold=True), name.width())
            height += wrapped_height(_keys(word), font(0.92), name.width())
            name.moveTop(row.top() + (row.height() - height) // 2)
            name.translate(0, draw_wrapped(painter, name, word.name, font(bold=True), c.text))
            draw_wrapped(painter, name, _keys(word), font(0.92), c.muted)
        else:
            draw_line(painter, name, word.name, font(bold=True), c.text)
            keys = QRect(left, row.top() + half, right - left, half - 4)
            draw_line(painter, keys, _keys(word), font(0.92), c.muted)

    def _line(self, painter: QPainter, row: QRect, line: str) -> None:
        c = self._theme.colours
        painter.setPen(QPen(QColor(c.line), 2))
        painter.drawLine(LEFT + 6, row.top(), LEFT + 6, row.bottom())
        space = round(base_size() * 0.27)
        inside = row.adjusted(LEFT + INDENT, space, -RIGHT, 0)
        draw_wrapped(painter, inside, line, font(0.95), c.muted)


def _keys(word: Word) -> str:
    """Return a word's keys, and the names of what follows them."""
    return format_keys(word.keys) + "".join(f" + {parameter.name}" for parameter in word.parameters)
