"""The hearing panel: level, buttons, transcript; and the key that is held to talk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from rubato_desktop.app import App
from rubato_desktop.events import CommandDone, Event, ListeningChanged, SpeechHeard
from rubato_desktop.ui.panels.hearing import HearingPanel, transcript_line
from rubato_desktop.ui.window import MainWindow

Until = Callable[[Callable[[], object]], None]
Publish = Callable[[Event], None]


@pytest.mark.parametrize(
    ("heard", "text"),
    [
        (SpeechHeard(0, "tab", "word", elapsed_ms=412), "“tab” · word · 412 ms"),
        (SpeechHeard(0, "twelve", "value", elapsed_ms=468), "“twelve” · value · 468 ms"),
        (SpeechHeard(0, "A sentence.", "text"), "“A sentence.” · dictated"),
        (SpeechHeard(0, "", "unsure", ("find next", "find")), "Did you mean find next or find?"),
        (SpeechHeard(0, "", "nothing"), "speech · not recognised"),
        (SpeechHeard(0, "", "ignored"), "speech · ignored"),
    ],
)
def test_a_line_of_the_transcript(heard: SpeechHeard, text: str) -> None:
    assert transcript_line(heard) == text


def test_the_newest_line_is_at_the_top_and_the_state_is_shown(
    window: MainWindow, publish: Publish, until: Until
) -> None:
    assert not window.header.microphone.isVisible()
    publish(ListeningChanged(0, "hearing"))
    publish(SpeechHeard(0, "tab", "word"))
    publish(SpeechHeard(0, "reload", "word"))
    until(lambda: window.side.body(HearingPanel).transcript.count() == 2)
    assert "reload" in window.side.body(HearingPanel).transcript.item(0).text()
    assert window.side.body(HearingPanel).fact == "hearing speech" and window.header.microphone.isVisible()
    publish(ListeningChanged(0, "off"))
    until(lambda: not window.header.microphone.isVisible())


def test_the_key_to_talk_starts_and_ends_listening(window: MainWindow, app: App, until: Until) -> None:
    done: list[Event] = []
    app.bus.subscribe(done.append)

    def states() -> list[bool]:
        results = [event.result for event in done if isinstance(event, CommandDone)]
        return [result.args["on"] for result in results if result.name == "talk"]

    QTest.keyPress(window.windowHandle(), Qt.Key.Key_F9)
    until(lambda: states() == [True])
    QTest.keyRelease(window.windowHandle(), Qt.Key.Key_F9)
    until(lambda: states() == [True, False])
    app.engine.set("talk_key", "")
    app.engine.settle()
    until(lambda: window.talk_key._key is None)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_F9)
    assert states() == [True, False]


def test_without_hearing_the_result_says_what_is_missing(window: MainWindow, until: Until) -> None:
    window.side.body(HearingPanel).listen.click()
    until(lambda: "microphone" in window.strip.last.text())
