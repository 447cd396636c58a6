"""What is under the pointer, and what can be done there: every point of the roll has an action."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QMenu

from rubato_desktop.clock import MILLISECOND, SECOND
from rubato_desktop.language.results import Heard, Understood
from rubato_desktop.ui.pianoroll.pitches import note_name
from rubato_desktop.ui.pianoroll.ruler import format_time
from rubato_desktop.ui.pianoroll.scene import NoteSeen
from rubato_desktop.ui.pianoroll.words import describe

if TYPE_CHECKING:
    from rubato_desktop.ui.pianoroll.view import PianoRoll

NEAR = 4  # px beside a thing that still count as on it
FINE = 10 * MILLISECOND
ZOOM_STEP = 1.25


class Pointing:
    """Answers for points of the widget, in logical pixels.

    Args:
        roll: The widget.
    """

    def __init__(self, roll: PianoRoll) -> None:
        self._roll = roll

    def time(self, point: QPointF) -> int:
        """Return the microsecond at a point, not before 0."""
        roll = self._roll
        if roll.parts.overview.contains(point.toPoint()):
            return max(int(roll.painter.overview.t_at(point.x(), roll.parts.overview)), 0)
        return max(int(roll.view.t_at(point.x() - roll.parts.notes.left())), 0)

    def word(self, point: QPointF) -> int | None:
        """Return the place of the word whose label is at a point, None when there is none."""
        roll = self._roll
        return roll.painter.labels.at(point, roll.parts, roll.view, roll.grid().x)

    def note(self, point: QPointF) -> NoteSeen | None:
        """Return the note at a point, None when there is none."""
        roll, area = self._roll, self._roll.parts.notes
        if not area.contains(point.toPoint()):
            return None
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
            does = "open its entry" if isinstance(heard, Understood) else "make it a word"
            return f"{describe(heard, format_time(heard.t, FINE))}\nClick: {does}"
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
        for mark in roll.scene.marks:
            if abs(roll.view.x_of(mark.t) - (point.x() - roll.parts.notes.left())) < NEAR:
                return f"{mark.kind.capitalize()} at {format_time(mark.t)} {mark.text}".strip()
        return format_time(self.time(point), FINE)

    def menu(self, place: int | None, t: int) -> QMenu:
        """Return the menu of what can be done at a word's place, or at `t` µs."""
        roll = self._roll
        menu = QMenu(roll)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if place is not None:
            heard: Heard = roll.scene.words.items[place]
            t = heard.t
            verb = "Open" if isinstance(heard, Understood) else "Make a word of"
            label = roll.scene.words.labels[place]
            menu.addAction(f"{verb} {label}").triggered.connect(lambda: roll.open_place(place))
        menu.addAction(f"Go to {format_time(t)}").triggered.connect(lambda: roll.seek.emit(t))
        menu.addAction(f"Play from {format_time(t)}").triggered.connect(lambda: roll.play_from.emit(t))
        menu.addSeparator()
        menu.addAction("Zoom in").triggered.connect(lambda: roll.zoom(ZOOM_STEP))
        menu.addAction("Zoom out").triggered.connect(lambda: roll.zoom(1 / ZOOM_STEP))
        menu.addAction("Show all").triggered.connect(roll.show_all)
        follow = menu.addAction("Follow")
        follow.setCheckable(True)
        follow.setChecked(roll.following)
        follow.triggered.connect(roll.follow)
        return menu
