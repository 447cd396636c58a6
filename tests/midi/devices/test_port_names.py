"""Device names from port names. A case is the system, its port and alias, and the device, empty if ignored."""

from __future__ import annotations

import pytest

from rubato_desktop.midi.devices.port_names import sources

CASES = [
    ("alsa", "Keystation 25:Keystation 25 MIDI 1 20:0", "", "Keystation 25 MIDI 1"),
    ("alsa", "Launchkey Mini MK3:Launchkey Mini MK3 DAW Port 28:1", "", "Launchkey Mini MK3 DAW Port"),
    ("alsa", "nanoKEY2:nanoKEY2 nanoKEY2 _ KEYBOARD 24:0", "", "nanoKEY2 nanoKEY2 _ KEYBOARD"),
    ("alsa", "VMPK Output:out 130:0", "", "VMPK Output"),
    (
        "alsa",
        "FLUID Synth (123):Synth input port (123:0) 128:0",
        "",
        "FLUID Synth (123) Synth input port (123:0)",
    ),
    ("alsa", "Midi Through:Midi Through Port-0 14:0", "", ""),
    ("alsa", "Rubato Desktop:Rubato Desktop 129:0", "", ""),
    ("jack", "Keystation 25:out", "", "Keystation 25"),
    ("jack", "Keystation 25-01:out", "", "Keystation 25"),
    ("jack", "Keystation-25:midi_out", "", "Keystation-25"),
    ("jack", "Keystation 25:pads", "", "Keystation 25 pads"),
    ("jack", "vkeybd:vkeybd:out", "", "vkeybd:out"),
    ("jack", "a2j:Keystation 25 [20] (capture): Keystation 25 MIDI 1", "", "Keystation 25 MIDI 1"),
    ("jack", "a2j:Keystation 25 [36] (capture): Keystation 25 MIDI 1", "", "Keystation 25 MIDI 1"),
    ("jack", "a2j:Midi Through [14] (capture): Midi Through Port-0", "", ""),
    (
        "jack",
        "system:midi_capture_1",
        "alsa_pcm:Keystation-25/midi_capture_1",
        "Keystation-25",
    ),
    ("jack", "system:midi_capture_4", "alsa_pcm:Midi-Through/midi_capture_1", ""),
    ("jack", "system:midi_capture_2", "", "system midi_capture_2"),
    ("jack", "Rubato Desktop-02:out", "", ""),
    ("winmm", "Keystation 25 0", "", "Keystation 25"),
    ("winmm", "Keystation 25 3", "", "Keystation 25"),
    ("coremidi", "Keystation 25", "", "Keystation 25"),
]


@pytest.mark.parametrize("system, port, alias, device", CASES)
def test_a_port_name_gives_the_device_name(system: str, port: str, alias: str, device: str) -> None:
    found = sources(system, [(port, alias)])
    assert list(found) == ([device] if device else [])
    assert all(source.port == port for source in found.values())


def test_two_devices_with_the_same_name_are_numbered() -> None:
    ports = ["Keystation 25 0", "Other 1", "Keystation 25 2"]
    found = sources("winmm", [(port, "") for port in ports])
    assert {name: source.port for name, source in found.items()} == {
        "Keystation 25": "Keystation 25 0",
        "Other": "Other 1",
        "Keystation 25 (2)": "Keystation 25 2",
    }


@pytest.mark.parametrize(
    "system, before, after, same",
    [
        ("alsa", "Keys:Keys MIDI 1 20:0", "Keys:Keys MIDI 1 24:0", False),
        ("alsa", "Keys:Keys MIDI 1 20:0", "Keys:Keys MIDI 1 20:0", True),
        ("winmm", "Keys 1", "Keys 0", True),
        ("coremidi", "Keys", "Keys", True),
    ],
)
def test_the_address_changes_when_the_device_is_plugged_in_again(
    system: str, before: str, after: str, same: bool
) -> None:
    ((name, was),) = sources(system, [(before, "")]).items()
    now = sources(system, [(after, "")])[name]
    assert (was.address == now.address) is same
