"""Rubato Desktop: a desktop program that is played on a MIDI controller."""

__version__ = "0.1.0"
