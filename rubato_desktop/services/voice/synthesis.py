"""Text into sound with Piper: loaded when first wanted, stopped in the middle, given back when unused."""

from __future__ import annotations

import gc
import json
import os
import threading
from collections.abc import Callable
from typing import Any, Final, Protocol

import numpy as np

from rubato_desktop.errors import RubatoError
from rubato_desktop.interpreter import give_memory_back
from rubato_desktop.services.voice.samples import Samples
from rubato_desktop.services.voice.time_stretch import stretch
from rubato_desktop.services.voice.voices import FASTEST, SLOWEST, Voice, bad_model, check_voice

# A voice counts in whole frames for each of its sounds, so this share of its time does not follow what is asked of
# it (measured, medium voices); past this rate it swallows sounds, and what it said is laid closer together instead.
_FIXED: Final = 0.29
_OWN_FASTEST: Final = 1.4
_LONG: Final = 150  # sounds and what stands between them: about 60 letters
_STILL: Final = 0.01  # softer at the ends of a piece is no speech
_PAUSE_S: Final = {
    ".": 0.22,
    "!": 0.22,
    "?": 0.22,
    ":": 0.15,
    ";": 0.15,
    ",": 0.1,
}  # after a piece that ends so
_JOIN_S: Final = 0.03


class Stopped(Exception):
    """What was being synthesised is no longer wanted."""


class Stop:
    """A wish that may be taken back while it is being fulfilled, from any thread."""

    def __init__(self) -> None:
        self.requested = False
        self._then: Callable[[], None] = lambda: None
        self._lock = threading.Lock()

    def request(self) -> None:
        """Stop now."""
        with self._lock:
            self.requested = True
            self._then()

    def on_request(self, then: Callable[[], None]) -> None:
        """Have `then` called when the wish comes; at once when it is there already."""
        with self._lock:
            self._then = then
            if self.requested:
                then()


class Synthesis(Protocol):
    """What speaks: a synthesiser, or what takes its place."""

    def synthesise(self, text: str, rate: float, stop: Stop) -> tuple[Samples, int]:
        """Return mono samples of -1 to 1 and their sample rate.

        Raises:
            Stopped: `stop` came.
            RubatoError: it cannot speak.
        """

    def use(self, name: str) -> None:
        """Speak with the voice of that name from now on; empty for that of the settings."""

    def language(self) -> str: ...
    def unload(self) -> None: ...


class Piper:
    """Piper with one voice at a time. For one thread; only `Stop` comes from others.

    Args:
        choose: Says which voice is wanted, asked before each piece with the name given to `use`; a change loads the
            other one.
        refuse: Told of a voice that cannot speak, and why; raises that, or has chosen another one when it returns.
    """

    def __init__(
        self, choose: Callable[[str], Voice], refuse: Callable[[Voice, RubatoError], None] | None = None
    ) -> None:
        self._choose, self._refuse = choose, refuse
        self._name = ""
        self._voice: Voice | None = None
        self._piper: Any = None

    @property
    def loaded(self) -> bool:
        """Whether a voice is in memory."""
        return self._piper is not None

    def use(self, name: str) -> None:
        """Speak with the voice of that name from now on, as `choose` takes it."""
        self._name = name

    def language(self) -> str:
        """Return the language of the voice that is wanted.

        Raises:
            RubatoError: there is no such voice.
        """
        return self._choose(self._name).language

    def synthesise(self, text: str, rate: float, stop: Stop) -> tuple[Samples, int]:
        """Speak a piece of text, as `Synthesis` says; `rate` 1 is as the voice was trained, pitch stays."""
        while True:
            voice = self._choose(self._name)
            try:
                return self._spoken(text, rate, stop)
            except RubatoError as problem:
                if self._refuse is None:
                    raise
                self._refuse(voice, problem)

    def _spoken(self, text: str, rate: float, stop: Stop) -> tuple[Samples, int]:
        piper = self._load()
        rate = max(SLOWEST, min(FASTEST, rate))
        own = min(rate, _OWN_FASTEST)
        scale = piper.config.length_scale * (1 / own - _FIXED) / (1 - _FIXED)
        parts = [
            self._sound(ids, scale, stop) for ids in map(piper.phonemes_to_ids, piper.phonemize(text)) if ids
        ]
        sound = np.concatenate(parts) if parts else np.zeros(0, np.float32)
        hz = piper.config.sample_rate
        pause = _PAUSE_S.get(text.rstrip("\"')")[-1:], _JOIN_S) / max(1.0, rate)
        return _framed(stretch(sound, hz, rate / own), round(pause * hz)), hz

    def unload(self) -> None:
        """Give the memory back; the next piece loads it again."""
        if self._piper is not None:
            self._piper = self._voice = None
            gc.collect()
            give_memory_back()

    def _load(self) -> Any:
        voice = self._choose(self._name)
        if voice == self._voice:
            return self._piper
        self.unload()
        check_voice(voice)
        # Half a second, and a hundred megabytes: not before something is said.
        import onnxruntime
        from piper.config import PiperConfig
        from piper.voice import PiperVoice

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = min(2, os.cpu_count() or 1)
        # Threads that spin while they wait would take the time of keys that become words.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        try:
            config = PiperConfig.from_dict(
                json.loads(voice.model.with_name(f"{voice.model.name}.json").read_text())
            )
            session = onnxruntime.InferenceSession(
                str(voice.model), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise bad_model(voice) from error
        self._piper, self._voice = PiperVoice(session=session, config=config), voice
        return self._piper

    def _sound(self, ids: list[int], scale: float, stop: Stop) -> Samples:
        import onnxruntime

        config = self._piper.config
        options = onnxruntime.RunOptions()
        options.log_severity_level = 4
        if len(ids) > _LONG:
            # What a long sentence needs would be kept for ever (measured: 170 MB); a short one is quicker with what
            # the last one had.
            options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
        stop.on_request(lambda: setattr(options, "terminate", True))
        given = {
            "input": np.array([ids], np.int64),
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": np.array([config.noise_scale, scale, config.noise_w_scale], np.float32),
        }
        if config.num_speakers > 1:
            given["sid"] = np.array([config.default_speaker_id], np.int64)
        try:
            (sound, *_) = self._piper.session.run(None, given, options)
        except Exception as error:
            if stop.requested:
                raise Stopped from None
            assert self._voice is not None
            raise bad_model(self._voice) from error
        sound = np.asarray(sound, np.float32).reshape(-1)
        # Each piece as loud as the others, as Piper itself has it.
        return np.asarray(sound / max(1e-6, float(np.abs(sound).max(initial=0.0))), np.float32)


def _framed(sound: Samples, pause: int) -> Samples:
    """Return a piece without the stillness at its ends, and with so many samples of pause after it."""
    heard = np.flatnonzero(np.abs(sound) > _STILL)
    if not len(heard):
        return np.zeros(0, np.float32)
    return np.concatenate([sound[max(0, heard[0] - 200) : heard[-1] + 600], np.zeros(pause, np.float32)])


def cannot_speak() -> RubatoError:
    """Return in words that the synthesiser itself is missing or broken."""
    return RubatoError(
        "Speech does not work here",
        kept="Everything else goes on, and what would be said is shown",
        todo="Install the application again",
        code="no_speech",
    )
