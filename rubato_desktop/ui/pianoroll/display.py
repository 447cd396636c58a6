"""The pianoroll: notes, words over them, and where we are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QColor, QFontMetricsF
from PySide6.QtWidgets import QWidget

from rubato_desktop.language.results import ParseResult, RecognisedWord, RejectedRun
from rubato_desktop.midi.notes import Notes
from rubato_desktop.ui.pianoroll.accessible import introduce
from rubato_desktop.ui.pianoroll.colours import RollColours
from rubato_desktop.ui.pianoroll.labels import PAD
from rubato_desktop.ui.pianoroll.marks import Mark
from rubato_desktop.ui.pianoroll.pictures import Laid, PictureList, Pictures
from rubato_desktop.ui.pianoroll.pitches import note_name
from rubato_desktop.ui.pianoroll.scene import Scene
from rubato_desktop.ui.pianoroll.stack import Span
from rubato_desktop.ui.pianoroll.summary import summarise, summarise_stack
from rubato_desktop.ui.pianoroll.surface import Surface
from rubato_desktop.ui.pianoroll.wordlist import WordList
from rubato_desktop.ui.pianoroll.words import Words


class RollDisplay(Surface):
    """Shows an opened recording, or what is played now.

    What is played is kept whichever of the two is shown. All methods are for the GUI thread; times are microseconds
    from the beginning of what is shown, for live playing on the program's clock.

    Signals (times are Python ints: they pass 32 bits after 35 minutes):
        seek(object): Go to this µs.
        play_from(object): Play from this µs.
        open_word(object): Show the entry of this `RecognisedWord`.
        define(object): Make a word of this `RejectedRun`.
        open_note(object): Tell about this `NoteSeen`.
        stack_asked(bool): Show the iterations one under another, or everything in one row.
        iteration_asked(int): Go to the same place in the iteration that many after.
        mark_asked(str, object): Mark the ``start`` or the ``end`` of an iteration at this µs.
        picture_opened(int): Show the picture at this place large.
        picture_unwanted(int): Take the picture at this place off.
        picture_asked(object): Choose a picture and lay it at this µs.
        picture_dropped(str, object): Lay the picture file of this path at this µs.
    """

    seek = Signal(object)
    play_from = Signal(object)
    open_word = Signal(object)
    define = Signal(object)
    open_note = Signal(object)
    stack_asked = Signal(bool)
    iteration_asked = Signal(int)
    mark_asked = Signal(str, object)
    picture_opened = Signal(int)
    picture_unwanted = Signal(int)
    picture_asked = Signal(object)
    picture_dropped = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        introduce()
        self._live = Scene(Words(self._label_width), live=True)
        self._opened = Scene(Words(self._label_width))
        super().__init__(self._live, parent)
        self._own_colours = True
        self._summary.timeout.connect(self._tell)
        self.word_list = WordList(self.scene.words, self)
        self.word_list.chosen.connect(self._choose)
        self.word_list.opened.connect(self.open_place)
        self.word_list.focused.connect(self._words_focused)
        self.pictures = self.painter.pictures = Pictures(self)
        self.pictures.ready.connect(self._update_notes)
        self.picture_list = PictureList(self.pictures, self)
        self.picture_list.chosen.connect(self._choose_picture)
        self.picture_list.opened.connect(self.picture_opened)
        self.picture_list.focused.connect(self._pictures_focused)
        self.picture_list.hide()
        self.setAcceptDrops(True)
        self.setAccessibleName("Pianoroll")
        self._dress()
        self._tell()

    @property
    def live(self) -> bool:
        """True while it shows what is played now."""
        return self.scene.live

    def set_notes(self, notes: Notes, title: str = "") -> None:
        """Show an opened recording, from its beginning; no words yet."""
        base = self.scene.pitches.base
        self._opened = Scene(Words(self._label_width))
        self._opened.title = title
        self._opened.playhead = 0.0
        self._opened.set_base(base)
        self._opened.set_notes(notes)
        self._show(self._opened)

    def set_words(self, words: Sequence[RecognisedWord], missed: Sequence[RejectedRun]) -> None:
        """Show these words and runs not understood over the opened recording, and no others."""
        self._opened.set_words(words, missed)
        self._show(self.scene)

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Lay pauses, feedback and remarks over what is shown."""
        self.scene.marks = tuple(sorted(marks, key=lambda mark: mark.t))
        self._changed()

    def set_iterations(self, iterations: Sequence[Span]) -> None:
        """Take these stretches (from and to, µs) of the opened recording for the iterations of a piece."""
        self._opened.set_iterations(iterations)
        self._relaid()

    def set_pictures(self, pictures: Sequence[Laid]) -> None:
        """Lay these pictures over the opened recording, and no others."""
        self.pictures.replace(pictures)
        self.picture_list.renew()
        self._changed()

    def set_stacked(self, stacked: bool) -> None:
        """Show the iterations of the opened recording one under another, all of each; or everything in one row."""
        scene = self._opened
        stacked = stacked and scene.stack is not None
        if stacked == scene.stacked:
            return
        self._slide.stop()
        scene.stacked = stacked
        self._relaid()
        if stacked and scene is self.scene:
            self.show_all()
        self.follow(True)
        self._viewed()

    def _relaid(self) -> None:
        if self.scene is self._opened:
            self._lay_out()
            self._changed()

    def show_live(self) -> None:
        """Show what is played now."""
        self._show(self._live)

    def show_opened(self) -> None:
        """Show the opened recording again."""
        self._show(self._opened)

    def clear(self) -> None:
        """Forget what was opened and what was played; show what is played from now on."""
        base = self.scene.pitches.base
        self._live, self._opened = Scene(Words(self._label_width), live=True), Scene(Words(self._label_width))
        self._live.set_base(base)
        self._show(self._live)

    def note_on(self, t: int, device: str, channel: int, note: int, velocity: int) -> None:
        """Begin to draw a note that is played now; it grows until its `note_off`."""
        rows_changed = self._live.note_on(t, device, channel, note, velocity)
        if not self.live:
            return
        self._moved_to(t)
        if rows_changed:
            self.update()
        self.update(self.parts.keys)
        self._update_between(t, t)
        self._run_frames()

    def note_off(self, t: int, device: str, channel: int, note: int) -> None:
        """End a note; one that is not held is none of our business."""
        drawn_to = self._live.now
        if self._live.note_off(t, device, channel, note) and self.live:
            self.update(self.parts.keys)
            self._update_between(min(t, drawn_to), max(t, drawn_to))
            self._run_frames()
            self._summary.start()

    def release_all(self, t: int, device: str) -> None:
        """End all notes of a device that is gone."""
        for key in [key for key in self._live.notes.held if isinstance(key, tuple) and key[0] == device]:
            self.note_off(t, *key)

    def add_word(self, heard: ParseResult) -> None:
        """Show a word, or a run not understood, over the notes just played."""
        if not self.live:
            self._live.add_word(heard)
            return
        place = self._live.words.place_for(heard)
        self.word_list.words.beginInsertRows(self.word_list.rootIndex(), place, place)
        self._live.add_word(heard)
        self.word_list.words.endInsertRows()
        if self.following:
            self._reveal(heard.end)
        self._changed()

    def add_missed(self, run: RejectedRun) -> None:
        """Show a run that was not understood over the notes just played."""
        self.add_word(run)

    def set_base(self, note: int) -> None:
        """Make MIDI note `note` (0-127) command key 0."""
        if note != self.scene.pitches.base:
            for scene in (self._live, self._opened):
                scene.set_base(note)
            self._changed()

    def set_colours(self, languages: Mapping[str, QColor], colours: RollColours | None = None) -> None:
        """Take colours: language → colour, and those of the roll (default: by the palette, dark or light)."""
        self._own_colours = colours is None
        self.painter.set_colours(colours or RollColours.like(self.palette()), languages)
        self._dress()
        self._changed()

    def set_now(self, us: int) -> None:
        """Say what time it is in live playing; held notes grow to it."""
        before, self._live.now = self._live.now, max(float(us), 0.0)
        self._moved_to(us)
        if self.live and self.scene.notes.held:
            self._update_between(min(before, us), max(before, us))

    def open_place(self, place: int) -> None:
        """Open the entry of a word, or offer to make a word of a run, by its place among the words."""
        heard = self.scene.words.items[place]
        (self.open_word if isinstance(heard, RecognisedWord) else self.define).emit(heard)

    def point_at(self, place: int | None) -> None:
        """Mark the word the pointer is on, None for none."""
        if place != self.painter.labels.pointed:
            self.painter.labels.pointed = place
            self._update_words()

    def summary(self) -> str:
        """Return what is seen, in words."""
        view, scene = self.view, self.scene
        if self.stack is not None:
            return summarise_stack(
                title=scene.title,
                lengths=[self.stack.length(lane) for lane in range(len(self.stack.iterations))],
                notes=[scene.notes.count_between(begin, end - 1) for begin, end in self.stack.iterations],
                left=view.left,
                right=min(view.right, self.stack.longest),
                lane=scene.lane,
                into=scene.local(scene.playhead),
                following=self.following,
            )
        places = scene.words.between(view.left, view.right)
        return summarise(
            left=view.left,
            right=view.right,
            notes=scene.notes.count_between(view.left, view.right),
            held=[note_name(note) for note in scene.held],
            words=scene.words.items[places.start : places.stop],
            marks=scene.marks_between(view.left, view.right),
            playhead=scene.playhead,
            following=self.following,
            title=scene.title,
            pictures=[
                item.described
                for item in (() if scene.live else self.pictures.items)
                if view.left <= item.t <= view.right
            ],
            iterations=len(scene.stack.iterations) if scene.stack is not None else 0,
        )

    def _label_width(self, text: str) -> float:
        return QFontMetricsF(self.font()).horizontalAdvance(text) + 2 * PAD + 2

    def _show(self, scene: Scene) -> None:
        """Show this scene from now on, as it was left, and follow it."""
        self._slide.stop()
        span, fresh = self.scene.view.span, scene is not self.scene and not scene.view.end
        self.scene = self.painter.scene = self.painter.labels.scene = scene
        self.painter.labels.selected = self.painter.labels.pointed = None
        self.word_list.words.show(scene.words)
        self.picture_list.setVisible(not scene.live and len(self.pictures) > 0)
        self._lay_out()
        scene.view.end = scene.reach
        if fresh:
            scene.view.set_span(span)
            scene.view.move_to(float("-inf"))
        self.painter.renew()
        self.follow(True)
        self._run_frames()
        self._changed()

    def _moved_to(self, t: float) -> None:
        """Live playing is at `t` µs."""
        if self.live:
            self.view.end = max(self.view.end, int(t))
            self.set_playhead(int(max(t, self.scene.playhead or 0)))

    def _update_notes(self) -> None:
        self.update(self.parts.notes)

    def _update_words(self) -> None:
        self.update(self.parts.notes if self.scene.stacked else self.parts.lanes)

    def _choose(self, place: int) -> None:
        labels = self.painter.labels
        labels.selected = place if place >= 0 else None
        if place >= 0 and labels.focused:
            self._bring(self.scene.words.starts[place])
        self._update_words()

    def _choose_picture(self, place: int) -> None:
        self.pictures.selected = place if place >= 0 else None
        if place >= 0 and self.pictures.focused:
            self._bring(self.pictures.items[place].t)
        self._update_notes()

    def _pictures_focused(self, focused: bool) -> None:
        self.pictures.focused = focused
        if focused and self.picture_list.currentIndex().row() < 0:
            self.picture_list.go_to(0)
        self._update_notes()

    def _bring(self, moment: float) -> None:
        """Make sure that a moment the keyboard went to is seen."""
        t, view = self.scene.local(moment), self.view
        if self.stack is not None and (lane := self.stack.lane_of(moment)) is not None:
            self.stack.top = self.lanes.scrolled_to(lane)
        if t is not None and not view.left <= t <= view.left + 0.9 * view.span:
            self.follow(False)
            self._slide_to(t - 0.3 * view.span)

    def _words_focused(self, focused: bool) -> None:
        self.painter.labels.focused = focused
        if focused and self.word_list.currentIndex().row() < 0:
            places = self.scene.words.between(self.view.left, self.view.right)
            if len(places):
                self.word_list.go_to(places[-1])
        self._update_words()

    def _tell(self) -> None:
        text = self.summary()
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)

    def _tick(self, t: int) -> None:
        if self.live:
            self.set_now(t)
        else:
            self.set_playhead(t)

    def _moving(self) -> bool:
        return self._playing or bool(self.live and self.scene.notes.held)

    def _lay_out(self) -> None:
        super()._lay_out()
        # Of stacked iterations the words are with each.
        self.picture_list.setGeometry(self.parts.notes)
        self.word_list.setGeometry(self.parts.notes if self.scene.stacked else self.parts.lanes)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            for scene in (self._live, self._opened):
                scene.words.remeasure()
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._own_colours:
            self.set_colours(self.painter.languages)
