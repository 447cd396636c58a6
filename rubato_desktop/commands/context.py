"""What a command can use: the services of the run, the engine, and the word that called it."""

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
    """What a command can ask of the engine."""

    def set(self, name: str, value: Any) -> None:
        """Change a setting."""

    def use_languages(self, active: list[str]) -> None:
        """Make languages active; the first is the current one."""

    def words_changed(self) -> None:
        """Reload the words of the active languages."""

    def piano(self, on: bool) -> None:
        """Recognise words on the keys, or leave the keys to music."""

    def leave(self) -> bool:
        """Abandon the half-played word; return whether there was one."""

    def again(self) -> RecognisedWord | None:
        """Return the last word before this one that can be repeated, or None."""

    def run_word(self, word: RecognisedWord) -> None:
        """Run the command of a word after this command."""

    def end(self) -> None:
        """Quit the program after this command."""


@dataclass(slots=True)
class Services:
    """The services of a run, shared by the window and the commands."""

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
    announcements: Announcements | None = None  # None without sound
    speech: Speech | None = None  # created for the first text that is spoken
    hearing: Hearing | None = None  # None without speech recognition
    knowledge: KnowledgeClient | None = None
    answers: AnswerService | None = None


@dataclass(slots=True)
class Context:
    """What one call of a command can use.

    Attributes:
        t: Time of the call in µs: the end of its word.
        word: The word that called it; None for a call by mouse or command line.
        services: The services of the run.
        control: The engine.
    """

    t: int
    word: RecognisedWord | None
    services: Services
    control: Control

    def hush(self) -> None:
        """Stop speaking at once."""
        if self.services.speech is not None:
            self.services.speech.be_quiet()

    def ask(self, name: str, /, *, deadline: float = 5.0, **args: Any) -> Pending[Reply]:
        """Send a request to the browser.

        Args:
            name: A command of the extension's protocol.
            deadline: Timeout in seconds.
            args: Its arguments.

        Returns:
            The reply, to be awaited. Awaiting raises a RubatoError when the request fails, is refused or times out.
        """
        assert self.services.browser is not None, "only commands that need the browser may ask it"
        return Pending(self.services.browser.ask(name, deadline=deadline, **args))
