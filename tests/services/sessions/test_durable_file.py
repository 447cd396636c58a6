"""Lines are written whole, once and in order, whatever happens to their folder."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rubato_desktop.services.sessions.durable_file import DurableFile

LINES = [b'{"first":true}\n', *(b'{"n":%d}\n' % n for n in range(1, 9))]


@pytest.fixture
def file(tmp_path: Path) -> Iterator[DurableFile]:
    file = DurableFile(tmp_path / "journals", "run")
    yield file
    file.close()


def add(file: DurableFile, lines: list[bytes]) -> None:
    for line in lines:
        file.add(line)


def test_lines_are_in_memory_until_they_are_written(file: DurableFile) -> None:
    add(file, LINES)
    assert not file.path.exists()
    file.write()
    assert file.path.read_bytes() == b"".join(LINES)


def test_written_lines_are_pending_until_they_are_synced(file: DurableFile) -> None:
    add(file, LINES)
    file.write()
    assert file.pending == len(b"".join(LINES))
    file.sync()
    assert file.pending == 0


def test_a_sync_on_another_thread_settles_only_the_lines_written_before_it(file: DurableFile) -> None:
    add(file, LINES[:4])
    file.write()
    unsynced = file.unsynced()
    assert unsynced is not None
    add(file, LINES[4:])
    file.write()
    file.settle(unsynced, unsynced.sync())
    assert file.pending == len(b"".join(LINES[4:]))
    file.sync()
    assert file.path.read_bytes() == b"".join(LINES)


def test_after_a_failed_sync_everything_is_written_again_at_its_position(file: DurableFile) -> None:
    add(file, LINES[:4])
    file.write()
    unsynced = file.unsynced()
    assert unsynced is not None
    unsynced.sync()
    with pytest.raises(OSError, match="the drive"):
        file.settle(unsynced, OSError("the drive lost it"))
    file.path.write_bytes(LINES[0] + b"\0" * 30)
    add(file, LINES[4:])
    file.sync()
    assert file.path.read_bytes() == b"".join(LINES)


def test_a_taken_name_gets_a_number(tmp_path: Path) -> None:
    files = [DurableFile(tmp_path, "run") for _ in range(3)]
    for file in files:
        file.add(b"{}\n")
        file.write()
    assert [file.path.name for file in files] == ["run.jsonl", "run-2.jsonl", "run-3.jsonl"]
    for file in files:
        file.close()


def test_a_removed_folder_is_recreated_with_everything_in_it(file: DurableFile) -> None:
    add(file, LINES[:4])
    file.sync()
    shutil.rmtree(file.path.parent)
    add(file, LINES[4:])
    file.sync()
    assert file.path.read_bytes() == b"".join(LINES)


def test_a_file_on_a_medium_that_was_unplugged_is_continued(file: DurableFile, tmp_path: Path) -> None:
    add(file, LINES[:3])
    file.sync()
    folder, away = file.path.parent, tmp_path / "away"
    folder.rename(away)
    folder.write_text("no folder can be made here")
    add(file, LINES[3:6])
    with pytest.raises(OSError):
        file.sync()
    folder.unlink()
    away.rename(folder)
    add(file, LINES[6:])
    file.sync()
    assert file.path.read_bytes() == b"".join(LINES)


def test_another_file_in_its_place_is_left_alone(file: DurableFile) -> None:
    add(file, LINES[:3])
    file.sync()
    file.path.unlink()
    file.path.write_text("somebody else's, and long enough to be ours")
    add(file, LINES[3:])
    with pytest.raises(OSError, match="another file"):
        file.sync()
    assert file.path.read_text().startswith("somebody else's")
    file.path.unlink()
    file.sync()
    assert file.path.read_bytes() == b"".join(LINES)


def add_a_line(file: DurableFile, number: int) -> None:
    file.add(b'{"n":%d}\n' % number)


def write(file: DurableFile, number: int) -> None:
    with contextlib.suppress(OSError):
        file.write()


def sync(file: DurableFile, number: int) -> None:
    with contextlib.suppress(OSError):
        file.sync()


def sync_behind(file: DurableFile, number: int) -> None:
    unsynced = file.unsynced()
    if unsynced is not None:
        file.settle(unsynced, unsynced.sync())


def remove_the_folder(file: DurableFile, number: int) -> None:
    shutil.rmtree(file.path.parent, ignore_errors=True)


def block_the_folder(file: DurableFile, number: int) -> None:
    if not file.path.parent.is_file():
        remove_the_folder(file, number)
        file.path.parent.write_text("no folder can be made here")


def unblock_the_folder(file: DurableFile, number: int) -> None:
    if file.path.parent.is_file():
        file.path.parent.unlink()


def lose_unsynced_data(file: DurableFile, number: int) -> None:
    unsynced = file.unsynced()
    if unsynced is not None:
        unsynced.sync()
        with contextlib.suppress(OSError):
            file.settle(unsynced, OSError("the drive lost it"))


EVENTS = [
    add_a_line,
    write,
    sync,
    sync_behind,
    remove_the_folder,
    block_the_folder,
    unblock_the_folder,
    lose_unsynced_data,
]


@settings(deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(EVENTS), max_size=40))
def test_nothing_is_lost_or_doubled_whatever_happens_to_the_folder(
    events: list[Callable[[DurableFile, int], None]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = DurableFile(Path(folder, "journals"), "run")
        added = 0
        for event in [add_a_line, *events, add_a_line]:
            event(file, added)
            added += event is add_a_line
        unblock_the_folder(file, added)
        file.sync()
        assert file.path.read_bytes() == b"".join(b'{"n":%d}\n' % number for number in range(added))
        assert file.pending == 0
        file.close()
