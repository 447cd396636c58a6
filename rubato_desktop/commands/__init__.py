"""The registry and one module a subject: what words do."""

from rubato_desktop.commands import (
    dictionary,
    general,
    iterations,
    keyboard,
    later,
    media,
    moving,
    naming,
    opening,
    pictures,
    playing,
    reading,
    recording,
    speaking,
    visiting,
    windows,
)
from rubato_desktop.commands.registry import REGISTRY

__all__ = [
    "REGISTRY",
    "dictionary",
    "general",
    "iterations",
    "keyboard",
    "later",
    "media",
    "moving",
    "naming",
    "opening",
    "pictures",
    "playing",
    "reading",
    "recording",
    "speaking",
    "visiting",
    "windows",
]
