"""Whisper, run by faster-whisper: transcribes speech and scores texts. Loaded on first use."""

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

_HOP: Final = 160  # samples in a frame of the spectrogram
_LEAST_FRAMES: Final = 600  # shorter input is recognised worse
_THREADS: Final = 2
# Given to the decoder as the previous text, which makes these words more likely. They are the ones it most often
# mistakes; the prompt recovers almost half of the commands lost to noise (benchmarks/hearing.py).
_PREVIOUS_TEXT: Final = (
    " say, tab, click, find, links, buttons, fields, panels, cues, skip, highlight, unhighlight, reload."
)
_KEPT: Final = "Keys and speech still work; only speech recognition does not"


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment of a transcript.

    Attributes:
        start_ms: Where it begins, ms.
        end_ms: Where it ends, ms.
        text: The transcript.
        confidence: 0 to 1.
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
    """Transcribes speech and scores texts. For one thread at a time.

    Args:
        model: The model.
        language: Two-letter code of the spoken language.
    """

    def __init__(self, model: Model, language: str = "en") -> None:
        self.model, self._language = model, language
        self._loading = threading.Lock()
        self._whisper: Any = None
        self._prompt: list[int] = []
        self.end = 0  # the end-of-text token

    def load(self) -> None:
        """Load the model, if it is not loaded yet.

        Raises:
            RubatoError: it is damaged, or does not know the language (code ``bad_model``).
        """
        with self._loading:
            if self._whisper is not None:
                return
            check_model(self.model)
            # The models are here; nothing may be looked up on the network.
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
                log.exception("cannot load %s", self.model.folder)
                raise RubatoError(
                    f"The model {self.model.name} cannot be loaded",
                    kept=_KEPT,
                    todo="Copy it into its folder again, or choose another in the settings (hearing_model)",
                    code="bad_model",
                ) from None
            if not whisper.model.is_multilingual and self._language != "en":
                raise RubatoError(
                    f"The model {self.model.name} understands English only",
                    kept=_KEPT,
                    todo=f"Add a multilingual model, or change hearing_language from {self._language} to en",
                    code="bad_model",
                )
            tokens = whisper.hf_tokenizer
            self.end = tokens.token_to_id("<|endoftext|>")
            self._prompt = [tokens.token_to_id("<|startoftranscript|>")]
            if self._language == "en":
                previous = tokens.encode(_PREVIOUS_TEXT, add_special_tokens=False).ids
                self._prompt = [tokens.token_to_id("<|startofprev|>"), *previous, *self._prompt]
            if whisper.model.is_multilingual:
                self._prompt += [
                    tokens.token_to_id(f"<|{self._language}|>"),
                    tokens.token_to_id("<|transcribe|>"),
                ]
            self._prompt.append(tokens.token_to_id("<|notimestamps|>"))
            self._whisper = whisper

    def transcribe(self, sound: Samples) -> list[Segment]:
        """Transcribe a sound.

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
                round(segment.start * 1000),
                round(segment.end * 1000),
                segment.text.strip(),
                round(min(1.0, math.exp(segment.avg_logprob)) * (1 - segment.no_speech_prob), 3),
            )
            for segment in segments
        ]

    # As `beam_search.PhraseRecogniser` ----------------------------------------------------------------

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Tokenise texts."""
        self.load()
        encodings = self._whisper.hf_tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [encoding.ids for encoding in encodings]

    def listen(self, sound: Samples) -> WhisperState:
        """Encode a sound, mono at 16 kHz, of at most 30 s; the time it takes grows with its length."""
        from ctranslate2 import StorageView

        self.load()
        frames = max(_LEAST_FRAMES, -(-len(sound) // (2 * _HOP)) * 2)
        padded = np.pad(np.asarray(sound, np.float32), (0, frames * _HOP - len(sound)))
        features = self._whisper.feature_extractor(padded)[None, :, :frames]
        encoded = self._whisper.model.encode(StorageView.from_array(np.ascontiguousarray(features)))
        return WhisperState(self._whisper.model, self._prompt, self.end, np.array(encoded))


@dataclass(frozen=True, slots=True)
class WhisperState:
    """An encoded sound.

    Attributes:
        model: CTranslate2's model.
        prompt: The tokens that precede every text.
        end: The end-of-text token; higher tokens are not text.
        encoded: The encoder's output, shape (1, frames, dimensions).
    """

    model: Any
    prompt: Sequence[int]
    end: int
    encoded: npt.NDArray[np.float32]

    def next_tokens(self, prefixes: Sequence[tuple[int, ...]]) -> npt.NDArray[np.float32]:
        """Return the log-probabilities of the next token, as `beam_search.DecoderState` specifies."""
        from ctranslate2 import StorageView

        batch = StorageView.from_array(np.ascontiguousarray(np.repeat(self.encoded, len(prefixes), axis=0)))
        results = self.model.generate(
            batch,
            [[*self.prompt, *tokens] for tokens in prefixes],
            beam_size=1,
            # The prefix counts as generated text, whose length may be half of this, or what the prompt leaves of it.
            max_length=max(2 * (len(prefixes[0]) + 1), len(self.prompt) + len(prefixes[0])),
            return_logits_vocab=True,
            suppress_blank=False,
            suppress_tokens=[],
        )
        logits = np.stack([np.asarray(result.logits[0][-1], np.float32).ravel() for result in results])
        logits[:, self.end + 1 :] = -np.inf  # languages, tasks and timestamps
        logits -= logits.max(axis=1, keepdims=True)
        return np.asarray(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)), np.float32)
