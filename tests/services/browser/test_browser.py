"""What is asked of the browser and what it tells, through the real host."""

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


def test_a_command_goes_there_and_its_answer_comes_back(bridge: Bridge, open_browser: Open) -> None:
    state = {"window": 1, "tab": 34, "url": "https://a.example/", "scroll": {"x": 0, "y": 160}}
    extension = open_browser(answer=lambda command: ok(command, MOVED, state)).join()
    reply = bridge.browser.ask("scroll", vertical=3, horizontal=0).result(30)
    assert (reply.value, reply.state) == (MOVED, state)
    assert reply.elapsed_ms > 0
    (command,) = extension.commands
    assert command["args"] == {"vertical": 3, "horizontal": 0} and command["deadline_ms"] == 5000


def test_who_joins_is_told_how_the_app_is(bridge: Bridge, open_browser: Open) -> None:
    value = open_browser().hello()["value"]
    assert value == {
        "app": __version__,
        "listening": False,
        "settings": {"search": "https://s.example/?q=%s"},
    }


def test_what_is_open_is_known_and_a_closed_tab_is_gone(bridge: Bridge, open_browser: Open) -> None:
    extension = open_browser().join()
    assert bridge.browser.wait(30)
    assert bridge.browser.name == "Chromium 150"
    (window,) = bridge.browser.windows
    assert isinstance(window, Window) and window.tab and window.tab.title == "Home"
    extension.event("windows", windows=[{**WINDOWS["windows"][0], "tabs": []}])
    until(lambda: bridge.browser.windows[0].tabs == ())


def test_a_command_that_fails_says_how(bridge: Bridge, open_browser: Open) -> None:
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
def test_an_answer_of_another_form_is_no_answer(value: Any, bridge: Bridge, open_browser: Open) -> None:
    open_browser(answer=lambda command: ok(command, value)).join()
    assert bridge.browser.wait(30)
    error = failure(bridge.browser, "scroll", vertical=1, horizontal=0)
    assert (error.status, error.code) == ("failed", "bad_answer")


def test_without_a_browser_nothing_is_pretended(bridge: Bridge) -> None:
    error = failure(bridge.browser, "scroll", vertical=1, horizontal=0)
    assert (error.status, error.code) == ("refused", "needs_browser")
    assert bridge.browser.problem and bridge.browser.problem.code == "needs_browser"


def test_arguments_that_the_table_does_not_know_never_leave(bridge: Bridge, open_browser: Open) -> None:
    extension = open_browser().join()
    assert bridge.browser.wait(30)
    for name, args in [("explode", {}), ("scroll", {"vertical": "far"}), ("ping", {"more": 1})]:
        assert failure(bridge.browser, name, **args).code == "bad_arguments"
    assert extension.commands == []


def test_no_answer_in_time_is_a_time_out_and_a_late_one_is_dropped(
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


def test_many_commands_are_on_their_way_at_once_and_nobody_waits(bridge: Bridge, open_browser: Open) -> None:
    open_browser(answer=lambda command: ok(command, {**MOVED, "y": command["args"]["vertical"]})).join()
    assert bridge.browser.wait(30)
    before = threading.active_count()
    asked = [bridge.browser.ask("scroll", vertical=n, horizontal=0) for n in range(500)]
    assert threading.active_count() == before
    assert [future.result(30).value["y"] for future in asked] == list(range(500))


def test_a_long_command_reaches_the_extension_in_parts(bridge: Bridge, open_browser: Open) -> None:
    extension = open_browser(answer=lambda command: ok(command, {"text": "ok"})).join()
    assert bridge.browser.wait(30)
    bridge.browser.tell("done", text="♪" * 700_000, name="read", status="ok", elapsed_ms=1)
    assert extension.wait_for("done")["text"] == "♪" * 700_000
    assert bridge.browser.ask("write", text="ä" * 90_000).result(30).value["text"] == "ok"
    assert extension.commands[0]["args"]["text"] == "ä" * 90_000


def test_a_message_of_two_megabytes_comes_whole_and_is_clipped(bridge: Bridge, open_browser: Open) -> None:
    open_browser(answer=lambda command: ok(command, {"text": "x" * 2_000_000})).join()
    assert bridge.browser.wait(30)
    value = bridge.browser.ask("select", points=[{"row": 1, "column": 1}]).result(30).value
    assert value["text"] == "x" * 1_000_000


def test_an_answer_over_the_limit_ends_its_command_in_words_and_the_next_one_works(
    bridge: Bridge, open_browser: Open
) -> None:
    def answer(command: dict[str, Any]) -> dict[str, Any]:
        return ok(command, {"text": "x" * 9_000_000} if command["name"] == "select" else {})

    open_browser(answer=answer).join()
    assert bridge.browser.wait(30)
    error = failure(bridge.browser, "select", points=[{"row": 1, "column": 1}])
    assert (error.status, error.code) == ("failed", "too_long")
    bridge.browser.ask("ping").result(30)


def test_a_question_over_the_limit_is_refused_and_the_next_one_works(
    bridge: Bridge, open_browser: Open
) -> None:
    extension = open_browser().join()
    answer = extension.request("note", {"text": "x" * 9_000_000})
    assert (answer["status"], answer["error"]["code"]) == ("refused", "too_long")
    assert extension.hello()["status"] == "ok"


def test_what_happens_in_the_browser_is_told(bridge: Bridge, open_browser: Open) -> None:
    extension = open_browser().join()
    extension.event("loaded", tab=34, url="https://a.example/", title="x" * 500, ms=812, more=1)
    until(lambda: bridge.events)
    said = {"tab": 34, "url": "https://a.example/", "title": "x" * 200, "ms": 812.0}
    assert bridge.events == [("loaded", said)]


def test_the_panel_asks_and_is_answered_exactly_once(bridge: Bridge, open_browser: Open) -> None:
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
    assert extension.hello()["status"] == "ok", "no second answer came"


def test_a_panel_that_nobody_answers_is_told_so(bridge: Bridge, open_browser: Open) -> None:
    extension = open_browser().join()
    answer = extension.request("record_start", deadline_ms=100)
    assert (answer["status"], answer["error"]["code"]) == ("timeout", "timeout")


def test_of_two_browsers_the_one_with_the_focus_is_asked(bridge: Bridge, open_browser: Open) -> None:
    calm = [{**WINDOWS["windows"][0], "focused": False}]
    one = open_browser(client="browser-one", browser="One").join()
    assert bridge.browser.wait(30)
    two = open_browser(client="browser-two", browser="Two")
    assert two.hello()["status"] == "ok"
    two.event("windows", windows=calm)
    until(lambda: set(bridge.browser.names) == {"One", "Two"})
    assert bridge.browser.name == "One"
    one.event("windows", windows=calm)
    until(lambda: bridge.browser.name == "Two", "the last that joined, where none has the focus")
    one.event("windows", **WINDOWS)
    until(lambda: bridge.browser.name == "One")
    one.event("windows", windows=calm)
    bridge.browser.ask("ping").result(30)
    assert len(one.commands) == 1, "it had the focus last"
    one.close()
    until(lambda: bridge.browser.name == "Two")
    bridge.browser.ask("ping").result(30)
    assert len(two.commands) == 1
    bridge.browser.tell("listening", on=True)
    assert two.wait_for("listening") == {"on": True}


def test_the_same_browser_again_takes_the_place_of_its_old_line(bridge: Bridge, open_browser: Open) -> None:
    first = open_browser().join()
    assert bridge.browser.wait(30)
    second = open_browser().join()
    assert first.wait_for("host", lambda args: args["app"] == "off")
    until(lambda: bridge.browser.names == ("Chromium 150",))
    bridge.browser.ask("ping").result(30)
    assert second.commands and not first.commands
