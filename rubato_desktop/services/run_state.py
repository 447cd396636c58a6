"""What is so just now, in this run of the program, and is no service: each part has one writer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from rubato_desktop.errors import RubatoError
from rubato_desktop.language.dictionary import Word

SCREEN: Final = "screen"  # the on-screen keys, a device like any other


@dataclass(slots=True)
class RunState:
    """The mutable state of a run. Only the module named at `writer` assigns a field; a test sees to that.

    Attributes:
        secret: A password field has the focus: what is played then is not written down.
        hearing_problem: Why the last attempt to listen failed; None where it worked, or nobody tried yet.
        panels: The panels of the open window, name → title; empty while there is no window.
        announced: A screen reader says what the window announces.
        last_device: The device whose keys were words last.
        new_word: The word that was added last, which may still be told its meaning.
        spoken_meaning: What was said while the keys of a new word are awaited.
        learnt: Path or address of what was learnt last.
    """

    secret: bool = field(default=False, metadata={"writer": "integrations.browser"})
    hearing_problem: RubatoError | None = field(default=None, metadata={"writer": "integrations.hearing"})
    panels: Mapping[str, str] = field(default_factory=dict, metadata={"writer": "ui.window"})
    announced: bool = field(default=False, metadata={"writer": "ui.window"})
    last_device: str = field(default=SCREEN, metadata={"writer": "engine"})
    new_word: Word | None = field(default=None, metadata={"writer": "commands.dictionary"})
    spoken_meaning: str = field(default="", metadata={"writer": "integrations.hearing"})
    learnt: str = field(default="", metadata={"writer": "commands.learning"})
