"""The command line: its output as text and as JSON, and its exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import mido
import pytest

from rubato_desktop.cli import main
from rubato_desktop.packaged_models import packaged_models


class CommandLine:
    """Runs the command line and captures its output."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = self.err = ""

    def __call__(self, *args: str) -> int:
        try:
            code = main(args)
        except SystemExit as end:
            code = int(end.code or 0)
        self.out, self.err = self._capsys.readouterr()
        return code

    def json(self, *args: str, code: int = 0) -> Any:
        assert self(*args, "--json") == code, self.err
        return json.loads(self.out)


@pytest.fixture
def rubato(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """A MIDI file with the words click and tab 12, on channel 3."""
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=1_000_000, time=0)])
    gap = 0
    for key in (0, 7, 0, 12, 7, 12, 14, 15):
        track.append(mido.Message("note_on", channel=2, note=48 + key, velocity=70, time=gap))
        track.append(mido.Message("note_on", channel=2, note=48 + key, velocity=0, time=200))
        gap = 50
    midi = mido.MidiFile(ticks_per_beat=1000)
    midi.tracks.append(track)
    midi.save(tmp_path / "song.mid")
    return tmp_path / "song.mid"


def test_words_in_a_line_of_keys(rubato: CommandLine) -> None:
    assert rubato.json("words", "--keys", "0 7 0 12 7 12 14 15 (2) 0 8 0") == {
        "words": [
            {
                "t": 0.0,
                "keys": [0, 7, 0],
                "word": "click",
                "language": "core",
                "command": "click",
                "args": {},
            },
            {
                "t": 0.75,
                "keys": [12, 7, 12, 14, 15],
                "word": "tab",
                "language": "core",
                "command": "tab",
                "args": {"number": 12},
            },
        ],
        "unknown": [
            {"t": 4.0, "keys": [0, 8, 0], "reason": "unknown", "nearest": ["click", "open", "right click"]}
        ],
    }
    assert rubato("words", "--keys", "0 7 0 0 8 0") == 0
    assert "click" in rubato.out and "? unknown, near: click" in rubato.out


def test_words_in_a_file(rubato: CommandLine, song: Path) -> None:
    words = rubato.json("words", str(song))["words"]
    assert [(word["word"], word["t"]) for word in words] == [("click", 0.0), ("tab", 0.75)]
    assert rubato.json("words", str(song), "--base", "36")["words"] == []


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["words"], "either a MIDI file or --keys"),
        (["words", "--keys", "0 x 0"], "'x' is not a key"),
        (["words", "--keys", "(" + "9" * 400 + ") 0 7 0"], "is not a key"),
        (["words", "--keys", "9" * 5000], "is not a key"),
        (["words", "--keys", "0 7 0", "--base", "999"], "999 is not a MIDI note"),
        (["picture", "", "--png", "x.png"], "no word ''"),
        (["words", "--keys", "0 7 0", "a.mid"], "either a MIDI file or --keys"),
        (["words", "no such file.mid"], "no such file.mid"),
        (["words", "."], "folder"),
        (["words", "--keys"], "expected one argument"),
        (["languages", "show", "klingon"], "no language 'klingon'"),
        (["languages", "check", "nothing.toml"], "no file nothing.toml"),
        (["midi", "info", "/dev/null"], "/dev/null"),
        (["picture", "nonsense", "--png", "x.png"], "no word 'nonsense'"),
        (["screenshot", "none.mid", "--png", "x.png"], "none.mid"),
        (["render", "none.mid", "--wav", "x.wav"], "none.mid"),
        (["sing"], "invalid choice"),
        ([], "required"),
    ],
)
def test_bad_input_is_reported_on_one_line_with_exit_status_2(
    args: list[str], message: str, rubato: CommandLine
) -> None:
    assert rubato(*args) == 2
    assert message in rubato.err and rubato.err.startswith("rubato: ") and rubato.err.count("\n") == 1
    assert "Traceback" not in rubato.err and rubato.out == ""


def test_languages_are_listed_shown_and_checked(rubato: CommandLine) -> None:
    listed = rubato.json("languages", "list")["languages"]
    assert [(row["name"], row["active"]) for row in listed] == [("core", True), ("names", True)]
    shown = rubato.json("languages", "show", "core")["words"]
    assert {
        "keys": [12, 7, 12],
        "word": "tab",
        "command": "tab",
        "args": {},
        "parameters": {"number": "number"},
    } in shown
    assert rubato.json("languages", "check") == {"ok": True, "conflicts": [], "faults": [], "errors": []}


def test_check_reports_conflicts_and_proposes_free_keys(rubato: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'name = "mine"\n'
        '[[word]]\nkeys = "0 7 0"\nname = "same"\n'
        '[[word]]\nkeys = "0 7 0 5"\nname = "longer"\n'
        '[[word]]\nkeys = "23 22"\nname = "shorter"\n'
        '[[word]]\nkeys = "0 16 0"\nname = "free"\ncommand = "fly"\n'
    )
    report = rubato.json("languages", "check", str(path), code=1)
    assert [
        (conflict["kind"], conflict["word"]["word"], conflict["with"]["word"])
        for conflict in report["conflicts"]
    ] == [
        ("equal", "same", "click"),
        ("extends", "longer", "click"),
        ("prefix", "shorter", "play"),
    ]
    assert all(len(conflict["proposals"]) == 3 for conflict in report["conflicts"])
    assert [fault["says"] for fault in report["faults"]] == ["free (0 16 0): there is no command 'fly'"]
    assert rubato("languages", "check", str(path)) == 1
    assert "same (0 7 0) of mine has the same keys as click (0 7 0) of core; free keys: 0 " in rubato.out


def test_check_of_a_damaged_file_names_the_line(rubato: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text('name = "bad"\n[[word]]\nkeys = "0 99"\nname = "x"\n')
    (error,) = rubato.json("languages", "check", str(path), code=1)["errors"]
    assert (error["line"], error["reason"]) == (3, "'99' is not a key; keys are numbers from 0 to 24")


def test_midi_info_describes_a_file(rubato: CommandLine, song: Path) -> None:
    info = rubato.json("midi", "info", str(song))
    assert info["notes"] == 8 and info["ticks_per_quarter"] == 1000


def test_damaged_file_is_reported_and_can_be_salvaged(rubato: CommandLine, song: Path) -> None:
    song.write_bytes(song.read_bytes()[:-9])
    assert rubato("words", str(song)) == 2
    assert "salvage" in rubato.err and rubato.err.count("\n") == 1
    assert rubato.json("words", str(song), "--salvage")["words"][0]["word"] == "click"


def test_file_is_rendered_to_sound(rubato: CommandLine, song: Path, tmp_path: Path) -> None:
    wav = tmp_path / "song.wav"
    assert rubato.json("render", str(song), "--wav", str(wav))["notes"] == 8
    assert wav.read_bytes()[:4] == b"RIFF" and wav.stat().st_size > 44100 * 4


def test_devices_are_listed_or_their_absence_is_explained(rubato: CommandLine) -> None:
    answer = rubato.json("devices")
    assert answer["devices"] or answer["problem"] is None or "on-screen keys" in answer["problem"]


def test_doctor_reports_every_check_and_what_to_do(rubato: CommandLine) -> None:
    code = rubato("doctor", "--json")
    report = json.loads(rubato.out)
    assert code == (0 if report["ok"] else 1)
    names = [check["name"] for check in report["checks"]]
    assert names == [
        "python",
        "data folder",
        "screen",
        "window",
        "midi",
        "sound device",
        "instruments",
        "voice",
        "hearing",
        "microphone",
        "model",
        "knowledge",
        "browser",
        *(f"packaged {name}" for name in packaged_models()),
    ]
    assert all(check["good"] or check["todo"] for check in report["checks"])


# Commands that draw need Qt, which each test loads in a process of its own.


def run(*args: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **more}
    return subprocess.run(
        [sys.executable, "-m", "rubato_desktop", *args],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def is_picture(path: Path, *size: int) -> bool:
    header = path.read_bytes()[:24]
    width, height = (int.from_bytes(header[offset : offset + 4], "big") for offset in (16, 20))
    return header[:8] == b"\x89PNG\r\n\x1a\n" and (not size or (width, height) == size)


def test_word_is_drawn(tmp_path: Path) -> None:
    done = run("picture", "tab", "--png", str(tmp_path / "tab.png"), "--json")
    assert json.loads(done.stdout)["keys"] == [12, 7, 12] and done.returncode == 0, done.stderr
    assert is_picture(tmp_path / "tab.png")


def test_screenshot_shows_the_window_with_a_file_open(tmp_path: Path, song: Path) -> None:
    done = run(
        "screenshot", str(song), "--png", str(tmp_path / "w.png"), "--size", "1200x800", "--theme", "light"
    )
    assert done.returncode == 0, done.stderr
    assert is_picture(tmp_path / "w.png", 1200, 800)


def test_demo_writes_a_session_a_wav_a_screenshot_and_a_timeline(tmp_path: Path) -> None:
    done = run("demo", "--out", str(tmp_path / "demo"), "--json")
    assert done.returncode == 0, done.stderr
    left = {name: Path(path) for name, path in json.loads(done.stdout).items()}
    assert (left["session"] / "session.mid").is_file() and (left["session"] / "journal.jsonl").is_file()
    assert left["wav"].stat().st_size > 100_000 and is_picture(left["screenshot"])
    timeline = left["timeline"].read_text()
    for said in (
        "start recording",
        "? unknown, near: click",
        "refused: ",
        "0 14 14 0 means help",
        "97 notes, 9 words",
    ):
        assert said in timeline


def test_missing_screen_is_reported_with_the_demo_as_an_alternative(tmp_path: Path) -> None:
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")
    }
    environment.pop("QT_QPA_PLATFORM", None)
    command = [sys.executable, "-m", "rubato_desktop", "run"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and done.stdout == ""
    assert "no screen" in done.stderr and "rubato demo" in done.stderr and done.stderr.count("\n") == 1


def test_data_folder_that_cannot_be_created_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run("run", "--headless", "--data", str(tmp_path / "file" / "data"))
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "Traceback" not in done.stderr


def test_bug_is_reported_on_one_line_and_logged_with_its_traceback(
    rubato: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("rubato_desktop.cli.words.parse", broken)
    assert rubato("words", "--keys", "0 7 0", "--data", str(tmp_path)) == 2
    assert rubato.err.count("\n") == 1 and "Traceback" not in rubato.err
    assert "ZeroDivisionError: a bug" in (tmp_path / "rubato.log").read_text()
