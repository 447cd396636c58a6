"""The synthesiser: MIDI bytes in, stereo sound out."""

from __future__ import annotations

import logging
from typing import Final, Protocol

from tinysoundfont import _tinysoundfont as tsf

from rubato_desktop.audio.pedals import DOWN, SOFTER, Pedals
from rubato_desktop.errors import RubatoError
from rubato_desktop.midi.messages import CONTROL, NOTE_OFF, NOTE_ON, PITCH_BEND, PROGRAM

log = logging.getLogger(__name__)

CHANNELS: Final = 16
DRUMS: Final = 9  # General MIDI level 1: channel 10, counting from 1, is percussion.
FRAME_BYTES: Final = 8  # Two float32 samples, left and right.

BANK, BANK_FINE = 0, 32
VOLUME, PAN = 7, 10
SUSTAIN, SOSTENUTO, SOFT = 64, 66, 67
ALL_SOUND_OFF, RESET_CONTROLLERS, ALL_NOTES_OFF = 120, 121, 123


class Instrument(Protocol):
    """What can be played: a synthesiser, or one that keeps silent."""

    def send(self, data: bytes) -> None: ...
    def render(self, out: memoryview, mix: bool) -> None: ...
    def release(self) -> None: ...
    def stop(self) -> None: ...
    def reset(self) -> None: ...
    def set_program(self, program: int) -> None: ...
    def set_gain(self, gain: float) -> None: ...


class Synth:
    """A General-MIDI synthesiser of 16 channels. Not to be used by two threads at once.

    Args:
        font: A SoundFont, from `load_soundfont`.
        rate: Sample rate of the sound that is rendered, Hz.
        voices: The most samples that sound together; older ones give way. A note takes one to four.

    Raises:
        RubatoError: it is no SoundFont.
    """

    def __init__(self, font: bytes, rate: int, *, voices: int = 192) -> None:
        try:
            self._font = tsf.SoundFont(font)
        except RuntimeError as error:
            log.exception("the SoundFont is not read")
            raise RubatoError(
                "The SoundFont cannot be read",
                kept="Everything but sound works",
                todo="Install the package timgm6mb-soundfont, or name another .sf2 file in RUBATO_SOUNDFONT",
                code="bad_soundfont",
            ) from error
        self.rate = rate
        self._program = 0
        # Frames of silence in a row since it was last sent anything; after a second of them it sleeps.
        self._still = 0
        self._asleep = False
        self._pedals = [Pedals() for _ in range(CHANNELS)]
        self._font.set_output(tsf.OutputMode.StereoInterleaved, rate, 0.0)
        # Makes room for all voices now, so that no note-on has to ask for memory on the audio thread.
        self._font.set_max_voices(voices)
        self.reset()

    def send(self, data: bytes) -> None:
        """Carry out one complete channel message; others, and damaged ones, are let pass.

        Args:
            data: Status byte first. Notes, controllers (pedals, volume, pan, bank, RPN …), programs and pitch
                bend sound; pressure has no effect in this synthesiser.
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
            out: Bytes of interleaved float32 samples, `FRAME_BYTES` a frame, as many frames as fit.
            mix: True adds to what is in `out`, False overwrites it.
        """
        if self._asleep:
            if not mix:
                out[:] = bytes(len(out))
            return
        before = bytes(out) if mix else bytes(len(out))
        self._font.render(out, mix)
        self._still = self._still + len(out) // FRAME_BYTES if bytes(out) == before else 0
        self._asleep = self._still > self.rate

    def release(self) -> None:
        """Release every key and pedal; sounds die away as the instrument lets them."""
        self._wake()
        self._pedals = [Pedals() for _ in range(CHANNELS)]
        for channel in range(CHANNELS):
            self._font.channel_midi_control(channel, ALL_NOTES_OFF, 0)

    def stop(self) -> None:
        """Stop every sound at once; programs and controllers stay as they are."""
        for channel in range(CHANNELS):
            self._font.channel_midi_control(channel, ALL_SOUND_OFF, 0)

    def reset(self) -> None:
        """Stop every sound at once and put all channels back to their beginning."""
        self._pedals = [Pedals() for _ in range(CHANNELS)]
        self._font.reset()
        for channel in range(CHANNELS):
            self._select(channel, self._program)

    def set_program(self, program: int) -> None:
        """Give every channel but the drums `program`, 0-127, now and after each `reset`."""
        self._program = program
        for channel in range(CHANNELS):
            self._select(channel, program)

    def set_gain(self, gain: float) -> None:
        """Set the loudness of the whole, a factor of amplitude."""
        self._font.set_volume(gain)

    def _wake(self) -> None:
        self._still = 0
        self._asleep = False

    def _strike(self, channel: int, note: int, velocity: int) -> None:
        pedals = self._pedals[channel]
        for _ in range(pedals.strike(note)):
            self._font.channel_note_off(channel, note)
        self._font.channel_note_on(channel, note, velocity / 127 * (SOFTER if pedals.soft else 1.0))

    def _control(self, channel: int, number: int, value: int) -> None:
        # The library knows volume, pan, bank, RPN and the like, but no pedals.
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
            # The bank has no such program: as most instruments do, play that of the first bank.
            self._font.channel_set_bank(channel, 0)
            self._font.channel_set_preset_number(channel, min(program, 127), channel == DRUMS)


class Silence:
    """The instrument of a machine that has none: takes everything, sounds nothing."""

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
