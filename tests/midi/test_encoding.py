"""Building messages by name, refusing bad values, and describing messages in words."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from mido.tokenizer import Tokenizer

from rubato_desktop.midi.encoding import describe_message, encode, message_name
from rubato_desktop.midi.messages import note_off, note_on


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("note_on", {"channel": 3, "note": 60, "velocity": 100}, "93 3c 64"),
        ("note_off", {"note": 60, "velocity": 0}, "80 3c 00"),
        ("polytouch", {"note": 60, "value": 5}, "a0 3c 05"),
        ("control_change", {"channel": 15, "control": 64, "value": 127}, "bf 40 7f"),
        ("program_change", {"program": 5}, "c0 05"),
        ("aftertouch", {"value": 9}, "d0 09"),
        ("pitchwheel", {"pitch": 0}, "e0 00 40"),
        ("sysex", {"data": (0x7E, 0, 6, 1)}, "f0 7e 00 06 01 f7"),
    ],
)
def test_a_message_is_built_by_name(name: str, values: dict[str, Any], expected: str) -> None:
    assert encode(name, **values) == bytes.fromhex(expected)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("note_on", {"note": 128}),
        ("note_on", {"note": -1}),
        ("note_on", {"channel": 16}),
        ("note_on", {"velocity": 200}),
        ("control_change", {"value": 128}),
        ("sysex", {"data": (1, 128)}),
    ],
)
def test_a_value_out_of_range_is_refused(name: str, values: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        encode(name, **values)


def test_note_messages_are_checked_too() -> None:
    assert note_on(5, "keys", 60, 100, 2).data == bytes.fromhex("92 3c 64")
    assert note_off(5, "keys", 60).data == bytes.fromhex("80 3c 00")
    with pytest.raises(ValueError):
        note_on(5, "keys", 144)


@pytest.mark.parametrize(
    ("data", "description"),
    [
        ("93 3c 40", "note_on channel=3 note=60 velocity=64"),
        ("f0 01 02 f7", "sysex data=(1,2)"),
        ("f8", "clock"),
        ("90 90 40", "90 90 40"),
        ("f4", "f4"),
        ("", ""),
    ],
)
def test_a_message_is_described_in_words(data: str, description: str) -> None:
    assert describe_message(bytes.fromhex(data)) == description


def test_a_status_has_a_name() -> None:
    assert [message_name(status) for status in (0x9F, 0xB0, 0xE3, 0xF0, 0xF4)] == [
        "note_on",
        "control_change",
        "pitchwheel",
        "sysex",
        "unknown",
    ]


def test_the_audio_process_does_not_import_mido() -> None:
    code = "import sys, rubato_desktop.audio.process; print('mido' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    ("feature", "arriving", "kept"),
    [
        ("running status", "90 3c 40 3e 41", ["90 3c 40"]),
        ("a clock within a message", "90 3c f8 40", ["f8"]),
    ],
)
def test_mido_still_cannot_split_a_byte_stream(feature: str, arriving: str, kept: list[str]) -> None:
    """When this fails, mido can replace `rubato_desktop.midi.devices.byte_stream`."""
    messages = [bytes(message).hex(" ") for message in Tokenizer(bytes.fromhex(arriving))]
    assert messages == kept, f"mido now supports {feature}"
