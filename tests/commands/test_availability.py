"""Which parts are available is read from the services, and every command reports the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_browser import FakeBrowser
from player import Player
from waiting import until

from rubato_desktop.app import App
from rubato_desktop.commands.availability import absent
from rubato_desktop.commands.registry import NEEDS, REGISTRY, add, describe
from rubato_desktop.errors import RubatoError


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[Player]:
    """A program with hearing, knowledge and answers; their processes are not started."""
    player = Player(tmp_path / "whole", hearing=True, knowledge=True)
    yield player
    player.app.stop()


def has(player: Player) -> set[str]:
    return set(player.run("status").value["has"])


def test_status_and_refusals_agree(whole: Player) -> None:
    missing = set(whole.run("status").value["missing"])
    assert missing == set(absent(whole.app.services)) and missing.isdisjoint(has(whole))
    for part in NEEDS:

        def use(ctx: object) -> str:
            """Use a part."""
            return "used"

        add(describe(use, "use_part", part))
        try:
            result = whole.run("use_part")
        finally:
            del REGISTRY["use_part"]
        assert (result.status == "refused") is (part in missing), part
        assert result.status == "ok" or result.error["code"] == f"needs_{part}"


def test_only_available_parts_are_reported_as_such(player: Player, whole: Player) -> None:
    assert has(player) == set()
    assert has(whole) == {"hearing", "knowledge", "model"}


def test_browser_is_available_while_it_is_connected(player: Player, browser: FakeBrowser) -> None:
    assert "browser" in has(player)
    browser.problem = RubatoError("Chromium waits to be let in", code="pairing")
    status = player.run("status")
    assert "browser" in status.value["missing"] and "Chromium waits to be let in" in status.text
    browser.problem = None
    assert "browser" in has(player)


def test_sound_that_is_off_is_not_reported_as_ready(player: Player) -> None:
    status = player.run("status")
    assert status.text.startswith("Keys are ready. Missing: ")
    assert status.value["why"]["sound"].startswith("Sound is off")


def test_hearing_is_available_until_the_microphone_fails(whole: Player) -> None:
    hearing = whole.app.services.hearing
    assert hearing is not None and "hearing" in has(whole)
    whole.app.hearing._on_problem(RubatoError("There is no microphone", code="no_microphone"))
    status = whole.run("status")
    assert "hearing" in status.value["missing"] and "There is no microphone" in status.text
    hearing.state = "listening"
    whole.app.hearing._on_change()
    assert "hearing" in has(whole)


def test_hearing_is_missing_without_its_model(whole: Player) -> None:
    whole.app.engine.set("hearing_model", "large-of-nowhere")
    status = whole.run("status")
    assert "hearing" in status.value["missing"] and "large-of-nowhere" in status.text


def test_sound_is_missing_without_a_sound_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "no_such_server")
    app = App(tmp_path / "data", devices=False)
    app.start()
    try:
        assert app.sound.wait_ready(30)
        until(lambda: app.sound.problem, "the problem to be reported")
        status = app.engine.run("status").result(30)
    finally:
        app.stop()
    assert "sound" in status.value["missing"] and status.value["why"]["sound"] == status.value["problems"][0]
