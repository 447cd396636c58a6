"""Pairing: unknown browsers need confirmation, one at a time; known ones are identified by their secret."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from bridge_fixtures import Bridge
from fake_extension import FakeExtension
from waiting import until

from rubato_desktop import __version__
from rubato_desktop.services.browser import pairing

Open = Callable[..., FakeExtension]
Start = Callable[..., Bridge]


def code(answer: dict[str, dict[str, str]]) -> str:
    return answer["error"]["code"]


def test_confirmed_browser_connects_and_is_remembered(start_bridge: Start, open_browser: Open) -> None:
    bridge = start_bridge()
    extension = open_browser()
    assert code(extension.hello()) == "pairing"
    assert code(extension.request("record_start")) == "pairing"
    (who,) = bridge.questions
    assert who and "Chromium 150" in who.question
    assert bridge.browser.problem and bridge.browser.problem.code == "pairing"
    assert not bridge.browser.connected
    assert bridge.browser.answer_pairing(True)
    assert extension.wait_for("paired")["app"] == __version__
    assert bridge.browser.connected and bridge.questions == [who, None]
    extension.close()
    bridge.browser.close()
    again = start_bridge()
    assert open_browser().hello()["status"] == "ok" and again.questions == []


def test_stored_browsers_are_private_and_hold_no_secret(start_bridge: Start, open_browser: Open) -> None:
    bridge = start_bridge()
    extension = open_browser(secret="a7" * 32)
    extension.hello()
    bridge.browser.answer_pairing(True)
    stored = bridge.data / "browsers.json"
    assert stat.S_IMODE(stored.stat().st_mode) == 0o600
    assert (
        "a7" * 32 not in stored.read_text() and extension.client in json.loads(stored.read_text())["browsers"]
    )


def test_refused_browser_stays_refused_until_paired(start_bridge: Start, open_browser: Open) -> None:
    bridge = start_bridge()
    extension = open_browser()
    extension.hello()
    assert bridge.browser.answer_pairing(False)
    assert "refused" in extension.wait_for("unpaired")["reason"]
    assert code(extension.hello()) == "pairing"
    assert [bool(who) for who in bridge.questions] == [True, False], "there is no second question"
    assert not bridge.browser.answer_pairing(False)
    assert bridge.browser.pair()
    extension.wait_for("paired")
    assert bridge.browser.connected


def test_wrong_secret_is_reported_as_an_impostor(start_bridge: Start, open_browser: Open) -> None:
    bridge = start_bridge()
    known = open_browser()
    known.hello()
    bridge.browser.answer_pairing(True)
    impostor = open_browser(secret="6" * 64)
    assert code(impostor.hello()) == "pairing"
    who = bridge.browser.pending_browser
    assert who and who.impostor and "not its secret" in who.question
    assert bridge.browser.answer_pairing(False)
    assert known.hello()["status"] == "ok", "the known browser is still allowed"


def test_one_question_is_asked_at_a_time(start_bridge: Start, open_browser: Open) -> None:
    bridge = start_bridge()
    first, second = (open_browser(client=f"client-{n}", browser=f"Browser {n}") for n in (1, 2))
    first.hello()
    second.hello()
    assert [who.name for who in bridge.questions if who] == ["Browser 1"]
    bridge.browser.answer_pairing(True)
    first.wait_for("paired")
    assert [who.name for who in bridge.questions if who] == ["Browser 1", "Browser 2"]
    bridge.browser.answer_pairing(True)
    second.wait_for("paired")
    assert set(bridge.browser.names) == {"Browser 1", "Browser 2"}


def test_question_is_dropped_when_the_browser_disconnects(start_bridge: Start, open_browser: Open) -> None:
    bridge = start_bridge()
    extension = open_browser()
    extension.hello()
    extension.close()
    until(lambda: bridge.questions[-1] is None)
    assert not bridge.browser.answer_pairing(True)


def test_expired_question_can_still_be_answered(
    start_bridge: Start, open_browser: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairing, "QUESTION_TIMEOUT_S", 0.1)
    bridge = start_bridge()
    extension = open_browser()
    extension.hello()
    assert "Nobody answered" in extension.wait_for("unpaired")["reason"]
    assert bridge.questions[-1] is None and not bridge.browser.connected
    who = bridge.browser.pair()
    assert who and who.client == extension.client
    extension.wait_for("paired")


def test_waiting_browsers_are_limited(start_bridge: Start, open_browser: Open) -> None:
    bridge = start_bridge()
    pairing_queue = bridge.browser._pairing
    browsers = [pairing.UnknownBrowser(f"client-{n}", "0", "x") for n in range(pairing.MAX_WAITING + 1)]
    assert [pairing_queue.add(who) for who in browsers] == [True] * pairing.MAX_WAITING + [False]


@pytest.mark.parametrize(
    "kept", [b"", b"{", b"[]", b'{"browsers": 3}', b'{"browsers": {"client-1": 3}}', b"\xff"]
)
def test_damaged_list_of_browsers_admits_nobody(
    kept: bytes, start_bridge: Start, open_browser: Open, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "browsers.json").write_bytes(kept)
    bridge = start_bridge()
    extension = open_browser()
    assert code(extension.hello()) == "pairing"
    assert bridge.browser.answer_pairing(True)
    extension.wait_for("paired")
