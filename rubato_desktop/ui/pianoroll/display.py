"""The pianoroll without input: shows live playing or an open recording, and reports requests as signals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QColor, QFontMetricsF
from PySide6.QtWidgets import QWidget

from rubato_desktop.language.results import ParseResult, RecognisedWord, RejectedRun
from rubato_desktop.midi.notes import Notes
from rubato_desktop.ui.pianoroll.accessible import install_accessible_role
from rubato_desktop.ui.pianoroll.colours import RollColours
from rubato_desktop.ui.pianoroll.labels import PAD
from rubato_desktop.ui.pianoroll.marks import Mark
from rubato_desktop.ui.pianoroll.pictures import PictureList, Pictures, PlacedPicture
from rubato_desktop.ui.pianoroll.pitches import note_name
from rubato_desktop.ui.pianoroll.scene import Scene
from rubato_desktop.ui.pianoroll.stack import Span
from rubato_desktop.ui.pianoroll.summary import summarise, summarise_stack
from rubato_desktop.ui.pianoroll.surface import Surface
from rubato_desktop.ui.pianoroll.wordlist import WordList
from rubato_desktop.ui.pianoroll.words import Words


class RollDisplay(Surface):
    """Shows what is played now, or an open recording.

    It holds two scenes, one for live playing and one for the recording, and shows one of them; live playing goes on
    while the recording is shown. The display does not act on its own: what the user requests is a signal, which
    `RollView` turns into commands. `Gestures` and `HitTest` turn mouse, touch and keyboard input into such calls and
    signals.

    Call all methods on the GUI thread. Times are µs: of the recording, or on the program's clock for live playing.

    Signals (times are objects, because a Qt int overflows after 35 minutes of µs):
        seek(object): Move the playhead to this time.
        play_from(object): Play from this time.
        open_word(object): Show the entry of this `RecognisedWord`.
        define(object): Define this `RejectedRun` as a word.
        open_note(object): Show the details of this `NoteInfo`.
        stack_requested(bool): Stack the iterations, or show everything in one row.
        iteration_requested(int): Go to the same position in another iteration, that many further on.
        mark_requested(str, object): Mark the ``start`` or the ``end`` of an iteration at this time.
        picture_opened(int): Enlarge the picture with this index.
        picture_removal_requested(int): Remove the picture with this index.
        picture_requested(object): Let the user choose a picture to add at this time.
        picture_dropped(str, object): Add the picture file with this path at this time.
    """

    seek = Signal(object)
    play_from = Signal(object)
    open_word = Signal(object)
    define = Signal(object)
    open_note = Signal(object)
    stack_requested = Signal(bool)
    iteration_requested = Signal(int)
    mark_requested = Signal(str, object)
    picture_opened = Signal(int)
    picture_removal_requested = Signal(int)
    picture_requested = Signal(object)
    picture_dropped = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        install_accessible_role()
        self._live = Scene(Words(self._label_width), live=True)
        self._opened = Scene(Words(self._label_width))
        super().__init__(self._live, parent)
        self._own_colours = True
        self._summary.timeout.connect(self._update_description)
        self.word_list = WordList(self.scene.words, self)
        self.word_list.chosen.connect(self._choose)
        self.word_list.opened.connect(self.open_item)
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
        self._apply_colours()
        self._update_description()

    @property
    def live(self) -> bool:
        """Whether live playing is shown."""
        return self.scene.live

    def set_notes(self, notes: Notes, title: str = "") -> None:
        """Show a recording from its beginning, without words."""
        base = self.scene.pitches.base
        self._opened = Scene(Words(self._label_width))
        self._opened.title = title
        self._opened.playhead = 0.0
        self._opened.set_base(base)
        self._opened.set_notes(notes)
        self._show(self._opened)

    def set_words(self, words: Sequence[RecognisedWord], missed: Sequence[RejectedRun]) -> None:
        """Replace the words and rejected runs of the recording."""
        self._opened.set_words(words, missed)
        self._show(self.scene)

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Replace the pauses, feedback and remarks of what is shown."""
        self.scene.marks = tuple(sorted(marks, key=lambda mark: mark.t))
        self._content_changed()

    def set_iterations(self, iterations: Sequence[Span]) -> None:
        """Replace the iterations of the recording, given as (start, end) in µs."""
        self._opened.set_iterations(iterations)
        self._iterations_changed()

    def set_pictures(self, pictures: Sequence[PlacedPicture]) -> None:
        """Replace the pictures of the recording."""
        self.pictures.replace(pictures)
        self.picture_list.refresh()
        self._content_changed()

    def set_stacked(self, stacked: bool) -> None:
        """Stack the iterations of the recording at full length, or show everything in one row."""
        scene = self._opened
        stacked = stacked and scene.stack is not None
        if stacked == scene.stacked:
            return
        self._slide.stop()
        scene.stacked = stacked
        self._iterations_changed()
        if stacked and scene is self.scene:
            self.show_all()
        self.follow(True)
        self._view_changed()

    def _iterations_changed(self) -> None:
        if self.scene is self._opened:
            self._lay_out()
            self._content_changed()

    def show_live(self) -> None:
        """Show live playing."""
        self._show(self._live)

    def show_opened(self) -> None:
        """Show the recording again."""
        self._show(self._opened)

    def clear(self) -> None:
        """Discard the recording and everything played so far, and show live playing."""
        base = self.scene.pitches.base
        self._live, self._opened = Scene(Words(self._label_width), live=True), Scene(Words(self._label_width))
        self._live.set_base(base)
        self._show(self._live)

    def note_on(self, t: int, device: str, channel: int, note: int, velocity: int) -> None:
        """Start a live note; it grows until its `note_off`."""
        rows_changed = self._live.note_on(t, device, channel, note, velocity)
        if not self.live:
            return
        self._advance_to(t)
        if rows_changed:
            self.update()
        self.update(self.parts.keys)
        self._update_between(t, t)
        self._run_frames()

    def note_off(self, t: int, device: str, channel: int, note: int) -> None:
        """End a live note. Ignored if the note is not held."""
        drawn_to = self._live.now
        if self._live.note_off(t, device, channel, note) and self.live:
            self.update(self.parts.keys)
            self._update_between(min(t, drawn_to), max(t, drawn_to))
            self._run_frames()
            self._summary.start()

    def release_all(self, t: int, device: str) -> None:
        """End all live notes of a device that was disconnected."""
        for key in [key for key in self._live.notes.held if isinstance(key, tuple) and key[0] == device]:
            self.note_off(t, *key)

    def add_word(self, result: ParseResult) -> None:
        """Add a word or rejected run to live playing and colour its notes."""
        if not self.live:
            self._live.add_word(result)
            return
        index = self._live.words.insertion_index(result)
        self.word_list.words.beginInsertRows(self.word_list.rootIndex(), index, index)
        self._live.add_word(result)
        self.word_list.words.endInsertRows()
        if self.following:
            self._reveal(result.end)
        self._content_changed()

    def add_missed(self, run: RejectedRun) -> None:
        """Add a rejected run to live playing, see `add_word`."""
        self.add_word(run)

    def set_base(self, note: int) -> None:
        """Set the MIDI note (0-127) of command key 0."""
        if note != self.scene.pitches.base:
            for scene in (self._live, self._opened):
                scene.set_base(note)
            self._content_changed()

    def set_colours(self, languages: Mapping[str, QColor], colours: RollColours | None = None) -> None:
        """Set the colours of the languages by name, and of the roll (default: dark or light, from the Qt palette)."""
        self._own_colours = colours is None
        self.painter.set_colours(colours or RollColours.from_qt_palette(self.palette()), languages)
        self._apply_colours()
        self._content_changed()

    def set_now(self, us: int) -> None:
        """Set the current time of live playing (µs), to which held notes extend."""
        before, self._live.now = self._live.now, max(float(us), 0.0)
        self._advance_to(us)
        if self.live and self.scene.notes.held:
            self._update_between(min(before, us), max(before, us))

    def open_item(self, index: int) -> None:
        """Request the entry of the word with this index, or the definition of a rejected run."""
        result = self.scene.words.items[index]
        (self.open_word if isinstance(result, RecognisedWord) else self.define).emit(result)

    def highlight(self, index: int | None) -> None:
        """Highlight the word under the pointer; None for no word."""
        if index != self.painter.labels.hovered:
            self.painter.labels.hovered = index
            self._update_words()

    def summary(self) -> str:
        """Return a text summary of what is shown, for screen readers."""
        view, scene = self.view, self.scene
        if self.stack is not None:
            return summarise_stack(
                title=scene.title,
                lengths=[self.stack.length(lane) for lane in range(len(self.stack.iterations))],
                notes=[scene.notes.count_between(begin, end - 1) for begin, end in self.stack.iterations],
                left=view.left,
                right=min(view.right, self.stack.longest),
                lane=scene.lane,
                offset=scene.local(scene.playhead),
                following=self.following,
            )
        indices = scene.words.between(view.left, view.right)
        return summarise(
            left=view.left,
            right=view.right,
            notes=scene.notes.count_between(view.left, view.right),
            held=[note_name(note) for note in scene.held],
            words=scene.words.items[indices.start : indices.stop],
            marks=scene.marks_between(view.left, view.right),
            playhead=scene.playhead,
            following=self.following,
            title=scene.title,
            pictures=[
                item.description
                for item in (() if scene.live else self.pictures.items)
                if view.left <= item.t <= view.right
            ],
            iterations=len(scene.stack.iterations) if scene.stack is not None else 0,
        )

    def _label_width(self, text: str) -> float:
        return QFontMetricsF(self.font()).horizontalAdvance(text) + 2 * PAD + 2

    def _show(self, scene: Scene) -> None:
        """Show a scene with the view it had before, and follow its playhead."""
        self._slide.stop()
        span, fresh = self.scene.view.span, scene is not self.scene and not scene.view.end
        self.scene = self.painter.scene = self.painter.labels.scene = scene
        self.painter.labels.selected = self.painter.labels.hovered = None
        self.word_list.words.show(scene.words)
        self.picture_list.setVisible(not scene.live and len(self.pictures) > 0)
        self._lay_out()
        scene.view.end = scene.view_end
        if fresh:
            scene.view.set_span(span)
            scene.view.move_to(float("-inf"))
        self.painter.invalidate()
        self.follow(True)
        self._run_frames()
        self._content_changed()

    def _advance_to(self, t: float) -> None:
        """Move the playhead of live playing to `t` µs."""
        if self.live:
            self.view.end = max(self.view.end, int(t))
            self.set_playhead(int(max(t, self.scene.playhead or 0)))

    def _update_notes(self) -> None:
        self.update(self.parts.notes)

    def _update_words(self) -> None:
        self.update(self.parts.notes if self.scene.stacked else self.parts.lanes)

    def _choose(self, index: int) -> None:
        labels = self.painter.labels
        labels.selected = index if index >= 0 else None
        if index >= 0 and labels.focused:
            self._scroll_to(self.scene.words.starts[index])
        self._update_words()

    def _choose_picture(self, index: int) -> None:
        self.pictures.selected = index if index >= 0 else None
        if index >= 0 and self.pictures.focused:
            self._scroll_to(self.pictures.items[index].t)
        self._update_notes()

    def _pictures_focused(self, focused: bool) -> None:
        self.pictures.focused = focused
        if focused and self.picture_list.currentIndex().row() < 0:
            self.picture_list.go_to(0)
        self._update_notes()

    def _scroll_to(self, moment: float) -> None:
        """Scroll to a time (µs) that was selected with the keyboard, if it is not in view."""
        t, view = self.scene.local(moment), self.view
        if self.stack is not None and (lane := self.stack.lane_of(moment)) is not None:
            self.stack.top = self.lanes.scrolled_to(lane)
        if t is not None and not view.left <= t <= view.left + 0.9 * view.span:
            self.follow(False)
            self._slide_to(t - 0.3 * view.span)

    def _words_focused(self, focused: bool) -> None:
        self.painter.labels.focused = focused
        if focused and self.word_list.currentIndex().row() < 0:
            indices = self.scene.words.between(self.view.left, self.view.right)
            if len(indices):
                self.word_list.go_to(indices[-1])
        self._update_words()

    def _update_description(self) -> None:
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
        # Stacked iterations show their words within each lane.
        self.picture_list.setGeometry(self.parts.notes)
        self.word_list.setGeometry(self.parts.notes if self.scene.stacked else self.parts.lanes)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            for scene in (self._live, self._opened):
                scene.words.remeasure()
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._own_colours:
            self.set_colours(self.painter.languages)
