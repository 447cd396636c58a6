"""Hands on the pianoroll: mouse, touchpad, fingers and keyboard."""

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

PAN_STEP = 0.1  # of the width: an arrow, a notch of the wheel
_PINCH_PX = 60  # px of two fingers with Ctrl that zoom one step

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
    """Turns what hands do into what the roll does.

    Wheel or two fingers: pan; over more iterations than find room: up and down, with Shift pan. Ctrl and wheel, or a
    pinch: zoom at the pointer. Drag: pan; in the overview: go there. Click: go there, or open the word. Double click:
    play from there, or see the picture large. A picture that is dropped is laid there.

    Arrows: pan; Page Up and Down: a page; + and -: zoom; Home and End: the beginning and the end; Up or Down: to the
    words, of stacked iterations to the same place in the one before or after. The menu key lists what can be done.

    Args:
        roll: The widget to watch.
        pointing: What is at its points.
    """

    def __init__(self, roll: RollDisplay, pointing: HitTest) -> None:
        super().__init__(roll)
        self._roll, self._pointing = roll, pointing
        self._pressed: QPointF | None = None
        self._dragging = False
        self._in_overview = False
        kinds = QEvent.Type
        self._answers: dict[QEvent.Type, Callable[[Any], bool]] = {
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
        """Hear the widget's events before it does; True for those that are done."""
        answer = self._answers.get(event.type())
        return answer(event) if answer is not None else False

    def _wheel(self, event: QWheelEvent) -> bool:
        pixels, angle = event.pixelDelta(), event.angleDelta()
        fine = not pixels.isNull()  # a touchpad tells pixels; a wheel tells eighths of a degree, 120 a notch
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            steps = pixels.y() / _PINCH_PX if fine else angle.y() / 120
            self._roll.zoom_at(ZOOM_STEP**steps, event.position().x())
        else:
            notch = 1 if fine else PAN_STEP * self._roll.view.width / 120
            delta = pixels if fine else angle
            upright = abs(delta.y()) >= abs(delta.x()) and not event.modifiers()
            if self._roll.stack is not None and self._roll.lanes.most and upright:
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
        return False  # the widget takes the focus

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
            self._pointing.act(event.position())
        return True

    def _double(self, event: QMouseEvent) -> bool:
        pointing = self._pointing
        picture = pointing.picture(event.position())
        if event.button() == Qt.MouseButton.LeftButton and picture is not None:
            self._roll.picture_opened.emit(picture)
        elif event.button() == Qt.MouseButton.LeftButton and pointing.word(event.position()) is None:
            self._roll.play_from.emit(pointing.time(event.position()))
        return True

    def _leave(self, event: QEvent) -> bool:
        self._hover(QPointF(-1, -1))
        return False

    def _menu(self, event: QContextMenuEvent) -> bool:
        roll, point = self._roll, QPointF(event.pos())
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            menu = self._pointing.menu(roll.painter.labels.selected, int(roll.scene.playhead or 0))
        else:
            pointing = self._pointing
            menu = pointing.menu(pointing.word(point), pointing.time(point), pointing.picture(point))
        menu.popup(event.globalPos())
        return True

    def _tip(self, event: QHelpEvent) -> bool:
        QToolTip.showText(event.globalPos(), self._pointing.tip(QPointF(event.pos())), self._roll)
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
        if not _pictures_in(event):
            event.ignore()  # the window may know what to do with it
            return True
        event.acceptProposedAction()
        return True

    def _drop(self, event: QDropEvent) -> bool:
        for path in _pictures_in(event):
            self._roll.picture_dropped.emit(path, self._pointing.time(event.position()))
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
            roll.show_from(roll.scene.reach - 0.9 * roll.view.span)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and roll.stack is not None:
            roll.iteration_asked.emit(1 if key == Qt.Key.Key_Down else -1)
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
            # What is seen of each iteration is the same; a place in the recording is gone to.
            self._roll.seek.emit(self._pointing.time(point))
            return
        self._roll.show_from(self._pointing.time(point) - self._roll.view.span / 2)

    def _hover(self, point: QPointF) -> None:
        roll = self._roll
        place = self._pointing.word(point)
        roll.point_at(place)
        hand = place is not None or self._pointing.note(point) is not None
        hand = hand or self._pointing.picture(point) is not None
        roll.setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)


def _pictures_in(event: QDropEvent) -> list[str]:
    """Return the picture files that are dragged."""
    return [
        url.toLocalFile()
        for url in event.mimeData().urls()
        if url.isLocalFile() and url.toLocalFile().lower().endswith(EXTENSIONS)
    ]
