"""What a command may use: the services, and the word that asked for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from rubato_desktop.clock import Clock
from rubato_desktop.commands.background import Pending
from rubato_desktop.events import Bus
from rubato_desktop.language.results import RecognisedWord
from rubato_desktop.services.dialogue.confirmation import Confirmation
from rubato_desktop.services.dialogue.find_history import FindHistory
from rubato_desktop.services.dialogue.last_media import LastMedia
from rubato_desktop.services.dialogue.numbered_list import NumberedLists
from rubato_desktop.services.dialogue.undo import Undo
from rubato_desktop.services.feedback.announcements import Announcements
from rubato_desktop.services.languages import LanguageLibrary
from rubato_desktop.services.run_state import RunState
from rubato_desktop.services.sessions.remarks import Remarks
from rubato_desktop.settings import SettingsFile

if TYPE_CHECKING:
    from rubato_desktop.audio.client import AudioClient
    from rubato_desktop.midi.devices.manager import DeviceManager
    from rubato_desktop.services.answers.service import AnswerService
    from rubato_desktop.services.browser import Browser, Reply
    from rubato_desktop.services.hearing.hearing import Hearing
    from rubato_desktop.services.knowledge.client import KnowledgeClient
    from rubato_desktop.services.page_sound import PageSound
    from rubato_desktop.services.roll.state import RollState
    from rubato_desktop.services.sessions.recorder import Recorder
    from rubato_desktop.services.voice.speech import Speech


class Control(Protocol):
    """What a command may ask of the engine itself."""

    def set(self, name: str, value: Any) -> None:
        """Change a setting."""

    def use_languages(self, active: list[str]) -> None:
        """Make languages active, the current one first."""

    def words_changed(self) -> None:
        """Take up the words of the active languages anew."""

    def piano(self, on: bool) -> None:
        """Let words be heard, or leave the keys to music."""

    def leave(self) -> bool:
        """Leave what is half played; returns whether there was anything."""

    def again(self) -> RecognisedWord | None:
        """The word before this one that did something, to do it again."""

    def run_word(self, word: RecognisedWord) -> None:
        """Carry a word out, after this command."""

    def end(self) -> None:
        """End the program, after this command."""


@dataclass(slots=True)
class Services:
    """The services there are. One object for the whole run; the window and commands share it."""

    clock: Clock
    bus: Bus
    settings: SettingsFile
    languages: LanguageLibrary
    numbered_lists: NumberedLists
    undo: Undo
    roll: RollState
    last_media: LastMedia
    recorder: Recorder
    sound: AudioClient
    confirmation: Confirmation
    find_history: FindHistory
    remarks: Remarks
    data: Path  # the data folder
    state: RunState = field(default_factory=RunState)
    devices: DeviceManager | None = None
    browser: Browser | None = None
    page_sound: PageSound | None = None
    announcements: Announcements | None = None  # says what is asked; None where nothing sounds
    speech: Speech | None = None  # from the first word that is said
    hearing: Hearing | None = None  # None where nobody listens
    knowledge: KnowledgeClient | None = None  # what has been learnt
    answers: AnswerService | None = None  # answers from it


@dataclass(slots=True)
class Context:
    """What one call of a command may use.

    Attributes:
        t: µs at which it was asked for: the end of its word.
        word: The word that asked; None for mouse and command line.
        services: Everything else.
        control: The engine.
    """

    t: int
    word: RecognisedWord | None
    services: Services
    control: Control

    def hush(self) -> None:
        """Stop what is said, at once."""
        if self.services.speech is not None:
            self.services.speech.be_quiet()

    def ask(self, name: str, /, *, deadline: float = 5.0, **args: Any) -> Pending[Reply]:
        """Ask the browser to do something; to be awaited.

        Args:
            name: A command of the extension's protocol.
            deadline: Seconds until it counts as too late.
            args: Its arguments.

        Raises:
            RubatoError: where it is awaited: it failed, was refused, or came too late.
        """
        assert self.services.browser is not None, "only commands that need the browser may ask it"
        return Pending(self.services.browser.ask(name, deadline=deadline, **args))
