"""The extension and the app find each other, and the icon tells the truth about it: in a real Chromium."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from extended import address, chromium
from scripted_app import ScriptedApp
from served import Site
from waiting import until
from wired import Wired, wire

pytestmark = pytest.mark.xdist_group("browser")


def test_hello_says_who_it_is_and_the_same_after_a_new_start(tmp_path: Path) -> None:
    with ScriptedApp(tmp_path) as app:
        app.install(tmp_path / "profile")
        for times in (1, 2):
            with chromium(tmp_path / "profile"):
                until(lambda times=times: len(app.hellos) == times, "hello")
    first, second = (hello["args"] for hello in app.hellos)
    assert first == second
    assert first["browser"].startswith("Chromium ") and len(bytes.fromhex(first["secret"])) == 32


def test_nothing_is_done_or_told_before_a_person_said_yes(tmp_path: Path) -> None:
    with wire(tmp_path, greet=ScriptedApp.PAIRING) as wired:
        wired.sees(lambda: wired.face[0] == "?", "the badge to ask")
        answer = wired.app.ask("tabs")
        assert (answer["status"], answer["error"]["code"]) == ("refused", "pairing")
        assert wired.app.events == []

        wired.app.tell("unpaired", reason="")
        wired.sees(lambda: "said no" in wired.face[1], "the no to be shown")

        wired.app.tell("paired", app="0.1.0", listening=True, settings={})
        wired.sees(lambda: wired.face == ("♪", "Rubato: connected, listening to the keys"), "the yes")
        until(wired.app.windows, "what is open")
        assert wired.app.value("tabs")[0]["number"] == 1


def test_the_icon_says_whether_the_keys_are_heard_and_when_the_app_has_gone(tmp_path: Path) -> None:
    with wire(tmp_path) as wired:
        wired.sees(lambda: wired.face == ("", "Rubato: connected, piano off"), "the icon")
        wired.app.tell("listening", on=True)
        wired.sees(lambda: wired.face[0] == "♪", "listening")
        wired.app.tell("host", app="off", reason="")
        wired.sees(
            lambda: wired.face == ("", "Rubato: off. Rubato Desktop is not running."), "off", patience=2
        )
        refused = wired.app.ask("tabs")
        assert refused["error"]["code"] == "pairing"
        wired.app.tell("host", app="on", reason="")
        wired.sees(lambda: wired.face[1] == "Rubato: connected, piano off", "joined again")
        assert len(wired.app.hellos) == 2


def test_the_wire_is_joined_again_when_the_host_was_gone(tmp_path: Path) -> None:
    with wire(tmp_path) as wired:
        until(wired.app.windows, "what is open")
        wired.app.stop()
        wired.sees(lambda: "off" in wired.face[1], "its end to be shown", patience=2)
        wired.app.events.clear()
        wired.app.start()
        wired.sees(wired.app.windows, "what is open to be told again", patience=20)


def test_a_missing_host_is_told_with_what_to_do(tmp_path: Path) -> None:
    with chromium(tmp_path) as context:
        wired = Wired(ScriptedApp(tmp_path), context, None)
        wired.sees(lambda: "rubato browser install" in wired.face[1], "what to do")


@pytest.mark.parametrize(("v", "todo"), [(2, "Update the extension"), (0, "Update Rubato Desktop")])
def test_another_version_is_told_which_side_to_update(tmp_path: Path, v: int, todo: str) -> None:
    with wire(tmp_path) as wired:
        until(wired.app.windows, "what is open")
        stray = {"v": v, "id": 77, "type": "command", "name": "tabs", "args": {}, "deadline_ms": 1000}
        wired.app.send(stray)
        answer = until(lambda: wired.app.strays, "an answer")[0]
        assert (answer["id"], answer["status"], answer["error"]["code"]) == (77, "refused", "version")
        assert todo in answer["error"]["message"]
        wired.sees(lambda: todo in wired.face[1], "it to be shown")


def test_a_worker_that_slept_knows_the_app_and_the_current_channel_again(tmp_path: Path) -> None:
    with wire(tmp_path) as wired:
        until(wired.app.windows, "what is open")
        wired.stop_worker()
        until(lambda: not wired.app.joined, "its sleep")
        wired.app.events.clear()
        wired.context.new_page()
        wired.sees(wired.app.windows, "it to wake up and to tell what is open")
        assert wired.app.hellos[0]["args"] == wired.app.hellos[1]["args"]
        assert len(wired.app.value("tabs")) == 2


def test_what_is_no_message_is_passed_over_and_the_next_one_is_served(tmp_path: Path) -> None:
    with wire(tmp_path) as wired:
        until(wired.app.windows, "what is open")
        for nonsense in (
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
            wired.app.send(nonsense)
        assert wired.app.ask("ping")["status"] == "ok"
        assert wired.app.ask("tab")["error"]["code"] == "bad_arguments"
        assert "number" in wired.app.ask("tab", number="two")["error"]["message"]
        assert wired.app.ask("format_disk")["error"]["code"] == "bad_arguments"


def test_a_long_message_comes_in_parts_and_is_taken_whole(tmp_path: Path) -> None:
    with wire(tmp_path) as wired:
        until(wired.app.windows, "what is open")
        wanted = "x" * 90_000
        whole = {"v": 1, "id": 500, "type": "command", "name": "history", "deadline_ms": 5000}
        text = json.dumps({**whole, "args": {"text": wanted}})
        pieces = [text[n : n + 40_000] for n in range(0, len(text), 40_000)]
        for n, piece in enumerate(pieces):
            wired.app.send({"v": 1, "type": "part", "id": 500, "n": n, "of": len(pieces), "data": piece})
        answer = until(lambda: [one for one in wired.app.strays if one["id"] == 500], "the answer")[0]
        assert (answer["status"], answer["value"]) == ("ok", [])


def test_a_page_cannot_pose_as_the_panel_or_the_app(tmp_path: Path) -> None:
    with wire(tmp_path) as wired:
        until(wired.app.windows, "what is open")
        page = wired.page
        page.goto("data:text/html,<title>stranger</title>")
        assert page.evaluate("typeof chrome === 'undefined' || !chrome.runtime || !chrome.runtime.connect")
        panel = wired.context.new_page()
        panel.goto(address("panel/panel.html"))
        panel.get_by_text("Connected, piano off").wait_for()


def test_a_page_that_was_open_before_the_extension_is_reached_all_the_same(
    site: Site, tmp_path: Path
) -> None:
    with wire(tmp_path, site) as wired:
        until(wired.app.windows, "what is open")
        wired.show("frames.html")
        settings = wired.context.new_page()
        settings.goto("chrome://extensions")
        settings.evaluate("chrome.developerPrivate.updateProfileConfiguration({inDeveloperMode: true})")
        settings.close()
        wired.app.events.clear()
        # As when it is updated: the pages stay, their scripts' other end has gone.
        wired.worker("setTimeout(() => chrome.runtime.reload(), 50)")
        wired.sees(lambda: len(wired.app.hellos) == 2 and wired.app.windows(), "it to be back")
        layout = wired.app.value("layout", columns=24)
        assert layout["elements"] > 0
        assert wired.app.value("links")[0]["label"] == "a link of the page"
        assert any("srcdoc" in link["label"] for link in wired.app.value("links")), "in its frames, too"
        assert wired.app.ask("scroll", vertical=1, horizontal=0)["status"] == "ok"
