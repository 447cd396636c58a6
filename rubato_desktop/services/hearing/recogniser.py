"""The recogniser: Whisper by faster-whisper, loaded when it is needed."""

from __future__ import annotations

import logging
import math
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.hearing.endpointing import RATE
from rubato_desktop.services.hearing.models import Model, check_model
from rubato_desktop.services.voice.samples import Samples

log = logging.getLogger(__name__)

_HOP: Final = 160  # samples a frame of the spectrogram
_LEAST_FRAMES: Final = 600  # what is shorter is understood worse
_THREADS: Final = 2
# Taken for what was said before, so that the model expects more like it: with them almost half of what noise kept
# from being understood is. They are the words that it otherwise takes for others (benchmarks/hearing.py).
_SAID_BEFORE: Final = (
    " say, tab, click, find, links, buttons, fields, panels, cues, skip, highlight, unhighlight, reload."
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of speech.

    Attributes:
        start_ms: Where it begins.
        end_ms: Where it ends.
        text: What was said.
        confidence: How sure that is, 0 to 1.
    """

    start_ms: int
    end_ms: int
    text: str
    confidence: float

    def as_json(self) -> dict[str, Any]:
        return {
            "start_ms": self.start_ms,
            "end_ms": self.end_ms,
            "text": self.text,
            "confidence": self.confidence,
        }


class Whisper:
    """Writes down speech, and says how likely words are. For one thread at a time.

    Args:
        model: The model.
        language: Two letters of the language that is spoken.
    """

    def __init__(self, model: Model, language: str = "en") -> None:
        self.model, self._language = model, language
        self._loading = threading.Lock()
        self._whisper: Any = None
        self._prompt: list[int] = []
        self.end = 0  # the token that ends a text

    def load(self) -> None:
        """Load the model where it is not loaded yet.

        Raises:
            RubatoError: it is damaged, or does not know the language (code ``bad_model``).
        """
        with self._loading:
            if self._whisper is not None:
                return
            check_model(self.model)
            # Nothing may be looked for elsewhere: the models lie here.
            os.environ["HF_HUB_OFFLINE"] = "1"
            from faster_whisper import WhisperModel

            try:
                whisper = WhisperModel(
                    str(self.model.folder),
                    device="cpu",
                    compute_type="int8",
                    cpu_threads=_THREADS,
                    local_files_only=True,
                )
            # What a damaged model raises is not documented.
            except Exception:
                log.exception("%s cannot be loaded", self.model.folder)
                raise RubatoError(
                    f"The model {self.model.name} cannot be loaded",
                    kept="Keys and speech go on; only hearing does not",
                    todo="Put it into the folder again, or choose another in the settings (hearing_model)",
                    code="bad_model",
                ) from None
            if not whisper.model.is_multilingual and self._language != "en":
                raise RubatoError(
                    f"The model {self.model.name} understands English only",
                    kept="Keys and speech go on; only hearing does not",
                    todo=f"Add a model of many languages, or set hearing_language to en instead of {self._language}",
                    code="bad_model",
                )
            tokens = whisper.hf_tokenizer
            self.end = tokens.token_to_id("<|endoftext|>")
            self._prompt = [tokens.token_to_id("<|startoftranscript|>")]
            if self._language == "en":
                before = tokens.encode(_SAID_BEFORE, add_special_tokens=False).ids
                self._prompt = [tokens.token_to_id("<|startofprev|>"), *before, *self._prompt]
            if whisper.model.is_multilingual:
                self._prompt += [
                    tokens.token_to_id(f"<|{self._language}|>"),
                    tokens.token_to_id("<|transcribe|>"),
                ]
            self._prompt.append(tokens.token_to_id("<|notimestamps|>"))
            self._whisper = whisper

    def transcribe(self, sound: Samples) -> list[Segment]:
        """Write down what is said.

        Args:
            sound: Mono at 16 kHz, of any length.

        Raises:
            RubatoError: as `load`.
        """
        self.load()
        if not len(sound):
            return []
        segments, _ = self._whisper.transcribe(
            np.asarray(sound, np.float32),
            language=self._language,
            beam_size=5,
            condition_on_previous_text=False,
            vad_filter=len(sound) > 30 * RATE,
        )
        return [
            Segment(
                round(found.start * 1000),
                round(found.end * 1000),
                found.text.strip(),
                round(min(1.0, math.exp(found.avg_logprob)) * (1 - found.no_speech_prob), 3),
            )
            for found in segments
        ]

    # For `search` -------------------------------------------------------------------------------------

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Return texts as the model's tokens."""
        self.load()
        encoded = self._whisper.hf_tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [found.ids for found in encoded]

    def listen(self, sound: Samples) -> WhisperState:
        """Hear a sound, mono at 16 kHz; of at most 30 s; it costs as much as the sound is long."""
        from ctranslate2 import StorageView

        self.load()
        frames = max(_LEAST_FRAMES, -(-len(sound) // (2 * _HOP)) * 2)
        padded = np.pad(np.asarray(sound, np.float32), (0, frames * _HOP - len(sound)))
        seen = self._whisper.feature_extractor(padded)[None, :, :frames]
        encoded = self._whisper.model.encode(StorageView.from_array(np.ascontiguousarray(seen)))
        return WhisperState(self._whisper.model, self._prompt, self.end, np.array(encoded))


@dataclass(frozen=True, slots=True)
class WhisperState:
    """A sound that was heard.

    Attributes:
        model: What heard it.
        prompt: What every text begins with.
        end: The last token that a text may have.
        encoded: The sound as the model heard it, shape (1, frames, dimensions).
    """

    model: Any
    prompt: Sequence[int]
    end: int
    encoded: npt.NDArray[np.float32]

    def next_tokens(self, begun: Sequence[tuple[int, ...]]) -> npt.NDArray[np.float32]:
        """Return how likely each token comes next, as `search.Listening` has it."""
        from ctranslate2 import StorageView

        several = StorageView.from_array(np.ascontiguousarray(np.repeat(self.encoded, len(begun), axis=0)))
        found = self.model.generate(
            several,
            [[*self.prompt, *tokens] for tokens in begun],
            beam_size=1,
            # The beginning counts as part of the answer, which gets half of this, or what the prompt leaves of it.
            max_length=max(2 * (len(begun[0]) + 1), len(self.prompt) + len(begun[0])),
            return_logits_vocab=True,
            suppress_blank=False,
            suppress_tokens=[],
        )
        raw = np.stack([np.asarray(one.logits[0][-1], np.float32).ravel() for one in found])
        raw[:, self.end + 1 :] = -np.inf  # languages, tasks and times are no text
        raw -= raw.max(axis=1, keepdims=True)
        return np.asarray(raw - np.log(np.exp(raw).sum(axis=1, keepdims=True)), np.float32)
