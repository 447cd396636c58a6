"""The registry and one module a subject: what words do."""

from rubato_desktop.commands import dictionary, general, keyboard, later, playing, recording

__all__ = ["dictionary", "general", "keyboard", "later", "playing", "recording"]
