"""A browser that was allowed once connects by itself, also after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest
from waiting import until

from rubato_desktop.app import App
from rubato_desktop.services.browser.launcher import headless_browser

pytestmark = pytest.mark.xdist_group("browser")


def test_restarted_browser_connects_without_a_question(tmp_path: Path) -> None:
    app = App(tmp_path / "data", devices=False, sound=False, browser=True)
    app.start()
    services = app.services
    try:
        for times in range(3):
            with headless_browser(tmp_path / "data", tmp_path / "profile", (1000, 700)):
                if times == 0:
                    until(lambda: services.confirmation.text, "the question")
                    assert app.engine.run("confirm").result(10).text.endswith("is connected")
                until(lambda: services.browser and services.browser.windows, f"start {times} to connect")
                assert not services.confirmation.text
            until(lambda: not services.browser.connected, "the disconnect")
    finally:
        app.stop()
