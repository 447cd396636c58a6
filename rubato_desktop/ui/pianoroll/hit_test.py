"""Hit testing on the pianoroll: the items at a point, and the actions that they offer."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QMenu

from rubato_desktop.clock import MILLISECOND, SECOND
from rubato_desktop.language.results import ParseResult, RecognisedWord
from rubato_desktop.ui.pianoroll.display import RollDisplay
from rubato_desktop.ui.pianoroll.pitches import note_name
from rubato_desktop.ui.pianoroll.ruler import format_time
from rubato_desktop.ui.pianoroll.scene import NoteInfo
from rubato_desktop.ui.pianoroll.words import describe

TOLERANCE = 4  # px around an item that still count as a hit
FINE = 10 * MILLISECOND
ZOOM_STEP = 1.25


class HitTest:
    """Finds the items at a point of the roll, and offers their actions as click, tool tip and context menu.

    Points are logical pixels of the widget. Labels and pictures lie over notes: `click` and `tip` try the label first,
    then the picture, then the note. Every point has an action: where there is no item, a click seeks.

    Args:
        roll: The widget.
    """

    def __init__(self, roll: RollDisplay) -> None:
        self._roll = roll

    def time(self, point: QPointF) -> int:
        """Return the time of the recording at a point, µs; at least 0."""
        roll = self._roll
        if roll.parts.overview.contains(point.toPoint()):
            return max(int(roll.painter.overview.t_at(point.x(), roll.parts.overview)), 0)
        if roll.stack is not None:
            lane = roll.lanes.at(point.y())
            lane = roll.scene.lane or 0 if lane is None else lane
            return roll.stack.moment(lane, roll.view.t_at(point.x() - roll.parts.notes.left()))
        return max(int(roll.view.t_at(point.x() - roll.parts.notes.left())), 0)

    def word(self, point: QPointF) -> int | None:
        """Return the index of the word whose label is at a point, or None."""
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
        """Return the index of the picture at a point, or None."""
        roll = self._roll
        boxes = roll.painter.picture_boxes(roll.parts, roll.grid())
        return next((index for index, box, _ in reversed(boxes) if box.contains(point)), None)

    def note(self, point: QPointF) -> NoteInfo | None:
        """Return the note at a point, or None."""
        roll, area = self._roll, self._roll.parts.notes
        if not area.contains(point.toPoint()):
            return None
        if roll.stack is not None:
            lane = roll.lanes.at(point.y())
            if lane is None or not roll.lanes.notes(lane).contains(point.toPoint()):
                return None
            area = roll.lanes.notes(lane)
            offset = roll.view.t_at(point.x() - area.left())
            if not 0 <= offset < roll.stack.length(lane):
                return None
            pitch = roll.stack.pitches.note_at(point.y() - area.top(), area.height())
            t = roll.stack.starts[lane] + offset
            return roll.scene.note_at(t, pitch, TOLERANCE * roll.view.us_per_px)
        pitch = roll.scene.pitches.note_at(point.y() - area.top(), area.height())
        return roll.scene.note_at(
            roll.view.t_at(point.x() - area.left()), pitch, TOLERANCE * roll.view.us_per_px
        )

    def click(self, point: QPointF) -> None:
        """Perform the action of a click: open the word, or seek to the picture, the note or the time."""
        roll = self._roll
        index = self.word(point)
        if index is not None:
            roll.word_list.go_to(index)
            roll.open_item(index)
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
        """Return the tool tip of a point: what is there and what a click does."""
        roll = self._roll
        index = self.word(point)
        if index is not None:
            result = roll.scene.words.items[index]
            action = "open its entry" if isinstance(result, RecognisedWord) else "define it as a word"
            return f"{describe(result, format_time(result.t, FINE))}\nClick: {action}"
        picture = self.picture(point)
        if picture is not None:
            item = roll.pictures.items[picture]
            return f"{item.description}\nClick: go there · Double-click: enlarge"
        if roll.live:
            return self._describe_point(point)
        return f"{self._describe_point(point)}\nClick: go there · Double-click: play from there"

    def _describe_point(self, point: QPointF) -> str:
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
            if abs(mark.t - t) < TOLERANCE * roll.view.us_per_px:
                return f"{mark.kind.capitalize()} at {format_time(mark.t)} {mark.text}".strip()
        lane = roll.stack.lane_of(t) if roll.stack is not None else None
        if roll.stack is not None and lane is not None:
            offset = format_time(t - roll.stack.starts[lane], FINE)
            return f"Iteration {lane + 1} at {offset} ({format_time(t, FINE)} in the recording)"
        return format_time(t, FINE)

    def menu(self, index: int | None, t: int, picture: int | None = None) -> QMenu:
        """Return the context menu of a word, a picture or a time.

        Args:
            index: Index of the word; None for no word.
            t: Time, µs; replaced by the time of the word or picture.
            picture: Index of the picture; None for no picture.
        """
        roll = self._roll
        menu = QMenu(roll)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if index is not None:
            result: ParseResult = roll.scene.words.items[index]
            t = result.t
            label = roll.scene.words.labels[index]
            action = f"Open {label}" if isinstance(result, RecognisedWord) else f"Define {label} as a word"
            menu.addAction(action).triggered.connect(lambda: roll.open_item(index))
        elif picture is not None:
            item = roll.pictures.items[picture]
            t = item.t
            menu.addAction(f"Enlarge {item.name}").triggered.connect(
                lambda: roll.picture_opened.emit(picture)
            )
            menu.addAction(f"Remove {item.name}").triggered.connect(
                lambda: roll.picture_removal_requested.emit(picture)
            )
        menu.addAction(f"Go to {format_time(t)}").triggered.connect(lambda: roll.seek.emit(t))
        menu.addAction(f"Play from {format_time(t)}").triggered.connect(lambda: roll.play_from.emit(t))
        if not roll.live:
            menu.addSeparator()
            if roll.scene.stack is not None:
                stacked = menu.addAction("Stack iterations")
                stacked.setCheckable(True)
                stacked.setChecked(roll.scene.stacked)
                stacked.triggered.connect(lambda on: roll.stack_requested.emit(on))
            menu.addAction("Start an iteration here").triggered.connect(
                lambda: roll.mark_requested.emit("start", t)
            )
            menu.addAction("End the iteration here").triggered.connect(
                lambda: roll.mark_requested.emit("end", t)
            )
            menu.addAction("Add a picture here…").triggered.connect(lambda: roll.picture_requested.emit(t))
        menu.addSeparator()
        menu.addAction("Zoom in").triggered.connect(lambda: roll.zoom(ZOOM_STEP))
        menu.addAction("Zoom out").triggered.connect(lambda: roll.zoom(1 / ZOOM_STEP))
        menu.addAction("Show all").triggered.connect(roll.show_all)
        follow = menu.addAction("Follow the playhead")
        follow.setCheckable(True)
        follow.setChecked(roll.following)
        follow.triggered.connect(roll.follow)
        return menu
