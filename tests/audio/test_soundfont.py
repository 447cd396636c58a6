"""Finding, reading and trimming the SoundFont."""

import struct
from pathlib import Path

import numpy as np
import pytest

from rubato_desktop.audio.soundfont import find_soundfont, load_soundfont
from rubato_desktop.audio.soundfont_trim import trim_attack
from rubato_desktop.audio.synth import Synth
from rubato_desktop.errors import RubatoError

RECORD = struct.Struct("<20s5IBbHH")
SILENCE = [0] * 100
SOUND = [1000, -1000] * 200
MONO, RIGHT, LEFT = 1, 2, 4


def font(*samples: tuple[list[int], int, int], tail: bytes = b"") -> bytes:
    """Return the parts of a SoundFont that locate its samples, given as (sound, type, linked sample)."""
    sounds, records, at = b"", b"", 0
    for sound, kind, link in samples:
        sounds += struct.pack(f"<{len(sound)}h", *sound)
        end = at + len(sound)
        records += RECORD.pack(b"a sample", at, end, end - 20, end - 10, 44100, 60, 0, link, kind)
        at = end
    chunks = [
        chunk(b"LIST", b"sdta" + chunk(b"smpl", sounds)),
        chunk(b"LIST", b"pdta" + chunk(b"shdr", records)),
    ]
    return chunk(b"RIFF", b"sfbk" + b"".join(chunks) + tail)


def chunk(name: bytes, data: bytes) -> bytes:
    return name + len(data).to_bytes(4, "little") + data


def starts(data: bytes, count: int) -> list[int]:
    at = data.index(b"a sample")
    return [RECORD.unpack_from(data, at + i * RECORD.size)[1] for i in range(count)]


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        ([(SILENCE + SOUND, MONO, 0)], [99]),
        ([(SOUND, MONO, 0)], [0]),
        ([(SOUND, MONO, 0), (SILENCE + SOUND, MONO, 0)], [0, 400 + 99]),
        # The two samples of a stereo pair stay in phase.
        ([(SILENCE + SOUND, LEFT, 1), (SILENCE[:50] + SOUND, RIGHT, 0)], [49, 500 + 49]),
        # A silent sample has no attack to trim to.
        ([(SILENCE * 9, MONO, 0)], [0]),
        # A link to a sample that does not exist.
        ([(SILENCE + SOUND, LEFT, 77)], [99]),
        # Compressed, as in SoundFont 3.
        ([(SILENCE + SOUND, MONO | 0x10, 0)], [0]),
    ],
    ids=["late", "at once", "second late", "stereo", "silent", "broken link", "compressed"],
)
def test_samples_begin_with_their_sound(samples: list, expected: list[int]) -> None:
    assert starts(trim_attack(font(*samples)), len(samples)) == expected


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"RIFF",
        b"not a SoundFont",
        font((SILENCE + SOUND, MONO, 0))[:40],
        chunk(b"RIFF", b"WAVEfmt "),
    ],
)
def test_other_data_is_returned_unchanged(data: bytes) -> None:
    assert trim_attack(data) == data


def test_every_piano_key_sounds_within_two_milliseconds() -> None:
    synth = Synth(load_soundfont(), 48000)
    for note in range(36, 97):
        synth.reset()
        synth.render(memoryview(bytearray(48000 * 8)), False)
        synth.send(bytes((0x90, note, 90)))
        out = np.zeros(9600, np.float32)
        synth.render(out.data.cast("B"), False)
        assert np.argmax(np.abs(out[::2]) > 0.0005) / 48 < 2, f"note {note}"


def test_a_missing_soundfont_is_reported(tmp_path: Path) -> None:
    with pytest.raises(RubatoError, match="No General MIDI SoundFont") as caught:
        find_soundfont(["", str(tmp_path / "nothing.sf2")])
    assert "timgm6mb-soundfont" in caught.value.todo


def test_the_soundfont_of_the_user_has_priority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own.sf2"
    own.write_bytes(b"anything")
    monkeypatch.setenv("RUBATO_SOUNDFONT", str(own))
    assert find_soundfont() == own


def test_a_damaged_soundfont_is_reported(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.sf2"
    damaged.write_bytes(load_soundfont()[:5000])
    with pytest.raises(RubatoError, match="SoundFont cannot be read"):
        Synth(load_soundfont(damaged), 48000)
