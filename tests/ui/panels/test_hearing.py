"""The panel of the microphone: level, buttons, what was heard; and the key that is held to talk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from rubato_desktop.app import App
from rubato_desktop.events import CommandDone, Event, ListeningChanged, SpeechHeard
from rubato_desktop.ui.panels.hearing import HearingPanel, line
from rubato_desktop.ui.window import MainWindow

Until = Callable[[Callable[[], object]], None]
Publish = Callable[[Event], None]


@pytest.mark.parametrize(
    ("heard", "told"),
    [
        (SpeechHeard(0, "tab", "word", elapsed_ms=412), "“tab” · word · 412 ms"),
        (SpeechHeard(0, "twelve", "value", elapsed_ms=468), "“twelve” · value · 468 ms"),
        (SpeechHeard(0, "A sentence.", "text"), "“A sentence.” · dictated"),
        (SpeechHeard(0, "", "unsure", ("find next", "find")), "Did you mean find next or find?"),
        (SpeechHeard(0, "", "nothing"), "something · not understood"),
        (SpeechHeard(0, "", "ignored"), "something · not for the program"),
    ],
)
def test_what_was_heard_is_told_in_a_line(heard: SpeechHeard, told: str) -> None:
    assert line(heard) == told


def test_the_newest_is_at_the_top_and_the_state_is_told(
    window: MainWindow, publish: Publish, until: Until
) -> None:
    assert not window.header.ear.isVisible()
    publish(ListeningChanged(0, "hearing"))
    publish(SpeechHeard(0, "tab", "word"))
    publish(SpeechHeard(0, "reload", "word"))
    until(lambda: window.side.body(HearingPanel).transcript.count() == 2)
    assert "reload" in window.side.body(HearingPanel).transcript.item(0).text()
    assert window.side.body(HearingPanel).fact == "somebody speaks" and window.header.ear.isVisible()
    publish(ListeningChanged(0, "off"))
    until(lambda: not window.header.ear.isVisible())


def test_the_key_to_talk_tells_its_going_down_and_up(window: MainWindow, app: App, until: Until) -> None:
    done: list[Event] = []
    app.bus.subscribe(done.append)

    def told() -> list[bool]:
        results = [event.result for event in done if isinstance(event, CommandDone)]
        return [result.args["on"] for result in results if result.name == "talk"]

    QTest.keyPress(window.windowHandle(), Qt.Key.Key_F9)
    until(lambda: told() == [True])
    QTest.keyRelease(window.windowHandle(), Qt.Key.Key_F9)
    until(lambda: told() == [True, False])
    app.engine.set("talk_key", "")
    app.engine.settle()
    until(lambda: window.talk_key._key is None)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_F9)
    assert told() == [True, False]


def test_without_an_ear_it_says_what_is_missing(window: MainWindow, until: Until) -> None:
    window.side.body(HearingPanel).listen.click()
    until(lambda: "microphone" in window.strip.last.text())
