"""A picture of the recording, enlarged over the pianoroll until it is closed."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QImage, QKeyEvent, QMouseEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from rubato_desktop.ui.overlays.card import EscapeCloses
from rubato_desktop.ui.pianoroll.pictures import PlacedPicture, load
from rubato_desktop.ui.style.icons import icon
from rubato_desktop.ui.style.theme import Theme

GAP = 24
LARGEST = QSize(2400, 1600)  # px to which a picture is loaded


class PictureCard(EscapeCloses):
    """One picture, as large as the widget below it allows.

    Left and Right show the previous and the next one; Enter or a click goes to its time; Esc closes the card.

    Args:
        over: The widget below.
        theme: Its colours.

    Signals:
        seek: A time in µs to go to.
    """

    seek = Signal(object)
    _loaded = Signal(object, QImage)  # from the worker's thread

    def __init__(self, over: QWidget, theme: Theme) -> None:
        super().__init__(over)
        self._theme = theme
        self._items: Sequence[PlacedPicture] = ()
        self._index = 0
        self._pixmap = QPixmap()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="picture")
        worker = self._worker
        over.destroyed.connect(lambda: worker.shutdown(wait=False, cancel_futures=True))
        self._loaded.connect(self._on_loaded)
        self.setObjectName("picture")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = QLabel()
        self.title.setProperty("strong", True)
        self.title.setWordWrap(True)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.image = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.image.setMinimumSize(1, 1)
        self._close = QToolButton()
        self._close.setProperty("flat", True)
        self._close.setAccessibleName("Close the picture")
        self._close.setToolTip("Close (Esc)")
        self._close.clicked.connect(self.hide)
        grid = QGridLayout(self)
        grid.setContentsMargins(18, 10, 10, 18)
        grid.setSpacing(10)
        grid.addWidget(self.title, 0, 0)
        grid.addWidget(self._close, 0, 1)
        grid.addWidget(self.image, 1, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        grid.setRowStretch(1, 1)
        over.installEventFilter(self)
        theme.changed.connect(self._dress)
        self._dress()
        self.hide()

    def show_picture(self, items: Sequence[PlacedPicture], index: int) -> None:
        """Show a picture of a recording.

        Args:
            items: All its pictures.
            index: Which of them; the card closes where there is none.
        """
        if not 0 <= index < len(items):
            self.hide()
            return
        self._items, self._index = items, index
        item = items[index]
        count = f" · {index + 1} of {len(items)}" if len(items) > 1 else ""
        self.title.setText(f"{item.description.removeprefix('Picture ')}{count}")
        self.setAccessibleName(item.description)
        self.setAccessibleDescription(
            "Enter goes to its time, Left and Right show other pictures, Esc closes it"
        )
        self.image.setAccessibleName(item.description)
        self._pixmap = QPixmap()
        self.image.setText("…")
        self._place()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._worker.submit(lambda: self._loaded.emit(item, load(item.path, LARGEST)))

    def update_items(self, items: Sequence[PlacedPicture]) -> None:
        """Take over the recording's pictures after a change; close when the one that is shown was removed."""
        if self.isVisible():
            item = self._items[self._index]
            if item in items:
                self._items, self._index = items, list(items).index(item)
            else:
                self.hide()

    def _on_loaded(self, item: PlacedPicture, image: QImage) -> None:
        if not self._items or item != self._items[self._index]:
            return
        self._pixmap = QPixmap.fromImage(image)
        if self._pixmap.isNull():
            self.image.setText(f"Cannot show {item.name}: its copy is missing or damaged")
        self._fit()

    def _fit(self) -> None:
        if self._pixmap.isNull():
            return
        scale = self.devicePixelRatioF()
        room = self.image.size() * scale
        size = self._pixmap.size().boundedTo(
            self._pixmap.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        )
        fitted = self._pixmap.scaled(
            size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        fitted.setDevicePixelRatio(scale)
        self.image.setPixmap(fitted)

    def _place(self) -> None:
        over = self.parentWidget()
        assert over is not None
        self.setGeometry(QRect(GAP, GAP, max(over.width() - 2 * GAP, 80), max(over.height() - 2 * GAP, 80)))

    def _dress(self) -> None:
        c = self._theme.colours
        self._close.setIcon(icon("close", c.muted))
        self.setStyleSheet(
            f"QFrame#picture {{ background: {c.raised}; border: 1px solid {c.line}; border-radius: 8px; }}"
            f" QFrame#picture:focus {{ border: 2px solid {c.accent}; }}"
            f" QFrame#picture QLabel {{ background: transparent; }}"
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Up:
                self.show_picture(self._items, max(self._index - 1, 0))
            case Qt.Key.Key_Right | Qt.Key.Key_Down:
                self.show_picture(self._items, min(self._index + 1, len(self._items) - 1))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._go()
            case _:
                super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()  # the roll below must not see it

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.image.geometry().contains(event.position().toPoint()):
            self._go()
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def _go(self) -> None:
        self.seek.emit(self._items[self._index].t)
        self.hide()

    def hideEvent(self, event: QHideEvent) -> None:
        over = self.parentWidget()
        if over is not None and over.isVisible() and (self.hasFocus() or self._close.hasFocus()):
            over.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False
