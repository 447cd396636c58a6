"""Opens the folder of a store: locks it for one process, and sets a damaged database aside."""

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
_POLL_S: Final = 0.05


def lock_folder(folder: Path, timeout_s: float) -> FileIO:
    """Lock a folder for this process, creating it if needed.

    Args:
        folder: The folder.
        timeout_s: How long to wait for another process to release it, in seconds.

    Returns:
        The lock file; closing it releases the lock.

    Raises:
        RubatoError: another process holds the lock, or the folder is not writable.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = FileIO(os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600), "r+")
    except OSError as error:
        raise RubatoError(
            f"Cannot use the folder {folder}: {error.strerror}",
            todo="Choose another data folder with --data or RUBATO_DATA",
            code="bad_data",
        ) from None
    deadline = time.monotonic() + timeout_s
    with contextlib.ExitStack() as on_error:
        on_error.enter_context(file)
        while not lock(file):
            if time.monotonic() > deadline:
                raise RubatoError(
                    "Another Rubato is using your library",
                    todo="Try again when it has finished",
                    code="knowledge_busy",
                )
            time.sleep(_POLL_S)
        on_error.pop_all()
    return file


def open_database(folder: Path, on_problem: Callable[[RubatoError], None]) -> Database:
    """Open the database of a folder; a damaged one is set aside, reported and replaced by a new one.

    Args:
        folder: The folder.
        on_problem: Called if the database is damaged.

    Raises:
        RubatoError: the database cannot be opened, or a newer version of the program wrote it.
    """
    path = folder / CATALOGUE
    try:
        return Database(path)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and "malformed" not in str(error):
            log.exception("cannot open the catalogue")
            raise RubatoError(
                "Cannot open your library",
                kept="It is unchanged",
                todo="Check that the disk is not full and the folder is writable",
                code="no_knowledge",
            ) from error
        log.exception("the catalogue is damaged")
        aside = f"{CATALOGUE}.damaged-{time.strftime('%Y%m%d-%H%M%S')}"
        path.replace(folder / aside)
        for companion in (f"{CATALOGUE}-wal", f"{CATALOGUE}-shm"):
            (folder / companion).unlink(missing_ok=True)
        on_problem(
            RubatoError(
                "The catalogue of your library is damaged",
                kept=f"Your own files are unchanged; the damaged catalogue is kept as {aside}",
                todo="Learn your folders again: rubato learn FOLDER",
                code="catalogue_damaged",
            )
        )
        return Database(path)
