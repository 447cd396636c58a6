"""Take the picture of the side panel for README, in a real Chromium connected to the real program.

Writes `docs/panel.png`. It needs Chromium and Playwright, like the tests.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright

from extension_bridge.identity import EXTENSION, extension_id
from extension_bridge.install import Installation
from rubato_desktop.app import App
from rubato_desktop.resources import resource

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "panel.png"
WIDTH, HEIGHT = 400, 1130  # px
TIMEOUT_S = 30.0
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
]
COMMANDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("tabs", {}),
    ("tab", {"number": 1}),
    ("links", {}),
    ("scroll", {"by": {"vertical": 1, "horizontal": 0}}),
)


def wait(page: Page, condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the browser did not connect")
        page.wait_for_timeout(50)


def take(app: App, context: BrowserContext) -> None:
    """Open some pages and the panel, run some commands, and take a picture."""
    first = context.pages[0]
    first.goto(resource("tour", "pages", "article.html").as_uri())
    context.new_page().goto(resource("tour", "pages", "index.html").as_uri())
    services = app.services
    wait(first, lambda: services.confirmation.text)
    app.engine.run("confirm").result(TIMEOUT_S)
    wait(first, lambda: services.browser is not None and services.browser.windows)
    panel = context.new_page()
    panel.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    panel.goto(f"chrome-extension://{extension_id()}/panel/panel.html")
    panel.wait_for_timeout(1000)
    for command, args in COMMANDS:
        app.engine.run(command, **args).result(TIMEOUT_S)
    panel.wait_for_timeout(1000)
    panel.screenshot(path=PICTURE)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="rubato-pictures-") as folder:
        data, profile = Path(folder, "data"), Path(folder, "profile")
        app = App(data, devices=False, sound=False, browser=True)
        app.start()
        Installation(data).install_in_profile(profile)
        loading = [f"--disable-extensions-except={EXTENSION}", f"--load-extension={EXTENSION}"]
        with sync_playwright() as playwright:
            context = playwright.chromium.launch_persistent_context(
                str(profile),
                executable_path=shutil.which("chromium"),
                headless=False,
                args=[*FLAGS, *loading],
                color_scheme="dark",
            )
            take(app, context)
            context.close()
        app.stop()
    print("docs/panel.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
