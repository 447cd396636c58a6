"""The 25 keys on the screen: each shows what it means now, and can be played."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QTouchEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from rubato_desktop.language.keys import COUNT
from rubato_desktop.ui.keyboard.computer_keys import LAYOUT
from rubato_desktop.ui.keyboard.key_labels import NO_LABEL, KeyLabel
from rubato_desktop.ui.keyboard.layout import is_black, key_rects
from rubato_desktop.ui.keyboard.painting import paint_key
from rubato_desktop.ui.style.theme import Theme

MARGIN = 16


class PianoKey(QAbstractButton):
    """One key: a button, so that a screen reader finds and presses it."""

    def __init__(self, keyboard: Keyboard, key: int) -> None:
        super().__init__(keyboard)
        self.keyboard = keyboard
        self.key = key
        self.label = NO_LABEL
        self.held = False
        self.setObjectName(f"key{key}")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.pressed.connect(lambda: keyboard.pressed.emit(key))
        self.released.connect(lambda: keyboard.released.emit(key))
        self._describe()

    def show_label(self, label: KeyLabel) -> None:
        """Show what the key means now."""
        if label != self.label:
            self.label = label
            self._describe()
            self.update()

    def _describe(self) -> None:
        self.setAccessibleName(f"Key {self.key}: {self.label.spoken}")
        letter = f"Computer key {LAYOUT[self.key].label}"
        self.setAccessibleDescription(letter)
        self.setToolTip(f"Key {self.key}: {self.label.spoken}\n{letter}")

    def hold(self, held: bool) -> None:
        """Show the key down or up."""
        if held != self.held:
            self.held = held
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        letter = LAYOUT[self.key].label if self.keyboard.letters else ""
        area = QRectF(self.rect())
        paint_key(
            painter, area, self.key, self.label, self.keyboard.theme, self.held, self.hasFocus(), letter
        )
        painter.end()

    # The keyboard handles the pointer, which may slide from key to key.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.keyboard.move_pointer("mouse", QPointF(self.mapToParent(event.position().toPoint())))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.keyboard.move_pointer("mouse", QPointF(self.mapToParent(event.position().toPoint())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.keyboard.move_pointer("mouse", None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.keyboard.move_focus(self.key, event.key()):
            super().keyPressEvent(event)


class Keyboard(QWidget):
    """The 25 keys.

    Args:
        theme: Its colours.

    Attributes:
        letters: Whether the keys show which of the computer's keys plays them.

    Signals:
        pressed: A key (0-24) went down.
        released: A key (0-24) went up.
    """

    pressed = Signal(int)
    released = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.letters = True
        self._pointers: dict[object, int] = {}
        self.setObjectName("keyboard")
        self.setAccessibleName("The 25 keys")
        self.setAccessibleDescription("The arrow keys move between the keys; the space bar plays one.")
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(138)
        self.setMaximumHeight(236)
        self.keys = [PianoKey(self, key) for key in range(COUNT)]
        for key in self.keys:
            if is_black(key.key):
                key.raise_()
        self.keys[0].setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(1000, 200)

    def show_labels(self, labels: Sequence[KeyLabel]) -> None:
        """Show what each key means now."""
        for key, label in zip(self.keys, labels, strict=True):
            key.show_label(label)

    def hold(self, key: int, held: bool) -> None:
        """Show a key (0-24) down or up."""
        self.keys[key].hold(held)

    def show_letters(self, shown: bool) -> None:
        """Show or hide the computer's keys on the keys."""
        self.letters = shown
        self.update()

    def take_focus(self) -> None:
        """Move the focus to the key that had it last."""
        key = next(key for key in self.keys if key.focusPolicy() != Qt.FocusPolicy.NoFocus)
        key.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def key_at(self, point: QPointF) -> int | None:
        """Return the key at a point of this widget, a black one before a white one; None where there is none."""
        return max(
            (key.key for key in self.keys if QRectF(key.geometry()).contains(point)),
            key=lambda key: (is_black(key), key),
            default=None,
        )

    def move_pointer(self, pointer: object, point: QPointF | None) -> None:
        """Play the key under a finger or the mouse, and release the one it leaves.

        Args:
            pointer: Which finger, or the mouse.
            point: Its position in this widget; None when it was lifted.
        """
        key = None if point is None else self.key_at(point)
        before = self._pointers.get(pointer)
        if key == before:
            return
        if before is not None:
            del self._pointers[pointer]
            self.released.emit(before)
        if key is not None:
            self._pointers[pointer] = key
            self.pressed.emit(key)

    def move_focus(self, key: int, by: int) -> bool:
        """Move the focus from a key by an arrow key, Home or End.

        Args:
            key: The key (0-24) that has the focus.
            by: A `Qt.Key`.

        Returns:
            Whether it was one of these keys.
        """
        steps = {
            Qt.Key.Key_Left: key - 1,
            Qt.Key.Key_Right: key + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: COUNT - 1,
        }
        to = steps.get(Qt.Key(by))
        if to is None:
            return False
        if 0 <= to < COUNT:
            # The Tab key stops only once at the keyboard: at the key that had the focus last.
            self.keys[to].setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.keys[to].setFocus(Qt.FocusReason.TabFocusReason)
            if to != key:
                self.keys[key].setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        area = QRectF(self.rect()).adjusted(MARGIN, 2, -MARGIN, -10)
        for key, rect in zip(self.keys, key_rects(area), strict=True):
            # Whole pixels, so that neighbours meet without a seam.
            left, right = round(rect.left()), round(rect.right())
            key.setGeometry(left, round(rect.top()), right - left, round(rect.height()))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            ended = event.type() in (QEvent.Type.TouchEnd, QEvent.Type.TouchCancel)
            for touch in event.points():
                lifted = ended or touch.state() == touch.State.Released
                point = None if lifted else self.mapFromGlobal(touch.globalPosition())
                self.move_pointer(touch.id(), point)
            event.accept()
            return True
        return super().event(event)

    def hideEvent(self, event: QEvent) -> None:
        for pointer in tuple(self._pointers):
            self.move_pointer(pointer, None)
