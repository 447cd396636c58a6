"""The registry and one module a subject: what words do."""

from rubato_desktop.commands import (
    asking,
    dictionary,
    general,
    hearing,
    iterations,
    keyboard,
    learning,
    media,
    moving,
    naming,
    pictures,
    playing,
    reading,
    recording,
    remarks,
    speaking,
    visiting,
    windows,
)
from rubato_desktop.commands import open as opening
from rubato_desktop.commands import placeholders as later
from rubato_desktop.commands.registry import REGISTRY

__all__ = [
    "REGISTRY",
    "asking",
    "dictionary",
    "general",
    "hearing",
    "iterations",
    "keyboard",
    "later",
    "learning",
    "media",
    "moving",
    "naming",
    "opening",
    "pictures",
    "playing",
    "reading",
    "recording",
    "remarks",
    "speaking",
    "visiting",
    "windows",
]
