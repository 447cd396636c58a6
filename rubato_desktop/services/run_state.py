"""The mutable state of a run of the program; each field has one writer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from rubato_desktop.errors import RubatoError
from rubato_desktop.language.dictionary import Word

SCREEN: Final = "screen"  # device name of the on-screen keys


@dataclass(slots=True)
class RunState:
    """The mutable state of a run. Only the module named as `writer` assigns a field, as a test checks.

    Attributes:
        secret: Whether a password field has the focus, so that nothing played is written down.
        hearing_problem: Why the last attempt to listen failed; None if it did not.
        panels: Title of each panel of the window by name; empty without a window.
        announced: Whether a screen reader speaks the window's announcements.
        last_device: The device that played the last command key.
        new_word: The word that was added last, whose meaning may still follow.
        spoken_meaning: The meaning spoken while the keys of a new word are awaited.
        learnt: Path or address of the text that was learnt last.
    """

    secret: bool = field(default=False, metadata={"writer": "integrations.browser"})
    hearing_problem: RubatoError | None = field(default=None, metadata={"writer": "integrations.hearing"})
    panels: Mapping[str, str] = field(default_factory=dict, metadata={"writer": "ui.window"})
    announced: bool = field(default=False, metadata={"writer": "ui.window"})
    last_device: str = field(default=SCREEN, metadata={"writer": "engine"})
    new_word: Word | None = field(default=None, metadata={"writer": "commands.dictionary"})
    spoken_meaning: str = field(default="", metadata={"writer": "integrations.hearing"})
    learnt: str = field(default="", metadata={"writer": "commands.learning"})
