"""Thumbnails of pictures over the roll, loaded in a background thread and cached."""

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

WIDEST, HIGHEST = 132, 84  # px, largest size of a thumbnail
MARGIN = 10  # px above a thumbnail
_NARROWEST = 5  # px, width of a thumbnail that the next one covers
_GAP = 4
_RADIUS = 5
_MAX_CACHED = 300


class PlacedPicture(NamedTuple):
    """A picture at a time of a recording.

    Attributes:
        t: Time, µs.
        path: The picture file.
        name: Name to show.
    """

    t: int
    path: Path
    name: str

    @property
    def description(self) -> str:
        """Name and time of the picture, for the tool tip and the screen reader."""
        return f"Picture {self.name} at {format_time(self.t)}"


class Pictures(QObject):
    """The pictures of one roll, with their thumbnails.

    Signals:
        ready(): A thumbnail was loaded.

    Attributes:
        items: The pictures in order of time.
        selected: Index of the picture that is current for the keyboard; None for none.
        focused: Whether the list of pictures has keyboard focus.
    """

    ready = Signal()
    _loaded = Signal(object, QImage)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.items: tuple[PlacedPicture, ...] = ()
        self.selected: int | None = None
        self.focused = False
        self._times: list[int] = []
        self._thumbnails: dict[Path, QPixmap | None] = {}  # None: not a readable picture
        self._scaled: dict[tuple[Path, int, float], QPixmap] = {}
        self._pending: set[Path] = set()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._loaded.connect(self._store)
        worker = self._worker
        parent.destroyed.connect(lambda: worker.shutdown(wait=False, cancel_futures=True))

    def __len__(self) -> int:
        return len(self.items)

    def replace(self, items: Iterable[PlacedPicture]) -> None:
        """Replace all pictures."""
        self.items = tuple(sorted(items))
        self._times = [item.t for item in self.items]
        self.selected = None
        kept = {item.path for item in self.items}
        self._scaled.clear()
        self._thumbnails = {path: pixmap for path, pixmap in self._thumbnails.items() if path in kept}

    def boxes(
        self,
        begin: float,
        end: float,
        x_of: Callable[[float], float],
        us_per_px: float,
        top: float,
        limit: float,
    ) -> list[tuple[int, QRectF]]:
        """Return the pictures in a time span as (index, rectangle).

        A rectangle is as wide as its thumbnail, or ends where the next one starts. It does not depend on the visible
        part, so that no picture jumps while the roll scrolls.

        Args:
            begin: Start of the span, µs.
            end: End of the span, µs.
            x_of: Maps µs to px of the widget.
            us_per_px: Microseconds per logical pixel.
            top: y of the upper edges, px.
            limit: Maximum height, px.
        """
        boxes = []
        for index in range(bisect_left(self._times, begin), bisect_right(self._times, end)):
            size = self._size(self.items[index].path, limit)
            width = size.width()
            if index + 1 < len(self.items):
                room = (self._times[index + 1] - self._times[index]) / us_per_px - _GAP
                width = min(width, max(round(room), _NARROWEST))
            boxes.append((index, QRectF(round(x_of(self._times[index])), top, width, size.height())))
        return boxes

    def paint(
        self, painter: QPainter, index: int, box: QRectF, bottom: float, colours: RollColours, font: QFont
    ) -> None:
        """Paint a picture in the rectangle `box`, with a line down to y = `bottom`."""
        item = self.items[index]
        line = QColor(colours.quiet)
        line.setAlphaF(0.6)
        painter.fillRect(QRectF(box.left(), box.top(), 1, bottom - box.top()), line)
        marked = index == self.selected and self.focused
        if box.width() <= _NARROWEST and not marked:
            painter.fillRect(box, mix(colours.background, colours.quiet, 0.6))
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(box, _RADIUS, _RADIUS)
        painter.fillPath(shape, mix(colours.background, colours.quiet, 0.25))
        thumbnail = self._thumbnails.get(item.path)
        if thumbnail is not None:
            brush = QBrush(
                self._fitted(item.path, thumbnail, round(box.height()), painter.device().devicePixelRatio())
            )
            brush.setTransform(QTransform.fromTranslate(box.left(), box.top()))
            painter.fillPath(shape, brush)
        elif box.width() > 3 * _RADIUS:
            painter.setPen(colours.text)
            painter.setFont(font)
            room = box.width() - 10
            name = QFontMetricsF(font).elidedText(item.name, Qt.TextElideMode.ElideMiddle, room)
            painter.drawText(box.adjusted(5, 0, -5, 0), Qt.AlignmentFlag.AlignCenter, name)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colours.focus if marked else line, 2 if marked else 1))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _fitted(self, path: Path, thumbnail: QPixmap, height: int, scale: float) -> QPixmap:
        """Return a thumbnail scaled to `height`, cached."""
        key = path, height, scale
        if key not in self._scaled:
            if len(self._scaled) > _MAX_CACHED:
                self._scaled.clear()
            fitted = thumbnail.scaledToHeight(
                round(height * scale), Qt.TransformationMode.SmoothTransformation
            )
            fitted.setDevicePixelRatio(scale)
            self._scaled[key] = fitted
        return self._scaled[key]

    def _size(self, path: Path, limit: float) -> QSize:
        """Return the size of a thumbnail, and load it if needed; 4:3 is assumed until it is loaded."""
        thumbnail = self._thumbnails.get(path)
        if path not in self._thumbnails and path not in self._pending:
            self._pending.add(path)
            self._worker.submit(self._load, path)
        full = thumbnail.size() if thumbnail is not None else QSize(4, 3)
        return full.scaled(WIDEST, round(limit), Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(12, 12))

    def _load(self, path: Path) -> None:
        self._loaded.emit(path, load(path, QSize(2 * WIDEST, 2 * HIGHEST)))

    def _store(self, path: Path, image: QImage) -> None:
        self._pending.discard(path)
        self._thumbnails[path] = None if image.isNull() else QPixmap.fromImage(image)
        self.ready.emit()


def load(path: Path, limit: QSize) -> QImage:
    """Read a picture, scaled down to `limit` and rotated as its metadata says; a null image if it cannot be read."""
    reader = QImageReader(str(path))
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and (size.width() > limit.width() or size.height() > limit.height()):
        reader.setScaledSize(size.scaled(limit, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1)))
    return reader.read()


class PictureModel(TextModel):
    """List model of the pictures, in order of time."""

    def __init__(self, pictures: Pictures, parent: QWidget) -> None:
        super().__init__(parent)
        self._pictures = pictures

    def count(self) -> int:
        return len(self._pictures)

    def text(self, index: int) -> str:
        return self._pictures.items[index].description


class PictureList(HiddenList):
    """The pictures as an invisible list, for keyboard users and screen readers."""

    def __init__(self, pictures: Pictures, parent: QWidget) -> None:
        self.pictures = PictureModel(pictures, parent)
        super().__init__(
            self.pictures,
            parent,
            "Pictures over the pianoroll",
            "Use the arrow keys to move between pictures and Enter to enlarge one",
        )

    def refresh(self) -> None:
        """Update the list after the pictures were replaced."""
        self.pictures.beginResetModel()
        self.pictures.endResetModel()
        self.setVisible(self.pictures.count() > 0)
