"""Trims the silence before the attacks of a SoundFont's samples, so that a key sounds as soon as it is struck.

Some samples of common SoundFonts begin with up to 7 ms of silence, which is more than the rest of the latency from
key to ear. Format: SoundFont 2.04, RIFF; `smpl` holds 16-bit samples, `shdr` one 46-byte record per sample, with its
start, end and loop as indices into `smpl` (§6.1, §7.10).
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterator
from typing import Any, Final

QUIET: Final = 12  # of 32,768: 69 dB below full scale
_MAX_TRIM_S: Final = 0.02
_RECORD: Final = struct.Struct("<20s5IBbHH")
_COMPRESSED: Final = 0x10  # flag in the type of a sample, added by SoundFont 3


def trim_attack(font: bytes) -> bytes:
    """Return a SoundFont whose samples begin with their sound; data that is not a SoundFont is returned unchanged.

    The two samples of a stereo pair are trimmed by the same amount, so that they stay in phase.
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
    offsets = range(begin, end - _RECORD.size + 1, _RECORD.size)
    records = [_RECORD.unpack_from(font, offset) for offset in offsets]
    silence = [_silence(sound, record) for record in records]
    trimmed = bytearray(font)
    for offset, record, own in zip(offsets, records, silence, strict=True):
        link, kind = record[8], record[9]
        trim = min(own, silence[link]) if kind != 1 and link < len(records) else own
        struct.pack_into("<I", trimmed, offset + 20, record[1] + trim)
    return bytes(trimmed)


def _silence(sound: array[int], record: tuple[Any, ...]) -> int:
    """Return the number of quiet samples at the start, up to the loop, the end or 20 ms."""
    start, end, loop, rate, kind = (int(record[field]) for field in (1, 2, 3, 5, 9))
    if kind & _COMPRESSED:
        return 0
    until = min(end, loop if loop > start else end, start + int(rate * _MAX_TRIM_S), len(sound))
    for at in range(start, until):
        if not -QUIET <= sound[at] <= QUIET:
            # Keep one quiet sample, so that the sound starts from zero.
            return max(0, at - start - 1)
    return 0


def _chunks(font: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the name, start and end of each chunk inside the lists of a RIFF file."""
    at = 12
    while at + 8 <= len(font):
        name, size = font[at : at + 4], int.from_bytes(font[at + 4 : at + 8], "little")
        if name == b"LIST":
            # The size of a list includes its chunks: step over its header only.
            at += 12
            continue
        yield name, at + 8, min(at + 8 + size, len(font))
        at += 8 + size + size % 2
