"""Take the pictures of the window for README and docs, in the real program while it is played.

Writes `docs/window.png` (dark), `docs/window-light.png`, `docs/hearing.png` and `docs/answers.png`. The clock is moved
by hand. The last word is left half played, so that the keys show what can follow.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Literal

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QImage

from rubato_desktop.app import App
from rubato_desktop.clock import MILLISECOND, SECOND, ManualClock
from rubato_desktop.events import ListeningChanged, SpeechHeard
from rubato_desktop.language.keys import BASE_NOTE, read_line
from rubato_desktop.midi.messages import Message, note_off, note_on
from rubato_desktop.services.run_state import SCREEN
from rubato_desktop.settings import DeviceSettings
from rubato_desktop.ui.keyboard.word_picture import ensure_application
from rubato_desktop.ui.panels.answers import AnswersPanel
from rubato_desktop.ui.style.theme import Theme
from rubato_desktop.ui.window import MainWindow

DOCS = Path(__file__).resolve().parent.parent / "docs"
SIZE = (1440, 900)
SETTLE_MS = 1300  # longer than any animation of the window

PIANO = "Stage piano"  # a second keyboard that plays only music
WORDS = "0 11 0 (1.2) 12 10 10 12 (1.6) 0 8 0 (1.4) 12 6 6 12 14 (1.3) 0 14 14 0 (1.0) 0"
MUSIC = (
    "4 9 12 16 21 (0.25) 16 12 9 5 9 12 17 21 (0.25) 17 12 9 7 11 14 19 23 (0.25) 19 14 11"
    " 0+4+7 (0.5) 4 9 12 16 21 16 12 9"
)
TEMPO = 0.8  # factor of all times


def performance() -> list[Message]:
    """Return the messages that are played, sorted by time."""
    messages: list[Message] = []
    for device, line, start in ((PIANO, MUSIC, SECOND // 2), (SCREEN, WORDS, SECOND)):
        for press in read_line(line):
            t = start + round(press.t * TEMPO)
            make = note_on if press.down else note_off
            messages.append(make(t, device, BASE_NOTE + press.key))
    last = max(message.t for message in messages if message.device == SCREEN and message.is_note_on)
    return sorted((message for message in messages if message.t <= last), key=lambda message: message.t)


def settle() -> None:
    wait = QEventLoop()
    QTimer.singleShot(SETTLE_MS, wait.quit)
    wait.exec()


def picture(theme: Literal["dark", "light"], data: Path) -> QImage:
    """Return the window of a new program after the performance."""
    clock = ManualClock()
    app = App(data, devices=False, sound=False, clock=clock)
    app.services.settings.values.devices[PIANO] = DeviceSettings(role="performance")
    app.begin()
    app.engine.run("add_word", keys=[0, 14, 14, 0], meaning="left hand rushes")
    app.engine.pump()
    window = MainWindow(app.engine, Theme(theme))
    window.resize(*SIZE)
    window.show()
    settle()
    for message in performance():
        while (deadline := app.engine.deadline) is not None and deadline < message.t:
            clock.move_to(deadline)
            app.engine.pump()
        clock.move_to(message.t)
        app.engine.receive(message)
        app.engine.pump()
    clock.move_to(clock.now() + 100 * MILLISECOND)
    settle()
    image = window.grab().toImage()
    window.close()
    app.stop()
    return image


def hearing_picture(data: Path) -> QImage:
    """Return the window during speech: the hearing panel with earlier results."""
    clock = ManualClock()
    app = App(data, devices=False, sound=False, hearing=True, clock=clock)
    app.services.settings.values.folded = ["dictionary", "browser", "devices"]
    app.begin()
    window = MainWindow(app.engine, Theme("dark"))
    window.resize(*SIZE)
    window.show()
    hearing = app.services.hearing
    assert hearing is not None
    hearing.level, hearing.state = -17.0, "hearing"
    for event in (
        SpeechHeard(0, "start recording", "word", elapsed_ms=412),
        SpeechHeard(0, "twelve", "value", elapsed_ms=468),
        SpeechHeard(0, "", "unsure", near=("find next", "find")),
        SpeechHeard(0, "The second theme comes back in the minor key.", "text"),
        ListeningChanged(0, "hearing"),
    ):
        app.bus.publish(event)
    settle()
    image = window.grab().toImage()
    window.close()
    app.stop()
    return image


NOTES = {
    "Tuning diary.md": (
        "Tuning",
        "strings",
        "# Tuning diary\n\nThe Pleyel upright in the studio was tuned by Anna Berg on 3 May. She replaced two "
        "strings in the treble. Concert pitch in the studio is 440 Hz.",
    ),
    "Lesson with Clara.md": (
        "Lessons",
        "rubato",
        "# Lesson\n\nIn rubato the left hand keeps time while the right hand is free. Clara wants the second theme "
        "softer.",
    ),
}
QUESTIONS = ("What does the left hand do in rubato?", "Who tuned the Pleyel?")


def answers_picture(data: Path) -> QImage:
    """Return the window after the small model has answered two questions about learnt notes."""
    app = App(data, devices=False, sound=False, knowledge=True)
    app.services.settings.values.folded = ["dictionary", "browser", "devices", "hearing"]
    app.start()
    assert app.knowledge is not None
    for name, (topic, tag, text) in NOTES.items():
        (data / name).write_text(text, encoding="utf-8")
        app.engine.run("learn", path=str(data / name), topic=topic, tag=tag).result(60)
    while app.knowledge.client.call("progress_now")["busy"]:
        settle()
    for question in QUESTIONS:
        app.engine.run("ask", question=question).result(60)
    window = MainWindow(app.engine, Theme("dark"))
    window.resize(*SIZE)
    window.show()
    settle()
    window.side.body(AnswersPanel).unfold_newest()
    settle()
    image = window.grab().toImage()
    window.close()
    app.stop()
    return image


def main() -> int:
    application = ensure_application()
    for name, theme in (("window.png", "dark"), ("window-light.png", "light")):
        with tempfile.TemporaryDirectory(prefix="rubato-pictures-") as folder:
            picture(theme, Path(folder)).save(str(DOCS / name))  # type: ignore[arg-type]
        print(f"docs/{name}")
    for name, take in (("hearing.png", hearing_picture), ("answers.png", answers_picture)):
        with tempfile.TemporaryDirectory(prefix="rubato-pictures-") as folder:
            take(Path(folder)).save(str(DOCS / name))
        print(f"docs/{name}")
    del application
    return 0


if __name__ == "__main__":
    sys.exit(main())
