"""The colours of the window, dark and light, and the arithmetic that keeps text readable.

Contrast is that of WCAG 2.2 (relative luminance of sRGB, success criterion 1.4.3: at least 4.5:1 for text).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

READABLE = 4.5


@dataclass(frozen=True, slots=True)
class Palette:
    """All colours of the window, ``#rrggbb`` each.

    Attributes:
        dark: Whether text is light on a dark ground.
        ground: Background of the pianoroll.
        panel: Background of header, side panels and strip.
        raised: Chips, fields and cards.
        line: Thin separating lines.
        text: Ordinary text.
        muted: Secondary text.
        accent: Selection and focus.
        good: Success, connected.
        warn: Warnings, rejected runs.
        bad: Failure, recording.
        bed: Background of the keys.
        white: A white key that means something now.
        white_idle: A white key that means nothing now.
        black: A black key that means something now.
        black_idle: A black key that means nothing now.
        edge: Outline of the keys.
    """

    dark: bool
    ground: str
    panel: str
    raised: str
    line: str
    text: str
    muted: str
    accent: str
    good: str
    warn: str
    bad: str
    bed: str
    white: str
    white_idle: str
    black: str
    black_idle: str
    edge: str


DARK = Palette(
    dark=True,
    ground="#101219",
    panel="#161922",
    raised="#202431",
    line="#2a2f3e",
    text="#e9ecf5",
    muted="#9ca5ba",
    accent="#8aa4ff",
    good="#4fd1a0",
    warn="#ffb65c",
    bad="#ff7575",
    bed="#0b0d12",
    white="#eceff7",
    white_idle="#6a6f7d",
    black="#1c2030",
    black_idle="#181b24",
    edge="#05060a",
)

LIGHT = Palette(
    dark=False,
    ground="#fbfcfe",
    panel="#f3f5fa",
    raised="#ffffff",
    line="#d8dde8",
    text="#1a2030",
    muted="#566078",
    accent="#3a57c9",
    good="#0b7a55",
    warn="#8f5200",
    bad="#bf2b35",
    bed="#c9d0de",
    white="#ffffff",
    white_idle="#dde2ec",
    black="#2a3042",
    black_idle="#596176",
    edge="#a3acbf",
)


def parts(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue of ``#rrggbb``, 0-255 each."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@lru_cache(maxsize=1024)
def mix(colour: str, other: str, share: float) -> str:
    """Return a colour mixed with a share (0-1) of another."""
    blended = (round(a + (b - a) * share) for a, b in zip(parts(colour), parts(other), strict=True))
    return "#{:02x}{:02x}{:02x}".format(*blended)


def luminance(colour: str) -> float:
    """Return the relative luminance (0-1) of a colour (WCAG 2.2)."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (p / 255 for p in parts(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(colour: str, other: str) -> float:
    """Return the contrast ratio (1-21) of two colours (WCAG 2.2)."""
    high, low = sorted((luminance(colour), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@lru_cache(maxsize=1024)
def readable(colour: str, ground: str, ratio: float = READABLE) -> str:
    """Return a colour, moved towards black or white only as far as its contrast to the ground needs."""
    towards = "#000000" if contrast("#000000", ground) > contrast("#ffffff", ground) else "#ffffff"
    for step in range(21):
        shade = mix(colour, towards, step / 20)
        if contrast(shade, ground) >= ratio:
            return shade
    return towards


@lru_cache(maxsize=1024)
def ink(ground: str) -> str:
    """Return near-black or near-white, whichever is easier to read on a ground."""
    return max("#0c0f16", "#f7f9ff", key=lambda colour: contrast(colour, ground))
