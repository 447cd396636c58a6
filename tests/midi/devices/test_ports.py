"""Joining the machine's MIDI system, with a real JACK server and with none."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import jack as jack_client
import pytest
from controller import Controller
from servers import JackServer
from waiting import until

from rubato_desktop.midi.devices.jack_watch import JackWatch
from rubato_desktop.midi.devices.ports import MidiSystem, NoMidi, PortError, SystemName, no_midi
from rubato_desktop.midi.devices.systems import BY_PLATFORM, ON_LINUX, open_system

pytestmark = pytest.mark.xdist_group("jack")

NOWHERE = {**os.environ, "JACK_DEFAULT_SERVER": "rubato_nowhere", "JACK_NO_START_SERVER": "1"}


@pytest.fixture
def system(jack: JackServer) -> Iterator[MidiSystem]:
    joined = open_system("jack")
    yield joined
    joined.close()


def in_another_process(program: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a program where libjack has not been used before."""
    return subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, timeout=60
    )


def test_without_midi_the_error_says_what_is_missing_and_what_to_do_and_nothing_else_is_printed() -> None:
    ended = in_another_process(
        "from rubato_desktop.midi.devices.ports import NoMidi\n"
        "from rubato_desktop.midi.devices.systems import open_system\n"
        "try:\n    open_system('jack')\nexcept NoMidi as error:\n    print(error)",
        NOWHERE,
    )
    assert ended.stdout.strip() == (
        "There is no MIDI on this computer: no JACK server runs. "
        "The keys on the screen and the computer's own keys work. "
        "Start a JACK server; it is found by itself"
    )
    assert ended.stderr == ""


@pytest.mark.parametrize("names", [ON_LINUX, *BY_PLATFORM.values()])
def test_every_platform_has_its_words(names: tuple[SystemName, ...]) -> None:
    error = no_midi(names)
    assert error.happened and error.kept and error.todo
    assert error.code == "no_midi"


def test_a_system_of_another_platform_is_not_there() -> None:
    foreign: SystemName = "winmm" if sys.platform != "win32" else "alsa"
    with pytest.raises(NoMidi):
        open_system(foreign)


def test_a_device_is_listed_while_it_is_plugged_in(system: MidiSystem) -> None:
    assert system.inputs() == {}
    with Controller("Keystation 25"):
        assert list(system.inputs()) == ["Keystation 25"]
    until(lambda: system.inputs() == {}, "the device to vanish")


def test_an_alias_gives_a_nameless_port_its_name(system: MidiSystem) -> None:
    watch = JackWatch("watch")
    client = jack_client.Client("nameless")
    try:
        port = client.midi_outports.register("capture")
        port.set_alias("alsa_pcm:Keystation-25/midi_capture_1")
        assert watch.sources() == [("nameless:capture", "alsa_pcm:Keystation-25/midi_capture_1")]
    finally:
        client.close()
        watch.close()


def test_what_is_played_arrives_whole(system: MidiSystem) -> None:
    sent = [
        "90 3c 40",
        "90 3c 00",
        "bf 40 7f",
        "e3 00 40",
        "c5 07",
        "d0 01",
        "a0 3c 01",
        "f8",
        "f0 7d 01 02 f7",
    ]
    with Controller("Keystation 25") as keys:
        heard: list[bytes] = []
        port = system.open(system.inputs()["Keystation 25"], heard.append)
        keys.send(*sent, "fe", "90 00 01")
        until(lambda: heard[-1:] == [bytes.fromhex("90 00 01")], "the last message")
        port.close()
        keys.send("90 3c 40")
    # All but active sensing, which says that nothing happened.
    assert [message.hex(" ") for message in heard] == [*sent, "90 00 01"]


def test_a_long_system_exclusive_message_arrives_whole(system: MidiSystem) -> None:
    long = b"\xf0" + bytes(range(128)) * 8 + b"\xf7"
    with Controller("Keystation 25") as keys:
        heard: list[bytes] = []
        port = system.open(system.inputs()["Keystation 25"], heard.append)
        keys.send(long)
        until(lambda: heard, "the message")
        port.close()
    assert heard == [long]


def test_a_device_that_was_plugged_in_again_is_no_longer_carried(system: MidiSystem) -> None:
    with Controller("Keystation 25") as keys:
        source = system.inputs()["Keystation 25"]
        port = system.open(source, lambda _: None)
        assert system.carries(source, port)
        keys.unplug()
        until(lambda: not system.inputs(), "the device to vanish")
        keys.plug_in()
        assert list(system.inputs()) == ["Keystation 25"]
        assert not system.carries(source, port)
        port.close()


def test_joining_and_leaving_in_quick_succession_is_never_taken_for_unplugging(system: MidiSystem) -> None:
    with Controller("Keystation 25"):
        source = system.inputs()["Keystation 25"]
        for _ in range(30):
            port = system.open(source, lambda _: None)
            assert system.carries(source, port)
            port.close()


def test_a_device_that_vanished_since_it_was_listed_is_said(system: MidiSystem) -> None:
    with Controller("Keystation 25"):
        source = system.inputs()["Keystation 25"]
    until(lambda: not system.inputs(), "the device to vanish")
    with pytest.raises(PortError, match="unplugged"):
        system.open(source, lambda _: None)


def test_a_server_that_ends_is_noticed_and_a_new_one_is_joined() -> None:
    with JackServer() as server, Controller("Keystation 25"):
        for end in (server.kill, server.stop, server.kill):
            system = open_system("jack")
            inputs = system.inputs()
            ports = [system.open(source, lambda _: None) for source in inputs.values()]
            end()
            until(lambda system=system: ended(system), "the end to be noticed")
            for port in ports:
                port.close()
            system.close()
            with pytest.raises(NoMidi):
                open_system("jack")
            server.start()


def test_a_server_that_ends_unnoticed_brings_nothing_down() -> None:
    # libjack frees all clients of a server that ended when a new one is opened; closing them then is fatal.
    program = """
from rubato_desktop.midi.devices.ports import NoMidi
from rubato_desktop.midi.devices.systems import open_system
import sys
system = open_system("jack")
source = system.inputs()["Keystation 25"]
port = system.open(source, lambda _: None)
print("joined", flush=True)
sys.stdin.readline()
system._watch.alive = True
try:
    system.open(source, lambda _: None)
except NoMidi as error:
    port.close()
    system.close()
    print("said", error.happened)
try:
    open_system("jack")
except NoMidi:
    print("and lives")
"""
    with JackServer() as server, Controller("Keystation 25"):
        process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=server.env,
        )
        assert process.stdout and process.stdout.readline() == "joined\n"
        threads = thread_count(process.pid)
        server.kill()
        # libjack's own threads end when they notice; from then on the memory is at stake.
        until(lambda: thread_count(process.pid) < threads, "libjack to notice")
        said, _ = process.communicate("\n", timeout=60)
    assert said.splitlines() == ["said The JACK server has ended", "and lives"]
    assert process.returncode == 0


def test_a_port_can_be_closed_while_messages_pour_in() -> None:
    # In a process of its own: if closing and a message waited for each other, nothing in the process would go on.
    program = """
import threading
from rubato_desktop.midi.devices.systems import open_system
ended = threading.Event()
# The interpreter is wanted all the time, so that calls have to wait for it.
threading.Thread(target=lambda: [sum(range(50_000)) for _ in iter(ended.is_set, True)]).start()
system = open_system("jack")
source = system.inputs()["Keystation 25"]
calls = [0] * 15
when_closed = []
for number in range(15):
    heard = threading.Event()

    def call(_, number=number, heard=heard):
        calls[number] += 1
        heard.set()

    port = system.open(source, call)
    assert heard.wait(30)
    port.close()
    when_closed.append(calls[number])
system.close()
ended.set()
print("done" if calls == when_closed else "called after closing")
"""
    with JackServer() as server, Controller("Keystation 25") as keys:
        flood = threading.Thread(target=pour, args=(keys, closed := threading.Event()))
        flood.start()
        try:
            said = in_another_process(program, server.env)
        finally:
            closed.set()
            flood.join()
    assert (said.stdout, said.stderr) == ("done\n", "")


def pour(keys: Controller, until_set: threading.Event) -> None:
    while not until_set.is_set():
        keys.send(*["90 30 40", "80 30 00"] * 500, gap_ms=0.2)


def test_no_server_no_watch() -> None:
    ended = in_another_process(
        "from rubato_desktop.midi.devices.jack_watch import JackClosed, JackWatch, keep_quiet\n"
        "keep_quiet()\n"
        "try:\n    JackWatch('watch')\nexcept JackClosed:\n    print('closed')",
        NOWHERE,
    )
    assert (ended.stdout, ended.stderr) == ("closed\n", "")


def ended(system: MidiSystem) -> bool:
    try:
        system.inputs()
    except NoMidi:
        return True
    return False


def thread_count(process: int) -> int:
    return len(list(Path(f"/proc/{process}/task").iterdir()))
