"""A browser that was let in once joins by itself from then on, also when it is started again."""

from __future__ import annotations

from pathlib import Path

import pytest
from waiting import until

from rubato_desktop.app import App
from rubato_desktop.services.browser.launcher import headless_browser

pytestmark = pytest.mark.xdist_group("browser")


def test_a_browser_that_is_started_again_joins_without_being_asked_about(tmp_path: Path) -> None:
    app = App(tmp_path / "data", devices=False, sound=False, browser=True)
    app.start()
    services = app.services
    try:
        for times in range(3):
            with headless_browser(tmp_path / "data", tmp_path / "profile", (1000, 700)):
                if times == 0:
                    until(lambda: services.confirmation.text, "the question")
                    assert app.engine.run("confirm").result(10).text.endswith("is connected")
                until(lambda: services.browser and services.browser.windows, f"start {times} to join")
                assert not services.confirmation.text
            until(lambda: not services.browser.connected, "its end to be noticed")
    finally:
        app.stop()
