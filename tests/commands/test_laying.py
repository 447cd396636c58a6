"""Iterations and pictures of a recording, by words and commands in the real program."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import mido
import pytest
from picture_files import write_picture
from player import Player

from rubato_desktop.clock import SECOND
from rubato_desktop.events import RollLaid
from rubato_desktop.files import write_beside
from rubato_desktop.services.roll.overlay import OVERLAY


@pytest.fixture
def take(player: Player) -> Player:
    """A player with an open recording of two iterations, each marked by words."""
    player.play("0 11 0")
    for _ in range(2):
        player.play("12 16 17 12", wait=0.5)
        player.play("30 31 32 33", wait=0.5)
        player.play("12 17 16 12", wait=0.5)
    player.word("12 11 12 24")
    assert player.run("open", what=1).status == "ok"
    return player


def folder(player: Player) -> Path:
    found = player.app.services.roll.folder
    assert found is not None
    return found


def test_iterations_marked_while_playing_are_there_when_it_is_opened(take: Player) -> None:
    roll = take.app.services.roll
    assert len(roll.iterations) == 2
    for iteration in roll.iterations:
        inside = [row for row in roll.notes.table if iteration.holds(row["on"])]
        assert [int(row["note"]) - 48 for row in inside if row["note"] > 73] == [30, 31, 32, 33]
        assert all(row["note"] > 73 for row in inside), "the keys of the marks are not part of the piece"


def test_start_of_an_iteration_that_was_erased_is_ignored(player: Player) -> None:
    player.play("0 11 0")
    player.play("12 16 17 12")
    player.play("0 0 0")
    player.play("30 31 32")
    player.word("12 11 12 24")
    player.run("open", what=1)
    assert player.app.services.roll.iterations == ()
    assert player.word("23 13 13 23").error == {
        "code": "no_iterations",
        "message": f"{player.app.services.roll.title} has no iterations. Go to the beginning of one and play "
        "'iteration start', then to its end and play 'iteration end'",
    }


def test_iterations_toggles_stacking(take: Player) -> None:
    assert take.word("23 13 13 23").text == "2 iterations, stacked"
    assert take.app.services.roll.stacked
    assert take.word("23 13 13 23").text == "Everything in one row"
    assert not take.app.services.roll.stacked


def test_words_go_from_one_iteration_to_another(take: Player) -> None:
    roll = take.app.services.roll
    assert take.word("23 13 16 23 15 12").text == "Iteration 2 of 2"
    assert roll.position == roll.iterations[1].t
    take.run("seek", seconds=(roll.iterations[1].t + 500_000) / 1e6)
    assert take.word("23 15 13 23").text == "Iteration 1 of 2, 0:00.5 into it"
    assert roll.position == roll.iterations[0].t + 500_000
    assert take.word("23 15 13 23").text == "This is the first iteration"


def test_marks_at_the_playhead_are_saved_and_can_be_undone(take: Player) -> None:
    roll = take.app.services.roll
    t = roll.iterations[1].t + 600_000
    take.run("seek", seconds=t / 1e6)
    assert take.word("12 16 17 12").text.endswith("3 iterations")
    assert [iteration.t for iteration in roll.iterations][2] == t
    take.run("open_file", path=str(folder(take)))
    assert len(roll.iterations) == 3
    take.word("0 11 10 0")
    assert len(roll.iterations) == 2
    take.run("open_file", path=str(folder(take)))
    assert len(roll.iterations) == 2


def test_trial_markers_of_a_file_are_iterations(player: Player, tmp_path: Path) -> None:
    midi = mido.MidiFile(ticks_per_beat=1000)
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=1_000_000)])
    for n in (1, 2):
        track.append(mido.MetaMessage("marker", text=f"TRIAL#{n}", time=500))
        track.append(mido.Message("note_on", note=60, velocity=80, time=0))
        track.append(mido.Message("note_off", note=60, time=900))
        track.append(mido.MetaMessage("marker", text=f"END#{n}", time=100))
    midi.tracks.append(track)
    midi.save(tmp_path / "a.mid")
    assert player.run("open_file", path=str(tmp_path / "a.mid")).text == "a: 2 notes, 0 words, 2 iterations"
    roll = player.app.services.roll
    assert [(iteration.t, iteration.end) for iteration in roll.iterations] == [
        (500_000, 1_500_000),
        (2_000_000, 3_000_000),
    ]
    refused = player.run("iteration_start")
    assert refused.error is not None and refused.error["code"] == "no_folder"


def test_picture_is_copied_into_the_recording_and_shown_again(take: Player, tmp_path: Path) -> None:
    roll, source = take.app.services.roll, write_picture(tmp_path / "score.png")
    assert take.run("picture_add", picture=str(source), seconds=1.5).text == "Added score.png at 0:01.5"
    assert isinstance(take.last(RollLaid), RollLaid)
    source.unlink()
    take.run("open_file", path=str(folder(take)))
    (kept,) = roll.pictures
    assert (kept.t, kept.name) == (1_500_000, "score.png") and (folder(take) / kept.file).is_file()
    assert take.word("23 11 12 23 14 12").text == "score.png at 0:01.5"
    assert roll.position == 1_500_000


def test_keys_keep_working_while_a_picture_is_copied(
    take: Player, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = threading.Event()

    def slow_disk(path: Path, data: bytes) -> None:
        written.wait(30)
        write_beside(path, data)

    monkeypatch.setattr("rubato_desktop.services.roll.overlay.write_beside", slow_disk)
    adding = take.app.engine.run(
        "picture_add", picture=str(write_picture(tmp_path / "score.png")), seconds=1.5
    )
    assert take.word("0 12 13 0").status == "ok" and not adding.done()
    written.set()
    take.until(adding.done)
    assert adding.result(0).text == "Added score.png at 0:01.5"


def test_moved_recording_keeps_its_pictures(take: Player, tmp_path: Path) -> None:
    take.run("picture_add", picture=str(write_picture(tmp_path / "score.png")))
    moved = shutil.copytree(folder(take), tmp_path / "elsewhere")
    take.run("open_file", path=str(moved))
    assert [one.name for one in take.app.services.roll.pictures] == ["score.png"]


def test_picture_is_chosen_by_keys_from_the_pictures_folder(
    take: Player, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platformdirs.user_pictures_path", lambda: tmp_path)
    write_picture(tmp_path / "score.png")
    (tmp_path / "notes.txt").write_text("no picture")
    assert take.word("12 18 18 12").text == "Picture files: 1 score.png"
    assert take.word("12 18 19 12 14 12").text.startswith("Added score.png at")


def test_removing_a_picture_can_be_undone(take: Player, tmp_path: Path) -> None:
    roll = take.app.services.roll
    take.run("picture_add", picture=str(write_picture(tmp_path / "score.png")))
    assert take.word("12 19 18 12 14 12").text == "Removed score.png"
    assert roll.pictures == ()
    take.word("0 11 10 0")
    assert [one.name for one in roll.pictures] == ["score.png"]
    take.word("0 11 10 0")
    assert roll.pictures == ()


def test_picture_is_refused_without_an_open_recording(player: Player, tmp_path: Path) -> None:
    source = write_picture(tmp_path / "score.png")
    live = player.run("picture_add", picture=str(source))
    assert live.status == "failed" and "Stop recording and open the recording" in live.text
    midi = mido.MidiFile()
    midi.tracks.append(mido.MidiTrack([mido.Message("note_on", note=60, velocity=80, time=9)]))
    midi.save(tmp_path / "a.mid")
    player.run("open_file", path=str(tmp_path / "a.mid"))
    alone = player.run("picture_add", picture=str(source))
    assert "Cannot add pictures to a, which is not in the folder of a recording" in alone.text
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["a.mid", "score.png"]


@pytest.mark.parametrize("name", ["none.png", "notes.txt", "~nobody/x.png", "a\0b"])
def test_file_that_is_not_a_picture_changes_nothing(name: str, take: Player, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no picture")
    answer = take.run("picture_add", picture=name if name[0] in "~a" else str(tmp_path / name))
    assert answer.status == "failed" and answer.error is not None and answer.error["code"] == "no_picture"
    assert not (folder(take) / OVERLAY).exists() and not (folder(take) / "pictures").exists()


def test_damaged_overlay_is_reported_and_never_overwritten(take: Player, tmp_path: Path) -> None:
    path = folder(take) / OVERLAY
    path.write_text("{")
    opened = take.run("open_file", path=str(folder(take)))
    assert opened.status == "ok" and "overlay.json cannot be read" in opened.text
    added = take.run("picture_add", picture=str(write_picture(tmp_path / "score.png")))
    assert added.error is not None and added.error["code"] == "bad_overlay"
    assert path.read_text() == "{"


def test_pauses_are_skipped_or_played_by_words(player: Player) -> None:
    player.play("0 11 0")
    player.play("30 31", wait=0.5)
    player.play("0 11 11 0", wait=60)
    player.play("12 11 11 12", wait=0.5)
    player.play("32 33", wait=0.5)
    player.word("12 11 12 24")
    player.run("open", what=1)
    roll, sound = player.app.services.roll, player.app.sound
    (pause,) = (stretch for stretch in roll.stretches if stretch.kind == "pause")
    assert pause.end - pause.t > 60 * SECOND
    assert sound.deck.end_us == roll.notes.end > 60 * SECOND
    player.run("seek", seconds=(pause.t + SECOND) / 1e6)
    assert roll.position == pause.end
    assert player.word("23 13 12 23").text == "Pauses are played"
    player.run("seek", seconds=(pause.t + SECOND) / 1e6)
    assert roll.position == pause.t + SECOND
    player.word("0 11 10 0")
    assert player.app.services.settings.values.skip_pauses
    assert roll.position == pause.end
