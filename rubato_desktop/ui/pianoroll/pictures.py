"""Pictures over the roll: small ones at their times, read beside the window's thread and kept."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QImageReader,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QTransform,
)
from PySide6.QtWidgets import QWidget

from rubato_desktop.ui.pianoroll.colours import RollColours, mix
from rubato_desktop.ui.pianoroll.hidden_list import HiddenList, TextModel
from rubato_desktop.ui.pianoroll.ruler import format_time

WIDEST, HIGHEST = 132, 84  # px of a small picture
MARGIN = 10  # px above it
_NARROWEST = 5  # px of one that the next leaves hardly any room
_GAP = 4
_ROUND = 5
_MOST_KEPT = 300


class Laid(NamedTuple):
    """A picture over the roll.

    Attributes:
        t: Where it stands, µs.
        path: Its file.
        name: What it is called.
    """

    t: int
    path: Path
    name: str

    @property
    def described(self) -> str:
        """What it is and where, in words."""
        return f"Picture {self.name} at {format_time(self.t)}"


class Pictures(QObject):
    """The pictures of one roll.

    Signals:
        ready(): One was read.

    Attributes:
        items: By time.
        selected: Place of the one the keyboard is at.
        focused: Whether the keyboard is here.
    """

    ready = Signal()
    _read = Signal(object, QImage)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.items: tuple[Laid, ...] = ()
        self.selected: int | None = None
        self.focused = False
        self._times: list[int] = []
        self._small: dict[Path, QPixmap | None] = {}  # None: cannot be shown
        self._sized: dict[tuple[Path, int, float], QPixmap] = {}
        self._asked: set[Path] = set()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._read.connect(self._keep)
        worker = self._worker
        parent.destroyed.connect(lambda: worker.shutdown(wait=False, cancel_futures=True))

    def __len__(self) -> int:
        return len(self.items)

    def replace(self, items: Iterable[Laid]) -> None:
        """Show these and no others."""
        self.items = tuple(sorted(items))
        self._times = [item.t for item in self.items]
        self.selected = None
        kept = {item.path for item in self.items}
        self._sized.clear()
        self._small = {path: pixmap for path, pixmap in self._small.items() if path in kept}

    def boxes(
        self,
        begin: float,
        end: float,
        x_of: Callable[[float], float],
        us_per_px: float,
        top: float,
        most: float,
    ) -> list[tuple[int, QRectF]]:
        """Return the pictures at begin..end µs, as (place, where).

        One is as wide as its picture, or ends where the next begins: nothing jumps while the roll moves.

        Args:
            begin: From, µs.
            end: To, µs.
            x_of: µs → pixel of the widget.
            us_per_px: Microseconds a pixel.
            top: Pixel of their tops.
            most: Pixels of the highest.
        """
        found = []
        for place in range(bisect_left(self._times, begin), bisect_right(self._times, end)):
            size = self._size(self.items[place].path, most)
            width = size.width()
            if place + 1 < len(self.items):
                room = (self._times[place + 1] - self._times[place]) / us_per_px - _GAP
                width = min(width, max(round(room), _NARROWEST))
            found.append((place, QRectF(round(x_of(self._times[place])), top, width, size.height())))
        return found

    def paint(
        self, painter: QPainter, place: int, box: QRectF, bottom: float, colours: RollColours, font: QFont
    ) -> None:
        """Paint one where `boxes` says, on a line down to `bottom`."""
        item = self.items[place]
        line = QColor(colours.quiet)
        line.setAlphaF(0.6)
        painter.fillRect(QRectF(box.left(), box.top(), 1, bottom - box.top()), line)
        marked = place == self.selected and self.focused
        if box.width() <= _NARROWEST and not marked:
            painter.fillRect(box, mix(colours.background, colours.quiet, 0.6))
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(box, _ROUND, _ROUND)
        painter.fillPath(shape, mix(colours.background, colours.quiet, 0.25))
        small = self._small.get(item.path)
        if small is not None:
            brush = QBrush(
                self._fitted(item.path, small, round(box.height()), painter.device().devicePixelRatio())
            )
            brush.setTransform(QTransform.fromTranslate(box.left(), box.top()))
            painter.fillPath(shape, brush)
        elif box.width() > 3 * _ROUND:
            painter.setPen(colours.text)
            painter.setFont(font)
            room = box.width() - 10
            name = QFontMetricsF(font).elidedText(item.name, Qt.TextElideMode.ElideMiddle, room)
            painter.drawText(box.adjusted(5, 0, -5, 0), Qt.AlignmentFlag.AlignCenter, name)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colours.focus if marked else line, 2 if marked else 1))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), _ROUND, _ROUND)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _fitted(self, path: Path, small: QPixmap, height: int, scale: float) -> QPixmap:
        """Return a small picture at the height it is painted, made once."""
        key = path, height, scale
        if key not in self._sized:
            if len(self._sized) > _MOST_KEPT:
                self._sized.clear()
            fitted = small.scaledToHeight(round(height * scale), Qt.TransformationMode.SmoothTransformation)
            fitted.setDevicePixelRatio(scale)
            self._sized[key] = fitted
        return self._sized[key]

    def _size(self, path: Path, most: float) -> QSize:
        """Return how large a small picture is; of one not read yet, a likely size."""
        small = self._small.get(path)
        if path not in self._small and path not in self._asked:
            self._asked.add(path)
            self._worker.submit(self._load, path)
        full = small.size() if small is not None else QSize(4, 3)
        return full.scaled(WIDEST, round(most), Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(12, 12))

    def _load(self, path: Path) -> None:
        self._read.emit(path, load(path, QSize(2 * WIDEST, 2 * HIGHEST)))

    def _keep(self, path: Path, image: QImage) -> None:
        self._asked.discard(path)
        self._small[path] = None if image.isNull() else QPixmap.fromImage(image)
        self.ready.emit()


def load(path: Path, most: QSize) -> QImage:
    """Read a picture, no larger than `most` and turned as the camera was held; a null image when it cannot be read."""
    reader = QImageReader(str(path))
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and (size.width() > most.width() or size.height() > most.height()):
        reader.setScaledSize(size.scaled(most, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1)))
    return reader.read()


class PictureModel(TextModel):
    """The pictures in order of time."""

    def __init__(self, pictures: Pictures, parent: QWidget) -> None:
        super().__init__(parent)
        self._pictures = pictures

    def count(self) -> int:
        return len(self._pictures)

    def text(self, place: int) -> str:
        return self._pictures.items[place].described


class PictureList(HiddenList):
    """The pictures, for keys and ears."""

    def __init__(self, pictures: Pictures, parent: QWidget) -> None:
        self.pictures = PictureModel(pictures, parent)
        super().__init__(
            self.pictures,
            parent,
            "Pictures over the pianoroll",
            "Arrows go from picture to picture, Enter shows one large",
        )

    def renew(self) -> None:
        """Others are there now."""
        self.pictures.beginResetModel()
        self.pictures.endResetModel()
        self.setVisible(self.pictures.count() > 0)
