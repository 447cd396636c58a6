"""The table of sounds: loading, validation, and the user's own copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from rubato_desktop.errors import RubatoError
from rubato_desktop.resources import resource
from rubato_desktop.services.page_sound import load_table, table_for

DEFAULT = resource("sounds", "page.toml").read_text(encoding="utf-8")

# Instruments from the keymap, General MIDI program numbers from 1.
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


def test_instruments_match_the_keymap() -> None:
    table = load_table()
    assert {kind: getattr(table, kind).instrument for kind in INSTRUMENTS} == INSTRUMENTS
    assert (table.name, table.base_note, table.apart_ms, table.most) == ("feedback", 48, 300, 20)
    assert (table.loaded.instrument, table.loaded.key, table.loaded.length_ms) == (1, 12, 500)


def test_own_table_of_the_user_is_used(tmp_path: Path) -> None:
    own = tmp_path / "sounds" / "page.toml"
    own.parent.mkdir()
    own.write_text(DEFAULT.replace("instrument = 13 # marimba", "instrument = 14"), encoding="utf-8")
    table, problem = table_for(tmp_path)
    assert (table.button.instrument, problem) == ((14,), None)


def test_default_table_is_used_without_an_own_one(tmp_path: Path) -> None:
    assert table_for(tmp_path) == (load_table(), None)


def test_default_table_is_used_for_an_invalid_one(tmp_path: Path) -> None:
    own = tmp_path / "sounds" / "page.toml"
    own.parent.mkdir()
    text = DEFAULT.replace("instrument = 13 # marimba", "instrument = 129")
    own.write_text(text, encoding="utf-8")
    table, problem = table_for(tmp_path)
    assert table == load_table()
    assert problem is not None
    assert problem.happened.startswith(
        f"page.toml, line {line_of(text, 'instrument = 129')}: button: instrument: "
    )
    assert problem.kept and problem.todo


@pytest.mark.parametrize(
    ("old", "new", "at", "reason"),
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
def test_errors_name_the_line(tmp_path: Path, old: str, new: str, at: str, reason: str) -> None:
    assert old in DEFAULT
    text = DEFAULT.replace(old, new, 1)
    path = tmp_path / "page.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RubatoError) as caught:
        load_table(path)
    assert reason in caught.value.happened
    where = f"page.toml, line {line_of(text, at)}: " if at else "page.toml: "
    assert caught.value.happened.startswith(where)
    assert caught.value.code == "bad_page_sound"


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"[", b"a = 1"])
def test_files_that_are_no_tables_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "page.toml"
    path.write_bytes(content)
    with pytest.raises(RubatoError, match=r"page\.toml"):
        load_table(path)


def test_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(RubatoError, match="No such file"):
        load_table(tmp_path / "page.toml")
