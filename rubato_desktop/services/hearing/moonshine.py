"""Moonshine: a small English recogniser that takes a seventh of Whisper's time for a command.

Its cost grows with the length of the sound (Whisper's encoder takes at least some seconds' worth), and it caches the
decoder state of each prefix for the prefixes that extend it. https://arxiv.org/abs/2410.15608
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from rubato_desktop.errors import RubatoError
from rubato_desktop.packaged_models import verified_model
from rubato_desktop.services.voice.samples import Samples

log = logging.getLogger(__name__)

LANGUAGE: Final = "en"
_THREADS: Final = 2
_LEAST: Final = 8_000  # samples; the encoder fails on less
_BEGIN: Final = 1
_END: Final = 2
_TOKENS: Final = 32_768
# Tokens below this number are special or single bytes. The others are BPE merges, most frequent first.
_FIRST_MERGE: Final = 259


class Moonshine:
    """Scores texts against a sound. For one thread at a time."""

    end = _END

    def __init__(self) -> None:
        self._encoder: Any = None
        self._decoder: Any = None

    def load(self) -> None:
        """Load the model, if it is not loaded yet.

        Raises:
            RubatoError: it is missing (code ``needs_model``) or damaged (code ``bad_model``).
        """
        if self._encoder is not None:
            return
        files = verified_model("moonshine")
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = _THREADS, 1
        # A thread that spins while it waits takes a core from the keys.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # Prepacked weights exist in memory twice: 20 MB for a tenth of the time.
        options.add_session_config_entry("session.disable_prepacking", "1")
        options.log_severity_level = 4
        try:
            vocabulary = list(_read_vocabulary(files["tokenizer.bin"]))
            if len(vocabulary) != _TOKENS:
                raise ValueError(f"tokenizer.bin has {len(vocabulary)} tokens, not {_TOKENS}")
            self._decoder, self._encoder = (
                onnxruntime.InferenceSession(
                    str(files[f"{name}.ort"]), options, providers=["CPUExecutionProvider"]
                )
                for name in ("decoder_model_merged", "encoder_model")
            )
        # What a damaged model raises is not documented.
        except Exception:
            log.exception("cannot load Moonshine")
            raise RubatoError(
                "The speech recognition model that comes with Rubato cannot be loaded",
                kept="Keys and speech still work; only speech recognition does not",
                todo="Install Rubato again",
                code="bad_model",
            ) from None
        self._ids = {piece: token for token, piece in enumerate(vocabulary)}
        # Shapes of the key/value cache: number of heads, and size of each.
        self._cache_shapes = {
            one.name: (one.shape[1], one.shape[3])
            for one in self._decoder.get_inputs()
            if one.name.startswith("past")
        }
        self._word_tokens = lru_cache(4096)(self._merge)

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Tokenise texts, each of which begins with a space."""
        self.load()
        return [[token for word in text.split() for token in self._word_tokens(word)] for text in texts]

    def listen(self, sound: Samples) -> MoonshineState:
        """Encode a sound, mono at 16 kHz, of at most 9.25 s."""
        self.load()
        samples = np.pad(np.asarray(sound, np.float32), (0, max(0, _LEAST - len(sound))))[None]
        (encoded,) = self._encoder.run(
            None, {"input_values": samples, "attention_mask": np.ones(samples.shape, np.int64)}
        )
        return MoonshineState(self._decoder, self._cache_shapes, encoded)

    def _merge(self, word: str) -> tuple[int, ...]:
        """Tokenise a word by byte pair encoding as SentencePiece does: merge the most frequent pair first."""
        letters = [letter.encode() for letter in f"▁{word}"]
        parts = [part for letter in letters for part in ([letter] if letter in self._ids else _bytes(letter))]
        while True:
            pairs = [
                (self._ids.get(parts[index] + parts[index + 1], -1), index) for index in range(len(parts) - 1)
            ]
            merge = min((pair for pair in pairs if pair[0] >= _FIRST_MERGE), default=None)
            if merge is None:
                return tuple(self._ids[part] for part in parts)
            index = merge[1]
            parts[index : index + 2] = [parts[index] + parts[index + 1]]


class MoonshineState:
    """An encoded sound with the decoder's key/value cache.

    Args:
        decoder: The decoder's inference session.
        cache_shapes: Number of heads and size of each, by the name of the cache input.
        encoded: The encoder's output, shape (1, frames, 288).
    """

    def __init__(
        self, decoder: Any, cache_shapes: Mapping[str, tuple[int, int]], encoded: npt.NDArray[np.float32]
    ) -> None:
        self._decoder, self._cache_shapes, self._encoded = decoder, cache_shapes, encoded
        self._cache: dict[str, npt.NDArray[np.float32]] = {}
        self._rows: dict[tuple[int, ...], int] = {}

    def next_tokens(self, prefixes: Sequence[tuple[int, ...]]) -> npt.NDArray[np.float32]:
        """Return the log-probabilities of the next token, as `beam_search.DecoderState` specifies."""
        first = not prefixes[0]
        if first:
            self._cache = {name: self._empty(name) for name in self._cache_shapes}
        else:
            rows = [self._rows[tokens[:-1]] for tokens in prefixes]
            self._cache = {name: values[rows] for name, values in self._cache.items()}
        ids = np.array([[tokens[-1] if tokens else _BEGIN] for tokens in prefixes], np.int64)
        logits, *cache = self._decoder.run(
            None,
            {
                "input_ids": ids,
                "encoder_hidden_states": np.repeat(self._encoded, len(prefixes), axis=0),
                "encoder_attention_mask": np.ones((len(prefixes), self._encoded.shape[1]), np.int64),
                "use_cache_branch": np.array([not first]),
                **self._cache,
            },
        )
        for name, values in zip(self._cache_shapes, cache, strict=True):
            if first or ".decoder." in name:  # the encoder's part is returned by the first call only
                self._cache[name] = values
        self._rows = {tokens: row for row, tokens in enumerate(prefixes)}
        last = logits[:, -1]
        last -= last.max(axis=1, keepdims=True)
        return np.asarray(last - np.log(np.exp(last).sum(axis=1, keepdims=True)), np.float32)

    def _empty(self, name: str) -> npt.NDArray[np.float32]:
        heads, size = self._cache_shapes[name]
        return np.zeros((1, heads, 0 if ".decoder." in name else self._encoded.shape[1], size), np.float32)


def _bytes(letter: bytes) -> list[bytes]:
    return [bytes([byte]) for byte in letter]


def _read_vocabulary(path: Path) -> Iterator[bytes]:
    """Yield the tokens in order: each follows its length, which takes one byte, or two from 128 on."""
    raw = path.read_bytes()
    position = 0
    while position < len(raw):
        size = raw[position]
        position += 1
        if size >= 128:
            size += 128 * (raw[position] - 1)
            position += 1
        yield raw[position : position + size]
        position += size
