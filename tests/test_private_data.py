"""What a session says is for its owner alone."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from rubato_desktop.app import open_log


@pytest.fixture
def open_umask() -> object:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_umask")
def test_the_data_folder_and_the_log_are_for_their_owner_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    open_log(data)
    logging.getLogger("rubato_desktop.test").info("played")
    assert data.stat().st_mode & 0o077 == 0
    assert (data / "rubato.log").stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("open_umask")
def test_the_log_stays_private_in_a_folder_that_was_there_before_and_when_it_is_rotated(
    tmp_path: Path,
) -> None:
    open_log(tmp_path)
    [handler] = [one for one in logging.getLogger("rubato_desktop").handlers if hasattr(one, "doRollover")]
    log = logging.getLogger("rubato_desktop.test")
    log.info("before")
    handler.doRollover()
    log.info("after")
    assert [path.stat().st_mode & 0o077 for path in sorted(tmp_path.glob("rubato.log*"))] == [0, 0]
