"""Temporary folders of killed programs are removed at the next start, and folders in use are kept."""

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

from rubato_desktop.audio.shared_folder import GRACE_S, PREFIX, SharedFolder, sweep

HOLD = """
import sys
from rubato_desktop.audio.shared_folder import SharedFolder
folder = SharedFolder()
print(folder.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the directory for temporary files, which belongs to the test alone."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


@pytest.fixture
def other(temporary: Path) -> Iterator[subprocess.Popen[str]]:
    """Run another program that uses an old folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    make_old(Path(process.stdout.readline().strip()))
    yield process
    process.kill()
    process.communicate()


def make_old(folder: Path) -> None:
    before = time.time() - 2 * GRACE_S
    os.utime(folder, (before, before))


def folders(temporary: Path) -> list[Path]:
    return list(temporary.glob(f"{PREFIX}*"))


def test_the_folder_of_a_killed_program_is_removed(other: subprocess.Popen[str], temporary: Path) -> None:
    (folder,) = folders(temporary)
    (folder / "a.score").write_bytes(b"notes")
    make_old(folder)
    other.send_signal(signal.SIGKILL)
    other.wait()
    until(lambda: sweep() or folders(temporary) == [])


def test_the_folder_of_a_running_program_is_kept(other: subprocess.Popen[str], temporary: Path) -> None:
    sweep()
    assert len(folders(temporary)) == 1


def test_a_new_folder_is_kept(temporary: Path) -> None:
    (temporary / f"{PREFIX}new").mkdir()
    sweep()
    assert len(folders(temporary)) == 1


def test_symbolic_links_are_not_followed(temporary: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "kept").write_text("kept")
    make_old(elsewhere)
    (temporary / f"{PREFIX}link").symlink_to(elsewhere)
    sweep()
    assert (elsewhere / "kept").exists()


def test_closing_removes_the_folder_and_is_safe_to_repeat(temporary: Path) -> None:
    folder = SharedFolder()
    folder.close()
    folder.close()
    assert folders(temporary) == []
