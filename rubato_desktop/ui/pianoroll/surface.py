"""The widget below the pianoroll: paints a scene, scrolls, zooms and follows the playhead."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRect, Qt, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import QFontMetricsF, QHideEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QPushButton, QWidget

from rubato_desktop.ui.pianoroll.colours import RollColours, mix
from rubato_desktop.ui.pianoroll.geometry import Geometry
from rubato_desktop.ui.pianoroll.grid import Grid
from rubato_desktop.ui.pianoroll.painting import RollPainter
from rubato_desktop.ui.pianoroll.scene import Scene
from rubato_desktop.ui.pianoroll.stack import Lanes, Stack
from rubato_desktop.ui.pianoroll.stack_painting import lanes_of
from rubato_desktop.ui.pianoroll.viewport import Viewport

FRAME_MS = 16
SLIDE_MS = 220
SUMMARY_MS = 500


class Surface(QWidget):
    """Shows a scene, without knowledge of its origin.

    It repaints only what changed, and runs at 60 frames per second only while something moves.

    Signals:
        follow_changed(bool): The view started or stopped following the playhead.
        span_changed(object): The view now shows this many µs.

    Attributes:
        scene: The scene that is shown.
        painter: Paints it.
        parts: Layout of the widget.
        following: Whether the view follows the playhead.
    """

    follow_changed = Signal(bool)
    span_changed = Signal(object)

    def __init__(self, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene = scene
        self.painter = RollPainter(scene, RollColours.from_qt_palette(self.palette()))
        self.parts = Geometry.of(1, 1, 1)
        self.following = True
        self._source: Callable[[], int] | None = None
        self._playing = False
        self._emitted_span = scene.view.span

        self._frames = QTimer(self, interval=FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._frames.timeout.connect(self._next_frame)
        self._slide_range = (0.0, 0.0)
        self._slide = QVariantAnimation(self, duration=SLIDE_MS)
        self._slide.valueChanged.connect(self._slide_step)
        # Debounced, so that a screen reader is not flooded with descriptions.
        self._summary = QTimer(self, interval=SUMMARY_MS, singleShot=True)

        self.follow_button = QPushButton("Follow", self)
        self.follow_button.setAccessibleDescription("Scroll to the playhead and follow it")
        self.follow_button.setToolTip("Scroll to the playhead and follow it")
        self.follow_button.clicked.connect(lambda: self.follow(True))
        self.follow_button.hide()

        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.setMinimumSize(240, 200)

    @property
    def view(self) -> Viewport:
        """The visible time span."""
        return self.scene.view

    @property
    def stack(self) -> Stack | None:
        """The iterations if they are shown stacked, else None."""
        return self.scene.stack if self.scene.stacked else None

    @property
    def lanes(self) -> Lanes:
        """Layout of the lanes of stacked iterations."""
        return lanes_of(self.scene, self.parts)

    def set_source(self, source: Callable[[], int] | None) -> None:
        """Set the clock (µs), which is read for each frame while notes are held or while playing."""
        self._source = source
        self._run_frames()

    def set_playing(self, playing: bool) -> None:
        """Set whether playback moves the playhead."""
        self._playing = playing
        self._run_frames()
        self._summary.start()

    def set_playhead(self, us: int | None) -> None:
        """Move the playhead to `us` µs, or hide it."""
        before, lane = self.scene.playhead, self.scene.lane
        self.scene.playhead = us
        for t in (self.scene.local(before), self.scene.local(us)):
            if t is not None:
                self._update_between(t, t)
        if self.stack is not None and self.scene.lane != lane:
            self.update()
            self._summary.start()
        if us is not None:
            self._reveal(us)

    def set_position(self, us: int) -> None:
        """Move the playhead to `us` µs and follow it."""
        self.set_playhead(us)
        if not self.following:
            self.follow(True)
        self._summary.start()

    def set_span(self, us: int) -> None:
        """Zoom to show `us` µs; the playhead, if in view, keeps its place on the screen."""
        self.view.set_span(us, self._anchor())
        self._view_changed()

    def zoom(self, factor: float) -> None:
        """Zoom in by `factor` around the playhead, or around the middle if it is not in view."""
        self.view.zoom(factor, self._anchor())
        self._view_changed()

    def show_from(self, us: float) -> None:
        """Move the left edge to `us` µs and stop following."""
        self._slide.stop()
        self.view.move_to(us)
        self.follow(False)
        self._view_changed()

    def pan(self, pixels: float) -> None:
        """Scroll by `pixels` (positive: to later times) and stop following."""
        self.show_from(self.view.left + pixels * self.view.us_per_px)

    def zoom_at(self, factor: float, x: float) -> None:
        """Zoom in by `factor` around `x` px of the widget."""
        self._slide.stop()
        self.view.zoom(factor, self.view.t_at(x - self.parts.notes.left()))
        head = self.scene.local(self.scene.playhead)
        if head is not None and not self.view.left <= head <= self.view.right:
            self.follow(False)
        self._view_changed()

    def show_all(self) -> None:
        """Show the whole recording."""
        self._slide.stop()
        self.view.set_span(self.view.whole)
        self.view.move_to(float("-inf"))
        self._view_changed()

    def follow(self, following: bool = True) -> None:
        """Start or stop following the playhead and the last word played."""
        if following != self.following:
            self.following = following
            self.follow_button.setVisible(not following)
            self.follow_changed.emit(following)
        if following and self.scene.playhead is not None:
            self._reveal(self.scene.playhead)
        self._summary.start()

    def grid(self) -> Grid:
        """Return the pixel grid of the current view."""
        return Grid.of(self.view, self.devicePixelRatioF())

    def _anchor(self) -> float:
        head = self.scene.local(self.scene.playhead)
        view = self.view
        return head if head is not None and view.left <= head <= view.right else view.left + view.span / 2

    def _content_changed(self) -> None:
        """Repaint everything, because the content of the scene changed."""
        self.view.end = self.scene.view_end
        self.painter.overview.invalidate()
        self.painter.stack.invalidate()
        self.update()
        self._summary.start()

    def _view_changed(self) -> None:
        """Repaint everything, because the visible part changed."""
        if self.view.span != self._emitted_span:
            self._emitted_span = self.view.span
            self.span_changed.emit(round(self.view.span))
        self.update()
        self._summary.start()

    def scroll_lanes(self, pixels: float) -> None:
        """Scroll stacked iterations by `pixels` (positive: down) if they do not all fit."""
        if self.stack is not None:
            self.stack.top = min(max(self.lanes.top + round(pixels), 0), self.lanes.max_top)
            self.update()

    def _reveal(self, t: float) -> None:
        lane, local = self.scene.lane, self.scene.local(t)
        if self.stack is not None and self.following and lane is not None:
            self.stack.top = self.lanes.scrolled_to(lane)
        left = self.view.page_for(local, self.scene.live) if self.following and local is not None else None
        if left is None or self._slide.state() == QVariantAnimation.State.Running:
            return
        self.painter.overview.invalidate()
        self._slide_to(left)
        self._summary.start()

    def _slide_to(self, left: float) -> None:
        view = self.view
        if not self.isVisible():
            view.move_to(left)
            self.update()
            return
        # Over a long distance, only the last part is animated.
        start = min(max(view.left, left - view.span), left + view.span)
        self._slide.setStartValue(0.0)
        self._slide.setEndValue(1.0)
        self._slide_range = start, left
        self._slide.start()

    def _slide_step(self, share: float) -> None:
        start, end = self._slide_range
        self.view.move_to(start + (end - start) * (1 - (1 - share) ** 3))
        self.update()

    def _next_frame(self) -> None:
        if self._source is not None:
            self._tick(self._source())

    def _tick(self, t: int) -> None:
        """Handle a frame at `t` µs of the clock."""
        self.set_playhead(t)

    def _moving(self) -> bool:
        """Return True while frames are needed."""
        return self._playing

    def _run_frames(self) -> None:
        if self._moving() and self._source is not None and self.isVisible():
            if not self._frames.isActive():
                self._frames.start()
        else:
            self._frames.stop()

    def _update_between(self, first: float, last: float) -> None:
        """Repaint the strip of first..last, µs of the view."""
        area = self.parts.notes
        x, end = self.view.x_of(first), self.view.x_of(last)
        strip = QRect(int(area.left() + x) - 8, 0, int(end - x) + 16, self.height())
        self.update(strip & self.rect())

    def _apply_colours(self) -> None:
        """Style the button with the colours of the roll."""
        colours = self.painter.colours
        self.follow_button.setStyleSheet(
            f"QPushButton {{ background: {colours.row.name()}; color: {colours.text.name()};"
            f" border: 1px solid {colours.quiet.name()}; border-radius: 10px; padding: 3px 12px; }}"
            f"QPushButton:hover {{ background: {mix(colours.row, colours.text, 0.12).name()}; }}"
            f"QPushButton:focus {{ border: 2px solid {colours.focus.name()}; padding: 2px 11px; }}"
        )
        self._lay_out()

    def _lay_out(self) -> None:
        geometry = self.parts = Geometry.of(
            self.width(),
            self.height(),
            round(QFontMetricsF(self.font()).height()),
            self.scene.stacked,
        )
        self.view.width = max(geometry.notes.width(), 1)
        size = self.follow_button.sizeHint()
        self.follow_button.setGeometry(
            geometry.notes.right() - size.width() - 12,
            geometry.notes.bottom() - size.height() - 12,
            *size.toTuple(),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        # Rectangle by rectangle: the bounding box of a key at the left and a note at the right is the whole widget.
        for dirty in event.region():  # type: ignore[attr-defined]
            self.painter.paint(painter, dirty, self.parts, self.view, self.font())
        painter.setClipping(False)
        if self.hasFocus():
            painter.setPen(QPen(self.painter.colours.focus, 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def showEvent(self, event: QShowEvent) -> None:
        self._run_frames()

    def hideEvent(self, event: QHideEvent) -> None:
        self._frames.stop()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.painter.invalidate()
            self._lay_out()
            self.update()
