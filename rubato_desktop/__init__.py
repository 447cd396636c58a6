"""Rubato Desktop: a desktop application that is played."""

__version__ = "0.1.0"
