"""The answers panel: asking, unfolding, sources, correcting, chips, and the progress of learning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from rubato_desktop.app import App
from rubato_desktop.events import Event, LearningChanged
from rubato_desktop.services.answers.history.model import Correction, Inquiry, Source
from rubato_desktop.ui.panels.answers import AnswersPanel
from rubato_desktop.ui.panels.answers_page import page
from rubato_desktop.ui.style.palette import DARK
from rubato_desktop.ui.style.theme import Theme
from rubato_desktop.ui.window import MainWindow

Until = Callable[[Callable[[], object]], None]
Publish = Callable[[Event], None]
AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def inquiry(**more: object) -> Inquiry:
    source = Source(n=1, document="d", source="/notes/tuning.pdf", text="…", page=3)
    fields = {
        "id": "x",
        "at": AT,
        "user": "eva",
        "question": "Who?",
        "answer": "Anna. [1]",
        "sources": [source],
    }
    return Inquiry(**{**fields, **more})


def test_a_folded_question_is_one_line_and_an_unfolded_one_has_its_sources() -> None:
    assert "Anna" not in page([inquiry()], (), None, DARK)
    whole = page([inquiry()], {"x"}, None, DARK)
    assert 'href="source:x/1"' in whole
    assert "1. <a" in whole and "tuning.pdf, page 3" in whole
    assert 'href="correct:x"' in whole and 'href="accept:x"' in whole


def test_text_of_sources_and_people_is_escaped() -> None:
    hostile = '<img src="https://example.org/x"><a href="accept:y">go</a>'
    shown = page([inquiry(question=hostile, answer=hostile)], {"x"}, (hostile, hostile), DARK)
    assert "<img" not in shown and 'href="accept:y"' not in shown


def test_a_correction_replaces_the_answer() -> None:
    corrected = inquiry(corrections=[Correction(text="Eva.", user="eva", at=AT)])
    shown = page([corrected], {"x"}, None, DARK)
    assert "Eva." in shown and "Anna" not in shown and "corrected by eva" in shown


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    running = App(tmp_path / "data", devices=False, sound=False, knowledge=True)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def learnt(tmp_path: Path, app: App, qtbot: QtBot) -> None:
    path = tmp_path / "notes.md"
    path.write_text("The Pleyel was tuned by Anna Berg on 3 May.")
    app.engine.run("learn", path=str(path), topic="Pianos", tag="tuning").result(30)
    qtbot.waitUntil(lambda: app.knowledge.client.call("count") == 1, timeout=30_000)  # type: ignore[union-attr]


@pytest.fixture
def window(app: App, learnt: None, qtbot: QtBot) -> Iterator[MainWindow]:
    app.engine.set("folded", ["dictionary", "browser", "devices", "hearing"])
    shown = MainWindow(app.engine, Theme("dark"))
    qtbot.addWidget(shown)
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    shown.close()


def test_a_question_is_asked_answered_and_corrected(window: MainWindow, app: App, until: Until) -> None:
    panel = window.side.body(AnswersPanel)
    panel.question.setText("Who tuned the Pleyel?")
    panel.button.click()
    assert panel.button.text() == "Stop"
    until(lambda: "Anna Berg" in panel.page.toPlainText() and panel.button.text() == "Ask")
    assert "notes.md" in panel.page.toPlainText()
    [first] = panel._inquiries
    panel._begin_correction(first.id)
    assert panel.correction.isVisible()
    panel.correction.setPlainText("It was Eva Holm.")
    panel.save.click()
    until(lambda: "It was Eva Holm." in panel.page.toPlainText())
    assert not panel.correction.isVisible()


def test_topics_and_tags_are_chosen_with_chips(window: MainWindow, app: App, until: Until) -> None:
    panel = window.side.body(AnswersPanel)

    def chips() -> dict[str, bool]:
        found = [panel._flow.itemAt(n) for n in range(panel._flow.count())]
        buttons = [item.widget() for item in found if item is not None]
        return {button.text(): button.isChecked() for button in buttons}  # type: ignore[union-attr]

    until(lambda: len(chips()) == 3)
    assert chips() == {"everything": True, "Pianos": False, "#tuning": False}
    pianos = panel._flow.itemAt(1).widget()  # type: ignore[union-attr]
    pianos.click()  # type: ignore[attr-defined]
    asking = app.services.answers
    assert asking is not None
    until(lambda: asking.topics == ["Pianos"])
    until(lambda: chips().get("Pianos"))
    assert panel._flow.itemAt(1).widget() is pianos, "a new chip would lose the focus of the keyboard"
    assert panel.fact == "1 document"


def test_the_progress_of_learning_is_shown(window: MainWindow, publish: Publish, until: Until) -> None:
    panel = window.side.body(AnswersPanel)
    assert not panel.progress.isVisible()
    publish(LearningChanged(0, "/scores/pleyel.pdf", done=30, of=120, waiting=3))
    until(panel.progress.isVisible)
    assert (panel.progress.value(), panel.progress.maximum()) == (30, 120)
    assert panel.learning.text() == "learning pleyel.pdf, 2 more"
    publish(LearningChanged(0))
    until(lambda: not panel.progress.isVisible() and not panel.learning.isVisible())
