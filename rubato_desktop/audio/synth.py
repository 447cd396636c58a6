"""The synthesiser: renders MIDI messages to stereo sound."""

from __future__ import annotations

import logging
from typing import Final, Protocol

from tinysoundfont import _tinysoundfont as tsf

from rubato_desktop.audio.pedals import DOWN, SOFTER, Pedals
from rubato_desktop.errors import RubatoError
from rubato_desktop.midi.messages import CONTROL, NOTE_OFF, NOTE_ON, PITCH_BEND, PROGRAM

log = logging.getLogger(__name__)

CHANNELS: Final = 16
DRUMS: Final = 9  # percussion is on channel 10, counted from 1 (General MIDI level 1)
FRAME_BYTES: Final = 8  # two float32 samples, left and right

BANK, BANK_FINE = 0, 32
VOLUME, PAN = 7, 10
SUSTAIN, SOSTENUTO, SOFT = 64, 66, 67
ALL_SOUND_OFF, RESET_CONTROLLERS, ALL_NOTES_OFF = 120, 121, 123


class Instrument(Protocol):
    """An instrument that a part of the mix plays: a synthesiser or silence."""

    def send(self, data: bytes) -> None: ...
    def render(self, out: memoryview, mix: bool) -> None: ...
    def release(self) -> None: ...
    def stop(self) -> None: ...
    def reset(self) -> None: ...
    def set_program(self, program: int) -> None: ...
    def set_gain(self, gain: float) -> None: ...


class Synth:
    """A General MIDI synthesiser with 16 channels. Not thread-safe.

    Args:
        font: A SoundFont, from `load_soundfont`.
        rate: Sample rate, Hz.
        voices: Limit on simultaneous voices; the oldest are dropped. A note uses one to four.

    Raises:
        RubatoError: `font` is not a SoundFont.
    """

    def __init__(self, font: bytes, rate: int, *, voices: int = 192) -> None:
        try:
            self._font = tsf.SoundFont(font)
        except RuntimeError as error:
            log.exception("cannot read the SoundFont")
            raise RubatoError(
                "The SoundFont cannot be read",
                kept="Everything else works, without sound",
                todo="Install the package timgm6mb-soundfont, or set RUBATO_SOUNDFONT to another .sf2 file",
                code="bad_soundfont",
            ) from error
        self.rate = rate
        self._program = 0
        # Consecutive frames of silence since the last message; after one second, rendering is skipped.
        self._silent_frames = 0
        self._asleep = False
        self._pedals = [Pedals() for _ in range(CHANNELS)]
        self._font.set_output(tsf.OutputMode.StereoInterleaved, rate, 0.0)
        # Allocates all voices now, so that no note-on allocates memory on the audio thread.
        self._font.set_max_voices(voices)
        self.reset()

    def send(self, data: bytes) -> None:
        """Play one complete channel message; ignores other and malformed messages.

        Args:
            data: The message, status byte first. Notes, controllers (such as pedals, volume, pan, bank and RPN),
                programs and pitch bend take effect; this synthesiser ignores pressure.
        """
        self._wake()
        if len(data) != 3:
            if len(data) == 2 and data[0] & 0xF0 == PROGRAM:
                self._select(data[0] & 0x0F, data[1])
            return
        kind, channel = data[0] & 0xF0, data[0] & 0x0F
        if kind == NOTE_ON and data[2]:
            self._strike(channel, data[1], data[2])
        elif kind in (NOTE_ON, NOTE_OFF):
            if self._pedals[channel].lift(data[1]):
                self._font.channel_note_off(channel, data[1])
        elif kind == CONTROL:
            self._control(channel, data[1], data[2])
        elif kind == PITCH_BEND:
            self._font.channel_set_pitch_wheel(channel, data[1] | data[2] << 7)

    def render(self, out: memoryview, mix: bool) -> None:
        """Render the next frames.

        Args:
            out: Bytes of interleaved stereo float32 samples, `FRAME_BYTES` per frame; filled completely.
            mix: Whether to add to `out` instead of overwriting it.
        """
        if self._asleep:
            if not mix:
                out[:] = bytes(len(out))
            return
        before = bytes(out) if mix else bytes(len(out))
        self._font.render(out, mix)
        self._silent_frames = self._silent_frames + len(out) // FRAME_BYTES if bytes(out) == before else 0
        self._asleep = self._silent_frames > self.rate

    def release(self) -> None:
        """Release all keys and pedals; sounds decay naturally."""
        self._wake()
        self._pedals = [Pedals() for _ in range(CHANNELS)]
        for channel in range(CHANNELS):
            self._font.channel_midi_control(channel, ALL_NOTES_OFF, 0)

    def stop(self) -> None:
        """Stop all sound at once; keeps programs and controllers."""
        for channel in range(CHANNELS):
            self._font.channel_midi_control(channel, ALL_SOUND_OFF, 0)

    def reset(self) -> None:
        """Stop all sound at once and reset all channels to their initial state."""
        self._pedals = [Pedals() for _ in range(CHANNELS)]
        self._font.reset()
        for channel in range(CHANNELS):
            self._select(channel, self._program)

    def set_program(self, program: int) -> None:
        """Select a program (0-127) on every channel, now and after each `reset`; on the drum channel, a drum kit."""
        self._program = program
        for channel in range(CHANNELS):
            self._select(channel, program)

    def set_gain(self, gain: float) -> None:
        """Set the gain, a factor of amplitude."""
        self._font.set_volume(gain)

    def _wake(self) -> None:
        self._silent_frames = 0
        self._asleep = False

    def _strike(self, channel: int, note: int, velocity: int) -> None:
        pedals = self._pedals[channel]
        for _ in range(pedals.strike(note)):
            self._font.channel_note_off(channel, note)
        self._font.channel_note_on(channel, note, velocity / 127 * (SOFTER if pedals.soft else 1.0))

    def _control(self, channel: int, number: int, value: int) -> None:
        # The library handles volume, pan, bank, RPN and similar controllers, but not pedals.
        pedals = self._pedals[channel]
        if number == SUSTAIN:
            ending = pedals.sustain(value)
        elif number == SOSTENUTO:
            ending = pedals.sostenuto(value)
        elif number == SOFT:
            pedals.soft = value >= DOWN
            return
        elif number == RESET_CONTROLLERS:
            self._font.channel_midi_control(channel, number, value)
            pedals.soft = False
            ending = pedals.sustain(0) + pedals.sostenuto(0)
        else:
            if number in (ALL_SOUND_OFF, ALL_NOTES_OFF):
                self._pedals[channel] = Pedals()
            self._font.channel_midi_control(channel, number, value)
            return
        for note in ending:
            self._font.channel_note_off(channel, note)

    def _select(self, channel: int, program: int) -> None:
        try:
            self._font.channel_set_preset_number(channel, program, channel == DRUMS)
        except RuntimeError:
            # The bank has no such program: use the one of the first bank, as most instruments do.
            self._font.channel_set_bank(channel, 0)
            self._font.channel_set_preset_number(channel, min(program, 127), channel == DRUMS)


class Silence:
    """An instrument that makes no sound, for when there is no SoundFont or no output."""

    def send(self, data: bytes) -> None:
        pass

    def render(self, out: memoryview, mix: bool) -> None:
        if not mix:
            out[:] = bytes(len(out))

    def release(self) -> None:
        pass

    def stop(self) -> None:
        pass

    def reset(self) -> None:
        pass

    def set_program(self, program: int) -> None:
        pass

    def set_gain(self, gain: float) -> None:
        pass
