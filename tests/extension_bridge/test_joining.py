"""Connecting the extension to the app, and the badge that shows it, in a real Chromium."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from chromium import address, chromium
from extension_harness import Harness, open_harness
from scripted_app import ScriptedApp
from waiting import until
from web_server import Site

pytestmark = pytest.mark.xdist_group("browser")


def test_hello_sends_the_same_identity_after_a_restart(tmp_path: Path) -> None:
    with ScriptedApp(tmp_path) as app:
        app.install(tmp_path / "profile")
        for times in (1, 2):
            with chromium(tmp_path / "profile"):
                until(lambda times=times: len(app.hellos) == times, "hello")
    first, second = (hello["args"] for hello in app.hellos)
    assert first == second
    assert first["browser"].startswith("Chromium ") and len(bytes.fromhex(first["secret"])) == 32


def test_nothing_is_run_or_sent_before_the_user_confirms(tmp_path: Path) -> None:
    with open_harness(tmp_path, greet=ScriptedApp.PAIRING) as harness:
        harness.wait_until(lambda: harness.badge[0] == "?", "the badge to ask")
        answer = harness.app.ask("tabs")
        assert (answer["status"], answer["error"]["code"]) == ("refused", "pairing")
        assert harness.app.events == []

        harness.app.send_event("unpaired", reason="")
        harness.wait_until(lambda: "was refused" in harness.badge[1], "the refusal to be shown")
        harness.app.send_event("unpaired", reason="Nobody answered in Rubato Desktop.")
        harness.wait_until(lambda: "Nobody answered" in harness.badge[1], "the app's reason to be shown")

        harness.app.send_event("paired", app="0.1.0", listening=True, settings={})
        harness.wait_until(
            lambda: harness.badge == ("♪", "Rubato: connected, listening to the keys"), "the yes"
        )
        until(harness.app.windows, "what is open")
        assert harness.app.value("tabs")[0]["number"] == 1


def test_badge_shows_listening_and_lost_connection(tmp_path: Path) -> None:
    with open_harness(tmp_path) as harness:
        harness.wait_until(lambda: harness.badge == ("", "Rubato: connected, piano off"), "the icon")
        harness.app.send_event("listening", on=True)
        harness.wait_until(lambda: harness.badge[0] == "♪", "listening")
        harness.app.send_event("host", app="off", reason="")
        harness.wait_until(
            lambda: harness.badge == ("", "Rubato: off. Rubato Desktop is not running."), "off", patience=2
        )
        refused = harness.app.ask("tabs")
        assert refused["error"]["code"] == "pairing"
        harness.app.send_event("host", app="on", reason="")
        harness.wait_until(lambda: harness.badge[1] == "Rubato: connected, piano off", "joined again")
        assert len(harness.app.hellos) == 2


def test_extension_reconnects_when_the_host_has_died(tmp_path: Path) -> None:
    with open_harness(tmp_path) as harness:
        until(harness.app.windows, "what is open")
        harness.app.stop()
        harness.wait_until(lambda: "off" in harness.badge[1], "its end to be shown", patience=2)
        harness.app.events.clear()
        harness.app.start()
        harness.wait_until(harness.app.windows, "what is open to be told again", patience=20)


def test_badge_explains_a_missing_host(tmp_path: Path) -> None:
    with chromium(tmp_path) as context:
        harness = Harness(ScriptedApp(tmp_path), context, None)
        harness.wait_until(lambda: "rubato browser install" in harness.badge[1], "what to do")


@pytest.mark.parametrize(("v", "todo"), [(2, "Update the extension"), (0, "Update Rubato Desktop")])
def test_version_mismatch_names_the_side_to_update(tmp_path: Path, v: int, todo: str) -> None:
    with open_harness(tmp_path) as harness:
        until(harness.app.windows, "what is open")
        stray = {"v": v, "id": 77, "type": "command", "name": "tabs", "args": {}, "deadline_ms": 1000}
        harness.app.send(stray)
        answer = until(lambda: harness.app.strays, "an answer")[0]
        assert (answer["id"], answer["status"], answer["error"]["code"]) == (77, "refused", "version")
        assert todo in answer["error"]["message"]
        harness.wait_until(lambda: todo in harness.badge[1], "it to be shown")


def test_restarted_worker_reconnects_and_knows_the_channel(tmp_path: Path) -> None:
    with open_harness(tmp_path) as harness:
        until(harness.app.windows, "what is open")
        harness.stop_worker()
        until(lambda: not harness.app.joined, "its sleep")
        harness.app.events.clear()
        harness.context.new_page()
        harness.wait_until(harness.app.windows, "it to wake up and to tell what is open")
        assert harness.app.hellos[0]["args"] == harness.app.hellos[1]["args"]
        assert len(harness.app.value("tabs")) == 2


def test_invalid_messages_are_ignored(tmp_path: Path) -> None:
    with open_harness(tmp_path) as harness:
        until(harness.app.windows, "what is open")
        for invalid in (
            5,
            "words",
            [],
            None,
            {},
            {"v": 1},
            {"v": 1, "type": "event", "name": "nothing", "args": {}},
            {"v": 1, "id": 9, "status": "ok", "value": None},
            {"v": 1, "type": "part", "id": 700, "n": 7, "of": 9, "data": ""},
            {"v": "1", "type": "command"},
        ):
            harness.app.send(invalid)
        assert harness.app.ask("ping")["status"] == "ok"
        assert harness.app.ask("tab")["error"]["code"] == "bad_arguments"
        assert "number" in harness.app.ask("tab", number="two")["error"]["message"]
        assert harness.app.ask("format_disk")["error"]["code"] == "bad_arguments"


def test_parts_of_a_long_message_are_joined(tmp_path: Path) -> None:
    with open_harness(tmp_path) as harness:
        until(harness.app.windows, "what is open")
        wanted = "x" * 90_000
        whole = {"v": 1, "id": 500, "type": "command", "name": "history", "deadline_ms": 5000}
        text = json.dumps({**whole, "args": {"text": wanted}})
        pieces = [text[n : n + 40_000] for n in range(0, len(text), 40_000)]
        for n, piece in enumerate(pieces):
            harness.app.send({"v": 1, "type": "part", "id": 500, "n": n, "of": len(pieces), "data": piece})
        answer = until(lambda: [one for one in harness.app.strays if one["id"] == 500], "the answer")[0]
        assert (answer["status"], answer["value"]) == ("ok", [])


def test_page_cannot_pose_as_the_panel_or_the_app(tmp_path: Path) -> None:
    with open_harness(tmp_path) as harness:
        until(harness.app.windows, "what is open")
        page = harness.page
        page.goto("data:text/html,<title>stranger</title>")
        assert page.evaluate("typeof chrome === 'undefined' || !chrome.runtime || !chrome.runtime.connect")
        panel = harness.context.new_page()
        panel.goto(address("panel/panel.html"))
        panel.get_by_text("Connected, piano off").wait_for()


def test_page_opened_before_the_extension_is_reached(site: Site, tmp_path: Path) -> None:
    with open_harness(tmp_path, site) as harness:
        until(harness.app.windows, "what is open")
        harness.show("frames.html")
        settings = harness.context.new_page()
        settings.goto("chrome://extensions")
        settings.evaluate("chrome.developerPrivate.updateProfileConfiguration({inDeveloperMode: true})")
        settings.close()
        harness.app.events.clear()
        # As on an update: the pages stay, but their content scripts are orphaned.
        harness.worker("setTimeout(() => chrome.runtime.reload(), 50)")
        harness.wait_until(lambda: len(harness.app.hellos) == 2 and harness.app.windows(), "it to be back")
        layout = harness.app.value("layout", columns=24)
        assert layout["elements"] > 0
        assert harness.app.value("links")[0]["label"] == "a link of the page"
        assert any("srcdoc" in link["label"] for link in harness.app.value("links")), "in its frames, too"
        assert harness.app.ask("scroll", vertical=1, horizontal=0)["status"] == "ok"
