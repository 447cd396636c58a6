"""The 25 keys on the screen: each shows what it would mean now, and each can be played."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QTouchEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from rubato_desktop.language.keys import COUNT
from rubato_desktop.ui.keyboard.computer_keys import LAYOUT
from rubato_desktop.ui.keyboard.key_labels import NOTHING, Face
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
        self.face = NOTHING
        self.held = False
        self.setObjectName(f"key{key}")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.pressed.connect(lambda: keyboard.pressed.emit(key))
        self.released.connect(lambda: keyboard.released.emit(key))
        self._name()

    def show_face(self, face: Face) -> None:
        if face != self.face:
            self.face = face
            self._name()
            self.update()

    def _name(self) -> None:
        self.setAccessibleName(f"Key {self.key}: {self.face.spoken}")
        computer = f"computer key {LAYOUT[self.key].label}"
        self.setAccessibleDescription(computer)
        self.setToolTip(f"Key {self.key} {self.face.spoken}\n{computer.capitalize()}")

    def hold(self, held: bool) -> None:
        if held != self.held:
            self.held = held
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        letter = LAYOUT[self.key].label if self.keyboard.letters else ""
        area = QRectF(self.rect())
        paint_key(painter, area, self.key, self.face, self.keyboard.theme, self.held, self.hasFocus(), letter)
        painter.end()

    # The pointer belongs to the keyboard: it may slide from key to key.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.keyboard.point("mouse", QPointF(self.mapToParent(event.position().toPoint())))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.keyboard.point("mouse", QPointF(self.mapToParent(event.position().toPoint())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.keyboard.point("mouse", None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.keyboard.walk(self.key, event.key()):
            super().keyPressEvent(event)


class Keyboard(QWidget):
    """All 25 keys.

    Args:
        theme: Its colours.

    Attributes:
        letters: Whether the computer's keys are written on the keys.
    """

    pressed = Signal(int)  # key 0-24
    released = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.letters = True
        self._pointers: dict[object, int] = {}
        self.setObjectName("keyboard")
        self.setAccessibleName("The 25 keys")
        self.setAccessibleDescription("Arrow keys move among the keys, the space bar plays one.")
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

    def show_faces(self, faces: Sequence[Face]) -> None:
        """Show what each key would mean."""
        for key, face in zip(self.keys, faces, strict=True):
            key.show_face(face)

    def hold(self, key: int, held: bool) -> None:
        """Light a key that is down, or put it out."""
        self.keys[key].hold(held)

    def show_letters(self, shown: bool) -> None:
        """Write the computer's keys on the keys, or not."""
        self.letters = shown
        self.update()

    def take_focus(self) -> None:
        """Put the keyboard's focus on the key that had it last."""
        key = next(key for key in self.keys if key.focusPolicy() != Qt.FocusPolicy.NoFocus)
        key.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def key_at(self, at: QPointF) -> int | None:
        """The key at a point of this widget; the black ones lie on top."""
        return max(
            (key.key for key in self.keys if QRectF(key.geometry()).contains(at)),
            key=lambda key: (is_black(key), key),
            default=None,
        )

    def point(self, pointer: object, at: QPointF | None) -> None:
        """A finger or the mouse is at a point, or gone; sliding onto another key plays it."""
        key = None if at is None else self.key_at(at)
        before = self._pointers.get(pointer)
        if key == before:
            return
        if before is not None:
            del self._pointers[pointer]
            self.released.emit(before)
        if key is not None:
            self._pointers[pointer] = key
            self.pressed.emit(key)

    def walk(self, key: int, by: int) -> bool:
        """Move the focus from `key` by an arrow key, Home or End; False for any other key."""
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
            # One stop of the tab key for all: the key that had the focus last.
            self.keys[to].setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.keys[to].setFocus(Qt.FocusReason.TabFocusReason)
            if to != key:
                self.keys[key].setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        area = QRectF(self.rect()).adjusted(MARGIN, 2, -MARGIN, -10)
        for key, rect in zip(self.keys, key_rects(area), strict=True):
            # Whole pixels: neighbours meet without a seam.
            left, right = round(rect.left()), round(rect.right())
            key.setGeometry(left, round(rect.top()), right - left, round(rect.height()))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            ended = event.type() in (QEvent.Type.TouchEnd, QEvent.Type.TouchCancel)
            for touch in event.points():
                gone = ended or touch.state() == touch.State.Released
                at = None if gone else self.mapFromGlobal(touch.globalPosition())
                self.point(touch.id(), at)
            event.accept()
            return True
        return super().event(event)

    def hideEvent(self, event: QEvent) -> None:
        for pointer in tuple(self._pointers):
            self.point(pointer, None)
