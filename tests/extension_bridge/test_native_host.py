"""The native host as a real process, with valid and invalid input."""

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


def test_extension_id_and_origin_are_well_formed() -> None:
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
def test_other_callers_are_refused(caller: list[str], tmp_path: Path, bridge: Bridge) -> None:
    said = frame(b'{"v":1,"id":1,"type":"command","name":"ping","args":{},"deadline_ms":5000}')
    done = run_host(bridge.data, *caller, said=said)
    assert done.returncode == 2 and done.stdout == b""
    assert b"only Rubato's extension" in done.stderr
    assert not bridge.browser.names


def test_extra_arguments_after_the_origin_are_ignored(tmp_path: Path) -> None:
    done = run_host(tmp_path, origin(), "--parent-window=0")
    assert done.returncode == 0 and b'"app":"off"' in done.stdout


def test_host_waits_for_the_app_and_answers_meanwhile(start_bridge: Start, open_browser: Open) -> None:
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
def test_host_ends_with_its_input(app: bool, start_bridge: Start, open_browser: Open) -> None:
    bridge = start_bridge(trust_all=True) if app else None
    extension = open_browser()
    extension.wait_for("host")
    if bridge:
        extension.join()
        assert bridge.browser.wait(30)
    assert extension.close() == 0
    assert extension.log == ""
    if bridge:
        until(lambda: not bridge.browser.connected)


@pytest.mark.parametrize(
    "said, text",
    [
        (struct.pack("=I", 100 << 20) + b"{}", "claims to be 104857600 bytes long"),
        (b"\xff\xff\xff\xff", "claims to be 4294967295 bytes long"),
        (frame(b"{}") + b"\1\0", "ended within a message"),
        (struct.pack("=I", 50) + b'{"v":1', "ended within a message"),
    ],
    ids=["100 MiB", "4 GiB", "half a length", "half a message"],
)
def test_broken_input_ends_the_host_with_an_error(said: bytes, text: str, tmp_path: Path) -> None:
    done = run_host(tmp_path, origin(), said=said)
    assert done.returncode == 1 and text in done.stderr.decode()


@pytest.mark.parametrize("version, text", [(0, UPDATE_EXTENSION), (2, UPDATE_APP), (None, UPDATE_EXTENSION)])
def test_version_mismatch_names_the_side_to_update(
    version: int | None, text: str, bridge: Bridge, open_browser: Open
) -> None:
    extension = open_browser()
    answer = extension.hello(v=version)
    assert (answer["status"], answer["error"]) == ("refused", {"code": "version", "message": text})
    assert not bridge.browser.connected


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{", b"\xff\xfe", b'{"v":1,"v":1}', b'{"v":NaN}', b"[" * 200_000, b"7"],
    ids=lambda d: f"{d!r:.20}",
)
def test_invalid_message_is_reported_and_the_next_one_works(
    data: bytes, bridge: Bridge, open_browser: Open
) -> None:
    extension = open_browser()
    extension.wait_for("host")
    extension.send_bytes(frame(data))
    assert "not valid JSON" in extension.wait_for("host")["reason"]
    extension.join()


def test_launcher_needs_no_environment_or_working_directory(tmp_path: Path) -> None:
    data = tmp_path / "dä ta'$(x)%PATH%\"; exit 3"
    installation = Installation(data)
    installation.write_launcher()
    done = subprocess.run(
        [installation.launcher, origin()], input=b"", capture_output=True, cwd="/", env={}, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert b'"app":"off"' in done.stdout


def fuzz(rng: random.Random) -> Iterator[bytes]:
    """Yield malicious messages."""
    good = json.dumps(
        {"v": 1, "id": 3, "type": "command", "name": "tab", "args": {"number": 2}, "deadline_ms": 50}
    ).encode()
    kinds: list[Callable[[], bytes]] = [
        lambda: rng.randbytes(rng.randrange(200)),
        lambda: bytes(rng.choices(b'{}[]":,0123456789eE.-truefalsn\\u \n', k=rng.randrange(120))),
        lambda: _corrupted(rng, good),
        lambda: b"[" * rng.randrange(3_000),
        lambda: b'{"a":' * rng.randrange(2_000) + b"1" + b"}" * rng.randrange(2_000),
        lambda: json.dumps(
            {"v": rng.choice([0, 2, 1.0, True, "1", None, [], 10**30]), "id": 1, "type": "hello"}
        ).encode(),
        lambda: (
            b'{"v":1,"id":%d,"status":"ok","value":%s}'
            % (rng.randrange(9), rng.choice([b"NaN", b"1e999", b"{}"]))
        ),
        lambda: b'{"v":1,"type":"event","name":"windows","args":{"windows":[{"id":%d}]}}' % rng.randrange(9),
        lambda: b'{"v":1,"v":1,"type":"event"}',
        lambda: b'{"v":1,"type":"part","id":1,"n":0,"of":99999999,"data":"x"}',
        lambda: b'{"v":1,"id":-1,"type":"command","name":"%s","deadline_ms":1}' % (b"x" * rng.randrange(100)),
        lambda: b'"' + b"\\ud800" * rng.randrange(50) + b'"',
    ]
    for _ in range(FRAMES):
        yield rng.choice(kinds)()


def _corrupted(rng: random.Random, good: bytes) -> bytes:
    corrupted = bytearray(good)
    for _ in range(rng.randrange(1, 4)):
        corrupted[rng.randrange(len(corrupted))] = rng.randrange(256)
    return bytes(corrupted)


def test_flood_of_invalid_messages_takes_no_memory(bridge: Bridge, open_browser: Open) -> None:
    extension = open_browser(first_number=1_000)  # beyond the numbers that are answered below
    extension.wait_for("host")
    # 8 MiB is the longest message that is kept, and nested arrays are its most expensive content.
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
    assert peak_kib < 400_000, f"peak memory: {peak_kib} KiB"


def test_random_bytes_never_crash_the_host(tmp_path: Path) -> None:
    from extension_bridge.native_host import Host

    rng = random.Random(5)
    for _ in range(300):
        reading, feed = os.pipe()
        drain, writing = os.pipe()
        said = rng.randbytes(rng.randrange(2_000))
        if rng.random() < 0.5:
            said = b"".join(frame(rng.randbytes(rng.randrange(40))) for _ in range(20))[: rng.randrange(900)]
        os.write(feed, said)
        os.close(feed)
        received: list[bytes] = []
        reader = threading.Thread(target=_drain, args=(drain, received))
        reader.start()
        assert Host(tmp_path, reading, writing).run() in (0, 1)
        os.close(reading)
        os.close(writing)
        reader.join(30)
        for message in _messages(b"".join(received)):
            assert message["name"] == "host"


def _drain(pipe: int, received: list[bytes]) -> None:
    while piece := os.read(pipe, 1 << 16):
        received.append(piece)
    os.close(pipe)


def _messages(data: bytes) -> Iterator[dict[str, Any]]:
    while data:
        (length,) = struct.unpack_from("=I", data)
        yield json.loads(data[4 : 4 + length])
        data = data[4 + length :]
