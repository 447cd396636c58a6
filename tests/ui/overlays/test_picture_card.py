"""Pictures of words and screenshots of the window, made without a screen."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage

from rubato_desktop.app import App
from rubato_desktop.errors import RubatoError
from rubato_desktop.language.dictionary import Word
from rubato_desktop.language.keys import COUNT
from rubato_desktop.midi.notes import Notes
from rubato_desktop.services.roll.recording import OpenRecording
from rubato_desktop.ui.keyboard.layout import is_black, key_rects
from rubato_desktop.ui.keyboard.word_picture import save_picture, word_picture
from rubato_desktop.ui.screenshot import save_screenshot

COLOUR = "#4fd1c5"
SIZE = (1200, 260)


def coloured(image: QImage, key: int) -> int:
    """Return how many pixels of a key that no other covers have the language's colour."""
    area = key_rects(QRectF(0.5, 0.5, SIZE[0] - 1, SIZE[1] - 1))[key].toRect()
    if not is_black(key):
        area.setTop(round(SIZE[1] * 0.6))
    points = itertools.product(range(area.left(), area.right(), 3), range(area.top(), area.bottom(), 3))
    return sum(image.pixel(x, y) == QColor(COLOUR).rgb() for x, y in points)


@pytest.mark.parametrize("keys", [(0, 7, 0), (12, 7, 12), (23, 20, 21, 23), (0, 0, 0), tuple(range(24))])
def test_exactly_the_keys_of_a_word_are_marked(keys: tuple[int, ...], qapp: object) -> None:
    image = word_picture(Word(keys, "word"), COLOUR, SIZE)
    marked = {key for key in range(COUNT) if coloured(image, key)}
    # The dots of a white key played often may reach its black neighbours.
    assert {key for key in marked if key in keys or not is_black(key)} == set(keys)


def test_a_key_played_twice_has_two_dots(qapp: object) -> None:
    once, twice = (word_picture(Word(keys, "word"), COLOUR, SIZE) for keys in ((0, 7), (0, 7, 0)))
    assert coloured(twice, 0) > 1.2 * coloured(once, 0)


def test_the_picture_shows_the_order_of_the_keys(qapp: object) -> None:
    assert word_picture(Word((0, 7), "up"), COLOUR, SIZE) != word_picture(Word((7, 0), "down"), COLOUR, SIZE)


def test_a_high_resolution_screen_gets_a_sharp_picture(qapp: object) -> None:
    image = word_picture(Word((0, 7, 0), "click"), COLOUR, (150, 36), 2.0)
    assert (image.width(), image.height(), image.devicePixelRatio()) == (300, 72, 2.0)


def test_a_picture_is_written_without_screen_and_application(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from rubato_desktop.language.dictionary import Word\n"
        "from rubato_desktop.ui.keyboard.word_picture import save_picture\n"
        "save_picture(Word((0, 7, 0), 'click'), '#4fd1c5', Path(sys.argv[1]))\n"
    )
    env = {"PATH": "/usr/bin", "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    path = tmp_path / "click.png"
    command = [sys.executable, "-c", program, str(path)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert QImage(str(path)).size().toTuple() == SIZE


def test_an_unwritable_path_is_reported(tmp_path: Path, qapp: object) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RubatoError, match="Cannot write the picture"):
        save_picture(Word((0, 7, 0), "click"), COLOUR, tmp_path / "file" / "click.png")


def test_a_screenshot_shows_the_window_and_the_open_recording(app: App, tmp_path: Path, qapp: object) -> None:
    notes = Notes.of([(n * 200_000, n * 200_000 + 150_000, 0, 0, 48 + n, 90) for n in range(25)], ["piano"])
    paths = [tmp_path / "empty.png", tmp_path / "open.png"]
    save_screenshot(app.engine, paths[0], (1100, 700))
    app.engine.post(lambda: app.engine.services.roll.open(OpenRecording("scale", notes)))
    app.engine.settle()
    save_screenshot(app.engine, paths[1], (1100, 700))
    empty, opened = (QImage(str(path)) for path in paths)
    assert empty.size().toTuple() == opened.size().toTuple() == (1100, 700)
    assert empty != opened
