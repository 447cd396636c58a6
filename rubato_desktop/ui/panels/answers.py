"""The conversation at the side: a question, what is asked as chips, answers with sources, and how far learning is."""

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
from rubato_desktop.ui.bridge import Bridge
from rubato_desktop.ui.panels.answers_page import page, short
from rubato_desktop.ui.style.flow_layout import FlowLayout
from rubato_desktop.ui.style.theme import Theme
from rubato_desktop.ui.style.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from rubato_desktop.services.answers.history.model import Inquiry

log = logging.getLogger(__name__)

SHOWN: Final = 20  # questions
CHIPS: Final = 24
# After these what is asked, or what can be, may be another.
_LEARNING: Final = frozenset(("learn_page", "add_tag", "remove_tag", "forget"))
_FILTERING: Final = frozenset(("filter_add", "filter_remove", "filter_set", "open"))
_ANSWERING: Final = frozenset(("ask", "correct", "accept"))


class AnswersPanel(QWidget):
    """Asks and shows answers.

    Args:
        engine: Its answers are shown.
        bridge: Carries out commands and brings events.
        theme: The colours.
    """

    name: ClassVar = "answers"
    title: ClassVar = "Answers"
    told = Signal(str)
    _counted = Signal(object)
    _found = Signal(object)

    def __init__(self, engine: Engine, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self._engine, self._bridge, self._theme = engine, bridge, theme
        self.fact = ""
        self._kept: list[Inquiry] = []
        self._unfolded: set[str] = set()
        self._growing: tuple[str, str] | None = None
        self._correcting = ""
        self._counts: dict[str, dict[str, int]] = {"topic": {}, "tag": {}}
        self._chips: dict[tuple[str, str], QPushButton] = {}
        self._seen = False
        self._build()
        self._counted.connect(self._show_chips)
        self._found.connect(self._show_kept)
        theme.changed.connect(self._show_page)
        bridge.happened.connect(self.hear)

    def _build(self) -> None:
        self.question = QLineEdit()
        self.question.setPlaceholderText("Ask what you have learnt")
        self.question.setAccessibleName("Question")
        self.question.returnPressed.connect(self._ask)
        self.button = QPushButton("Ask")
        self.button.clicked.connect(self._ask_or_stop)
        self.chips = QWidget()
        self.chips.setAccessibleName("What is asked beside everything")
        self._flow = FlowLayout(self.chips)
        self._everything = QPushButton("everything")
        self._everything.setProperty("chip", "true")
        self._everything.setCheckable(True)
        self._everything.setChecked(True)
        self._everything.setEnabled(False)  # it is always asked
        self.progress = QProgressBar()
        self.progress.setAccessibleName("Learning")
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.learning = WrappedLabel("What is being learnt")
        self.learning.setProperty("small", True)
        self.page = QTextBrowser()
        self.page.setAccessibleName("Questions and answers")
        self.page.setOpenLinks(False)
        self.page.anchorClicked.connect(self._follow)
        self.correction = QPlainTextEdit()
        self.correction.setAccessibleName("The right answer")
        self.correction.setTabChangesFocus(True)
        self.correction.setMaximumHeight(110)
        self.save = QPushButton("Save correction")
        self.save.clicked.connect(self._correct)
        self.leave = QPushButton("Cancel")
        self.leave.clicked.connect(self._end_correction)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.question, 1)
        row.addWidget(self.button)
        acts = QHBoxLayout()
        acts.addStretch(1)
        acts.addWidget(self.leave)
        acts.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 4, 12, 10)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.chips)
        column.addWidget(self.learning)
        column.addWidget(self.progress)
        column.addWidget(self.page, 1)
        column.addWidget(self.correction)
        column.addLayout(acts)
        for widget in (self.chips, self.progress, self.learning):
            widget.hide()
        self._end_correction()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._seen:
            # Knowledge is asked only where somebody looks: its process takes its time and memory.
            self._seen = True
            self._read()
            self._count()

    def unfold_newest(self) -> None:
        """Show the newest answer whole."""
        self._unfolded = {one.id for one in self._kept[:1]}
        self._show_page()

    def hear(self, event: Event) -> None:
        """An event of the engine."""
        match event:
            case AnswerGrew(question=question, text=text):
                self._growing = question, text
                self._show_page()
            case CommandDone(result=result) if result.name in _ANSWERING:
                self._answered(result)
            case CommandDone(result=result) if result.name in _LEARNING and result.status == "ok":
                self._count()
            case CommandDone(result=result) if result.name in _FILTERING:
                self._check_chips()
            case LearningChanged():
                self._show_learning(event)

    # Asking -----------------------------------------------------------------------------------------

    def _ask_or_stop(self) -> None:
        if self._growing is not None:
            self._bridge.run("stop")
        else:
            self._ask()

    def _ask(self) -> None:
        if question := self.question.text().strip():
            self.question.clear()
            self._growing = question, ""
            self._show_page()
            self._bridge.run("ask", question=question)

    def _answered(self, result: Result) -> None:
        if result.name == "ask":
            self._growing = None
            if isinstance(result.value, dict) and "id" in result.value:
                self._unfolded = {result.value["id"]}
        if self._seen:
            self._read()

    def _read(self) -> None:
        asking = self._engine.services.answers
        if asking is not None:
            found = asking.with_inquiries(lambda kept: kept.latest(SHOWN))
            found.add_done_callback(lambda done: self._found.emit(done))

    def _show_kept(self, done: Future[list[Inquiry]]) -> None:
        if done.exception() is None:
            self._kept = done.result()
        self._show_page()

    def _show_page(self) -> None:
        self.button.setText("Stop" if self._growing is not None else "Ask")
        bar = self.page.verticalScrollBar()
        at = bar.value()
        self.page.setHtml(page(self._kept, self._unfolded, self._growing, self._theme.colours))
        bar.setValue(at if self._growing is None else 0)

    def _follow(self, link: QUrl) -> None:
        what, _, id = link.toString().partition(":")
        match what:
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
        kept = next((one for one in self._kept if one.id == id), None)
        if kept is None:
            return
        self._correcting = id
        self.correction.setPlainText(kept.current_answer)
        for widget in (self.correction, self.save, self.leave):
            widget.show()
        self.correction.setFocus()

    def _correct(self) -> None:
        self._bridge.run("correct", text=self.correction.toPlainText(), id=self._correcting)
        self._end_correction()

    def _end_correction(self) -> None:
        self._correcting = ""
        for widget in (self.correction, self.save, self.leave):
            widget.hide()

    # What is asked, and learning --------------------------------------------------------------------

    def _count(self) -> None:
        knowledge = self._engine.services.knowledge
        if knowledge is None or not self._seen or not knowledge.anything_learnt:
            return
        for kind, call in (("", "count"), ("topic", "topic_counts"), ("tag", "tags")):
            knowledge.ask(call).add_done_callback(lambda done, kind=kind: self._counted.emit((kind, done)))  # type: ignore[misc]

    def _show_chips(self, counted: tuple[str, Future[Any]]) -> None:
        kind, done = counted
        if done.exception() is not None:
            return
        if not kind:
            documents = done.result()
            self.fact = f"{documents} document{'' if documents == 1 else 's'}"
            self.told.emit(self.fact)
            return
        self._counts[kind] = done.result()
        every = [(kind, name) for kind, counts in self._counts.items() for name in counts][:CHIPS]
        if every != list(self._chips):
            self._lay_chips(every)
        for (kind, name), chip in self._chips.items():
            told = f"{kind} {name}, {self._counts[kind][name]} documents"
            chip.setToolTip(told)
            chip.setAccessibleName(told)
        self._check_chips()

    def _lay_chips(self, every: list[tuple[str, str]]) -> None:
        """Make chips anew where there are others; they keep the focus where they can."""
        focused = next((key for key, chip in self._chips.items() if chip.hasFocus()), None)
        while (item := self._flow.takeAt(0)) is not None:
            if (widget := item.widget()) is not None and widget is not self._everything:
                widget.deleteLater()
        self._flow.addWidget(self._everything)
        self._chips = {key: self._chip(*key) for key in every}
        for key, chip in self._chips.items():
            self._flow.addWidget(chip)
            if key == focused:
                chip.setFocus()
        self.chips.setVisible(bool(every))
        self.chips.updateGeometry()

    def _chip(self, kind: str, name: str) -> QPushButton:
        chip = QPushButton(name if kind == "topic" else f"#{name}")
        chip.setProperty("chip", "true")
        chip.setCheckable(True)
        chip.clicked.connect(lambda on: self._bridge.run("filter_set", kind=kind, name=name, on=on))
        return chip

    def _check_chips(self) -> None:
        asking = self._engine.services.answers
        if asking is not None:
            for (kind, name), chip in self._chips.items():
                chip.setChecked(name in (asking.topics if kind == "topic" else asking.tags))

    def _show_learning(self, event: LearningChanged) -> None:
        busy = bool(event.source)
        self.progress.setVisible(busy)
        self.learning.setVisible(busy)
        if busy:
            self.progress.setMaximum(max(1, event.of))
            self.progress.setValue(event.done)
            more = f", {event.waiting - 1} more" if event.waiting > 1 else ""
            self.learning.show_text(f"learning {short(event.source)}{more}")
        else:
            self._count()
