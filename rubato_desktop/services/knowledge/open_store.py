"""Opens the folder of what has been learnt: for one process at a time, and whatever is damaged there."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import Final

from rubato_desktop.errors import RubatoError
from rubato_desktop.file_lock import lock
from rubato_desktop.services.knowledge import CATALOGUE
from rubato_desktop.services.knowledge.database import Database

log = logging.getLogger(__name__)

_LOCK: Final = "knowledge.lock"
_LOOK_AGAIN_S: Final = 0.05


def claim(folder: Path, patience: float) -> FileIO:
    """Take a folder for this process, until the file that is returned is closed; it is made when it is missing.

    Args:
        folder: The folder.
        patience: Seconds to wait for another process to let go of it.

    Raises:
        RubatoError: another process has it, or it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = FileIO(os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600), "r+")
    except OSError as error:
        raise RubatoError(
            f"The folder {folder} cannot be used: {error.strerror}",
            todo="Choose another data folder with --data or RUBATO_DATA",
            code="bad_data",
        ) from None
    deadline = time.monotonic() + patience
    with contextlib.ExitStack() as ending:
        ending.enter_context(file)
        while not lock(file):
            if time.monotonic() > deadline:
                raise RubatoError(
                    "Another Rubato is at work with what has been learnt",
                    kept="It goes on",
                    todo="Try again when it has ended",
                    code="knowledge_busy",
                )
            time.sleep(_LOOK_AGAIN_S)
        ending.pop_all()
    return file


def open_database(folder: Path, on_problem: Callable[[RubatoError], None]) -> Database:
    """Open the database in a folder; a damaged one is kept aside, told, and a new one begun.

    Args:
        folder: Where it is.
        on_problem: Told of the damage.

    Raises:
        RubatoError: it cannot be opened, or is of a newer program.
    """
    path = folder / CATALOGUE
    try:
        return Database(path)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and "malformed" not in str(error):
            log.exception("the catalogue cannot be opened")
            raise RubatoError(
                "What has been learnt cannot be opened",
                kept="It is as it was",
                todo="Look whether the disk is full, or the folder may not be written",
                code="no_knowledge",
            ) from error
        log.exception("the catalogue is damaged")
        aside = f"{CATALOGUE}.damaged-{time.strftime('%Y%m%d-%H%M%S')}"
        path.replace(folder / aside)
        for beside in (f"{CATALOGUE}-wal", f"{CATALOGUE}-shm"):
            (folder / beside).unlink(missing_ok=True)
        on_problem(
            RubatoError(
                "The catalogue of what has been learnt is damaged",
                kept=f"Your own files are as they were; the damaged one is kept as {aside}",
                todo="Learn your folders again: rubato learn FOLDER",
                code="catalogue_damaged",
            )
        )
        return Database(path)
