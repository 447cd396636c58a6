"""The face of the pianoroll: it shows a scene, moves over it and follows."""

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
    """Shows a scene; knows nothing of where it comes from.

    Frames are painted when something changed, and only where; 60 times a second only while something moves.

    Signals:
        follow_changed(bool): The view began or ceased to follow.
        span_changed(object): The view now shows this many µs.
    """

    follow_changed = Signal(bool)
    span_changed = Signal(object)

    def __init__(self, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene = scene
        self.painter = RollPainter(scene, RollColours.like(self.palette()))
        self.parts = Geometry.of(1, 1, 1)
        self.following = True
        self._source: Callable[[], int] | None = None
        self._playing = False
        self._told_span = scene.view.span

        self._frames = QTimer(self, interval=FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._frames.timeout.connect(self._next_frame)
        self._slide_way = (0.0, 0.0)
        self._slide = QVariantAnimation(self, duration=SLIDE_MS)
        self._slide.valueChanged.connect(self._slide_on)
        # Until nothing has changed for a while: a screen reader is not to be flooded.
        self._summary = QTimer(self, interval=SUMMARY_MS, singleShot=True)

        self.follow_button = QPushButton("Follow", self)
        self.follow_button.setAccessibleDescription("Show the playhead and follow it again")
        self.follow_button.setToolTip("Show the playhead and follow it again")
        self.follow_button.clicked.connect(lambda: self.follow(True))
        self.follow_button.hide()

        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.setMinimumSize(240, 200)

    @property
    def view(self) -> Viewport:
        """The stretch of time that is seen."""
        return self.scene.view

    @property
    def stack(self) -> Stack | None:
        """The iterations while they lie one under another, else None."""
        return self.scene.stack if self.scene.stacked else None

    @property
    def lanes(self) -> Lanes:
        """Where the lanes of stacked iterations lie."""
        return lanes_of(self.scene, self.parts)

    def set_source(self, source: Callable[[], int] | None) -> None:
        """Take the time from here, 60 times a second while notes are held or `set_playing`, and never else."""
        self._source = source
        self._run_frames()

    def set_playing(self, playing: bool) -> None:
        """Say whether the playhead moves by itself."""
        self._playing = playing
        self._run_frames()
        self._summary.start()

    def set_playhead(self, us: int | None) -> None:
        """Put the playhead at `us`, or take it away."""
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
        """Put the playhead at `us` and make sure it is seen."""
        self.set_playhead(us)
        if not self.following:
            self.follow(True)
        self._summary.start()

    def set_span(self, us: int) -> None:
        """Show `us` microseconds across the width, with the playhead where it is, if it is in view."""
        self.view.set_span(us, self._anchor())
        self._viewed()

    def zoom(self, factor: float) -> None:
        """Show `factor` times as much detail around the playhead, or the middle when it is not in view."""
        self.view.zoom(factor, self._anchor())
        self._viewed()

    def show_from(self, us: float) -> None:
        """Put `us` at the left edge; the view then no longer follows."""
        self._slide.stop()
        self.view.move_to(us)
        self.follow(False)
        self._viewed()

    def pan(self, pixels: float) -> None:
        """Move the view by pixels, positive later; it then no longer follows."""
        self.show_from(self.view.left + pixels * self.view.us_per_px)

    def zoom_at(self, factor: float, x: float) -> None:
        """Show `factor` times as much detail around what is at pixel `x` of the widget."""
        self._slide.stop()
        self.view.zoom(factor, self.view.t_at(x - self.parts.notes.left()))
        head = self.scene.local(self.scene.playhead)
        if head is not None and not self.view.left <= head <= self.view.right:
            self.follow(False)
        self._viewed()

    def show_all(self) -> None:
        """Show everything from beginning to end."""
        self._slide.stop()
        self.view.set_span(self.view.whole)
        self.view.move_to(float("-inf"))
        self._viewed()

    def follow(self, following: bool = True) -> None:
        """Follow the playhead and the last word played, or stay."""
        if following != self.following:
            self.following = following
            self.follow_button.setVisible(not following)
            self.follow_changed.emit(following)
        if following and self.scene.playhead is not None:
            self._reveal(self.scene.playhead)
        self._summary.start()

    def grid(self) -> Grid:
        """Return where moments lie on the screen."""
        return Grid.of(self.view, self.devicePixelRatioF())

    def _anchor(self) -> float:
        head = self.scene.local(self.scene.playhead)
        view = self.view
        return head if head is not None and view.left <= head <= view.right else view.left + view.span / 2

    def _changed(self) -> None:
        """Something else is there to be seen."""
        self.view.end = self.scene.reach
        self.painter.overview.forget()
        self.painter.stack.forget()
        self.update()
        self._summary.start()

    def _viewed(self) -> None:
        """Another stretch is seen."""
        if self.view.span != self._told_span:
            self._told_span = self.view.span
            self.span_changed.emit(round(self.view.span))
        self.update()
        self._summary.start()

    def scroll_lanes(self, pixels: float) -> None:
        """Move stacked iterations up by pixels, where there are more than find room."""
        if self.stack is not None:
            self.stack.top = min(max(self.lanes.top + round(pixels), 0), self.lanes.most)
            self.update()

    def _reveal(self, t: float) -> None:
        lane, local = self.scene.lane, self.scene.local(t)
        if self.stack is not None and self.following and lane is not None:
            self.stack.top = self.lanes.scrolled_to(lane)
        left = self.view.page_for(local, self.scene.live) if self.following and local is not None else None
        if left is None or self._slide.state() == QVariantAnimation.State.Running:
            return
        self.painter.overview.forget()
        self._slide_to(left)
        self._summary.start()

    def _slide_to(self, left: float) -> None:
        view = self.view
        if not self.isVisible():
            view.move_to(left)
            self.update()
            return
        # From far away, only the last stretch is seen moving.
        start = min(max(view.left, left - view.span), left + view.span)
        self._slide.setStartValue(0.0)
        self._slide.setEndValue(1.0)
        self._slide_way = start, left
        self._slide.start()

    def _slide_on(self, share: float) -> None:
        start, end = self._slide_way
        self.view.move_to(start + (end - start) * (1 - (1 - share) ** 3))
        self.update()

    def _next_frame(self) -> None:
        if self._source is not None:
            self._tick(self._source())

    def _tick(self, t: int) -> None:
        """Something moves by itself and is now at `t` µs."""
        self.set_playhead(t)

    def _moving(self) -> bool:
        """True while something moves by itself."""
        return self._playing

    def _run_frames(self) -> None:
        if self._moving() and self._source is not None and self.isVisible():
            if not self._frames.isActive():
                self._frames.start()
        else:
            self._frames.stop()

    def _update_between(self, first: float, last: float) -> None:
        """Paint anew what lies in first..last µs."""
        area = self.parts.notes
        x, end = self.view.x_of(first), self.view.x_of(last)
        strip = QRect(int(area.left() + x) - 8, 0, int(end - x) + 16, self.height())
        self.update(strip & self.rect())

    def _dress(self) -> None:
        """Give the button the roll's colours."""
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
        # One by one: a key at the left and a note at the right are little, what holds them both is all.
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
            self.painter.renew()
            self._lay_out()
            self.update()
