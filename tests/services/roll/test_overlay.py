"""The overlay of a recording survives writing and reading; damaged files are reported and left unchanged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from picture_files import write_picture

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.roll.overlay import (
    OVERLAY,
    Overlay,
    Picture,
    keep_picture,
    read_overlay,
    write_overlay,
)


def test_an_overlay_is_unchanged_after_writing_and_reading(tmp_path: Path) -> None:
    overlay = Overlay().with_picture(Picture(7, "pictures/b.png", "b.png")).with_edge((9, "end"))
    overlay = overlay.with_picture(Picture(3, "pictures/a.png", "ä.png")).with_edge((2, "start"))
    write_overlay(tmp_path, overlay)
    again = read_overlay(tmp_path)
    assert again == overlay
    assert [one.t for one in again.pictures] == [3, 7] and again.edges == ((2, "start"), (9, "end"))
    assert read_overlay(tmp_path / "nothing there") == Overlay()


def test_a_picture_is_copied_under_its_name(tmp_path: Path) -> None:
    source = write_picture(tmp_path / "Page 1 (score).png")
    kept = keep_picture(tmp_path / "session", source, 5)
    assert kept == Picture(5, "pictures/Page-1--score-.png", "Page 1 (score).png")
    assert (tmp_path / "session" / kept.file).read_bytes() == source.read_bytes()
    assert [path.name for path in (tmp_path / "session" / "pictures").iterdir()] == ["Page-1--score-.png"]


def test_the_same_picture_is_stored_once_and_another_of_that_name_separately(tmp_path: Path) -> None:
    session, source = tmp_path / "session", write_picture(tmp_path / "a.png")
    first = keep_picture(session, source, 1)
    assert keep_picture(session, source, 2).file == first.file
    write_picture(source, 41, 30)
    assert keep_picture(session, source, 3).file == "pictures/a-2.png"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"pictures": [1]}',
        '{"pictures": [{"t": 1, "file": "../../secret.png", "name": "x"}]}',
        '{"pictures": [{"t": 1, "file": "/etc/passwd", "name": "x"}]}',
        '{"pictures": [{"t": 1, "file": "pictures/..", "name": "x"}]}',
        '{"pictures": [{"t": -1, "file": "pictures/a.png", "name": "x"}]}',
        '{"pictures": [{"t": 1e3, "file": "pictures/a.png", "name": "x"}]}',
        '{"pictures": [{"t": 1, "file": "pictures/a.png", "name": 3}]}',
        '{"iterations": [{"t": 1, "what": "middle"}]}',
        "{" * 100_000,
    ],
)
def test_a_damaged_file_is_reported_and_left_unchanged(content: str, tmp_path: Path) -> None:
    (tmp_path / OVERLAY).write_text(content)
    with pytest.raises(RubatoError, match=r"overlay\.json cannot be read"):
        read_overlay(tmp_path)
    assert (tmp_path / OVERLAY).read_text() == content


def test_fields_of_later_versions_are_ignored(tmp_path: Path) -> None:
    one = {"t": 1, "file": "pictures/a.png", "name": "a.png", "caption": "x"}
    (tmp_path / OVERLAY).write_text(json.dumps({"pictures": [one], "later": 1}))
    assert read_overlay(tmp_path).pictures == (Picture(1, "pictures/a.png", "a.png"),)
