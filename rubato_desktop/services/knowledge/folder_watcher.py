"""Watches folders: what is new, changed or gone in them is learnt or forgotten."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from rubato_desktop.services.knowledge.learning_queue import LearningQueue

log = logging.getLogger(__name__)

_QUIET_MS: Final = 1_500  # a program that saves writes several times
_LOOK_AGAIN_S: Final = 60.0  # for folders that are not there, as on a disk that was pulled out

Want = Callable[[Path, list[str], list[str]], None]


class FolderWatcher:
    """Watches folders, on a thread of its own.

    Args:
        wanted: Knows the folders.
        want: Told of a file or folder that is to be learnt or forgotten, with its topics and tags.
    """

    def __init__(self, wanted: LearningQueue, want: Want) -> None:
        self._wanted, self._want = wanted, want
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def renew(self) -> None:
        """Watch the folders there are now, after a look at each."""
        self.close()
        folders = {
            Path(folder): (json.loads(topics), json.loads(tags))
            for folder, topics, tags in self._wanted.watched()
        }
        if folders:
            self._stop = threading.Event()
            self._thread = threading.Thread(
                target=self._watch, args=(folders, self._stop), name="watching", daemon=True
            )
            self._thread.start()

    def close(self) -> None:
        """Watch no more. Safe to call twice."""
        self._stop.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(5)
        self._thread = None

    def _watch(self, folders: dict[Path, tuple[list[str], list[str]]], stop: threading.Event) -> None:
        from watchfiles import watch

        while not stop.is_set():
            there = [folder for folder in folders if folder.is_dir()]
            # A folder that is not there has not lost its files: its disk may have been pulled out.
            for folder in there:
                self._want(folder, *folders[folder])
            if not there:
                stop.wait(_LOOK_AGAIN_S)
                continue
            try:
                for changes in watch(
                    *there,
                    stop_event=stop,
                    debounce=_QUIET_MS,
                    rust_timeout=round(_LOOK_AGAIN_S * 1000),
                    yield_on_timeout=True,
                    ignore_permission_denied=True,
                ):
                    if [folder for folder in folders if folder.is_dir()] != there:
                        break  # one has come back, or gone
                    for path in sorted({Path(name) for _, name in changes}):
                        self._changed(path, folders)
            except (OSError, RuntimeError) as error:
                log.warning("folders cannot be watched just now: %s", error)
                stop.wait(_LOOK_AGAIN_S)

    def _changed(self, path: Path, folders: dict[Path, tuple[list[str], list[str]]]) -> None:
        folder = next((folder for folder in folders if path.is_relative_to(folder)), None)
        if folder is None or not folder.is_dir():
            return
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            return
        self._want(path, *folders[folder])
