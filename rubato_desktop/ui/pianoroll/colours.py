"""Colours of the pianoroll, and the shade numbers that notes store instead of colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor, QPalette

from rubato_desktop.ui.style import palette
from rubato_desktop.ui.style.palette import DARK, LIGHT, Palette

Array = npt.NDArray[Any]

VELOCITIES = 8
COVERS = 16

# Muted, equally light and different in hue, so that the brighter words stand out.
_TRACKS_DARK = ("#5b78c2", "#7d70bd", "#4f8fb0", "#97709f", "#5f9488", "#8d8a5d", "#a5786a", "#6f86a0")
_TRACKS_LIGHT = ("#6a86cf", "#8f82cc", "#5a9cbd", "#a982b1", "#6ba396", "#a09b62", "#b88a7b", "#8096b0")
TRACKS = len(_TRACKS_DARK)
WORDS_FROM = 1 + TRACKS * VELOCITIES  # shades from here on belong to words and rejected runs


@dataclass(frozen=True, slots=True)
class RollColours:
    """The palette of the pianoroll; all colours are opaque."""

    background: QColor
    row: QColor  # a white key's row
    row_dark: QColor  # a black key's row
    outside: QColor  # mixed into the rows outside the 25 keys
    grid: QColor
    edge: QColor  # edges of the command range, separators
    text: QColor
    quiet: QColor  # secondary text, still readable
    zero: QColor
    playhead: QColor
    focus: QColor
    unknown: QColor
    lapsed: QColor
    erased: QColor
    word: QColor  # words of a language without a colour of its own
    tracks: tuple[QColor, ...]

    @classmethod
    def from_palette(cls, window: Palette) -> RollColours:
        """Derive the colours from the palette of the window."""
        ground = QColor(window.ground)
        black = QColor("#000000") if window.dark else QColor(window.line)
        return cls(
            background=ground,
            row=mix(ground, QColor(window.raised), 0.45 if window.dark else 1.0),
            row_dark=mix(ground, black, 0.12 if window.dark else 0.32),
            outside=mix(ground, black, 0.4 if window.dark else 0.6),
            grid=mix(ground, QColor(window.line), 0.75),
            edge=mix(QColor(window.line), QColor(window.muted), 0.15),
            text=QColor(window.text),
            quiet=QColor(window.muted),
            zero=QColor("#f2c14e" if window.dark else "#9a6a00"),
            playhead=QColor(window.text),
            focus=QColor(window.accent),
            unknown=QColor(window.bad),
            lapsed=QColor(window.warn),
            erased=mix(QColor(window.muted), ground, 0.2),
            word=QColor(window.muted),
            tracks=tuple(QColor(name) for name in (_TRACKS_DARK if window.dark else _TRACKS_LIGHT)),
        )

    @classmethod
    def dark(cls) -> RollColours:
        return cls.from_palette(DARK)

    @classmethod
    def light(cls) -> RollColours:
        return cls.from_palette(LIGHT)

    @classmethod
    def from_qt_palette(cls, palette: QPalette) -> RollColours:
        """Return the dark or the light colours, depending on the lightness of the window background."""
        return cls.dark() if palette.color(QPalette.ColorRole.Window).lightnessF() < 0.5 else cls.light()

    def missed(self, reason: str) -> QColor:
        """Return the colour of a rejected run by its reason: ``unknown``, ``lapsed`` or ``erased``."""
        return {"lapsed": self.lapsed, "erased": self.erased}.get(reason, self.unknown)


def mix(one: QColor, other: QColor, share: float) -> QColor:
    """Blend two colours; `share` (0-1) is the weight of `other`."""
    return QColor(palette.mix(one.name(), other.name(), share))


def readable(colour: QColor, ground: QColor) -> QColor:
    """Return `colour`, lightened or darkened just enough for text to be readable on `ground`."""
    return QColor(palette.readable(colour.name(), ground.name()))


def _rgb(colour: QColor) -> tuple[float, float, float]:
    return colour.redF(), colour.greenF(), colour.blueF()


class Shades:
    """Shade numbers of notes. A shade is a colour class and one of 8 loudness steps.

    When notes share a pixel, the higher class is shown. In ascending order: tracks, rejected runs, words by language.
    Shade 0 means no note.
    """

    def __init__(self) -> None:
        self._classes: dict[tuple[str, object], int] = {}
        for track in range(TRACKS):
            self._number("track", track)
        for reason in ("erased", "lapsed", "unknown"):
            self._number("missed", reason)

    def __len__(self) -> int:
        return len(self._classes)

    def _number(self, kind: str, name: object) -> int:
        return self._classes.setdefault((kind, name), len(self._classes))

    def track(self, track: Array | int, velocity: Array | int) -> Any:
        """Return the shades of notes of a track (colours repeat) at MIDI velocity 1-127."""
        return 1 + (track % TRACKS) * VELOCITIES + velocity // (128 // VELOCITIES)

    def language(self, name: str) -> int:
        """Return the class of the words of a language."""
        return self._number("language", name)

    def missed(self, reason: str) -> int:
        """Return the class of runs rejected for this reason."""
        return self._number("missed", reason)

    def in_class(self, shade: Array, number: Array | int) -> Array:
        """Return the shades of the same loudness in class `number`."""
        return (1 + number * VELOCITIES + (shade.astype(np.int64) - 1) % VELOCITIES).astype(np.uint16)

    def table(
        self, colours: RollColours, languages: Mapping[str, QColor], grounds: tuple[QColor, ...]
    ) -> Array:
        """Precompute the pixel colour of each shade at each coverage on each background.

        Args:
            colours: Palette of the roll.
            languages: Colours by language name.
            grounds: Background colours of the rows.

        Returns:
            0xffRRGGBB by shade, coverage step (0-15) and background, shape (shades, 16, backgrounds), uint32.
        """
        class_colours = np.array([_rgb(self._colour_of(key, colours, languages)) for key in self._classes])
        words = np.array([kind != "track" for kind, _ in self._classes])
        ground = np.array([_rgb(colour) for colour in grounds])
        loud = np.linspace(0, 1, VELOCITIES)
        # Soft notes fade into the background, soft words hardly: they have to stay readable.
        strength = np.where(words[:, None], 0.86 + 0.14 * loud, 0.55 + 0.45 * loud)
        amount = strength.ravel()[:, None, None, None] * np.linspace(0, 1, COVERS)[None, :, None, None]
        colour = np.repeat(class_colours, VELOCITIES, axis=0)[:, None, None, :]
        rgb = np.round(255 * (ground * (1 - amount) + colour * amount)).astype(np.uint32)
        packed = 0xFF000000 | rgb[..., 0] << 16 | rgb[..., 1] << 8 | rgb[..., 2]
        nothing = np.zeros((1, *packed.shape[1:]), np.uint32)
        return np.concatenate([nothing, packed]).astype(np.uint32)

    @staticmethod
    def _colour_of(key: tuple[str, object], colours: RollColours, languages: Mapping[str, QColor]) -> QColor:
        kind, name = key
        if kind == "track":
            return colours.tracks[int(str(name))]
        if kind == "missed":
            return colours.missed(str(name))
        return languages.get(str(name), colours.word)
