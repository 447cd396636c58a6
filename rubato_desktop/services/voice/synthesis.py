"""Speech synthesis with Piper: loaded on first use, stopped at any time, unloaded when unused."""

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

# A voice allots whole frames to each phoneme, so this share of its duration does not follow the length scale
# (measured on medium voices). Above this rate it swallows phonemes, and its speech is time-stretched instead.
_FIXED: Final = 0.29
_OWN_FASTEST: Final = 1.4
_LONG: Final = 150  # phoneme ids, with the padding between them: about 60 letters
_SILENCE: Final = 0.01  # amplitude below which the ends of a segment are trimmed
_PAUSE_S: Final = {
    ".": 0.22,
    "!": 0.22,
    "?": 0.22,
    ":": 0.15,
    ";": 0.15,
    ",": 0.1,
}  # after a segment, by its last character
_JOIN_S: Final = 0.03  # after any other


class Stopped(Exception):
    """The synthesis was stopped."""


class Stop:
    """A stop request for a running synthesis, which any thread may make."""

    def __init__(self) -> None:
        self.requested = False
        self._callback: Callable[[], None] = lambda: None
        self._lock = threading.Lock()

    def request(self) -> None:
        """Request the stop, for good."""
        with self._lock:
            self.requested = True
            self._callback()

    def on_request(self, callback: Callable[[], None]) -> None:
        """Set the callback for the request, in place of the previous one; called at once if it has been made."""
        with self._lock:
            self._callback = callback
            if self.requested:
                callback()


class Synthesis(Protocol):
    """A synthesiser."""

    def synthesise(self, text: str, rate: float, stop: Stop) -> tuple[Samples, int]:
        """Return mono samples of -1 to 1 and their sample rate in Hz.

        Args:
            text: One segment.
            rate: 0.5 to 3; 1 is the voice's own.
            stop: Stops the synthesis.

        Raises:
            Stopped: a stop was requested.
            RubatoError: the voice cannot be used.
        """

    def use(self, name: str) -> None:
        """Speak with the voice of that name from now on; empty for the one in the settings."""

    def language(self) -> str: ...
    def unload(self) -> None: ...


class Piper:
    """Piper with one loaded voice at a time. For one thread; only `Stop` is used from others.

    Args:
        choose: Returns the voice for the name given to `use`; called for each segment, so that a changed setting takes
            effect.
        on_bad_voice: Called with a voice that cannot be used and the reason; raises it, or makes `choose` return
            another voice.
    """

    def __init__(
        self,
        choose: Callable[[str], Voice],
        on_bad_voice: Callable[[Voice, RubatoError], None] | None = None,
    ) -> None:
        self._choose, self._on_bad_voice = choose, on_bad_voice
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
        """Return the language of the chosen voice.

        Raises:
            RubatoError: there is no such voice.
        """
        return self._choose(self._name).language

    def synthesise(self, text: str, rate: float, stop: Stop) -> tuple[Samples, int]:
        """Synthesise a segment as `Synthesis` specifies; the pitch stays the same at any rate."""
        while True:
            voice = self._choose(self._name)
            try:
                return self._synthesise(text, rate, stop)
            except RubatoError as problem:
                if self._on_bad_voice is None:
                    raise
                self._on_bad_voice(voice, problem)

    def _synthesise(self, text: str, rate: float, stop: Stop) -> tuple[Samples, int]:
        piper = self._load()
        rate = max(SLOWEST, min(FASTEST, rate))
        own_rate = min(rate, _OWN_FASTEST)
        length_scale = piper.config.length_scale * (1 / own_rate - _FIXED) / (1 - _FIXED)
        parts = [
            self._infer(ids, length_scale, stop)
            for ids in map(piper.phonemes_to_ids, piper.phonemize(text))
            if ids
        ]
        sound = np.concatenate(parts) if parts else np.zeros(0, np.float32)
        hz = piper.config.sample_rate
        pause = _PAUSE_S.get(text.rstrip("\"')")[-1:], _JOIN_S) / max(1.0, rate)
        return _trim(stretch(sound, hz, rate / own_rate), round(pause * hz)), hz

    def unload(self) -> None:
        """Free the memory of the voice; the next segment loads it again."""
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
        # These take half a second and 100 MB, so they wait until something is spoken.
        import onnxruntime
        from piper.config import PiperConfig
        from piper.voice import PiperVoice

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = min(2, os.cpu_count() or 1)
        # A thread that spins while it waits takes a core from the keys.
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

    def _infer(self, ids: list[int], length_scale: float, stop: Stop) -> Samples:
        import onnxruntime

        config = self._piper.config
        options = onnxruntime.RunOptions()
        options.log_severity_level = 4
        if len(ids) > _LONG:
            # The arena would keep the memory of a long sentence for good (measured: 170 MB). That of a short one makes
            # the next one faster.
            options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
        stop.on_request(lambda: setattr(options, "terminate", True))
        inputs = {
            "input": np.array([ids], np.int64),
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": np.array([config.noise_scale, length_scale, config.noise_w_scale], np.float32),
        }
        if config.num_speakers > 1:
            inputs["sid"] = np.array([config.default_speaker_id], np.int64)
        try:
            (sound, *_) = self._piper.session.run(None, inputs, options)
        except Exception as error:
            if stop.requested:
                raise Stopped from None
            assert self._voice is not None
            raise bad_model(self._voice) from error
        sound = np.asarray(sound, np.float32).reshape(-1)
        # Normalised as Piper itself does, so that all segments are equally loud.
        return np.asarray(sound / max(1e-6, float(np.abs(sound).max(initial=0.0))), np.float32)


def _trim(sound: Samples, pause: int) -> Samples:
    """Trim the silence at the ends of a segment, and append a pause.

    Args:
        sound: Mono.
        pause: Length of the pause, samples.
    """
    audible = np.flatnonzero(np.abs(sound) > _SILENCE)
    if not len(audible):
        return np.zeros(0, np.float32)
    return np.concatenate([sound[max(0, audible[0] - 200) : audible[-1] + 600], np.zeros(pause, np.float32)])


def cannot_speak() -> RubatoError:
    """Return the error for a synthesiser that is missing or broken."""
    return RubatoError(
        "Speech synthesis does not work",
        kept="Everything else still works, and messages are shown in the window",
        todo="Install Rubato again",
        code="no_speech",
    )
