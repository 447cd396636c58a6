"""One typed table of settings: name, type, default, help. The file, the dialog and the reference come from it."""

from __future__ import annotations

import os
import threading
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rubato_desktop.errors import RubatoError
from rubato_desktop.files import write_beside
from rubato_desktop.language.parameters import Timing

Seconds = Annotated[float, Field(gt=0, le=60)]
Share = Annotated[float, Field(ge=0, le=1)]
Role = Literal["command", "performance", "both"]


class DeviceSettings(BaseModel):
    """What is remembered of one MIDI device, by its name."""

    model_config = ConfigDict(extra="ignore")

    role: Role = Field("both", description="What its keys are: commands, music, or both.")
    base_note: int = Field(48, ge=0, le=127, description="MIDI note of its lowest command key.")
    used: bool = Field(True, description="Whether the program listens to it.")


class Settings(BaseModel):
    """Every setting of the program."""

    model_config = ConfigDict(extra="ignore", validate_assignment=True)

    # Timing of the language (keymap §3).
    naming_window: Seconds = Field(2.0, description="Seconds from a name's first key to its end.")
    pending_time: Seconds = Field(4.0, description="Seconds until something half-played lapses.")
    number_pause: Seconds = Field(1.2, description="Seconds after a number's last digit until it is taken.")
    entry_pause: Seconds = Field(2.0, description="Seconds of pause that end an open entry.")
    together_ms: float = Field(
        35.0, ge=1, le=200, description="Keys that begin within this many milliseconds are one chord."
    )
    longest_entry: int = Field(30, ge=3, le=200, description="The most keys in one entry.")

    # Languages.
    languages: list[str] = Field(
        ["core", "names"], description="The active languages, the current one first."
    )

    # Sound.
    sound: bool = Field(True, description="Whether the program sounds at all.")
    echo: bool = Field(True, description="Whether the keys you play are heard.")
    cues: bool = Field(True, description="Whether understood, unknown and the like are heard.")
    echo_volume: Share = Field(0.7, description="How loud your own keys are, 0 to 1.")
    cue_volume: Share = Field(0.5, description="How loud the cues are, 0 to 1.")
    playback_volume: Share = Field(0.8, description="How loud recordings are, 0 to 1.")
    playback_speed: float = Field(1.0, gt=0, le=4, description="How fast recordings play, 1 is as recorded.")
    skip_pauses: bool = Field(
        True, description="Whether the pauses of a recording are jumped over when it is played."
    )
    echo_instrument: int = Field(
        1, ge=1, le=128, description="General MIDI instrument of your own keys, from 1."
    )
    sound_output: str = Field("", description="Name of the sound device, empty for the system's own choice.")
    sound_block: int = Field(
        0,
        ge=0,
        le=4096,
        description="Frames in a block of sound; 0 lets the device choose; fewer answer sooner.",
    )

    # Speech.
    speech: bool = Field(True, description="Whether results are said aloud.")
    voice: str = Field("", description="Name of the voice, as `rubato voices` has it; empty for the first.")
    speech_rate: float = Field(1.0, ge=0.5, le=3, description="How fast it speaks, 1 is as one speaks.")
    screen_reader: Literal["yield", "speak"] = Field(
        "yield",
        description="While a screen reader says what the window announces, the own voice is silent, or speaks too.",
    )
    speech_volume: Share = Field(0.8, description="How loud it speaks, 0 to 1.")

    # Hearing.
    microphone: str = Field("", description="Name of the microphone, empty for the system's own choice.")
    listen_at_start: bool = Field(False, description="Whether it listens from the start on.")
    talk_pedal: int = Field(
        0,
        ge=0,
        le=119,
        description="MIDI controller of a pedal that makes it listen while it is down, such as 67; 0 for none.",
    )
    talk_key: str = Field(
        "F9",
        description="Key of the computer's keyboard that makes it listen while it is held; empty for none.",
    )
    hearing_model: str = Field(
        "", description="Name of the model that hears, as `rubato hear --models` has it; empty for the best."
    )
    hearing_language: str = Field(
        "en",
        pattern="^[a-z]{2,3}$",
        description="Language you speak, as two letters; English needs no other model.",
    )
    reduce_noise: bool = Field(
        False, description="Whether steady noise is taken out of what is heard; measured, it seldom helps."
    )
    keep_remark_sound: bool = Field(
        False, description="Whether the sound of a spoken remark is kept beside its text."
    )

    # The language model and its answers.
    ollama_host: str = Field(
        "", description="Address of the Ollama server; empty for this machine's own, 127.0.0.1:11434."
    )
    model: str = Field(
        "",
        description="The language model that answers, as `ollama list` has it; empty for the first of the server.",
    )
    temperature: float = Field(
        0.0, ge=0, le=2, description="How freely the model speaks: 0 says the likeliest, 1 plays."
    )
    answer_length: Literal["short", "normal", "long"] = Field(
        "normal", description="How long answers are: at most 60, 150 or 400 words."
    )
    user: str = Field("", description="Whose questions are kept; empty for the name you are logged in with.")
    keep_inquiries_days: int = Field(
        365, ge=0, description="Days that questions and answers are kept; 0 keeps them for ever."
    )
    keep_inquiries_mb: int = Field(
        0, ge=0, description="Megabytes that questions and answers may take; 0 sets no limit."
    )
    keep_inquiries_sample: float = Field(
        0.0,
        ge=0,
        le=1,
        description="Share of the old questions, drawn at random, that is kept all the same.",
    )

    # What is learnt.
    most_topics: int = Field(
        5, ge=1, le=50, description="The most topics that are asked beside everything that was learnt."
    )
    embedding_model: str = Field(
        "",
        description="The model that finds by meaning: empty for the packaged one, or one of the Ollama server; "
        "what is learnt keeps the model it was learnt with.",
    )
    chroma_url: str = Field(
        "", description="Address of a Chroma server to use; empty for the one in the program."
    )

    # The browser.
    search_engine: str = Field(
        "https://duckduckgo.com/?q=%s", description="Address of the web search; %s is what is searched for."
    )
    feedback: bool = Field(True, description="Whether the page is heard while you move in it.")

    # Keys.
    midi_system: Literal["auto", "alsa", "jack", "coremidi", "winmm"] = Field(
        "auto", description="The MIDI system to use; auto takes the first that works."
    )
    computer_keys: bool = Field(True, description="Whether the computer's keyboard plays the 25 keys.")

    # Looks.
    theme: Literal["system", "dark", "light"] = Field(
        "system", description="Dark, light, or as the system is."
    )
    folded: list[str] = Field(
        ["browser", "devices", "hearing", "answers"], description="Panels that are folded."
    )

    devices: dict[str, DeviceSettings] = Field({}, description="What is remembered of each MIDI device.")


def timing_of(settings: Settings, spelling: Mapping[tuple[int, int], str]) -> Timing:
    """Return the times of the language as set, in µs."""
    return Timing(
        naming=round(settings.naming_window * 1e6),
        pending=round(settings.pending_time * 1e6),
        number=round(settings.number_pause * 1e6),
        entry=round(settings.entry_pause * 1e6),
        together=round(settings.together_ms * 1e3),
        longest_entry=settings.longest_entry,
        spelling=spelling,
    )


def data_folder(chosen: str | Path | None = None) -> Path:
    """Return the folder of everything the program keeps: `chosen`, RUBATO_DATA, or the system's place for it."""
    import platformdirs

    where = chosen or os.environ.get("RUBATO_DATA")
    return Path(where).expanduser() if where else platformdirs.user_data_path("rubato", "rubato")


class SettingsFile:
    """`settings.toml` in the data folder; only what differs from the defaults is written.

    Args:
        path: The file; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.values = Settings()
        self._lock = threading.RLock()  # devices are remembered from a thread of their own

    def load(self) -> list[RubatoError]:
        """Read the file; whatever in it is wrong keeps its default and is reported, nothing else is lost."""
        try:
            raw = tomllib.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return []
        except (OSError, ValueError, RecursionError) as error:
            aside = self.path.with_suffix(".damaged.toml")
            kept = "The defaults are used"
            if not isinstance(error, OSError):
                self.path.replace(aside)
                kept += f"; your file is kept as {aside.name}"
            return [RubatoError(f"The settings could not be read: {error}", kept=kept)]
        problems = []
        for name, value in raw.items():
            if name not in Settings.model_fields:
                problems.append(
                    RubatoError(f"{self.path.name}: there is no setting {name!r}", kept="It is ignored")
                )
                continue
            try:
                setattr(self.values, name, value)
            except ValidationError as error:
                reason = error.errors()[0]["msg"]
                default = getattr(self.values, name)
                problems.append(
                    RubatoError(
                        f"{self.path.name}: {name}: {reason}", kept=f"Its default {default!r} is used"
                    )
                )
        return problems

    def set(self, name: str, value: Any) -> Any:
        """Set one setting and write the file.

        Args:
            name: A field of `Settings`.
            value: The new value.

        Returns:
            The value as it is kept.

        Raises:
            RubatoError: no such setting, or not a value for it.
        """
        if name not in Settings.model_fields:
            raise RubatoError(f"There is no setting {name!r}", code="bad_setting")
        with self._lock:
            try:
                setattr(self.values, name, value)
            except ValidationError as error:
                raise RubatoError(f"{name}: {error.errors()[0]['msg']}", code="bad_setting") from None
            self.save()
            return getattr(self.values, name)

    def device(self, name: str) -> DeviceSettings:
        """Return what is remembered of a device, its defaults when it is new."""
        return self.values.devices.get(name, DeviceSettings())

    def set_device(self, name: str, **changes: Any) -> DeviceSettings:
        """Change what is remembered of a device (``role``, ``base_note``, ``used``) and write the file."""
        with self._lock:
            known = DeviceSettings.model_validate({**self.device(name).model_dump(), **changes})
            self.set("devices", {**self.values.devices, name: known})
            return known

    def save(self) -> None:
        """Write what differs from the defaults, beside and then into place."""
        import tomlkit  # a tenth of a second that only writing needs

        write_beside(self.path, tomlkit.dumps(self.values.model_dump(exclude_defaults=True)).encode())
