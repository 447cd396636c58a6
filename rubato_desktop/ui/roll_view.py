"""The middle of the window: the pianoroll, connected to the engine, and the bar above it."""

from __future__ import annotations

from collections.abc import Callable
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
from rubato_desktop.plurals import counted
from rubato_desktop.services.roll.images import EXTENSIONS
from rubato_desktop.ui.bridge import Bridge
from rubato_desktop.ui.overlays.picture_card import PictureCard
from rubato_desktop.ui.panels.word_log_lines import clock, missed_text
from rubato_desktop.ui.pianoroll import Mark, NoteInfo, PianoRoll, PlacedPicture
from rubato_desktop.ui.style.icons import icon
from rubato_desktop.ui.style.theme import Theme, base_size
from rubato_desktop.ui.style.wrapped_label import WrappedLabel


class RollView(QWidget):
    """The pianoroll of live notes or of the open recording, and the bar that says which.

    Args:
        engine: Its roll and languages are shown.
        bridge: Runs commands and delivers events.
        theme: Its colours.

    Signals:
        open_word: Name of a word that was clicked.
        described: A sentence about a note or a run that was clicked.
    """

    open_word = Signal(str)
    described = Signal(str)

    def __init__(self, engine: Engine, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self._engine, self._bridge, self._theme = engine, bridge, theme
        self._base = 0
        self._notes: Any = None  # notes of the recording that is shown
        self.roll = PianoRoll()
        self.roll.set_source(lambda: engine.services.roll.position_now())
        self.roll.seek.connect(self._seek)
        self.roll.play_from.connect(self._play_from)
        self.roll.open_word.connect(lambda word: self.open_word.emit(word.word))
        self.roll.define.connect(self._describe_run)
        self.roll.open_note.connect(self._describe_note)
        self.roll.stack_requested.connect(lambda on: bridge.run("iterations", on=on))
        self.roll.iteration_requested.connect(lambda by: bridge.run("change_iteration", by=by))
        self.roll.mark_requested.connect(self._mark_iteration)
        self.roll.picture_opened.connect(self._show_picture)
        self.roll.picture_dropped.connect(self._add_picture)
        self.roll.picture_requested.connect(self.choose_picture)
        self.roll.picture_removal_requested.connect(self._remove_picture)
        self.card = PictureCard(self.roll, theme)
        self.card.seek.connect(self._seek)
        self.roll.span_changed.connect(self._on_span_changed)
        self.roll.follow_changed.connect(self._on_follow_changed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._make_bar())
        layout.addWidget(self.roll, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(200)
        self._timer.timeout.connect(self._show_position)
        theme.changed.connect(self._dress)
        bridge.happened.connect(self.on_event)
        self._dress()
        self._show_source()

    def _make_bar(self) -> QWidget:
        bar = QWidget()
        bar.setObjectName("bar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        bar.setFixedHeight(round(base_size() * 2.7))
        self.switch = _button("Switch between live notes and the recording", self._toggle_live)
        self.title = WrappedLabel("Pianoroll")
        self.to_start = _button("Go to the start", lambda: self._bridge.run("seek", seconds=0.0))
        self.play = _button("Play", self._toggle_play)
        self.position = QLabel()
        self.position.setProperty("muted", True)
        self.stack = _button("Stack iterations", self._toggle_stack)
        self.stack.setCheckable(True)
        self.stack.setText("Iterations")
        self.zoom_out = _button("Zoom out: show more time", lambda: self._bridge.run("zoom", factor=0.5))
        self.zoom_out.setText("−")
        self.zoom_in = _button("Zoom in: show less time", lambda: self._bridge.run("zoom", factor=2.0))
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

    def on_event(self, event: Event) -> None:
        """Follow what is played, and the open recording."""
        match event:
            case Played(message=message):
                self._add_note(message)
            case WordHeard(word=word):
                self.card.hide()
                self.roll.add_word(word)
            case WordMissed(run=run):
                self.roll.add_missed(run)
            case RollOpened():
                self._show_source()
            case RollLaid():
                self._show_overlay()
            case PictureShown(index=index):
                self._show_picture(index)
            case RollMoved():
                self._show_position_and_span()
            case LanguagesChanged():
                self._dress()

    def _add_note(self, message: Message) -> None:
        if message.is_note_on:
            self._use_base(message.device)
            self.roll.note_on(message.t, message.device, message.channel, message.note, message.velocity)
        elif message.is_note_off:
            self.roll.note_off(message.t, message.device, message.channel, message.note)

    def _use_base(self, device: str) -> None:
        """Put the rows of the 25 keys where a device has them."""
        base = self._engine.binding(device)[1]
        if base != self._base:
            self._base = base
            self.roll.set_base(base)

    def _show_source(self) -> None:
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
        self._show_overlay()

    def _show_overlay(self) -> None:
        """Show pictures and iterations of the recording."""
        roll = self._engine.services.roll
        if not roll.live and roll.notes is self._notes:
            folder = roll.folder
            pictures = (
                [PlacedPicture(one.t, folder / one.file, one.name) for one in roll.pictures] if folder else []
            )
            if tuple(pictures) != self.roll.pictures.items:
                self.roll.set_pictures(pictures)
                self.card.update_items(self.roll.pictures.items)
            self.roll.set_iterations(roll.iterations)
            self.roll.set_stacked(roll.stacked)
        self._show_position_and_span()

    def _show_position_and_span(self) -> None:
        roll = self._engine.services.roll
        if round(self.roll.view.span) != roll.span:
            self.roll.set_span(roll.span)
        if not roll.live:
            self.roll.set_playing(roll.playing)
            self.roll.set_playhead(roll.position_now())
        self._timer.start() if roll.playing else self._timer.stop()
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
        self.stack.setText(counted(count, "iteration"))
        self.stack.setChecked(roll.stacked)
        self.stack.setIcon(icon("stack", c.text if roll.stacked else c.muted))
        self.title.show_text("Live" if roll.live else roll.title)
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

    def _mark_iteration(self, end: str, us: int) -> None:
        """Mark the ``start`` or the ``end`` of an iteration at a time in µs."""
        self._bridge.run("seek", seconds=us / 1e6)
        self._bridge.run(f"iteration_{end}")

    def choose_picture(self, us: int | None = None) -> None:
        """Ask for a picture file and add it to the recording at a time in µs, or at the playhead."""
        endings = " ".join(f"*{ending}" for ending in EXTENSIONS)
        path, _ = QFileDialog.getOpenFileName(
            self, "Add a picture to the recording", "", f"Pictures ({endings})"
        )
        if path:
            self._add_picture(path, us)

    def _add_picture(self, path: str, us: int | None) -> None:
        self._bridge.run("picture_add", picture=path, seconds=None if us is None else us / 1e6)

    def _show_picture(self, index: int) -> None:
        self.card.show_picture(self.roll.pictures.items, index)

    def _remove_picture(self, index: int) -> None:
        item = self.roll.pictures.items[index]
        self._bridge.run("picture_remove", picture=item.name, seconds=item.t / 1e6)

    def _toggle_play(self) -> None:
        self._bridge.run("pause" if self._engine.services.roll.playing else "play")

    def _seek(self, us: int) -> None:
        if self._engine.services.roll.live:
            # Live notes cannot be rewound; a click brings the newest into view.
            self.roll.follow(True)
        else:
            self._bridge.run("seek", seconds=us / 1e6)

    def _play_from(self, us: int) -> None:
        self._bridge.run("seek", seconds=us / 1e6)
        self._bridge.run("play")

    def _describe_run(self, run: RejectedRun) -> None:
        self.described.emit(missed_text(run, ()))

    def _describe_note(self, note: NoteInfo) -> None:
        track = f", {note.track}" if note.track else ""
        self.described.emit(f"Note {note.note} at {clock(note.on)}{track}")

    def _on_span_changed(self, us: int) -> None:
        roll = self._engine.services.roll
        if us != roll.span:
            self._engine.post(lambda: setattr(roll, "span", us))

    def _on_follow_changed(self, following: bool) -> None:
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


def _button(name: str, on_clicked: Callable[[], object]) -> QToolButton:
    button = QToolButton()
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setProperty("flat", True)
    button.setAccessibleName(name)
    button.setToolTip(name)
    button.clicked.connect(lambda _=False: on_clicked())
    return button
