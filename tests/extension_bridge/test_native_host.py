"""The native host as browsers start it: a real process, fed with good messages and with everything else."""

from __future__ import annotations

import json
import os
import random
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bridge_fixtures import Bridge
from fake_extension import FakeExtension
from waiting import until

from extension_bridge.envelope import UPDATE_APP, UPDATE_EXTENSION
from extension_bridge.frames import MAX_MESSAGE, frame
from extension_bridge.identity import extension_id, origin
from extension_bridge.install import Installation

Open = Callable[..., FakeExtension]
Start = Callable[..., Bridge]

FRAMES = 100_000


def run_host(data: Path, *args: str, said: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    installation = Installation(data)
    installation.write_launcher()
    return subprocess.run([installation.launcher, *args], input=said, capture_output=True, timeout=60)


def test_the_extension_has_one_id_that_chrome_derives_the_same_way() -> None:
    assert len(extension_id()) == 32 and set(extension_id()) <= set("abcdefghijklmnop")
    assert origin() == f"chrome-extension://{extension_id()}/"


@pytest.mark.parametrize(
    "caller",
    [
        ["chrome-extension://abcdefghijklmnopabcdefghijklmnop/"],
        [origin().rstrip("/")],
        [origin() + "x"],
        [origin().replace("chrome-extension", "https")],
        ["", origin()],
        [],
    ],
    ids=str,
)
def test_nobody_but_the_extension_may_speak_to_it(caller: list[str], tmp_path: Path, bridge: Bridge) -> None:
    said = frame(b'{"v":1,"id":1,"type":"command","name":"ping","args":{},"deadline_ms":5000}')
    done = run_host(bridge.data, *caller, said=said)
    assert done.returncode == 2 and done.stdout == b""
    assert b"only Rubato's extension" in done.stderr
    assert not bridge.browser.names


def test_what_browsers_add_behind_the_origin_does_not_matter(tmp_path: Path) -> None:
    done = run_host(tmp_path, origin(), "--parent-window=0")
    assert done.returncode == 0 and b'"app":"off"' in done.stdout


def test_without_the_app_it_says_so_answers_and_waits_until_it_is_there(
    start_bridge: Start, open_browser: Open
) -> None:
    extension = open_browser()
    assert extension.wait_for("host") == {
        "app": "off",
        "reason": "Rubato Desktop is not running. To start it, run: rubato run",
    }
    answer = extension.request("record_start")
    assert (answer["status"], answer["error"]["code"]) == ("refused", "not_running")
    for _ in range(2):
        bridge = start_bridge(trust_all=True)
        assert extension.wait_for("host") == {"app": "on", "reason": ""}
        extension.join()
        assert bridge.browser.wait(30)
        bridge.browser.close()
        assert extension.wait_for("host") == {"app": "off", "reason": "Rubato Desktop has closed"}


@pytest.mark.parametrize("app", [False, True], ids=["without the app", "with the app"])
def test_it_ends_when_the_browser_lets_go(app: bool, start_bridge: Start, open_browser: Open) -> None:
    bridge = start_bridge(trust_all=True) if app else None
    extension = open_browser()
    extension.wait_for("host")
    if bridge:
        extension.join()
        assert bridge.browser.wait(30)
    assert extension.close() == 0
    assert extension.said == ""
    if bridge:
        until(lambda: not bridge.browser.connected)


@pytest.mark.parametrize(
    "said, words",
    [
        (struct.pack("=I", 100 << 20) + b"{}", "claims to be 104857600 bytes long"),
        (b"\xff\xff\xff\xff", "claims to be 4294967295 bytes long"),
        (frame(b"{}") + b"\1\0", "ended within a message"),
        (struct.pack("=I", 50) + b'{"v":1', "ended within a message"),
    ],
    ids=["100 MiB", "4 GiB", "half a length", "half a message"],
)
def test_what_cannot_be_read_any_further_ends_it_in_words(said: bytes, words: str, tmp_path: Path) -> None:
    done = run_host(tmp_path, origin(), said=said)
    assert done.returncode == 1 and words in done.stderr.decode()


@pytest.mark.parametrize("version, words", [(0, UPDATE_EXTENSION), (2, UPDATE_APP), (None, UPDATE_EXTENSION)])
def test_another_version_is_told_which_side_to_update(
    version: int | None, words: str, bridge: Bridge, open_browser: Open
) -> None:
    extension = open_browser()
    answer = extension.hello(v=version)
    assert (answer["status"], answer["error"]) == ("refused", {"code": "version", "message": words})
    assert not bridge.browser.connected


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{", b"\xff\xfe", b'{"v":1,"v":1}', b'{"v":NaN}', b"[" * 200_000, b"7"],
    ids=lambda d: f"{d!r:.20}",
)
def test_what_is_no_message_is_said_and_the_next_one_is_heard(
    data: bytes, bridge: Bridge, open_browser: Open
) -> None:
    extension = open_browser()
    extension.wait_for("host")
    extension.send_bytes(frame(data))
    assert "not valid JSON" in extension.wait_for("host")["reason"]
    extension.join()


def test_it_is_started_from_anywhere_without_anything_of_the_shell(tmp_path: Path) -> None:
    data = tmp_path / "dä ta'$(x)%PATH%\"; exit 3"
    installation = Installation(data)
    installation.write_launcher()
    done = subprocess.run(
        [installation.launcher, origin()], input=b"", capture_output=True, cwd="/", env={}, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert b'"app":"off"' in done.stdout


def fuzz(dice: random.Random) -> Iterator[bytes]:
    """Yield what somebody might say who does not mean well, framed as Chrome would."""
    good = json.dumps(
        {"v": 1, "id": 3, "type": "command", "name": "tab", "args": {"number": 2}, "deadline_ms": 50}
    ).encode()
    kinds: list[Callable[[], bytes]] = [
        lambda: dice.randbytes(dice.randrange(200)),
        lambda: bytes(dice.choices(b'{}[]":,0123456789eE.-truefalsn\\u \n', k=dice.randrange(120))),
        lambda: _spoilt(dice, good),
        lambda: b"[" * dice.randrange(3_000),
        lambda: b'{"a":' * dice.randrange(2_000) + b"1" + b"}" * dice.randrange(2_000),
        lambda: json.dumps(
            {"v": dice.choice([0, 2, 1.0, True, "1", None, [], 10**30]), "id": 1, "type": "hello"}
        ).encode(),
        lambda: (
            b'{"v":1,"id":%d,"status":"ok","value":%s}'
            % (dice.randrange(9), dice.choice([b"NaN", b"1e999", b"{}"]))
        ),
        lambda: b'{"v":1,"type":"event","name":"windows","args":{"windows":[{"id":%d}]}}' % dice.randrange(9),
        lambda: b'{"v":1,"v":1,"type":"event"}',
        lambda: b'{"v":1,"type":"part","id":1,"n":0,"of":99999999,"data":"x"}',
        lambda: (
            b'{"v":1,"id":-1,"type":"command","name":"%s","deadline_ms":1}' % (b"x" * dice.randrange(100))
        ),
        lambda: b'"' + b"\\ud800" * dice.randrange(50) + b'"',
    ]
    for _ in range(FRAMES):
        yield dice.choice(kinds)()


def _spoilt(dice: random.Random, good: bytes) -> bytes:
    spoilt = bytearray(good)
    for _ in range(dice.randrange(1, 4)):
        spoilt[dice.randrange(len(spoilt))] = dice.randrange(256)
    return bytes(spoilt)


def test_a_hundred_thousand_bad_messages_change_nothing_and_take_no_memory(
    bridge: Bridge, open_browser: Open
) -> None:
    extension = open_browser(first_number=1_000)  # beyond those that are answered below
    extension.wait_for("host")
    # A frame of 8 MiB is the most that is kept at once, JSON of nothing but brackets the worst it can become.
    for data in (
        b"[" + b"[]," * (MAX_MESSAGE // 3 - 1) + b"[]]",
        b"x" * MAX_MESSAGE,
        b'{"v":1,"id":9' + b" " * MAX_MESSAGE,
    ):
        extension.send_bytes(frame(data[: MAX_MESSAGE + 5]))
    for data in fuzz(random.Random(3)):
        extension.send_bytes(frame(data))
    extension.join()
    assert bridge.browser.wait(30)
    bridge.browser.ask("ping").result(30)
    status = Path(f"/proc/{extension.process.pid}/status").read_text()
    peak_kib = int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
    assert peak_kib < 400_000, f"at its worst it took {peak_kib} KiB"


def test_streams_of_random_bytes_end_it_or_not_but_never_break_it(tmp_path: Path) -> None:
    from extension_bridge.native_host import Host

    dice = random.Random(5)
    for _ in range(300):
        reading, feed = os.pipe()
        drain, writing = os.pipe()
        said = dice.randbytes(dice.randrange(2_000))
        if dice.random() < 0.5:
            said = b"".join(frame(dice.randbytes(dice.randrange(40))) for _ in range(20))[
                : dice.randrange(900)
            ]
        os.write(feed, said)
        os.close(feed)
        heard: list[bytes] = []
        hearing = threading.Thread(target=_drain, args=(drain, heard))
        hearing.start()
        assert Host(tmp_path, reading, writing).run() in (0, 1)
        os.close(reading)
        os.close(writing)
        hearing.join(30)
        for message in _messages(b"".join(heard)):
            assert message["name"] == "host"


def _drain(pipe: int, heard: list[bytes]) -> None:
    while piece := os.read(pipe, 1 << 16):
        heard.append(piece)
    os.close(pipe)


def _messages(data: bytes) -> Iterator[dict[str, Any]]:
    while data:
        (length,) = struct.unpack_from("=I", data)
        yield json.loads(data[4 : 4 + length])
        data = data[4 + length :]
