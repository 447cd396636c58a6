"""Text for a field is recorded only after the browser has confirmed that the field is not secret.

Secrets are entered in every possible way, and then searched for in all files of the program.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from audio_source import AudioSource
from chromium import chromium
from connected_browser import ConnectedBrowser
from controller import Controller
from program import Program
from servers import JackServer
from waiting import until
from web_server import Site

from extension_bridge.install import Installation
from rubato_desktop.language.loading import load_spelling
from rubato_desktop.resources import resource

pytestmark = pytest.mark.xdist_group("browser")

KEYS = "Keystation 25"
GAP = 40  # ms between keys
SPELLING = {text: pair for pair, text in load_spelling(resource("languages", "spelling.toml")).items()}
FOCUS = "document.getElementById('secret').focus()"
BLUR = "document.activeElement.blur()"


@pytest.fixture(scope="module")
def connected(
    jack: JackServer, site: Site, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ConnectedBrowser]:
    folder = tmp_path_factory.mktemp("secrets")
    Installation(folder / "data").install_in_profile(folder / "profile")
    program = Program(folder / "data")
    with chromium(folder / "profile") as context:
        connected = ConnectedBrowser(program, context, site)
        until(lambda: program.ask("status")["value"]["question"], "the question")
        program.ask("confirm")
        until(lambda: connected.joined, "the browser to connect")
        yield connected
    program.end(signal.SIGKILL)


@pytest.fixture(scope="module")
def keys(connected: ConnectedBrowser) -> Iterator[Controller]:
    with Controller(KEYS) as keys:
        connected.program.wait_for_device(KEYS)
        yield keys


def spelt(text: str) -> str:
    """The keys that spell a text, including the final one."""
    return " ".join(f"{a} {b}" for a, b in (SPELLING[letter] for letter in text)) + " 24"


def at_the_password(connected: ConnectedBrowser, *, focused: bool) -> None:
    """Go to the password field: with the browser's focus, or only with the program's cursor."""
    connected.page.goto(connected.site.page("form.html"))
    connected.page.bring_to_front()
    where = connected.page.locator("#secret").bounding_box()
    width, height = connected.page.evaluate("[innerWidth, innerHeight]")
    row = int((where["y"] + where["height"] / 2) / height * 12)
    column = int((where["x"] + where["width"] / 2) / width * 12)
    moved = connected.send("move", str(row), str(column))
    assert moved["value"]["label"] == "Password", moved
    connected.page.evaluate(FOCUS if focused else BLUR)
    until(lambda: connected.program.ask("status")["value"]["secret"] is focused, "the focus to be reported")


def leave(connected: ConnectedBrowser) -> None:
    """Leave the field, so that what follows is recorded."""
    connected.page.goto(connected.site.page("index.html"))
    until(lambda: not connected.program.ask("status")["value"]["secret"], "the field to be left")


def written(data: Path) -> bytes:
    """The content of all files in the data folder."""
    return b"\n".join(path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file())


def notes_on(connected: ConnectedBrowser) -> list[int]:
    """The keys that were pressed, according to the journal."""
    return [
        line["key"]
        for line in connected.program.journal()
        if line["kind"] == "midi" and line["data"].startswith("90")
    ]


def play_last(connected: ConnectedBrowser, keys: Controller) -> None:
    """Play a word and wait until it is recorded; everything held back before it is settled by then."""
    before = len(connected.program.results("tabs"))
    keys.play("0 5 5 0", gap_ms=GAP)
    until(lambda: connected.program.results("tabs")[before:], "the last word to be recorded")


@pytest.mark.parametrize("focused", [False, True], ids=["out of focus", "in focus"])
class TestSecrets:
    def test_typed_password_is_not_stored(
        self, connected: ConnectedBrowser, keys: Controller, focused: bool
    ) -> None:
        at_the_password(connected, focused=focused)
        for words in (["write", "Typed-Hunter2"], ["write", "text=Typed-Hunter2"]):
            refused = connected.send(*words)
            assert (refused["status"], refused["error"]["code"]) == ("refused", "password"), refused
        mistyped = connected.program.ask("write", tekst="Typed-Hunter2")
        assert mistyped["error"]["code"] == "bad_arguments"
        leave(connected)
        play_last(connected, keys)
        assert b"Typed-Hunter2" not in written(connected.program.data)

    def test_spelt_password_and_its_keys_are_not_stored(
        self, connected: ConnectedBrowser, keys: Controller, focused: bool
    ) -> None:
        at_the_password(connected, focused=focused)
        before = notes_on(connected)
        keys.play(f"0 5 10 0 {spelt('Hunter2')}", gap_ms=GAP)
        # While its keys are pending or the browser is asked, and after it was named: names are recorded too.
        keys.play("12 9 8 12 0 16 21 24", gap_ms=GAP)
        keys.play("0 5 10 0 7 20 7 20 0 0 0", gap_ms=GAP)  # started and erased
        leave(connected)
        play_last(connected, keys)
        assert b"Hunter2" not in written(connected.program.data)
        after = notes_on(connected)[len(before) :]
        own = [] if focused else [0, 5, 10, 0]
        rest = [12, 9, 8, 12, 0, 16, 21, 24]
        assert after == [*own, *([] if focused else rest), *own, 0, 5, 5, 0]

    def test_spoken_password_is_not_stored(
        self, connected: ConnectedBrowser, keys: Controller, focused: bool
    ) -> None:
        at_the_password(connected, focused=False)
        with AudioSource() as speaker:
            keys.play("0 4 7 0", gap_ms=GAP)  # microphone
            until(lambda: connected.program.results("microphone"), "the microphone")
            before = len(connected.program.results("write"))
            keys.play("0 5 10 0", gap_ms=GAP)
            if focused:
                connected.page.evaluate(FOCUS)
            speaker.say("Purple elephants like thunder.")
            if not focused:
                until(lambda: connected.program.results("write")[before:], "the word to end")
            keys.play("24", gap_ms=GAP)
            leave(connected)
            keys.play("0 7 4 0", gap_ms=GAP)
        play_last(connected, keys)
        assert b"lephant" not in written(connected.program.data)

    def test_session_holds_no_password(
        self, connected: ConnectedBrowser, keys: Controller, focused: bool
    ) -> None:
        connected.send("record_start")
        before = notes_on(connected)
        at_the_password(connected, focused=focused)
        keys.play(f"0 5 10 0 {spelt('Hunter2')}", gap_ms=GAP)
        keys.play("0 5 10 0 7 20", gap_ms=GAP)  # in the middle of a text
        saved = connected.send("record_stop")
        assert saved["status"] == "ok", saved
        keys.play("24", gap_ms=GAP)
        leave(connected)
        play_last(connected, keys)
        everything = written(connected.program.data)
        assert b"Hunter2" not in everything
        assert not {7, 20} & set(notes_on(connected)[len(before) :])


def test_text_for_an_ordinary_field_is_recorded(connected: ConnectedBrowser, keys: Controller) -> None:
    connected.page.goto(connected.site.page("form.html"))
    connected.page.evaluate("document.getElementById('name').focus()")
    before = notes_on(connected)
    keys.play(f"0 5 10 0 {spelt('Clara')}", gap_ms=GAP)
    keys.play("0 5 5 0", gap_ms=GAP)
    wrote = until(
        lambda: [line for line in connected.program.results("write") if line["status"] == "ok"], "the text"
    )[-1]
    assert wrote["args"] == {"text": "Clara"} and wrote["word"]["args"] == {"text": "Clara"}
    assert connected.page.input_value("#name") == "Clara"
    lines = connected.program.journal()
    words = [line["word"] for line in lines if line["kind"] == "word" and line["word"]["word"] == "write"]
    assert words[-1]["args"] == {"text": "Clara"}
    played = [int(key) for key in f"0 5 10 0 {spelt('Clara')} 0 5 5 0".split()]
    until(lambda: notes_on(connected)[len(before) :] == played, "all keys to be recorded, in order")
    assert words[-1]["keys"] == played[: len(words[-1]["keys"])]
    order = [line["t"] for line in connected.program.journal() if line["kind"] in ("midi", "word", "result")]
    assert order == sorted(order)


def test_text_without_an_answer_is_not_recorded(connected: ConnectedBrowser, keys: Controller) -> None:
    before = len(connected.context.pages)
    page = connected.context.new_page()
    page.goto(connected.site.page("form.html"))
    page.evaluate("document.getElementById('name').focus(); setTimeout(() => { for (;;); }, 100)")
    ended = len(connected.program.results("write"))
    keys.play(f"0 5 10 0 {spelt('Unsure')}", gap_ms=GAP)
    late = until(lambda: connected.program.results("write")[ended:], "the word to end")[0]
    assert (late["status"], late["args"]) == ("timeout", {"text": "…"}), late
    assert "Order a tuning" in late["error"]["message"], late
    connected.send("close_tab")
    connected.wait_until(lambda: len(connected.context.pages) == before, "the page that hangs to be closed")
    assert b"Unsure" not in written(connected.program.data)


def test_crash_while_spelling_leaves_no_text(connected: ConnectedBrowser, keys: Controller) -> None:
    at_the_password(connected, focused=False)
    before = len(notes_on(connected))
    keys.play("0 5 10 0 7 20 7 20 5 23", gap_ms=GAP)
    until(lambda: notes_on(connected)[before:] == [0, 5, 10, 0], "the word to be recorded")
    connected.program.end(signal.SIGKILL)
    assert notes_on(connected)[before:] == [0, 5, 10, 0]
