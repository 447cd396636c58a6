"""The colours of the pianoroll, and the numbers by which the notes know them."""

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

# Calm, of one lightness, and told apart by hue; words, which are brighter, stand before them.
_TRACKS_DARK = ("#5b78c2", "#7d70bd", "#4f8fb0", "#97709f", "#5f9488", "#8d8a5d", "#a5786a", "#6f86a0")
_TRACKS_LIGHT = ("#6a86cf", "#8f82cc", "#5a9cbd", "#a982b1", "#6ba396", "#a09b62", "#b88a7b", "#8096b0")
TRACKS = len(_TRACKS_DARK)
WORDS_FROM = 1 + TRACKS * VELOCITIES  # shades from here on are those of words


@dataclass(frozen=True, slots=True)
class RollColours:
    """What the pianoroll is painted with; every colour opaque."""

    background: QColor
    row: QColor  # a white key's row
    row_dark: QColor  # a black key's row
    beside: QColor  # mixed into the rows outside the 25 keys
    grid: QColor
    edge: QColor  # edges of the command range, lines between the parts
    text: QColor
    quiet: QColor  # text that may stand back; still readable
    zero: QColor
    playhead: QColor
    focus: QColor
    unknown: QColor
    lapsed: QColor
    erased: QColor
    word: QColor  # words of a language without a colour of its own
    tracks: tuple[QColor, ...]

    @classmethod
    def of(cls, window: Palette) -> RollColours:
        """Return the roll's colours for the window's."""
        ground = QColor(window.ground)
        black = QColor("#000000") if window.dark else QColor(window.line)
        return cls(
            background=ground,
            row=mix(ground, QColor(window.raised), 0.45 if window.dark else 1.0),
            row_dark=mix(ground, black, 0.12 if window.dark else 0.32),
            beside=mix(ground, black, 0.4 if window.dark else 0.6),
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
        return cls.of(DARK)

    @classmethod
    def light(cls) -> RollColours:
        return cls.of(LIGHT)

    @classmethod
    def like(cls, palette: QPalette) -> RollColours:
        """Return the dark or the light colours, whichever the palette's window is nearer to."""
        return cls.dark() if palette.color(QPalette.ColorRole.Window).lightnessF() < 0.5 else cls.light()

    def missed(self, reason: str) -> QColor:
        """Return the colour of a run that was not understood: ``unknown``, ``lapsed`` or ``erased``."""
        return {"lapsed": self.lapsed, "erased": self.erased}.get(reason, self.unknown)


def mix(one: QColor, other: QColor, share: float) -> QColor:
    """Return `one` with `share` (0-1) of `other` in it."""
    return QColor(palette.mix(one.name(), other.name(), share))


def readable(colour: QColor, ground: QColor) -> QColor:
    """Return `colour`, moved towards white or black only as far as text in it needs to be read on `ground`."""
    return QColor(palette.readable(colour.name(), ground.name()))


def _rgb(colour: QColor) -> tuple[float, float, float]:
    return colour.redF(), colour.greenF(), colour.blueF()


class Shades:
    """Numbers for the colours of notes: a class of notes and how loud they are, 8 steps.

    Classes in rising order of what is shown when notes fall together: tracks, runs not understood, words by language.
    Shade 0 is nothing.
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
        """Return shades of notes of a track (any number; colours repeat) played at velocity 1-127."""
        return 1 + (track % TRACKS) * VELOCITIES + velocity // (128 // VELOCITIES)

    def language(self, name: str) -> int:
        """Return the class of a language's words."""
        return self._number("language", name)

    def missed(self, reason: str) -> int:
        """Return the class of runs that were not understood."""
        return self._number("missed", reason)

    def in_class(self, shade: Array, number: Array | int) -> Array:
        """Return the shades of the same loudness in another class."""
        return (1 + number * VELOCITIES + (shade.astype(np.int64) - 1) % VELOCITIES).astype(np.uint16)

    def table(
        self, colours: RollColours, languages: Mapping[str, QColor], grounds: tuple[QColor, ...]
    ) -> Array:
        """Return what to put on the screen.

        Args:
            colours: The colours of the roll.
            languages: Language → colour.
            grounds: The colours notes lie on.

        Returns:
            0xffRRGGBB by shade, cover (0-15) and ground, shape (shades, 16, grounds), uint32.
        """
        faces = np.array([_rgb(self._face(key, colours, languages)) for key in self._classes])
        words = np.array([kind != "track" for kind, _ in self._classes])
        ground = np.array([_rgb(colour) for colour in grounds])
        loud = np.linspace(0, 1, VELOCITIES)
        # Music steps back with softness, words hardly: they are to be read.
        strength = np.where(words[:, None], 0.86 + 0.14 * loud, 0.55 + 0.45 * loud)
        amount = strength.ravel()[:, None, None, None] * np.linspace(0, 1, COVERS)[None, :, None, None]
        face = np.repeat(faces, VELOCITIES, axis=0)[:, None, None, :]
        rgb = np.round(255 * (ground * (1 - amount) + face * amount)).astype(np.uint32)
        packed = 0xFF000000 | rgb[..., 0] << 16 | rgb[..., 1] << 8 | rgb[..., 2]
        nothing = np.zeros((1, *packed.shape[1:]), np.uint32)
        return np.concatenate([nothing, packed]).astype(np.uint32)

    @staticmethod
    def _face(key: tuple[str, object], colours: RollColours, languages: Mapping[str, QColor]) -> QColor:
        kind, name = key
        if kind == "track":
            return colours.tracks[int(str(name))]
        if kind == "missed":
            return colours.missed(str(name))
        return languages.get(str(name), colours.word)
