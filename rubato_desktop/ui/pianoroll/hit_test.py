"""What is under the pointer, and what can be done there: every point of the roll has an action."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QMenu

from rubato_desktop.clock import MILLISECOND, SECOND
from rubato_desktop.language.results import ParseResult, RecognisedWord
from rubato_desktop.ui.pianoroll.display import RollDisplay
from rubato_desktop.ui.pianoroll.pitches import note_name
from rubato_desktop.ui.pianoroll.ruler import format_time
from rubato_desktop.ui.pianoroll.scene import NoteSeen
from rubato_desktop.ui.pianoroll.words import describe

NEAR = 4  # px beside a thing that still count as on it
FINE = 10 * MILLISECOND
ZOOM_STEP = 1.25


class HitTest:
    """Answers for points of the widget, in logical pixels.

    Args:
        roll: The widget.
    """

    def __init__(self, roll: RollDisplay) -> None:
        self._roll = roll

    def time(self, point: QPointF) -> int:
        """Return the microsecond at a point, not before 0."""
        roll = self._roll
        if roll.parts.overview.contains(point.toPoint()):
            return max(int(roll.painter.overview.t_at(point.x(), roll.parts.overview)), 0)
        if roll.stack is not None:
            lane = roll.lanes.at(point.y())
            lane = roll.scene.lane or 0 if lane is None else lane
            return roll.stack.moment(lane, roll.view.t_at(point.x() - roll.parts.notes.left()))
        return max(int(roll.view.t_at(point.x() - roll.parts.notes.left())), 0)

    def word(self, point: QPointF) -> int | None:
        """Return the place of the word whose label is at a point, None when there is none."""
        roll = self._roll
        if roll.stack is not None:
            lane = roll.lanes.at(point.y())
            if lane is None or not roll.lanes.words(lane).contains(point.toPoint()):
                return None
            begin, end = roll.stack.iterations[lane]
            area, share = roll.lanes.words(lane), len(roll.lanes.visible)
            return roll.painter.labels.at_row(point, area, begin, end - 1, roll.view, roll.grid().x, share)
        return roll.painter.labels.at(point, roll.parts, roll.view, roll.grid().x)

    def picture(self, point: QPointF) -> int | None:
        """Return the place of the picture at a point, None when there is none."""
        roll = self._roll
        boxes = roll.painter.picture_boxes(roll.parts, roll.grid())
        return next((place for place, box, _ in reversed(boxes) if box.contains(point)), None)

    def note(self, point: QPointF) -> NoteSeen | None:
        """Return the note at a point, None when there is none."""
        roll, area = self._roll, self._roll.parts.notes
        if not area.contains(point.toPoint()):
            return None
        if roll.stack is not None:
            lane = roll.lanes.at(point.y())
            if lane is None or not roll.lanes.notes(lane).contains(point.toPoint()):
                return None
            area = roll.lanes.notes(lane)
            into = roll.view.t_at(point.x() - area.left())
            if not 0 <= into < roll.stack.length(lane):
                return None
            pitch = roll.stack.pitches.note_at(point.y() - area.top(), area.height())
            t = roll.stack.starts[lane] + into
            return roll.scene.note_at(t, pitch, NEAR * roll.view.us_per_px)
        pitch = roll.scene.pitches.note_at(point.y() - area.top(), area.height())
        return roll.scene.note_at(roll.view.t_at(point.x() - area.left()), pitch, NEAR * roll.view.us_per_px)

    def act(self, point: QPointF) -> None:
        """Do what a click does: open a word, or go to the note or the time there."""
        roll = self._roll
        place = self.word(point)
        if place is not None:
            roll.word_list.go_to(place)
            roll.open_place(place)
            return
        picture = self.picture(point)
        if picture is not None:
            roll.seek.emit(roll.pictures.items[picture].t)
            return
        note = self.note(point)
        if note is not None:
            roll.open_note.emit(note)
        roll.seek.emit(note.on if note is not None else self.time(point))

    def tip(self, point: QPointF) -> str:
        """Return what is at a point and what a click does, in words."""
        roll = self._roll
        place = self.word(point)
        if place is not None:
            heard = roll.scene.words.items[place]
            does = "open its entry" if isinstance(heard, RecognisedWord) else "make it a word"
            return f"{describe(heard, format_time(heard.t, FINE))}\nClick: {does}"
        picture = self.picture(point)
        if picture is not None:
            item = roll.pictures.items[picture]
            return f"{item.described}\nClick: go there · Double click: see it large"
        if roll.live:
            return self._thing(point)
        return f"{self._thing(point)}\nClick: go there · Double click: play from there"

    def _thing(self, point: QPointF) -> str:
        roll = self._roll
        note = self.note(point)
        if note is not None:
            key = roll.scene.pitches.key_of(note.note)
            parts = [note_name(note.note), f"key {key}" if key is not None else "", note.track]
            parts.append(f"at {format_time(note.on, FINE)}")
            if note.off is not None:
                parts.append(f"{(note.off - note.on) / SECOND:.2f} s long")
            return ", ".join(part for part in parts if part)
        t = self.time(point)
        for mark in roll.scene.marks:
            if abs(mark.t - t) < NEAR * roll.view.us_per_px:
                return f"{mark.kind.capitalize()} at {format_time(mark.t)} {mark.text}".strip()
        lane = roll.stack.lane_of(t) if roll.stack is not None else None
        if roll.stack is not None and lane is not None:
            into = format_time(t - roll.stack.starts[lane], FINE)
            return f"Iteration {lane + 1}, {into} into it, at {format_time(t, FINE)}"
        return format_time(t, FINE)

    def menu(self, place: int | None, t: int, picture: int | None = None) -> QMenu:
        """Return the menu of what can be done at a word's place, at a picture's, or at `t` µs."""
        roll = self._roll
        menu = QMenu(roll)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if place is not None:
            heard: ParseResult = roll.scene.words.items[place]
            t = heard.t
            verb = "Open" if isinstance(heard, RecognisedWord) else "Make a word of"
            label = roll.scene.words.labels[place]
            menu.addAction(f"{verb} {label}").triggered.connect(lambda: roll.open_place(place))
        elif picture is not None:
            item = roll.pictures.items[picture]
            t = item.t
            menu.addAction(f"See {item.name} large").triggered.connect(
                lambda: roll.picture_opened.emit(picture)
            )
            menu.addAction(f"Take {item.name} off").triggered.connect(
                lambda: roll.picture_unwanted.emit(picture)
            )
        menu.addAction(f"Go to {format_time(t)}").triggered.connect(lambda: roll.seek.emit(t))
        menu.addAction(f"Play from {format_time(t)}").triggered.connect(lambda: roll.play_from.emit(t))
        if not roll.live:
            menu.addSeparator()
            if roll.scene.stack is not None:
                stacked = menu.addAction("Iterations one under another")
                stacked.setCheckable(True)
                stacked.setChecked(roll.scene.stacked)
                stacked.triggered.connect(lambda on: roll.stack_asked.emit(on))
            menu.addAction("An iteration starts here").triggered.connect(
                lambda: roll.mark_asked.emit("start", t)
            )
            menu.addAction("An iteration ends here").triggered.connect(lambda: roll.mark_asked.emit("end", t))
            menu.addAction("Lay a picture here…").triggered.connect(lambda: roll.picture_asked.emit(t))
        menu.addSeparator()
        menu.addAction("Zoom in").triggered.connect(lambda: roll.zoom(ZOOM_STEP))
        menu.addAction("Zoom out").triggered.connect(lambda: roll.zoom(1 / ZOOM_STEP))
        menu.addAction("Show all").triggered.connect(roll.show_all)
        follow = menu.addAction("Follow")
        follow.setCheckable(True)
        follow.setChecked(roll.following)
        follow.triggered.connect(roll.follow)
        return menu
