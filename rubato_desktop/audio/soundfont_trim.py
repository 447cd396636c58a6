"""Takes the silence before the attack out of a SoundFont, so that a key sounds when it is struck.

Samples of common SoundFonts begin with up to 7 ms of nothing, some of them and not their neighbours, which
is more than all the rest of the way from key to ear. Format: SoundFont 2.04, RIFF; `smpl` holds 16-bit
samples, `shdr` a 46-byte record a sample with its start, end and loop as indices into them (§6.1, §7.10).
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterator
from typing import Any, Final

QUIET: Final = 12  # of 32,768: 69 dB below the loudest there is
_LONGEST_S: Final = 0.02
_RECORD: Final = struct.Struct("<20s5IBbHH")
_COMPRESSED: Final = 0x10  # the flag SoundFont 3 adds to the type of a sample


def trim_attack(font: bytes) -> bytes:
    """Return a SoundFont whose samples begin where their sound does; anything else comes back as it is.

    Samples that are the two sides of one sound are moved together, so that they stay in phase.
    """
    chunks = {name: (begin, end) for name, begin, end in _chunks(font)}
    if font[8:12] != b"sfbk" or not {b"smpl", b"shdr"} <= chunks.keys():
        return font
    sound = array("h")
    begin, end = chunks[b"smpl"]
    sound.frombytes(font[begin : end - (end - begin) % 2])
    if sys.byteorder == "big":
        sound.byteswap()
    begin, end = chunks[b"shdr"]
    places = range(begin, end - _RECORD.size + 1, _RECORD.size)
    records = [_RECORD.unpack_from(font, place) for place in places]
    silence = [_silence(sound, record) for record in records]
    trimmed = bytearray(font)
    for place, record, own in zip(places, records, silence, strict=True):
        link, kind = record[8], record[9]
        both = min(own, silence[link]) if kind != 1 and link < len(records) else own
        struct.pack_into("<I", trimmed, place + 20, record[1] + both)
    return bytes(trimmed)


def _silence(sound: array[int], record: tuple[Any, ...]) -> int:
    """Return how many samples are quiet at the start: not past the loop, nor the end, nor 20 ms."""
    start, end, loop, rate, kind = (int(record[place]) for place in (1, 2, 3, 5, 9))
    if kind & _COMPRESSED:
        return 0
    until = min(end, loop if loop > start else end, start + int(rate * _LONGEST_S), len(sound))
    for at in range(start, until):
        if not -QUIET <= sound[at] <= QUIET:
            # One quiet sample is left, so that the sound still begins from rest.
            return max(0, at - start - 1)
    return 0


def _chunks(font: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, begin and end of the chunks inside the lists of a RIFF file."""
    at = 12
    while at + 8 <= len(font):
        name, size = font[at : at + 4], int.from_bytes(font[at + 4 : at + 8], "little")
        if name == b"LIST":
            # Its size spans the chunks that follow its own name.
            at += 12
            continue
        yield name, at + 8, min(at + 8 + size, len(font))
        at += 8 + size + size % 2
