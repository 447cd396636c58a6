"""Watches folders: new and changed files are learnt, deleted ones are forgotten."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from rubato_desktop.services.knowledge.learning_queue import LearningQueue

log = logging.getLogger(__name__)

_DEBOUNCE_MS: Final = 1_500  # a program writes several times when it saves
_RETRY_S: Final = 60.0  # for missing folders, for example on an unplugged disk

OnChange = Callable[[Path, list[str], list[str]], None]


class FolderWatcher:
    """Watches folders on a thread of its own.

    Args:
        queue: Has the list of watched folders.
        on_change: Called with each changed file or folder, and the topics and tags of its watched folder.
    """

    def __init__(self, queue: LearningQueue, on_change: OnChange) -> None:
        self._queue, self._on_change = queue, on_change
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def restart(self) -> None:
        """Scan and watch the folders that are in the list now."""
        self.close()
        folders = {
            Path(folder): (json.loads(topics), json.loads(tags))
            for folder, topics, tags in self._queue.watched()
        }
        if folders:
            self._stop = threading.Event()
            self._thread = threading.Thread(
                target=self._watch, args=(folders, self._stop), name="watching", daemon=True
            )
            self._thread.start()

    def close(self) -> None:
        """Stop watching. Safe to call twice."""
        self._stop.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(5)
        self._thread = None

    def _watch(self, folders: dict[Path, tuple[list[str], list[str]]], stop: threading.Event) -> None:
        from watchfiles import watch

        while not stop.is_set():
            # The files of a missing folder are not deleted: its disk may only be unplugged.
            present = [folder for folder in folders if folder.is_dir()]
            for folder in present:
                self._on_change(folder, *folders[folder])
            if not present:
                stop.wait(_RETRY_S)
                continue
            try:
                for changes in watch(
                    *present,
                    stop_event=stop,
                    debounce=_DEBOUNCE_MS,
                    rust_timeout=round(_RETRY_S * 1000),
                    yield_on_timeout=True,
                    ignore_permission_denied=True,
                ):
                    if [folder for folder in folders if folder.is_dir()] != present:
                        break  # a folder has appeared or disappeared
                    for path in sorted({Path(name) for _, name in changes}):
                        self._report(path, folders)
            except (OSError, RuntimeError) as error:
                log.warning("cannot watch folders: %s", error)
                stop.wait(_RETRY_S)

    def _report(self, path: Path, folders: dict[Path, tuple[list[str], list[str]]]) -> None:
        folder = next((folder for folder in folders if path.is_relative_to(folder)), None)
        if folder is None or not folder.is_dir():
            return
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            return
        self._on_change(path, *folders[folder])
