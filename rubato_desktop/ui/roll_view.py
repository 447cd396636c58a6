"""The middle of the window: the pianoroll joined to the engine, and the line above it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from rubato_desktop.engine import Engine
from rubato_desktop.events import (
    Event,
    LanguagesChanged,
    PictureShown,
    Played,
    RollLaid,
    RollMoved,
    RollOpened,
    WordHeard,
    WordMissed,
)
from rubato_desktop.language.results import RejectedRun
from rubato_desktop.midi.messages import Message
from rubato_desktop.services.roll.images import ENDINGS
from rubato_desktop.ui.bridge import Bridge
from rubato_desktop.ui.overlays.picture_card import PictureCard
from rubato_desktop.ui.panels.word_log_lines import clock
from rubato_desktop.ui.pianoroll import Laid, Mark, NoteSeen, PianoRoll
from rubato_desktop.ui.style.icons import icon
from rubato_desktop.ui.style.theme import Theme, base_size
from rubato_desktop.ui.style.wrapped_label import WrappedLabel


class RollView(QWidget):
    """The pianoroll of what is played now or of the recording that is open, and the line that says which.

    Args:
        engine: Its roll and languages are shown.
        bridge: Carries out commands and brings events.
        theme: Its colours.
    """

    open_word = Signal(str)  # a word's name
    told = Signal(str)  # about a note that was clicked

    def __init__(self, engine: Engine, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self._engine, self._bridge, self._theme = engine, bridge, theme
        self._base = 0
        self._notes: Any = None  # of the recording that is shown
        self.roll = PianoRoll()
        self.roll.set_source(lambda: engine.services.roll.position_now())
        self.roll.seek.connect(self._seek)
        self.roll.play_from.connect(self._play_from)
        self.roll.open_word.connect(lambda word: self.open_word.emit(word.word))
        self.roll.define.connect(self._tell_run)
        self.roll.open_note.connect(self._tell_note)
        self.roll.stack_asked.connect(lambda on: bridge.run("iterations", on=on))
        self.roll.iteration_asked.connect(lambda by: bridge.run("change_iteration", by=by))
        self.roll.mark_asked.connect(self._mark)
        self.roll.picture_opened.connect(self._show_picture)
        self.roll.picture_dropped.connect(self._lay_picture)
        self.roll.picture_asked.connect(self.choose_picture)
        self.roll.picture_unwanted.connect(self._take_off)
        self.card = PictureCard(self.roll, theme)
        self.card.seek.connect(self._seek)
        self.roll.span_changed.connect(self._spanned)
        self.roll.follow_changed.connect(self._followed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._make_bar())
        layout.addWidget(self.roll, 1)
        self._ticks = QTimer(self)
        self._ticks.setInterval(200)
        self._ticks.timeout.connect(self._show_position)
        theme.changed.connect(self._dress)
        bridge.happened.connect(self.hear)
        self._dress()
        self._opened_anew()

    def _make_bar(self) -> QWidget:
        bar = QWidget()
        bar.setObjectName("bar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        bar.setFixedHeight(round(base_size() * 2.7))
        self.switch = _button("Show what is played now, or the recording", self._toggle_live)
        self.title = WrappedLabel("The pianoroll shows")
        self.to_start = _button("To the start", lambda: self._bridge.run("seek", seconds=0.0))
        self.play = _button("Play", self._toggle_play)
        self.position = QLabel()
        self.position.setProperty("muted", True)
        self.stack = _button("Iterations one under another", self._toggle_stack)
        self.stack.setCheckable(True)
        self.stack.setText("Iterations")
        self.zoom_out = _button("Show more time (zoom out)", lambda: self._bridge.run("zoom", factor=0.5))
        self.zoom_out.setText("−")
        self.zoom_in = _button("Show less time (zoom in)", lambda: self._bridge.run("zoom", factor=2.0))
        self.zoom_in.setText("+")
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 0, 12, 0)
        row.setSpacing(6)
        for item in (self.switch, self.to_start, self.play, self.position):
            row.addWidget(item)
        row.addWidget(self.title, 1)
        row.addWidget(self.stack)
        row.addWidget(self.zoom_out)
        row.addWidget(self.zoom_in)
        return bar

    def hear(self, event: Event) -> None:
        """An event of the engine."""
        match event:
            case Played(message=message):
                self._played(message)
            case WordHeard(word=word):
                self.card.hide()
                self.roll.add_word(word)
            case WordMissed(run=run):
                self.roll.add_missed(run)
            case RollOpened():
                self._opened_anew()
            case RollLaid():
                self._laid()
            case PictureShown(index=place):
                self._show_picture(place)
            case RollMoved():
                self._moved()
            case LanguagesChanged():
                self._dress()

    def _played(self, message: Message) -> None:
        if message.is_note_on:
            self._rebase(message.device)
            self.roll.note_on(message.t, message.device, message.channel, message.note, message.velocity)
        elif message.is_note_off:
            self.roll.note_off(message.t, message.device, message.channel, message.note)

    def _rebase(self, device: str) -> None:
        """The rows of the 25 keys are those of the device that is played."""
        base = self._engine.binding(device)[1]
        if base != self._base:
            self._base = base
            self.roll.set_base(base)

    def _opened_anew(self) -> None:
        roll = self._engine.services.roll
        if roll.live:
            self.roll.show_live()
        elif roll.notes is self._notes:
            self.roll.show_opened()
        else:
            self._notes = roll.notes
            self.roll.set_notes(roll.notes, roll.title)
            self.roll.set_words(roll.words, roll.missed)
            self.roll.set_marks([Mark(*stretch) for stretch in roll.stretches])
        self._laid()

    def _laid(self) -> None:
        """What is laid over the recording changed."""
        roll = self._engine.services.roll
        if not roll.live and roll.notes is self._notes:
            folder = roll.folder
            laid = [Laid(one.t, folder / one.file, one.name) for one in roll.pictures] if folder else []
            if tuple(laid) != self.roll.pictures.items:
                self.roll.set_pictures(laid)
                self.card.keep_up(self.roll.pictures.items)
            self.roll.set_iterations(roll.iterations)
            self.roll.set_stacked(roll.stacked)
        self._moved()

    def _moved(self) -> None:
        roll = self._engine.services.roll
        if round(self.roll.view.span) != roll.span:
            self.roll.set_span(roll.span)
        if not roll.live:
            self.roll.set_playing(roll.playing)
            self.roll.set_playhead(roll.position_now())
        self._ticks.start() if roll.playing else self._ticks.stop()
        if roll.follow != self.roll.following:
            self.roll.follow(roll.follow)
        self._show_state()

    def _show_state(self) -> None:
        roll, c = self._engine.services.roll, self._theme.colours
        self.switch.setText("Live" if roll.live else "Recording")
        self.switch.setVisible(bool(roll.title))
        self.switch.setIcon(icon("record", c.good if roll.live else c.muted, 14))
        for item in (self.to_start, self.play, self.position):
            item.setVisible(not roll.live)
        self.play.setIcon(icon("pause" if roll.playing else "play", c.text))
        self.play.setAccessibleName("Pause" if roll.playing else "Play")
        self.play.setToolTip(f"{self.play.accessibleName()} (Ctrl+Space)")
        self.to_start.setIcon(icon("start", c.text))
        count = len(roll.iterations)
        self.stack.setVisible(not roll.live and count > 0)
        self.stack.setText(f"{count} iteration{'' if count == 1 else 's'}")
        self.stack.setChecked(roll.stacked)
        self.stack.setIcon(icon("stack", c.text if roll.stacked else c.muted))
        self.title.show_text("Live: what is played now" if roll.live else roll.title)
        self._show_position()

    def _show_position(self) -> None:
        roll = self._engine.services.roll
        self.position.setText(f"{clock(roll.position_now())} / {clock(roll.notes.end)}")

    def _toggle_live(self) -> None:
        if self._engine.services.roll.live:
            self._engine.post(self._engine.services.roll.show_opened)
        else:
            self._bridge.run("live")

    def _toggle_stack(self) -> None:
        self._bridge.run("iterations", on=not self._engine.services.roll.stacked)

    def _mark(self, what: str, us: int) -> None:
        self._bridge.run("seek", seconds=us / 1e6)
        self._bridge.run(f"iteration_{what}")

    def choose_picture(self, us: int | None = None) -> None:
        """Ask for a picture file and lay it over the recording, at the playhead when no µs is given."""
        endings = " ".join(f"*{ending}" for ending in ENDINGS)
        path, _ = QFileDialog.getOpenFileName(
            self, "Lay a picture over the recording", "", f"Pictures ({endings})"
        )
        if path:
            self._lay_picture(path, us)

    def _lay_picture(self, path: str, us: int | None) -> None:
        self._bridge.run("picture_add", picture=path, seconds=None if us is None else us / 1e6)

    def _show_picture(self, place: int) -> None:
        self.card.show_picture(self.roll.pictures.items, place)

    def _take_off(self, place: int) -> None:
        item = self.roll.pictures.items[place]
        self._bridge.run("picture_remove", picture=item.name, seconds=item.t / 1e6)

    def _toggle_play(self) -> None:
        self._bridge.run("pause" if self._engine.services.roll.playing else "play")

    def _seek(self, us: int) -> None:
        if self._engine.services.roll.live:
            # What is played now cannot be wound back; a click brings its end into view.
            self.roll.follow(True)
        else:
            self._bridge.run("seek", seconds=us / 1e6)

    def _play_from(self, us: int) -> None:
        self._bridge.run("seek", seconds=us / 1e6)
        self._bridge.run("play")

    def _tell_run(self, run: RejectedRun) -> None:
        self.told.emit(f"{' '.join(map(str, run.keys))}: {run.reason}")

    def _tell_note(self, note: NoteSeen) -> None:
        self.told.emit(f"note {note.note} at {clock(note.on)}" + (f", {note.track}" if note.track else ""))

    def _spanned(self, us: int) -> None:
        roll = self._engine.services.roll
        if us != roll.span:
            self._engine.post(lambda: setattr(roll, "span", us))

    def _followed(self, following: bool) -> None:
        roll = self._engine.services.roll
        if following != roll.follow:
            self._engine.post(lambda: roll.set_follow(following))

    def _dress(self) -> None:
        ground = self._theme.colours.ground
        languages = self._engine.services.languages.stack.languages
        colours = {
            language.name: QColor(self._theme.language(language.name, ground)) for language in languages
        }
        self.roll.set_colours(colours)
        self._show_state()


def _button(name: str, do: Any) -> QToolButton:
    button = QToolButton()
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setProperty("flat", True)
    button.setAccessibleName(name)
    button.setToolTip(name)
    button.clicked.connect(lambda _=False: do())
    return button
