"""`rubato learn`, `search`, `topics`, `tags` and `forget`, with text and with JSON output."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from program import Program
from waiting import until

from rubato_desktop.cli import main


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "pedal.md").write_text("# Pedal\n\nThe sustain pedal lifts the dampers.")
    (folder / "tuning.txt").write_text("Concert pitch is 440 Hz.")
    return folder


def run(capsys: pytest.CaptureFixture[str], data: Path, *arguments: str, code: int = 0) -> Any:
    assert main([*arguments, "--json", "--data", str(data)]) == code
    return json.loads(capsys.readouterr().out)


def test_learnt_text_is_found_with_its_source(
    tmp_path: Path, texts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = run(capsys, tmp_path, "learn", str(texts), "--topic", "Piano", "--tag", "sound")
    assert len(result["learnt"]) == 2
    [best] = run(capsys, tmp_path, "search", "sustain pedal", "--topic", "Piano", "-k", "1")
    assert best.pop("score") > 0
    assert len(best.pop("document")) == 16
    assert best == {
        "rank": 1,
        "source": str(texts / "pedal.md"),
        "text": "Pedal\n\nThe sustain pedal lifts the dampers.",
        "start_ms": None,
        "page": None,
        "topics": ["Piano"],
        "tags": ["sound"],
    }
    for mode in ("dense", "bm25", "fused"):
        assert run(capsys, tmp_path, "search", "dampers", "--mode", mode)[0]["source"].endswith("pedal.md")


def test_topics_and_tags_are_counted(tmp_path: Path, texts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, tmp_path, "learn", str(texts), "--topic", "Piano")
    run(capsys, tmp_path, "learn", str(texts / "pedal.md"), "--topic", "Füße", "--tag", "feet")
    counts = {topic["topic"]: topic["documents"] for topic in run(capsys, tmp_path, "topics")}
    assert counts == {"ALL": 2, "Piano": 2, "Füße": 1}
    [document] = run(capsys, tmp_path, "topics", "Füße")
    assert document["source"] == str(texts / "pedal.md")
    assert run(capsys, tmp_path, "tags") == {"feet": 1}
    document = run(capsys, tmp_path, "tags", str(texts / "tuning.txt"), "--add", "pitch", "--add", "Hz")
    assert document["tags"] == ["Hz", "pitch"]
    assert run(capsys, tmp_path, "tags", str(texts / "tuning.txt"), "--remove", "Hz")["tags"] == ["pitch"]
    assert "pitch" in run(capsys, tmp_path, "tags", str(texts / "pedal.md"), "--suggest")


def test_forgotten_text_is_not_found(tmp_path: Path, texts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, tmp_path, "learn", str(texts))
    assert run(capsys, tmp_path, "forget", str(texts / "pedal.md"))["forgotten"] == [str(texts / "pedal.md")]
    assert run(capsys, tmp_path, "search", "sustain pedal dampers")[0]["source"].endswith("tuning.txt")
    assert run(capsys, tmp_path, "forget", str(texts / "pedal.md"), code=1)["forgotten"] == []


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["learn", "nowhere.txt"], 1, "nowhere.txt: does not exist"),
        (["search", "x", "-k", "0"], 2, "-k must be 1 or more"),
        (["search", "x", *(["--topic", "t"] * 6)], 2, "You can search at most 5 topics at once"),
        (["tags", "nowhere.txt", "--add", "x"], 2, "has not been learnt"),
        (["learn", "DATA/settings.toml"], 1, "is not a supported file type"),
        (["learn", "DATA", "--topic", "x" * 101], 2, "at most 100 characters"),
    ],
)
def test_errors_are_reported_on_one_line(
    arguments: list[str], code: int, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "settings.toml").write_text("")
    arguments = [word.replace("DATA", str(tmp_path)) for word in arguments]
    assert main([*arguments, "--data", str(tmp_path)]) == code
    assert message in capsys.readouterr().err


def test_search_of_an_empty_library_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "x", "--data", str(tmp_path)]) == 1
    assert capsys.readouterr().out == "Nothing has been learnt yet\n"


def test_command_line_uses_the_running_program(
    tmp_path: Path, texts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = Program(tmp_path / "data")
    try:
        assert len(run(capsys, tmp_path / "data", "learn", str(texts))["learnt"]) == 2
        assert run(capsys, tmp_path / "data", "search", "dampers")[0]["source"] == str(texts / "pedal.md")
        assert "Concert pitch" in run(capsys, tmp_path / "data", "ask", "What is concert pitch?")["answer"]
    finally:
        program.end()


def test_changes_in_a_watched_folder_are_learnt(
    tmp_path: Path, texts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, tmp_path / "data", "learn", str(texts), "--watch", "--topic", "Piano")
    (texts / "before.md").write_text("Written while Rubato was not running: staccato.")
    program = Program(tmp_path / "data")

    def first(query: str) -> str:
        found = run(capsys, tmp_path / "data", "search", query)
        return str(found[0]["text"]) if found else ""

    try:
        until(lambda: "staccato" in first("staccato"), "the earlier text to be learnt")
        (texts / "new.md").write_text("Legato is joined.")
        until(lambda: "Legato" in first("legato"), "a new text to be learnt")
        (texts / "new.md").write_text("Portato is between.")
        until(lambda: "Portato" in first("portato"), "its change to be learnt")
        (texts / "new.md").unlink()
        until(lambda: "Portato" not in first("portato"), "it to be forgotten")
    finally:
        program.end()


def test_interrupted_learning_resumes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for n in range(12):
        (tmp_path / f"{n}.txt").write_text("\n\n".join(f"Text {n} part {m}. " * 30 for m in range(6)))
    command = [
        sys.executable,
        "-m",
        "rubato_desktop",
        "learn",
        str(tmp_path),
        "--data",
        str(tmp_path / "data"),
    ]
    process = subprocess.Popen(command)
    catalogue = tmp_path / "data" / "knowledge" / "catalogue.sqlite"

    def documents() -> int:
        import sqlite3

        try:
            with sqlite3.connect(f"file:{catalogue}?mode=ro", uri=True) as db:
                return int(db.execute("SELECT count(*) FROM documents").fetchone()[0])
        except sqlite3.OperationalError:
            return 0

    until(lambda: 0 < documents() < 12, "some of the texts to be learnt")
    process.send_signal(signal.SIGKILL)
    process.wait()
    run(capsys, tmp_path / "data", "learn")
    assert run(capsys, tmp_path / "data", "topics")[0]["documents"] == 12
