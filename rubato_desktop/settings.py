"""The settings: one typed table of names, defaults and help; the file and the reference page come from it."""

from __future__ import annotations

import os
import re
import threading
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rubato_desktop.errors import RubatoError, reason
from rubato_desktop.files import write_beside
from rubato_desktop.language.parameters import Timing
from rubato_desktop.midi.devices.state import Role

Seconds = Annotated[float, Field(gt=0, le=60)]
Share = Annotated[float, Field(ge=0, le=1)]


class DeviceSettings(BaseModel):
    """Settings of one MIDI device."""

    model_config = ConfigDict(extra="ignore")

    role: Role = Field("both", description="What its keys play: commands, music, or both.")
    base_note: int = Field(48, ge=0, le=127, description="MIDI note of its lowest command key.")
    used: bool = Field(True, description="Whether Rubato uses it.")


class Settings(BaseModel):
    """Every setting of the program."""

    model_config = ConfigDict(extra="ignore", validate_assignment=True)

    # Timing of the language (keymap §3).
    naming_window: Seconds = Field(
        2.0, description="Seconds in which a name must be played, from its first key."
    )
    pending_time: Seconds = Field(4.0, description="Seconds after which a half-played word is dropped.")
    number_pause: Seconds = Field(1.2, description="Seconds after its last digit until a number is complete.")
    entry_pause: Seconds = Field(2.0, description="Seconds of silence that end an open entry.")
    together_ms: float = Field(
        35.0, ge=1, le=200, description="Keys pressed within this many milliseconds form one chord."
    )
    longest_entry: int = Field(30, ge=3, le=200, description="Maximum number of keys in one entry.")

    # Languages.
    languages: list[str] = Field(["core", "names"], description="Active languages, the current one first.")

    # Sound.
    sound: bool = Field(True, description="Whether Rubato makes any sound.")
    echo: bool = Field(True, description="Whether you hear the keys you play.")
    cues: bool = Field(
        True, description="Whether short sounds tell you that a word was recognised, unknown and so on."
    )
    echo_volume: Share = Field(0.7, description="Volume of the keys you play, 0 to 1.")
    cue_volume: Share = Field(0.5, description="Volume of the cues, 0 to 1.")
    playback_volume: Share = Field(0.8, description="Volume of recordings, 0 to 1.")
    playback_speed: float = Field(1.0, gt=0, le=4, description="Speed of recordings; 1 is as recorded.")
    skip_pauses: bool = Field(True, description="Whether playback skips the pauses of a recording.")
    echo_instrument: int = Field(
        1, ge=1, le=128, description="General MIDI instrument of the keys you play, 1 to 128."
    )
    sound_output: str = Field("", description="Name of the sound device; empty for the system's default.")
    sound_block: int = Field(
        0,
        ge=0,
        le=4096,
        description="Frames per audio block; 0 lets the device choose; fewer mean less latency.",
    )

    # Speech.
    speech: bool = Field(True, description="Whether results are spoken.")
    voice: str = Field(
        "", description="Name of the voice, as listed by `rubato voices`; empty for the first."
    )
    speech_rate: float = Field(1.0, ge=0.5, le=3, description="Speaking rate; 1 is normal.")
    screen_reader: Literal["yield", "speak"] = Field(
        "yield",
        description="Whether to yield to a screen reader: stay silent while it reads announcements, or speak as well.",
    )
    speech_volume: Share = Field(0.8, description="Volume of the voice, 0 to 1.")

    # Hearing.
    microphone: str = Field("", description="Name of the microphone; empty for the system's default.")
    listen_at_start: bool = Field(False, description="Whether Rubato listens as soon as it starts.")
    talk_pedal: int = Field(
        0,
        ge=0,
        le=119,
        description="MIDI controller number of a push-to-talk pedal, such as 67; 0 for none.",
    )
    talk_key: str = Field(
        "F9",
        description="Push-to-talk key of the computer's keyboard; empty for none.",
    )
    hearing_model: str = Field(
        "",
        description="Name of the speech recognition model, as listed by `rubato hear --models`; empty for the best.",
    )
    hearing_language: str = Field(
        "en",
        pattern="^[a-z]{2,3}$",
        description="Language you speak, as a two-letter code; English needs no extra model.",
    )
    reduce_noise: bool = Field(
        False, description="Whether steady noise is removed before recognition; it rarely helps."
    )
    keep_remark_sound: bool = Field(
        False, description="Whether the sound of a spoken remark is kept with its text."
    )

    # The language model and its answers.
    ollama_host: str = Field(
        "", description="Address of the Ollama server; empty for 127.0.0.1:11434 on this machine."
    )
    model: str = Field(
        "",
        description="Language model that answers, as listed by `ollama list`; empty for the server's first.",
    )
    temperature: float = Field(
        0.0,
        ge=0,
        le=2,
        description="How varied answers are: 0 always picks the likeliest word, higher values vary more.",
    )
    answer_length: Literal["short", "normal", "long"] = Field(
        "normal", description="Maximum length of answers: 60, 150 or 400 words."
    )
    user: str = Field("", description="Name under which your questions are kept; empty for your login name.")
    keep_inquiries_days: int = Field(
        365, ge=0, description="Days to keep questions and answers; 0 keeps them for ever."
    )
    keep_inquiries_mb: int = Field(
        0, ge=0, description="Megabytes that questions and answers may use; 0 sets no limit."
    )
    keep_inquiries_sample: float = Field(
        0.0,
        ge=0,
        le=1,
        description="Share of the older questions, chosen at random, to keep anyway; 0 to 1.",
    )

    # What is learnt.
    most_topics: int = Field(
        5, ge=1, le=50, description="Maximum number of topics searched in addition to your whole library."
    )
    embedding_model: str = Field(
        "",
        description="Model for search by meaning, of the Ollama server; empty for the one that comes with Rubato; "
        "texts keep the model they were learnt with.",
    )
    chroma_url: str = Field("", description="Address of a Chroma server; empty for the one inside Rubato.")

    # The browser.
    search_engine: str = Field(
        "https://duckduckgo.com/?q=%s",
        description="Address of the web search; %s stands for the search terms.",
    )
    feedback: bool = Field(True, description="Whether you hear the page as you move through it.")

    # Keys.
    midi_system: Literal["auto", "alsa", "jack", "coremidi", "winmm"] = Field(
        "auto", description="MIDI system; auto takes the first that works."
    )
    computer_keys: bool = Field(True, description="Whether the computer's keyboard plays the 25 keys.")

    # Looks.
    theme: Literal["system", "dark", "light"] = Field(
        "system", description="Dark, light, or the same as the system."
    )
    folded: list[str] = Field(
        ["browser", "devices", "hearing", "answers"], description="Panels that are collapsed."
    )

    devices: dict[str, DeviceSettings] = Field({}, description="Settings of each MIDI device, by its name.")


_EXPECTED = {
    "greater_than": "must be greater than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than_equal": "must be at most {le:g}",
    "literal_error": "must be {expected}",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "string_type": "must be text",
    "list_type": "must be a list",
    "dict_type": "must be a table",
}


def _expected(error: ValidationError) -> str:
    """Return what a value should have been, as the end of a sentence."""
    first = error.errors()[0]
    return _EXPECTED.get(first["type"], "has an invalid value").format(**first.get("ctx", {}))


def _unreadable(error: OSError | ValueError | RecursionError) -> str:
    """Return why a file of settings could not be read."""
    match error:
        case OSError():
            return reason(error)
        case UnicodeDecodeError():
            return "it is not UTF-8 text"
        case tomllib.TOMLDecodeError():
            line = re.search(r"at line (\d+)", str(error))
            return f"line {line[1]} is not valid TOML" if line else "it ends in the middle of a value"
        case _:
            return "it is nested too deeply"


def timing_of(settings: Settings, spelling: Mapping[tuple[int, int], str]) -> Timing:
    """Return the timing of the language that the settings ask for, in µs."""
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
    """Return the data folder: `chosen`, else ``$RUBATO_DATA``, else the system's folder for application data."""
    import platformdirs

    folder = chosen or os.environ.get("RUBATO_DATA")
    return Path(folder).expanduser() if folder else platformdirs.user_data_path("rubato", "rubato")


class SettingsFile:
    """`settings.toml` in the data folder; it holds only the values that differ from the defaults.

    Args:
        path: The file, which need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.values = Settings()
        self._lock = threading.RLock()  # settings of devices change on other threads

    def load(self) -> list[RubatoError]:
        """Read the file; returns its problems. A setting with a problem keeps its default."""
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
            return [RubatoError(f"The settings could not be read: {_unreadable(error)}", kept=kept)]
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
                default = getattr(self.values, name)
                problems.append(
                    RubatoError(
                        f"{self.path.name}: {name} {_expected(error)}",
                        kept=f"The default, {default!r}, is used",
                    )
                )
        return problems

    def set(self, name: str, value: Any) -> Any:
        """Set one setting and write the file.

        Args:
            name: A field of `Settings`.
            value: The new value.

        Returns:
            The value as it is stored.

        Raises:
            RubatoError: there is no such setting, or the value is invalid.
        """
        if name not in Settings.model_fields:
            raise RubatoError(f"There is no setting {name!r}", code="bad_setting")
        with self._lock:
            try:
                setattr(self.values, name, value)
            except ValidationError as error:
                raise RubatoError(f"{name} {_expected(error)}", code="bad_setting") from None
            self.save()
            return getattr(self.values, name)

    def device(self, name: str) -> DeviceSettings:
        """Return the settings of a device, the defaults if it is new."""
        return self.values.devices.get(name, DeviceSettings())

    def set_device(self, name: str, **changes: Any) -> DeviceSettings:
        """Change settings of a device (``role``, ``base_note``, ``used``) and write the file."""
        with self._lock:
            known = DeviceSettings.model_validate({**self.device(name).model_dump(), **changes})
            self.set("devices", {**self.values.devices, name: known})
            return known

    def save(self) -> None:
        """Write the values that differ from the defaults."""
        import tomlkit  # takes 0.1 s to import; only writing needs it

        write_beside(self.path, tomlkit.dumps(self.values.model_dump(exclude_defaults=True)).encode())
