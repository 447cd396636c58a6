"""Opening MIDI files in the pianoroll, with their words and languages."""

from __future__ import annotations

import json
from pathlib import Path

import mido
import pytest

from rubato_desktop.services.languages import LanguageLibrary
from rubato_desktop.services.roll.loader import open_midi


@pytest.fixture
def library(tmp_path: Path) -> LanguageLibrary:
    return LanguageLibrary(tmp_path, [])


def file(path: Path, *tracks: list[mido.Message | mido.MetaMessage], ticks: int = 1000) -> Path:
    midi = mido.MidiFile(ticks_per_beat=ticks, type=1)
    midi.tracks.append(mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=1_000_000)]))
    midi.tracks.extend(mido.MidiTrack(track) for track in tracks)
    midi.save(path)
    return path


def word(**fields: object) -> str:
    return json.dumps(
        {"t": 1.0, "keys": [0, 16, 0], "word": "waltz", "language": "dances", "command": "quit", **fields}
    )


def test_words_are_read_from_texts_and_their_language_becomes_active(
    tmp_path: Path, library: LanguageLibrary
) -> None:
    track = [mido.MetaMessage("track_name", name="dances"), mido.MetaMessage("text", text=word(), time=1500)]
    opened = open_midi(file(tmp_path / "a.mid", track), library)
    assert [(item.word, item.t) for item in opened.words] == [("waltz", 1_500_000)]
    loaded = library.stack.word("waltz")
    assert loaded is not None and loaded.language == "dances" and "dances" in library.active


def test_a_word_of_a_file_has_no_command(tmp_path: Path, library: LanguageLibrary) -> None:
    open_midi(file(tmp_path / "a.mid", [mido.MetaMessage("text", text=word(), time=0)]), library)
    loaded = library.stack.at((0, 16, 0))
    assert loaded is not None and loaded.command == ""


def test_a_word_of_a_file_does_not_hide_your_words(tmp_path: Path, library: LanguageLibrary) -> None:
    stolen = word(keys=[0, 7, 0], word="free money")
    open_midi(file(tmp_path / "a.mid", [mido.MetaMessage("text", text=stolen, time=0)]), library)
    loaded = library.stack.at((0, 7, 0))
    assert loaded is not None and loaded.name == "click"


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{}",
        '{"keys": 3}',
        '{"t": "x", "keys": []}',
        word(args=[1]),
        word(t=1e400),
        word(keys=["a"]),
        "{" * 99,
    ],
)
def test_texts_that_only_look_like_words_are_ignored(
    text: str, tmp_path: Path, library: LanguageLibrary
) -> None:
    assert (
        open_midi(file(tmp_path / "a.mid", [mido.MetaMessage("text", text=text, time=0)]), library).words
        == ()
    )


def test_notes_of_a_feedback_file_are_read_as_words(tmp_path: Path, library: LanguageLibrary) -> None:
    notes = []
    for key in (0, 7, 0):
        notes.append(mido.Message("note_on", note=48 + key, velocity=70, time=5))
        notes.append(mido.Message("note_off", note=48 + key, time=20))
    opened = open_midi(
        file(tmp_path / "a.mid", [mido.MetaMessage("track_name", name="Feedback"), *notes], ticks=100),
        library,
    )
    assert [(item.word, item.t) for item in opened.words] == [("click", 50_000)]


@pytest.mark.parametrize(
    "fields", [{"keys": [-100]}, {"keys": [3]}, {"language": "own"}, {"language": "../../x"}]
)
def test_invalid_words_create_no_language(
    fields: dict[str, object], tmp_path: Path, library: LanguageLibrary
) -> None:
    before = dict(library.languages)
    text = word(**{"language": "dances", **fields})
    open_midi(file(tmp_path / "a.mid", [mido.MetaMessage("text", text=text, time=0)]), library)
    assert library.languages == before
    assert library.nearest((0, 8, 0))[0].name == "click"
