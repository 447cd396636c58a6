"""Headless Chromium with the extension and its own profile."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, sync_playwright

from extension_bridge.identity import EXTENSION, extension_id

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextlib.contextmanager
def chromium(
    profile: Path, *, extension: Path = EXTENSION, flags: tuple[str, ...] = (), **options: Any
) -> Iterator[BrowserContext]:
    """Run Chromium with the extension in a ``with`` block.

    Args:
        profile: The folder of the user profile.
        extension: The folder of the extension.
        flags: Further command-line switches of Chromium.
        options: Arguments for Playwright's `launch_persistent_context`.
    """
    loading = (f"--disable-extensions-except={extension}", f"--load-extension={extension}")
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(profile),
            executable_path=shutil.which("chromium"),
            headless=False,
            args=[*FLAGS, *loading, *flags],
            **options,
        )
        try:
            yield context
        finally:
            context.close()


def address(path: str) -> str:
    """Return the address of a page of the extension."""
    return f"chrome-extension://{extension_id()}/{path}"
