"""The table of sounds: read, checked, and the user's own in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from rubato_desktop.errors import RubatoError
from rubato_desktop.resources import resource
from rubato_desktop.services.page_sound import load_table, table_for

OURS = resource("sounds", "page.toml").read_text(encoding="utf-8")

# Instruments as the keymap gives them, General MIDI counting from 1.
INSTRUMENTS = {
    "link": (41, 42, 43),
    "image": (61,),
    "text": (1,),
    "heading": (12,),
    "button": (13,),
    "field": (72,),
    "media": (60,),
}


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_each_kind_has_the_instrument_of_the_keymap() -> None:
    table = load_table()
    assert {kind: getattr(table, kind).instrument for kind in INSTRUMENTS} == INSTRUMENTS
    assert (table.name, table.base_note, table.apart_ms, table.most) == ("feedback", 48, 300, 20)
    assert (table.loaded.instrument, table.loaded.key, table.loaded.length_ms) == (1, 12, 500)


def test_the_users_own_table_is_used_instead(tmp_path: Path) -> None:
    own = tmp_path / "sounds" / "page.toml"
    own.parent.mkdir()
    own.write_text(OURS.replace("instrument = 13 # marimba", "instrument = 14"), encoding="utf-8")
    table, problem = table_for(tmp_path)
    assert (table.button.instrument, problem) == ((14,), None)


def test_without_one_ours_is_used(tmp_path: Path) -> None:
    assert table_for(tmp_path) == (load_table(), None)


def test_a_damaged_one_is_said_and_ours_is_used(tmp_path: Path) -> None:
    own = tmp_path / "sounds" / "page.toml"
    own.parent.mkdir()
    text = OURS.replace("instrument = 13 # marimba", "instrument = 129")
    own.write_text(text, encoding="utf-8")
    table, problem = table_for(tmp_path)
    assert table == load_table()
    assert problem is not None
    assert problem.happened.startswith(
        f"page.toml, line {line_of(text, 'instrument = 129')}: button: instrument: "
    )
    assert problem.kept and problem.todo


@pytest.mark.parametrize(
    ("old", "new", "at", "says"),
    [
        ("most = 20", "most = 3", "most = 3", "most"),
        ("[button]", "[knob]", "", "button"),
        ("volume = 110", "volume = 110\ncolour = 3", "colour", "button: colour"),
        (
            "instrument = [41, 42, 43]",
            "instrument = [41, 42]",
            "instrument = [41, 42]",
            "three for the thirds",
        ),
        ("times = [1, 4]", "times = [4, 1]", "times = [4, 1]", "the smaller one first"),
        ("times = [1, 4]", "times = [1, 5]", "", "text takes 310 ms"),
        ('figure = "trill"', 'figure = "shake"', 'figure = "shake"', "link: figure"),
        ("pan = [10, 117]", "pan = [117, 10]", "", "smaller number to the larger"),
        ("rise = [12, 9, 7, 5, 4, 2]", "rise = [12, 9]", "rise = [12, 9]", "heading: rise"),
        ('say = "link"', "say = ", "say = \n", "this is not valid TOML"),
        ("base_note = 48", "base_note = 120", "base_note = 120", "base_note"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, old: str, new: str, at: str, says: str) -> None:
    assert old in OURS
    text = OURS.replace(old, new, 1)
    path = tmp_path / "page.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RubatoError) as caught:
        load_table(path)
    assert says in caught.value.happened
    where = f"page.toml, line {line_of(text, at)}: " if at else "page.toml: "
    assert caught.value.happened.startswith(where)
    assert caught.value.code == "bad_page_sound"


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"[", b"a = 1"])
def test_what_is_no_table_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "page.toml"
    path.write_bytes(content)
    with pytest.raises(RubatoError, match=r"page\.toml"):
        load_table(path)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(RubatoError, match="No such file"):
        load_table(tmp_path / "page.toml")
