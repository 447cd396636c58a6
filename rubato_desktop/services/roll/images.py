"""Picture files: format, size and completeness, read from their bytes.

Formats: PNG (ISO/IEC 15948), JPEG (ITU-T T.81), GIF (GIF89a), WebP (RFC 9649), BMP (BITMAPFILEHEADER).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rubato_desktop.errors import RubatoError, reason

MOST_BYTES = 20_000_000
MOST_PIXELS = 50_000_000
EXTENSIONS = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp")

_NO_SIZE = frozenset((0xC4, 0xC8, 0xCC))  # tables and extensions among the start-of-frame markers


class Image(NamedTuple):
    """Format of a picture.

    Attributes:
        extension: The file extension for its format, with the dot.
        width: Width in pixels.
        height: Height in pixels.
    """

    extension: str
    width: int
    height: int


def read_image(path: Path) -> tuple[Image, bytes]:
    """Read a picture file.

    Args:
        path: The file.

    Returns:
        Its format and its bytes.

    Raises:
        RubatoError: it is missing, unreadable, too large, damaged or not a picture.
    """
    try:
        if not path.is_file():
            problem = "is a folder" if path.is_dir() else "does not exist"
            raise RubatoError(f"{path} {problem}", todo="Choose a picture file", code="no_picture")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise RubatoError(f"{path} cannot be read: {reason(error)}", code="no_picture") from None
    if len(data) > MOST_BYTES:
        raise RubatoError(
            f"{path.name} is too large: a picture can have at most {MOST_BYTES // 1_000_000} MB",
            todo="Make it smaller first",
            code="large_picture",
        )
    image = image_of(data)
    if image is None:
        raise RubatoError(
            f"{path.name} is not a picture, or is damaged",
            todo="Choose a PNG, JPEG, GIF, WebP or BMP file that other programs can show",
            code="no_picture",
        )
    if image.width * image.height > MOST_PIXELS:
        raise RubatoError(
            f"{path.name} is too large: {image.width} x {image.height} pixels",
            todo=f"Make it smaller first; it can have at most {MOST_PIXELS // 1_000_000} million pixels",
            code="large_picture",
        )
    return image, data


def image_of(data: bytes) -> Image | None:
    """Return the format of a picture's bytes; None if they are not a complete picture."""
    for signature, read in _FORMATS:
        if data.startswith(signature):
            try:
                image = read(data)
            except (struct.error, IndexError):
                return None
            return image if image and image.width > 0 and image.height > 0 else None
    return None


def _png(data: bytes) -> Image | None:
    at, size, pixels = 8, (0, 0), False
    while True:
        length, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 4 : at + 8 + length]
        (check,) = struct.unpack_from(">I", data, at + 8 + length)
        if zlib.crc32(body) != check:
            return None
        if kind == b"IHDR":
            size = struct.unpack_from(">II", data, at + 8)
        pixels = pixels or kind == b"IDAT"
        if kind == b"IEND":
            return Image(".png", *size) if pixels else None
        at += 12 + length


def _jpeg(data: bytes) -> Image | None:
    at = 2
    if b"\xff\xd9" not in data[-1024:]:  # some cameras append a few bytes after the end marker
        return None
    while True:
        while data[at] == 0xFF and data[at + 1] == 0xFF:
            at += 1
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in _NO_SIZE:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return Image(".jpg", width, height)
        if marker == 0xDA:  # pixel data begins without a size before it
            return None
        (length,) = struct.unpack_from(">H", data, at + 2)
        at += 2 + max(length, 2)


def _gif(data: bytes) -> Image | None:
    width, height = struct.unpack_from("<HH", data, 6)
    return Image(".gif", width, height) if data.rstrip(b"\0").endswith(b";") else None


def _bmp(data: bytes) -> Image | None:
    (length,) = struct.unpack_from("<I", data, 2)
    width, height = struct.unpack_from("<ii", data, 18)
    return Image(".bmp", width, abs(height)) if len(data) >= length > 26 else None


def _webp(data: bytes) -> Image | None:
    (length,) = struct.unpack_from("<I", data, 4)
    kind = data[12:16]
    if data[8:12] != b"WEBP" or len(data) < length + 8:
        return None
    if kind == b"VP8X":
        return Image(
            ".webp", 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
        )
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return Image(".webp", 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return Image(".webp", width & 0x3FFF, height & 0x3FFF)
    return None


_FORMATS: tuple[tuple[bytes, Callable[[bytes], Image | None]], ...] = (
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"\xff\xd8\xff", _jpeg),
    (b"GIF87a", _gif),
    (b"GIF89a", _gif),
    (b"RIFF", _webp),
    (b"BM", _bmp),
)
