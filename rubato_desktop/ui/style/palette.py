"""The colours of the window, dark and light, and the arithmetic that keeps every text readable.

Contrast is that of WCAG 2.2 (relative luminance of sRGB, success criterion 1.4.3: at least 4.5:1 for text).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

READABLE = 4.5


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour the window uses, ``#rrggbb``.

    Attributes:
        dark: True for light text on dark ground.
        ground: Behind the pianoroll.
        panel: Header, side panels, the strip above the keys.
        raised: Chips, fields and rows on a panel.
        line: Thin lines between things.
        text: Ordinary text.
        muted: Text of second rank; still readable.
        accent: What is current, and focus.
        good: Done and connected.
        warn: Not understood, something to look at.
        bad: Failed, and recording.
        bed: Behind the keys.
        white: A white key that means something now; `white_idle` one that means nothing.
        black: A black key that means something now; `black_idle` one that means nothing.
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
    """Red, green and blue of ``#rrggbb``, 0-255 each."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@lru_cache(maxsize=1024)
def mix(colour: str, other: str, share: float) -> str:
    """`colour` with `share` (0-1) of `other` in it."""
    blended = (round(a + (b - a) * share) for a, b in zip(parts(colour), parts(other), strict=True))
    return "#{:02x}{:02x}{:02x}".format(*blended)


def luminance(colour: str) -> float:
    """Relative luminance 0-1 (WCAG 2.2)."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (p / 255 for p in parts(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(colour: str, other: str) -> float:
    """Contrast ratio 1-21 of two colours (WCAG 2.2)."""
    high, low = sorted((luminance(colour), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@lru_cache(maxsize=1024)
def readable(colour: str, ground: str, ratio: float = READABLE) -> str:
    """`colour`, moved towards black or white only as far as text of it on `ground` needs to reach `ratio`."""
    towards = "#000000" if contrast("#000000", ground) > contrast("#ffffff", ground) else "#ffffff"
    for step in range(21):
        shade = mix(colour, towards, step / 20)
        if contrast(shade, ground) >= ratio:
            return shade
    return towards


@lru_cache(maxsize=1024)
def ink(ground: str) -> str:
    """Near-black or near-white, whichever reads better on `ground`."""
    return max("#0c0f16", "#f7f9ff", key=lambda colour: contrast(colour, ground))
