"""What a killed program left among the temporary files goes at the next start; what is in use stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from waiting import until

from rubato_desktop.audio.shared_folder import PREFIX, YOUNG_S, SharedFolder, sweep

HOLD = """
import sys
from rubato_desktop.audio.shared_folder import SharedFolder
scratch = SharedFolder()
print(scratch.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files of the test's own."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


@pytest.fixture
def other(place: Path) -> Iterator[subprocess.Popen[str]]:
    """Another program with a folder, which has become old."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    made_long_ago(Path(process.stdout.readline().strip()))
    yield process
    process.kill()
    process.communicate()


def made_long_ago(folder: Path) -> None:
    before = time.time() - 2 * YOUNG_S
    os.utime(folder, (before, before))


def folders(place: Path) -> list[Path]:
    return list(place.glob(f"{PREFIX}*"))


def test_what_a_killed_program_left_is_removed(other: subprocess.Popen[str], place: Path) -> None:
    (folder,) = folders(place)
    (folder / "a.score").write_bytes(b"notes")
    made_long_ago(folder)
    other.send_signal(signal.SIGKILL)
    other.wait()
    until(lambda: sweep() or folders(place) == [])


def test_what_a_running_program_uses_stays(other: subprocess.Popen[str], place: Path) -> None:
    sweep()
    assert len(folders(place)) == 1


def test_what_was_made_just_now_stays(place: Path) -> None:
    (place / f"{PREFIX}new").mkdir()
    sweep()
    assert len(folders(place)) == 1


def test_a_link_of_that_name_is_not_followed(place: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "kept").write_text("kept")
    made_long_ago(elsewhere)
    (place / f"{PREFIX}link").symlink_to(elsewhere)
    sweep()
    assert (elsewhere / "kept").exists()


def test_closing_removes_it_and_may_be_done_twice(place: Path) -> None:
    scratch = SharedFolder()
    scratch.close()
    scratch.close()
    assert folders(place) == []
