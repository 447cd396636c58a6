"""Commands, events and panel requests between app and extension, through the real host."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from bridge_fixtures import Bridge
from fake_extension import WINDOWS, FakeExtension, no, ok
from waiting import until

from rubato_desktop import __version__
from rubato_desktop.services.browser import Browser, BrowserError, Window

Open = Callable[..., FakeExtension]
MOVED = {"x": 0, "y": 160, "moved": True}


def failure(browser: Browser, name: str, **args: Any) -> BrowserError:
    error = browser.ask(name, **args).exception(30)
    assert isinstance(error, BrowserError), error
    return error


def test_command_is_answered(bridge: Bridge, open_browser: Open) -> None:
    state = {"window": 1, "tab": 34, "url": "https://a.example/", "scroll": {"x": 0, "y": 160}}
    extension = open_browser(answer=lambda command: ok(command, MOVED, state)).join()
    reply = bridge.browser.ask("scroll", vertical=3, horizontal=0).result(30)
    assert (reply.value, reply.state) == (MOVED, state)
    assert reply.elapsed_ms > 0
    (command,) = extension.commands
    assert command["args"] == {"vertical": 3, "horizontal": 0} and command["deadline_ms"] == 5000


def test_hello_answer_has_the_state_of_the_app(bridge: Bridge, open_browser: Open) -> None:
    value = open_browser().hello()["value"]
    assert value == {
        "app": __version__,
        "listening": False,
        "settings": {"search": "https://s.example/?q=%s"},
    }


def test_windows_and_tabs_are_tracked(bridge: Bridge, open_browser: Open) -> None:
    extension = open_browser().join()
    assert bridge.browser.wait(30)
    assert bridge.browser.name == "Chromium 150"
    (window,) = bridge.browser.windows
    assert isinstance(window, Window) and window.tab and window.tab.title == "Home"
    extension.event("windows", windows=[{**WINDOWS["windows"][0], "tabs": []}])
    until(lambda: bridge.browser.windows[0].tabs == ())


def test_failed_command_has_status_and_code(bridge: Bridge, open_browser: Open) -> None:
    open_browser(
        answer=lambda command: no(command, "refused", "password", "Never into a password field")
    ).join()
    assert bridge.browser.wait(30)
    error = failure(bridge.browser, "write", text="secret")
    assert (error.status, error.code, error.happened) == (
        "refused",
        "password",
        "Never into a password field",
    )


@pytest.mark.parametrize("value", [None, {"x": "far"}, [], {"x": 1, "y": 2}])
def test_invalid_answer_fails_the_command(value: Any, bridge: Bridge, open_browser: Open) -> None:
    open_browser(answer=lambda command: ok(command, value)).join()
    assert bridge.browser.wait(30)
    error = failure(bridge.browser, "scroll", vertical=1, horizontal=0)
    assert (error.status, error.code) == ("failed", "bad_answer")


def test_command_without_a_browser_is_refused(bridge: Bridge) -> None:
    error = failure(bridge.browser, "scroll", vertical=1, horizontal=0)
    assert (error.status, error.code) == ("refused", "needs_browser")
    assert bridge.browser.problem and bridge.browser.problem.code == "needs_browser"


def test_invalid_arguments_are_not_sent(bridge: Bridge, open_browser: Open) -> None:
    extension = open_browser().join()
    assert bridge.browser.wait(30)
    for name, args in [("explode", {}), ("scroll", {"vertical": "far"}), ("ping", {"more": 1})]:
        assert failure(bridge.browser, name, **args).code == "bad_arguments"
    assert extension.commands == []


def test_late_answer_is_dropped_after_the_timeout(
    bridge: Bridge, open_browser: Open, caplog: pytest.LogCaptureFixture
) -> None:
    extension = open_browser(
        answer=lambda command: None if command["name"] == "read" else ok(command, {})
    ).join()
    assert bridge.browser.wait(30)
    began = time.monotonic()
    late = bridge.browser.ask("read", deadline=0.2)
    error = late.exception(30)
    assert isinstance(error, BrowserError) and (error.status, error.code) == ("timeout", "timeout")
    assert time.monotonic() - began >= 0.2
    with caplog.at_level("INFO"):
        extension.send(ok(extension.commands[0], {"kind": "text", "text": "late"}))
        bridge.browser.ask("ping").result(30)
    assert "had ended already" in caplog.text and late.exception() is error


def test_many_commands_can_be_pending(bridge: Bridge, open_browser: Open) -> None:
    open_browser(answer=lambda command: ok(command, {**MOVED, "y": command["args"]["vertical"]})).join()
    assert bridge.browser.wait(30)
    before = threading.active_count()
    asked = [bridge.browser.ask("scroll", vertical=n, horizontal=0) for n in range(500)]
    assert threading.active_count() == before
    assert [future.result(30).value["y"] for future in asked] == list(range(500))


def test_long_messages_reach_the_extension_in_parts(bridge: Bridge, open_browser: Open) -> None:
    extension = open_browser(answer=lambda command: ok(command, {"text": "ok"})).join()
    assert bridge.browser.wait(30)
    bridge.browser.tell("done", text="♪" * 700_000, name="read", status="ok", elapsed_ms=1)
    assert extension.wait_for("done")["text"] == "♪" * 700_000
    assert bridge.browser.ask("write", text="ä" * 90_000).result(30).value["text"] == "ok"
    assert extension.commands[0]["args"]["text"] == "ä" * 90_000


def test_long_answer_is_clipped(bridge: Bridge, open_browser: Open) -> None:
    open_browser(answer=lambda command: ok(command, {"text": "x" * 2_000_000})).join()
    assert bridge.browser.wait(30)
    value = bridge.browser.ask("select", points=[{"row": 1, "column": 1}]).result(30).value
    assert value["text"] == "x" * 1_000_000


def test_answer_over_the_limit_fails_its_command(bridge: Bridge, open_browser: Open) -> None:
    def answer(command: dict[str, Any]) -> dict[str, Any]:
        return ok(command, {"text": "x" * 9_000_000} if command["name"] == "select" else {})

    open_browser(answer=answer).join()
    assert bridge.browser.wait(30)
    error = failure(bridge.browser, "select", points=[{"row": 1, "column": 1}])
    assert (error.status, error.code) == ("failed", "too_long")
    bridge.browser.ask("ping").result(30)


def test_request_over_the_limit_is_refused(bridge: Bridge, open_browser: Open) -> None:
    extension = open_browser().join()
    answer = extension.request("note", {"text": "x" * 9_000_000})
    assert (answer["status"], answer["error"]["code"]) == ("refused", "too_long")
    assert extension.hello()["status"] == "ok"


def test_browser_events_are_forwarded(bridge: Bridge, open_browser: Open) -> None:
    extension = open_browser().join()
    extension.event("loaded", tab=34, url="https://a.example/", title="x" * 500, ms=812, more=1)
    until(lambda: bridge.events)
    said = {"tab": 34, "url": "https://a.example/", "title": "x" * 200, "ms": 812.0}
    assert bridge.events == [("loaded", said)]


def test_panel_request_is_answered_once(bridge: Bridge, open_browser: Open) -> None:
    extension = open_browser().join()
    answers: list[dict[str, Any]] = []
    asking = threading.Thread(target=lambda: answers.append(extension.request("record_start", {"name": "a"})))
    asking.start()
    until(lambda: bridge.requests)
    (asked,) = bridge.requests
    assert (asked.name, asked.args, asked.deadline) == ("record_start", {"name": "a"}, 5.0)
    asked.answer({"n": 1}, text="Recording", elapsed_ms=3)
    asked.answer({"n": 2})
    asked.refuse("late", "Too late")
    asking.join(30)
    assert answers[0]["value"] == {"text": "Recording", "value": {"n": 1}}
    assert extension.hello()["status"] == "ok", "there was no second answer"


def test_unanswered_panel_request_times_out(bridge: Bridge, open_browser: Open) -> None:
    extension = open_browser().join()
    answer = extension.request("record_start", deadline_ms=100)
    assert (answer["status"], answer["error"]["code"]) == ("timeout", "timeout")


def test_focused_browser_is_current(bridge: Bridge, open_browser: Open) -> None:
    calm = [{**WINDOWS["windows"][0], "focused": False}]
    one = open_browser(client="browser-one", browser="One").join()
    assert bridge.browser.wait(30)
    two = open_browser(client="browser-two", browser="Two")
    assert two.hello()["status"] == "ok"
    two.event("windows", windows=calm)
    until(lambda: set(bridge.browser.names) == {"One", "Two"})
    assert bridge.browser.name == "One"
    one.event("windows", windows=calm)
    until(lambda: bridge.browser.name == "Two", "without focus, the one that connected last")
    one.event("windows", **WINDOWS)
    until(lambda: bridge.browser.name == "One")
    one.event("windows", windows=calm)
    bridge.browser.ask("ping").result(30)
    assert len(one.commands) == 1, "the one that had the focus last"
    one.close()
    until(lambda: bridge.browser.name == "Two")
    bridge.browser.ask("ping").result(30)
    assert len(two.commands) == 1
    bridge.browser.tell("listening", on=True)
    assert two.wait_for("listening") == {"on": True}


def test_reconnected_browser_replaces_its_old_connection(bridge: Bridge, open_browser: Open) -> None:
    first = open_browser().join()
    assert bridge.browser.wait(30)
    second = open_browser().join()
    assert first.wait_for("host", lambda args: args["app"] == "off")
    until(lambda: bridge.browser.names == ("Chromium 150",))
    bridge.browser.ask("ping").result(30)
    assert second.commands and not first.commands
