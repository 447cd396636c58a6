"""Answers at the side: a question, topics and tags as chips, answers with sources, and the progress of learning."""

from __future__ import annotations

import logging
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, ClassVar, Final

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from rubato_desktop.engine import Engine
from rubato_desktop.events import AnswerGrew, CommandDone, Event, LearningChanged, Result
from rubato_desktop.plurals import counted
from rubato_desktop.ui.bridge import Bridge
from rubato_desktop.ui.panels.answers_page import page, source_name
from rubato_desktop.ui.style.flow_layout import FlowLayout
from rubato_desktop.ui.style.theme import Theme
from rubato_desktop.ui.style.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from rubato_desktop.services.answers.history.model import Inquiry

log = logging.getLogger(__name__)

MOST_QUESTIONS: Final = 20
MOST_CHIPS: Final = 24
# Commands after which the library or what is chosen of it may have changed.
_LEARNING: Final = frozenset(("learn_page", "add_tag", "remove_tag", "forget"))
_FILTERING: Final = frozenset(("filter_add", "filter_remove", "filter_set", "open"))
_ANSWERING: Final = frozenset(("ask", "correct", "accept"))


class AnswersPanel(QWidget):
    """Asks questions, shows and corrects answers.

    Args:
        engine: Its answers and its library are shown.
        bridge: Runs commands and delivers events.
        theme: The colours.

    Signals:
        fact_changed: The fact for the panel's header.
    """

    name: ClassVar = "answers"
    title: ClassVar = "Answers"
    fact_changed = Signal(str)
    # From the threads of answers and knowledge to the window's.
    _counted = Signal(object)
    _inquiries_read = Signal(object)

    def __init__(self, engine: Engine, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self._engine, self._bridge, self._theme = engine, bridge, theme
        self.fact = ""
        self._inquiries: list[Inquiry] = []
        self._unfolded: set[str] = set()
        self._pending: tuple[str, str] | None = None
        self._correcting = ""
        self._counts: dict[str, dict[str, int]] = {"topic": {}, "tag": {}}
        self._chips: dict[tuple[str, str], QPushButton] = {}
        self._was_shown = False
        self._build()
        self._counted.connect(self._show_counts)
        self._inquiries_read.connect(self._show_inquiries)
        theme.changed.connect(self._show_page)
        bridge.happened.connect(self.on_event)

    def _build(self) -> None:
        self.question = QLineEdit()
        self.question.setPlaceholderText("Ask your library")
        self.question.setAccessibleName("Question")
        self.question.returnPressed.connect(self._ask)
        self.button = QPushButton("Ask")
        self.button.clicked.connect(self._ask_or_stop)
        self.chips = QWidget()
        self.chips.setAccessibleName("Topics and tags to ask")
        self._flow = FlowLayout(self.chips)
        self._everything = QPushButton("everything")
        self._everything.setProperty("chip", "true")
        self._everything.setCheckable(True)
        self._everything.setChecked(True)
        self._everything.setEnabled(False)  # is always asked
        self.progress = QProgressBar()
        self.progress.setAccessibleName("Learning progress")
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.learning = WrappedLabel("Learning")
        self.learning.setProperty("small", True)
        self.page = QTextBrowser()
        self.page.setAccessibleName("Questions and answers")
        self.page.setOpenLinks(False)
        self.page.anchorClicked.connect(self._on_link)
        self.correction = QPlainTextEdit()
        self.correction.setAccessibleName("Corrected answer")
        self.correction.setTabChangesFocus(True)
        self.correction.setMaximumHeight(110)
        self.save = QPushButton("Save correction")
        self.save.clicked.connect(self._correct)
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(self._end_correction)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.question, 1)
        row.addWidget(self.button)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 4, 12, 10)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.chips)
        column.addWidget(self.learning)
        column.addWidget(self.progress)
        column.addWidget(self.page, 1)
        column.addWidget(self.correction)
        column.addLayout(buttons)
        for widget in (self.chips, self.progress, self.learning):
            widget.hide()
        self._end_correction()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._was_shown:
            # Not before: asking the knowledge process starts it, which takes time and memory.
            self._was_shown = True
            self._show_page()
            self._read()
            self._count()

    def unfold_newest(self) -> None:
        """Show the newest answer whole."""
        self._unfolded = {one.id for one in self._inquiries[:1]}
        self._show_page()

    def on_event(self, event: Event) -> None:
        """Follow answers, the library and the progress of learning."""
        match event:
            case AnswerGrew(question=question, text=text):
                self._pending = question, text
                self._show_page()
            case CommandDone(result=result) if result.name in _ANSWERING:
                self._on_answered(result)
            case CommandDone(result=result) if result.name in _LEARNING and result.status == "ok":
                self._count()
            case CommandDone(result=result) if result.name in _FILTERING:
                self._check_chips()
            case LearningChanged():
                self._show_learning(event)

    # Asking -----------------------------------------------------------------------------------------

    def _ask_or_stop(self) -> None:
        if self._pending is not None:
            self._bridge.run("stop")
        else:
            self._ask()

    def _ask(self) -> None:
        if question := self.question.text().strip():
            self.question.clear()
            self._pending = question, ""
            self._show_page()
            self._bridge.run("ask", question=question)

    def _on_answered(self, result: Result) -> None:
        if result.name == "ask":
            self._pending = None
            if isinstance(result.value, dict) and "id" in result.value:
                self._unfolded = {result.value["id"]}
        if self._was_shown:
            self._read()

    def _read(self) -> None:
        answers = self._engine.services.answers
        if answers is not None:
            reading = answers.with_inquiries(lambda history: history.latest(MOST_QUESTIONS))
            reading.add_done_callback(lambda done: self._inquiries_read.emit(done))

    def _show_inquiries(self, done: Future[list[Inquiry]]) -> None:
        if done.exception() is None:
            self._inquiries = done.result()
        self._show_page()

    def _show_page(self) -> None:
        self.button.setText("Stop" if self._pending is not None else "Ask")
        bar = self.page.verticalScrollBar()
        position = bar.value()
        self.page.setHtml(page(self._inquiries, self._unfolded, self._pending, self._theme.colours))
        bar.setValue(position if self._pending is None else 0)

    def _on_link(self, link: QUrl) -> None:
        action, _, id = link.toString().partition(":")
        match action:
            case "fold":
                self._unfolded ^= {id}
                self._show_page()
            case "source":
                id, _, number = id.rpartition("/")
                self._bridge.run("source", number=int(number), id=id)
            case "accept":
                self._bridge.run("accept", id=id)
            case "correct":
                self._begin_correction(id)

    # Correcting -------------------------------------------------------------------------------------

    def _begin_correction(self, id: str) -> None:
        inquiry = next((one for one in self._inquiries if one.id == id), None)
        if inquiry is None:
            return
        self._correcting = id
        self.correction.setPlainText(inquiry.current_answer)
        for widget in (self.correction, self.save, self.cancel):
            widget.show()
        self.correction.setFocus()

    def _correct(self) -> None:
        self._bridge.run("correct", text=self.correction.toPlainText(), id=self._correcting)
        self._end_correction()

    def _end_correction(self) -> None:
        self._correcting = ""
        for widget in (self.correction, self.save, self.cancel):
            widget.hide()

    # Topics, tags and learning ----------------------------------------------------------------------

    def _count(self) -> None:
        knowledge = self._engine.services.knowledge
        if knowledge is None or not self._was_shown or not knowledge.anything_learnt:
            return
        for kind, call in (("", "count"), ("topic", "topic_counts"), ("tag", "tags")):
            knowledge.ask(call).add_done_callback(lambda done, kind=kind: self._counted.emit((kind, done)))  # type: ignore[misc]

    def _show_counts(self, reply: tuple[str, Future[Any]]) -> None:
        kind, done = reply
        if done.exception() is not None:
            return
        if not kind:
            self.fact = counted(done.result(), "document")
            self.fact_changed.emit(self.fact)
            return
        self._counts[kind] = done.result()
        every = [(kind, name) for kind, counts in self._counts.items() for name in counts][:MOST_CHIPS]
        if every != list(self._chips):
            self._replace_chips(every)
        for (kind, name), chip in self._chips.items():
            text = f"{kind} {name}, {counted(self._counts[kind][name], 'document')}"
            chip.setToolTip(text)
            chip.setAccessibleName(text)
        self._check_chips()

    def _replace_chips(self, every: list[tuple[str, str]]) -> None:
        """Show other chips; one that stays keeps the focus."""
        focused = next((key for key, chip in self._chips.items() if chip.hasFocus()), None)
        while (item := self._flow.takeAt(0)) is not None:
            if (widget := item.widget()) is not None and widget is not self._everything:
                widget.deleteLater()
        self._flow.addWidget(self._everything)
        self._chips = {key: self._make_chip(*key) for key in every}
        for key, chip in self._chips.items():
            self._flow.addWidget(chip)
            if key == focused:
                chip.setFocus()
        self.chips.setVisible(bool(every))
        self.chips.updateGeometry()

    def _make_chip(self, kind: str, name: str) -> QPushButton:
        chip = QPushButton(name if kind == "topic" else f"#{name}")
        chip.setProperty("chip", "true")
        chip.setCheckable(True)
        chip.clicked.connect(lambda on: self._bridge.run("filter_set", kind=kind, name=name, on=on))
        return chip

    def _check_chips(self) -> None:
        answers = self._engine.services.answers
        if answers is not None:
            for (kind, name), chip in self._chips.items():
                chip.setChecked(name in (answers.topics if kind == "topic" else answers.tags))

    def _show_learning(self, event: LearningChanged) -> None:
        busy = bool(event.source)
        self.progress.setVisible(busy)
        self.learning.setVisible(busy)
        if busy:
            self.progress.setMaximum(max(1, event.of))
            self.progress.setValue(event.done)
            more = f", {event.waiting - 1} more" if event.waiting > 1 else ""
            self.learning.show_text(f"learning {source_name(event.source)}{more}")
        else:
            self._count()
