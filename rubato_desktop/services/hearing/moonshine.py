"""Moonshine: a small recogniser that hears a command in a seventh of the time that Whisper takes for it.

It takes a sound as long as it is, where Whisper wants at least some seconds of it, and keeps what it worked out for one
beginning for those that go on from there. It knows English only. https://arxiv.org/abs/2410.15608
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
_LEAST: Final = 8_000  # samples: of less it can make nothing
_BEGIN: Final = 1
_END: Final = 2
_PIECES: Final = 32_768
# Tokens up to here are signs and single bytes; what follows was joined, the most frequent first.
_BYTES: Final = 259


class Moonshine:
    """Says how likely words are in a sound. For one thread at a time."""

    end = _END

    def __init__(self) -> None:
        self._encoder: Any = None
        self._decoder: Any = None

    def load(self) -> None:
        """Load the model where it is not loaded yet.

        Raises:
            RubatoError: it is missing (code ``needs_model``) or damaged (code ``bad_model``).
        """
        if self._encoder is not None:
            return
        files = verified_model("moonshine")
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = _THREADS, 1
        # A thread that spins while it waits takes a processor from the keys.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # Weights made ready for speed lie in memory twice: 20 MB for a tenth of the time.
        options.add_session_config_entry("session.disable_prepacking", "1")
        options.log_severity_level = 4
        try:
            pieces = list(_pieces(files["tokenizer.bin"]))
            if len(pieces) != _PIECES:
                raise ValueError(f"tokenizer.bin has {len(pieces)} tokens, not {_PIECES}")
            self._decoder, self._encoder = (
                onnxruntime.InferenceSession(
                    str(files[f"{name}.ort"]), options, providers=["CPUExecutionProvider"]
                )
                for name in ("decoder_model_merged", "encoder_model")
            )
        # What a damaged model raises is not documented.
        except Exception:
            log.exception("Moonshine cannot be loaded")
            raise RubatoError(
                "The model that comes with Rubato to hear commands cannot be loaded",
                kept="Keys and speech go on; only hearing does not",
                todo="Install Rubato again",
                code="bad_model",
            ) from None
        self._ids = {piece: token for token, piece in enumerate(pieces)}
        # What it remembers of the text and of the sound: by layer, heads and numbers in each.
        self._past = {
            one.name: (one.shape[1], one.shape[3])
            for one in self._decoder.get_inputs()
            if one.name.startswith("past")
        }
        self._word = lru_cache(4096)(self._joined)

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Return texts, each with a space before it, as the model's tokens."""
        self.load()
        return [[token for word in text.split() for token in self._word(word)] for text in texts]

    def listen(self, sound: Samples) -> MoonshineState:
        """Hear a sound, mono at 16 kHz, of at most 9.25 s."""
        self.load()
        samples = np.pad(np.asarray(sound, np.float32), (0, max(0, _LEAST - len(sound))))[None]
        (encoded,) = self._encoder.run(
            None, {"input_values": samples, "attention_mask": np.ones(samples.shape, np.int64)}
        )
        return MoonshineState(self._decoder, self._past, encoded)

    def _joined(self, word: str) -> tuple[int, ...]:
        """Join a word's letters to tokens as SentencePiece does: always the pair that is joined first of all pairs."""
        letters = [letter.encode() for letter in f"▁{word}"]
        parts = [part for letter in letters for part in ([letter] if letter in self._ids else _bytes(letter))]
        while True:
            pairs = [(self._ids.get(parts[at] + parts[at + 1], -1), at) for at in range(len(parts) - 1)]
            joined = min((pair for pair in pairs if pair[0] >= _BYTES), default=None)
            if joined is None:
                return tuple(self._ids[part] for part in parts)
            at = joined[1]
            parts[at : at + 2] = [parts[at] + parts[at + 1]]


class MoonshineState:
    """A sound that was heard.

    Args:
        decoder: What asks it.
        past: What the decoder remembers: heads and numbers in each, by name.
        encoded: The sound as the encoder heard it, shape (1, frames, 288).
    """

    def __init__(
        self, decoder: Any, past: Mapping[str, tuple[int, int]], encoded: npt.NDArray[np.float32]
    ) -> None:
        self._decoder, self._past, self._encoded = decoder, past, encoded
        self._memory: dict[str, npt.NDArray[np.float32]] = {}
        self._rows: dict[tuple[int, ...], int] = {}

    def next_tokens(self, begun: Sequence[tuple[int, ...]]) -> npt.NDArray[np.float32]:
        """Return how likely each token comes next, as `search.Listening` has it."""
        first = not begun[0]
        if first:
            self._memory = {name: self._nothing(name) for name in self._past}
        else:
            rows = [self._rows[tokens[:-1]] for tokens in begun]
            self._memory = {name: kept[rows] for name, kept in self._memory.items()}
        ids = np.array([[tokens[-1] if tokens else _BEGIN] for tokens in begun], np.int64)
        raw, *memory = self._decoder.run(
            None,
            {
                "input_ids": ids,
                "encoder_hidden_states": np.repeat(self._encoded, len(begun), axis=0),
                "encoder_attention_mask": np.ones((len(begun), self._encoded.shape[1]), np.int64),
                "use_cache_branch": np.array([not first]),
                **self._memory,
            },
        )
        for name, kept in zip(self._past, memory, strict=True):
            if first or ".decoder." in name:  # of the sound it tells what it remembers only once
                self._memory[name] = kept
        self._rows = {tokens: row for row, tokens in enumerate(begun)}
        last = raw[:, -1]
        last -= last.max(axis=1, keepdims=True)
        return np.asarray(last - np.log(np.exp(last).sum(axis=1, keepdims=True)), np.float32)

    def _nothing(self, name: str) -> npt.NDArray[np.float32]:
        heads, each = self._past[name]
        return np.zeros((1, heads, 0 if ".decoder." in name else self._encoded.shape[1], each), np.float32)


def _bytes(letter: bytes) -> list[bytes]:
    return [bytes([one]) for one in letter]


def _pieces(path: Path) -> Iterator[bytes]:
    """Yield tokens by their numbers: each after its length, in one byte or, of 128 and more, in two."""
    raw = path.read_bytes()
    at = 0
    while at < len(raw):
        size = raw[at]
        at += 1
        if size >= 128:
            size += 128 * (raw[at] - 1)
            at += 1
        yield raw[at : at + size]
        at += size
