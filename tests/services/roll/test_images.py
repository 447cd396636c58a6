"""Pictures of every format are recognised; other files and damaged pictures are refused."""

from __future__ import annotations

import base64
import random
import struct
import zlib
from pathlib import Path

import pytest
from picture_files import write_picture

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.roll.images import MOST_BYTES, Image, image_of, read_image

# 1 x 1 px, as other programs write them; Qt writes no GIF.
GIF = base64.b64decode("R0lGODlhAQABAIAAAP///wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==")


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


@pytest.mark.parametrize("ending", [".png", ".jpg", ".bmp", ".webp"])
def test_format_and_size_of_a_picture(ending: str, tmp_path: Path) -> None:
    path = write_picture(tmp_path / f"a{ending}")
    image, data = read_image(path)
    assert image == Image(ending, 40, 30) and data == path.read_bytes()


def test_the_format_depends_on_the_bytes_not_the_name(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.png").rename(tmp_path / "a.jpg")
    assert read_image(path)[0].extension == ".png"
    assert image_of(GIF) == Image(".gif", 1, 1)


@pytest.mark.parametrize("ending", [".png", ".jpg", ".bmp", ".webp"])
def test_half_a_picture_is_refused(ending: str, tmp_path: Path) -> None:
    path = write_picture(tmp_path / f"a{ending}", 200, 200)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(RubatoError, match="is not a picture, or is damaged"):
        read_image(path)


@pytest.mark.parametrize(
    "data", [b"", b"MThd", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"BM", b"RIFF", b"text"]
)
def test_a_file_that_is_not_a_picture_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(data)
    with pytest.raises(RubatoError, match=r"a\.png is not a picture"):
        read_image(path)


def test_a_missing_file_a_folder_and_an_invalid_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RubatoError, match="does not exist"):
        read_image(tmp_path / "none.png")
    with pytest.raises(RubatoError, match="is a folder"):
        read_image(tmp_path)
    with pytest.raises(RubatoError, match="does not exist"):
        read_image(tmp_path / "a\0.png")


def test_too_many_bytes_or_pixels_are_refused(tmp_path: Path) -> None:
    heavy = write_picture(tmp_path / "heavy.png")
    with heavy.open("ab") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(RubatoError, match="too large: a picture can have at most 20 MB"):
        read_image(heavy)
    bomb = tmp_path / "bomb.png"
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    bomb.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )
    with pytest.raises(RubatoError, match="too large: 60000 x 60000 pixels"):
        read_image(bomb)


def test_random_damage_never_raises(tmp_path: Path) -> None:
    chance = random.Random(1)
    whole = [
        write_picture(tmp_path / f"a{ending}").read_bytes() for ending in (".png", ".jpg", ".bmp", ".webp")
    ]
    for data in [*whole, GIF]:
        for _ in range(300):
            broken = bytearray(data)
            for _ in range(chance.randint(1, 6)):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            image_of(bytes(broken[: chance.randint(0, len(broken))]))
