"""Input on the pianoroll: mouse, touchpad, touch screen and keyboard."""

from __future__ import annotations

from collections.abc import Callable
from math import exp
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QDropEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QGestureEvent, QPinchGesture, QToolTip

from rubato_desktop.services.roll.images import EXTENSIONS
from rubato_desktop.ui.pianoroll.display import RollDisplay
from rubato_desktop.ui.pianoroll.hit_test import ZOOM_STEP, HitTest

PAN_STEP = 0.1  # share of the width per arrow key or wheel notch
_PINCH_PX = 60  # px of two-finger scrolling with Ctrl per zoom step

_PANS = {
    Qt.Key.Key_Left: -PAN_STEP,
    Qt.Key.Key_Right: PAN_STEP,
    Qt.Key.Key_PageUp: -0.9,
    Qt.Key.Key_PageDown: 0.9,
}
_ZOOMS = {
    Qt.Key.Key_Plus: ZOOM_STEP,
    Qt.Key.Key_Equal: ZOOM_STEP,
    Qt.Key.Key_Minus: 1 / ZOOM_STEP,
    Qt.Key.Key_Underscore: 1 / ZOOM_STEP,
}


class Gestures(QObject):
    """An event filter that turns input events into calls and signals of the roll.

    Mouse and touch:
        - Wheel or two fingers: pan. If stacked iterations do not all fit, scroll through them; with Shift, pan.
        - Ctrl and wheel, or pinch: zoom at the pointer.
        - Drag: pan; in the overview, go to that position.
        - Click: seek, or open the word.
        - Double-click: play from there, or enlarge the picture.
        - Drop a picture file: add it at that time.

    Keyboard:
        - Left and Right: pan; Page Up and Page Down: pan by a page.
        - Plus and Minus: zoom; Home and End: go to the start or the end.
        - Up and Down: focus the list of words; in stacked iterations, go to the previous or next one.
        - Enter: seek to the middle of the view.
        - Menu key: open the context menu.

    Args:
        roll: The widget whose events are filtered.
        hit_test: Finds the items at a point of the widget.
    """

    def __init__(self, roll: RollDisplay, hit_test: HitTest) -> None:
        super().__init__(roll)
        self._roll, self._hit_test = roll, hit_test
        self._pressed: QPointF | None = None
        self._dragging = False
        self._in_overview = False
        kinds = QEvent.Type
        self._handlers: dict[QEvent.Type, Callable[[Any], bool]] = {
            kinds.Wheel: self._wheel,
            kinds.MouseButtonPress: self._press,
            kinds.MouseMove: self._move,
            kinds.MouseButtonRelease: self._release,
            kinds.MouseButtonDblClick: self._double,
            kinds.Leave: self._leave,
            kinds.KeyPress: self._key,
            kinds.ContextMenu: self._menu,
            kinds.ToolTip: self._tip,
            kinds.NativeGesture: self._native,
            kinds.Gesture: self._gesture,
            kinds.DragEnter: self._drag,
            kinds.DragMove: self._drag,
            kinds.Drop: self._drop,
        }
        roll.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle an event before the widget does; return True if it needs no further handling."""
        handler = self._handlers.get(event.type())
        return handler(event) if handler is not None else False

    def _wheel(self, event: QWheelEvent) -> bool:
        pixels, angle = event.pixelDelta(), event.angleDelta()
        fine = not pixels.isNull()  # a touchpad reports pixels, a wheel eighths of a degree (120 per notch)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            steps = pixels.y() / _PINCH_PX if fine else angle.y() / 120
            self._roll.zoom_at(ZOOM_STEP**steps, event.position().x())
        else:
            notch = 1 if fine else PAN_STEP * self._roll.view.width / 120
            delta = pixels if fine else angle
            upright = abs(delta.y()) >= abs(delta.x()) and not event.modifiers()
            if self._roll.stack is not None and self._roll.lanes.max_top and upright:
                self._roll.scroll_lanes(-notch * delta.y())
                event.accept()
                return True
            self._roll.pan(-notch * (delta.x() if abs(delta.x()) > abs(delta.y()) else delta.y()))
        event.accept()
        return True

    def _press(self, event: QMouseEvent) -> bool:
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            return False
        self._pressed, self._dragging = event.position(), False
        self._in_overview = self._roll.parts.overview.contains(event.position().toPoint())
        if self._in_overview:
            self._centre(event.position())
        return False  # so that the widget takes the focus

    def _move(self, event: QMouseEvent) -> bool:
        here = event.position()
        if self._pressed is None:
            self._hover(here)
        elif self._in_overview:
            self._centre(here)
        elif self._dragging or (here - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            self._dragging = True
            self._roll.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._roll.pan(self._pressed.x() - here.x())
            self._pressed = here
        return True

    def _release(self, event: QMouseEvent) -> bool:
        pressed, self._pressed = self._pressed, None
        if pressed is None or self._in_overview:
            return False
        if self._dragging:
            self._dragging = False
            self._hover(event.position())
        elif event.button() == Qt.MouseButton.LeftButton:
            self._hit_test.click(event.position())
        return True

    def _double(self, event: QMouseEvent) -> bool:
        hit_test = self._hit_test
        picture = hit_test.picture(event.position())
        if event.button() == Qt.MouseButton.LeftButton and picture is not None:
            self._roll.picture_opened.emit(picture)
        elif event.button() == Qt.MouseButton.LeftButton and hit_test.word(event.position()) is None:
            self._roll.play_from.emit(hit_test.time(event.position()))
        return True

    def _leave(self, event: QEvent) -> bool:
        self._hover(QPointF(-1, -1))
        return False

    def _menu(self, event: QContextMenuEvent) -> bool:
        roll, point = self._roll, QPointF(event.pos())
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            menu = self._hit_test.menu(roll.painter.labels.selected, int(roll.scene.playhead or 0))
        else:
            hit_test = self._hit_test
            menu = hit_test.menu(hit_test.word(point), hit_test.time(point), hit_test.picture(point))
        menu.popup(event.globalPos())
        return True

    def _tip(self, event: QHelpEvent) -> bool:
        QToolTip.showText(event.globalPos(), self._hit_test.tip(QPointF(event.pos())), self._roll)
        return True

    def _native(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self._roll.zoom_at(exp(event.value()), event.position().x())
        elif event.gestureType() == Qt.NativeGestureType.PanNativeGesture:
            self._roll.pan(-event.delta().x())
        else:
            return False
        return True

    def _gesture(self, event: QGestureEvent) -> bool:
        pinch = event.gesture(Qt.GestureType.PinchGesture)
        if not isinstance(pinch, QPinchGesture):
            return False
        self._roll.zoom_at(pinch.scaleFactor(), self._roll.mapFromGlobal(pinch.hotSpot()).x())
        return True

    def _drag(self, event: QDropEvent) -> bool:
        if not _dragged_pictures(event):
            event.ignore()  # the window may accept it
            return True
        event.acceptProposedAction()
        return True

    def _drop(self, event: QDropEvent) -> bool:
        for path in _dragged_pictures(event):
            self._roll.picture_dropped.emit(path, self._hit_test.time(event.position()))
        event.acceptProposedAction()
        return True

    def _key(self, event: QKeyEvent) -> bool:
        roll, key = self._roll, Qt.Key(event.key())
        if key in _PANS:
            roll.pan(_PANS[key] * roll.view.width)
        elif key in _ZOOMS:
            roll.zoom(_ZOOMS[key])
        elif key == Qt.Key.Key_Home:
            roll.show_from(float("-inf"))
        elif key == Qt.Key.Key_End:
            roll.show_from(roll.scene.view_end - 0.9 * roll.view.span)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and roll.stack is not None:
            roll.iteration_requested.emit(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and len(roll.scene.words):
            roll.word_list.setFocus(Qt.FocusReason.OtherFocusReason)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            middle = roll.view.t_at(roll.view.width / 2)
            lane = roll.scene.lane or 0
            roll.seek.emit(int(max(middle, 0)) if roll.stack is None else roll.stack.moment(lane, middle))
        else:
            return False
        return True

    def _centre(self, point: QPointF) -> None:
        if self._roll.stack is not None:
            # The view is relative to each iteration, so it cannot show a position of the recording: seek to it instead.
            self._roll.seek.emit(self._hit_test.time(point))
            return
        self._roll.show_from(self._hit_test.time(point) - self._roll.view.span / 2)

    def _hover(self, point: QPointF) -> None:
        roll = self._roll
        index = self._hit_test.word(point)
        roll.highlight(index)
        hand = index is not None or self._hit_test.note(point) is not None
        hand = hand or self._hit_test.picture(point) is not None
        roll.setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)


def _dragged_pictures(event: QDropEvent) -> list[str]:
    """Return the paths of the dragged picture files."""
    return [
        url.toLocalFile()
        for url in event.mimeData().urls()
        if url.isLocalFile() and url.toLocalFile().lower().endswith(EXTENSIONS)
    ]
