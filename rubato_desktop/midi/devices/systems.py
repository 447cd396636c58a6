"""Connects to the MIDI system of this machine."""

from __future__ import annotations

import logging
import sys

from rubato_desktop.midi.devices.ports import KEPT, MidiSystem, NoMidi, SystemChoice, SystemName, no_midi

log = logging.getLogger(__name__)

BY_PLATFORM: dict[str, tuple[SystemName, ...]] = {"darwin": ("coremidi", "jack"), "win32": ("winmm",)}
ON_LINUX: tuple[SystemName, ...] = ("alsa", "jack")


def open_system(choice: SystemChoice = "auto") -> MidiSystem:
    """Connect to a MIDI system.

    Args:
        choice: The system; ``auto`` takes the first one of this platform that works.

    Raises:
        NoMidi: none is available.
    """
    try:
        from rubato_desktop.midi.devices.rtmidi_backend import connect
    except ImportError as error:
        log.exception("python-rtmidi cannot be loaded")
        raise NoMidi(
            "MIDI is not available: the library python-rtmidi cannot be loaded",
            kept=KEPT,
            todo="Reinstall Rubato",
            code="no_midi",
        ) from error
    names = BY_PLATFORM.get(sys.platform, ON_LINUX) if choice == "auto" else (choice,)
    for name in names:
        if (system := connect(name)) is not None:
            return system
    raise no_midi(names)
