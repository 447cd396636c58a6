"""How the lines of the word log are drawn: two rows of text, or all of it where a line is unfolded."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from rubato_desktop.ui.panels.word_log_lines import Line, clock
from rubato_desktop.ui.style.fitted_text import draw_line
from rubato_desktop.ui.style.icons import paint_chevron
from rubato_desktop.ui.style.palette import mix
from rubato_desktop.ui.style.theme import Theme, base_size, font
from rubato_desktop.ui.style.wrapping import draw_wrapped, wrap, wrapped_height

ROLE = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex
MARGIN, GAP = 16, 9  # px
CHEVRON = 14  # px at the right of a line that can be unfolded


@dataclass(frozen=True, slots=True)
class _Fonts:
    """Title and the rest."""

    bold: QFont
    small: QFont

    @property
    def time_width(self) -> int:
        """Width in px of the column with the time."""
        return QFontMetrics(self.small).horizontalAdvance("00:00 ") + 4

    def width(self, text: str, *, bold: bool = False) -> int:
        """Return the width of a text in px."""
        return QFontMetrics(self.bold if bold else self.small).horizontalAdvance(text)


class WordLogRows(QStyledItemDelegate):
    """Draws the lines. The current one is unfolded.

    Args:
        theme: Its colours.
        view: The list in which they are.
    """

    def __init__(self, theme: Theme, view: QListView) -> None:
        super().__init__()
        self._theme = theme
        self._view = view
        self._folded_size = QSize(100, round(base_size() * 3.1) + 6)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        # Called for every line whenever one is added: nothing is measured but the current one.
        if index.row() != self._view.currentIndex().row():
            return self._folded_size
        line: Line | None = index.data(ROLE)
        width = self._view.viewport().width()
        if line is None or self.fits(line, width):
            return self._folded_size
        fonts = _fonts()
        room = self._room(line, width, fonts)
        height = 12 + wrapped_height(line.title, fonts.bold, room)
        height += wrapped_height(line.keys, fonts.small, room)
        height += wrapped_height(line.detail, fonts.small, self._detail_width(width, fonts))
        return QSize(100, height)

    def fits(self, line: Line, width: int) -> bool:
        """Return whether a line is shown whole in its two rows, in `width` px."""
        fonts = _fonts()
        if not (line.keys or line.detail):
            return fonts.width(self._rest(line, width, fonts), bold=True) <= self._detail_width(width, fonts)
        first = fonts.width(line.title, bold=True) + (GAP + fonts.width(line.keys) if line.keys else 0)
        return (
            first <= self._room(line, width, fonts)
            and "\n" not in line.detail
            and (fonts.width(line.detail) <= self._detail_width(width, fonts))
        )

    def _rest(self, line: Line, width: int, fonts: _Fonts) -> str:
        """Return what has no room in the first row of a line that has a title alone."""
        return " ".join(wrap(line.title, fonts.bold, self._room(line, width, fonts))[1:])

    def _room(self, line: Line, width: int, fonts: _Fonts) -> int:
        """Return the width of the title in px: between the time and the outcome."""
        outcome = fonts.width(line.outcome) + 8 if line.outcome else 0
        return width - 2 * MARGIN - fonts.time_width - outcome

    def _detail_width(self, width: int, fonts: _Fonts) -> int:
        return width - 2 * MARGIN - fonts.time_width - CHEVRON

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: Line | None = index.data(ROLE)
        if line is None:
            return
        c = self._theme.colours
        row: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(row, QColor(mix(c.panel, c.accent, 0.16)))
        fits = self.fits(line, row.width())
        unfolded = not fits and index == self._view.currentIndex()
        (self._unfolded if unfolded else self._folded)(painter, row, line)
        if not fits:
            bottom = row.bottom() - round(base_size() * 0.9)
            paint_chevron(painter, row.right() - MARGIN - 3, bottom, unfolded, c.muted, 3.5)
        painter.restore()

    def _folded(self, painter: QPainter, row: QRect, line: Line) -> None:
        c, fonts = self._theme.colours, _fonts()
        half = row.height() // 2
        top = QRect(row.left() + MARGIN, row.top() + 2, row.width() - 2 * MARGIN, half - 1)
        self._ends(painter, top, line, fonts)
        room = QRect(top.left() + fonts.time_width, top.top(), self._room(line, row.width(), fonts), half - 1)
        low = QRect(room.left(), row.top() + half, self._detail_width(row.width(), fonts), half - 4)
        colour = self._title_colour(line)
        if not (line.keys or line.detail):
            draw_line(painter, room, wrap(line.title, fonts.bold, room.width())[0], fonts.bold, colour)
            draw_line(painter, low, self._rest(line, row.width(), fonts), fonts.bold, colour)
            return
        used = draw_line(painter, room, line.title, fonts.bold, colour)
        draw_line(painter, room.adjusted(used + GAP, 0, 0, 0), line.keys, fonts.small, c.muted)
        draw_line(painter, low, line.detail, fonts.small, c.muted)

    def _unfolded(self, painter: QPainter, row: QRect, line: Line) -> None:
        c, fonts = self._theme.colours, _fonts()
        step = QFontMetrics(fonts.bold).height()
        top = QRect(row.left() + MARGIN, row.top() + 6, row.width() - 2 * MARGIN, step)
        self._ends(painter, top, line, fonts)
        room = QRect(top.left() + fonts.time_width, top.top(), self._room(line, row.width(), fonts), step)
        room.translate(0, draw_wrapped(painter, room, line.title, fonts.bold, self._title_colour(line)))
        room.translate(0, draw_wrapped(painter, room, line.keys, fonts.small, c.muted))
        room.setWidth(self._detail_width(row.width(), fonts))
        draw_wrapped(painter, room, line.detail, fonts.small, c.text)

    def _ends(self, painter: QPainter, area: QRect, line: Line, fonts: _Fonts) -> None:
        """Draw the time at the left and the outcome at the right."""
        c = self._theme.colours
        colour = c.good if line.mood == "ok" else self._mood_colour(line)
        draw_line(painter, area, line.outcome, fonts.small, colour, Qt.AlignmentFlag.AlignRight)
        draw_line(painter, area, clock(line.t), fonts.small, c.muted)

    def _mood_colour(self, line: Line) -> str:
        c = self._theme.colours
        moods = {"missed": c.warn, "refused": c.warn, "failed": c.bad, "notice": c.warn, "erased": c.muted}
        return moods.get(line.mood, c.text)

    def _title_colour(self, line: Line) -> str:
        if line.language and line.mood in ("ok", "waiting"):
            return self._theme.language(line.language)
        return self._mood_colour(line)


def _fonts() -> _Fonts:
    return _Fonts(font(bold=True), font(0.92))
