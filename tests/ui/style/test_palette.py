"""Text is readable on its ground, in both palettes."""

from __future__ import annotations

import pytest

from rubato_desktop.ui.style.palette import DARK, LIGHT, READABLE, Palette, contrast, ink, mix, readable

PALETTES = pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
TEXTS = ("text", "muted", "good", "warn", "bad", "accent")
GROUNDS = ("ground", "panel", "raised")
LANGUAGES = (
    "#4fd1c5",
    "#b794f4",
    "#f6ad55",
    "#63b3ed",
    "#f687b3",
    "#9ae6b4",
    "#ffffff",
    "#000000",
    "#ffff00",
)


@PALETTES
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_readable_on_its_ground(palette: Palette, text: str, ground: str) -> None:
    assert contrast(getattr(palette, text), getattr(palette, ground)) >= READABLE


@PALETTES
@pytest.mark.parametrize("ground", [*GROUNDS, "white", "white_idle", "black", "black_idle"])
@pytest.mark.parametrize("colour", LANGUAGES)
def test_any_language_colour_is_made_readable_on_any_ground(
    palette: Palette, colour: str, ground: str
) -> None:
    under = getattr(palette, ground)
    assert contrast(readable(colour, under), under) >= READABLE


@pytest.mark.parametrize("colour", LANGUAGES)
def test_ink_is_readable_on_a_filled_chip(colour: str) -> None:
    assert contrast(ink(colour), colour) >= READABLE


def test_a_readable_colour_stays_unchanged() -> None:
    assert readable("#4fd1c5", "#101219") == "#4fd1c5"


def test_contrast_follows_the_standard() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_mixing_goes_from_one_colour_to_the_other() -> None:
    assert [mix("#000000", "#ffffff", share) for share in (0, 0.5, 1)] == ["#000000", "#808080", "#ffffff"]
