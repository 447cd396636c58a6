"""Connecting to the machine's MIDI system, with and without a real JACK server."""

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
    connected = open_system("jack")
    yield connected
    connected.close()


def in_another_process(program: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a program in a process that has not used libjack before."""
    return subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, timeout=60
    )


def test_missing_midi_is_reported_in_one_error_and_nothing_else_is_printed() -> None:
    result = in_another_process(
        "from rubato_desktop.midi.devices.ports import NoMidi\n"
        "from rubato_desktop.midi.devices.systems import open_system\n"
        "try:\n    open_system('jack')\nexcept NoMidi as error:\n    print(error)",
        NOWHERE,
    )
    assert result.stdout.strip() == (
        "MIDI is not available: no JACK server is running. "
        "The on-screen keys and the computer keyboard still work. "
        "Start a JACK server; Rubato then connects automatically"
    )
    assert result.stderr == ""


@pytest.mark.parametrize("names", [ON_LINUX, *BY_PLATFORM.values()])
def test_every_platform_has_an_error_message(names: tuple[SystemName, ...]) -> None:
    error = no_midi(names)
    assert error.happened and error.kept and error.todo
    assert error.code == "no_midi"


def test_a_system_of_another_platform_is_not_available() -> None:
    foreign: SystemName = "winmm" if sys.platform != "win32" else "alsa"
    with pytest.raises(NoMidi):
        open_system(foreign)


def test_a_device_is_listed_while_it_is_plugged_in(system: MidiSystem) -> None:
    assert system.inputs() == {}
    with Controller("Keystation 25"):
        assert list(system.inputs()) == ["Keystation 25"]
    until(lambda: system.inputs() == {}, "the device to disappear")


def test_an_alias_names_a_generic_port(system: MidiSystem) -> None:
    watch = JackWatch("watch")
    client = jack_client.Client("nameless")
    try:
        port = client.midi_outports.register("capture")
        port.set_alias("alsa_pcm:Keystation-25/midi_capture_1")
        assert watch.sources() == [("nameless:capture", "alsa_pcm:Keystation-25/midi_capture_1")]
    finally:
        client.close()
        watch.close()


def test_played_messages_arrive_complete(system: MidiSystem) -> None:
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
        received: list[bytes] = []
        port = system.open(system.inputs()["Keystation 25"], received.append)
        keys.send(*sent, "fe", "90 00 01")
        until(lambda: received[-1:] == [bytes.fromhex("90 00 01")], "the last message")
        port.close()
        keys.send("90 3c 40")
    # Everything except active sensing.
    assert [message.hex(" ") for message in received] == [*sent, "90 00 01"]


def test_a_long_system_exclusive_message_arrives_complete(system: MidiSystem) -> None:
    long = b"\xf0" + bytes(range(128)) * 8 + b"\xf7"
    with Controller("Keystation 25") as keys:
        received: list[bytes] = []
        port = system.open(system.inputs()["Keystation 25"], received.append)
        keys.send(long)
        until(lambda: received, "the message")
        port.close()
    assert received == [long]


def test_a_port_is_cut_off_once_its_device_was_plugged_in_again(system: MidiSystem) -> None:
    with Controller("Keystation 25") as keys:
        source = system.inputs()["Keystation 25"]
        port = system.open(source, lambda _: None)
        assert system.carries(source, port)
        keys.unplug()
        until(lambda: not system.inputs(), "the device to disappear")
        keys.plug_in()
        assert list(system.inputs()) == ["Keystation 25"]
        assert not system.carries(source, port)
        port.close()


def test_opening_and_closing_in_quick_succession_is_not_mistaken_for_unplugging(system: MidiSystem) -> None:
    with Controller("Keystation 25"):
        source = system.inputs()["Keystation 25"]
        for _ in range(30):
            port = system.open(source, lambda _: None)
            assert system.carries(source, port)
            port.close()


def test_opening_a_device_that_was_unplugged_is_an_error(system: MidiSystem) -> None:
    with Controller("Keystation 25"):
        source = system.inputs()["Keystation 25"]
    until(lambda: not system.inputs(), "the device to disappear")
    with pytest.raises(PortError, match="unplugged"):
        system.open(source, lambda _: None)


def test_a_stopped_server_is_noticed_and_a_new_one_is_used() -> None:
    with JackServer() as server, Controller("Keystation 25"):
        for end in (server.kill, server.stop, server.kill):
            system = open_system("jack")
            inputs = system.inputs()
            ports = [system.open(source, lambda _: None) for source in inputs.values()]
            end()
            until(lambda system=system: has_stopped(system), "the end to be noticed")
            for port in ports:
                port.close()
            system.close()
            with pytest.raises(NoMidi):
                open_system("jack")
            server.start()


def test_a_server_that_stops_unnoticed_does_not_crash_the_program() -> None:
    # Opening a new client makes libjack free all clients of a stopped server; closing those then crashes.
    program = """
from rubato_desktop.midi.devices.ports import NoMidi
from rubato_desktop.midi.devices.systems import open_system
import sys
system = open_system("jack")
source = system.inputs()["Keystation 25"]
port = system.open(source, lambda _: None)
print("connected", flush=True)
sys.stdin.readline()
system._watch.alive = True
try:
    system.open(source, lambda _: None)
except NoMidi as error:
    port.close()
    system.close()
    print(error.happened)
try:
    open_system("jack")
except NoMidi:
    print("survived")
"""
    with JackServer() as server, Controller("Keystation 25"):
        process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=server.env,
        )
        assert process.stdout and process.stdout.readline() == "connected\n"
        threads = thread_count(process.pid)
        server.kill()
        # libjack's own threads end when they notice the stop; from then on the memory may be freed.
        until(lambda: thread_count(process.pid) < threads, "libjack to notice")
        output, _ = process.communicate("\n", timeout=60)
    assert output.splitlines() == ["The JACK server has stopped", "survived"]
    assert process.returncode == 0


def test_a_port_can_be_closed_while_messages_pour_in() -> None:
    # In its own process: a deadlock between closing and a message would block the whole process.
    program = """
import threading
from rubato_desktop.midi.devices.systems import open_system
ended = threading.Event()
# Keep the GIL contended, so that callbacks have to wait for it.
threading.Thread(target=lambda: [sum(range(50_000)) for _ in iter(ended.is_set, True)]).start()
system = open_system("jack")
source = system.inputs()["Keystation 25"]
calls = [0] * 15
when_closed = []
for number in range(15):
    called = threading.Event()

    def call(_, number=number, called=called):
        calls[number] += 1
        called.set()

    port = system.open(source, call)
    assert called.wait(30)
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
            result = in_another_process(program, server.env)
        finally:
            closed.set()
            flood.join()
    assert (result.stdout, result.stderr) == ("done\n", "")


def pour(keys: Controller, until_set: threading.Event) -> None:
    while not until_set.is_set():
        keys.send(*["90 30 40", "80 30 00"] * 500, gap_ms=0.2)


def test_a_watch_needs_a_server() -> None:
    result = in_another_process(
        "from rubato_desktop.midi.devices.jack_watch import JackClosed, JackWatch, silence_libraries\n"
        "silence_libraries()\n"
        "try:\n    JackWatch('watch')\nexcept JackClosed:\n    print('closed')",
        NOWHERE,
    )
    assert (result.stdout, result.stderr) == ("closed\n", "")


def has_stopped(system: MidiSystem) -> bool:
    try:
        system.inputs()
    except NoMidi:
        return True
    return False


def thread_count(process: int) -> int:
    return len(list(Path(f"/proc/{process}/task").iterdir()))
