"""Moonshine: its tokeniser, its decoder cache, and its errors for missing and damaged files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from audio_source import synthesise
from installed_models import install

from rubato_desktop.errors import RubatoError
from rubato_desktop.packaged_models import find_model
from rubato_desktop.services.hearing import moonshine
from rubato_desktop.services.hearing.endpointing import RATE
from rubato_desktop.services.hearing.moonshine import Moonshine, MoonshineState

TOKENIZER = find_model("moonshine")["tokenizer.bin"]


@pytest.fixture(scope="module")
def model() -> Moonshine:
    return Moonshine()


@pytest.fixture(scope="module")
def vocabulary() -> list[bytes]:
    return list(moonshine._read_vocabulary(TOKENIZER))


def transcribe(model: Moonshine, state: MoonshineState) -> Iterator[int]:
    """Yield the tokens of the greedy transcript."""
    prefix: tuple[int, ...] = ()
    while (token := int(state.next_tokens([prefix])[0].argmax())) != model.end:
        yield token
        prefix = (*prefix, token)


@pytest.mark.parametrize("text", ["Tab 12.", "skip pauses off", "unhighlight", "Größe", "✓ 東"])
def test_the_tokens_spell_the_text(text: str, model: Moonshine, vocabulary: list[bytes]) -> None:
    [tokens] = model.tokens([f" {text}"])
    assert b"".join(vocabulary[token] for token in tokens).decode().replace("▁", " ") == f" {text}"


@pytest.mark.parametrize("text", ["Start recording.", "Search the history.", "Page down."])
def test_the_transcript_has_the_tokens_of_the_text(text: str, model: Moonshine) -> None:
    [expected] = model.tokens([f" {text}"])
    assert list(transcribe(model, model.listen(synthesise(text, RATE)))) == expected


def test_the_decoder_cache_is_right_for_each_extended_prefix(model: Moonshine) -> None:
    state = model.listen(synthesise("Next tab.", RATE))
    one, other = (tuple(tokens) for tokens in model.tokens([" Next tab.", " Tabs on."]))
    state.next_tokens([()])
    state.next_tokens([other[:1], one[:1]])
    batch = state.next_tokens([one[:2], other[:2], one[:2]])
    for row, tokens in zip(batch, (one, other, one), strict=True):
        state.next_tokens([()])
        state.next_tokens([tokens[:1]])
        # The 8-bit quantisation is scaled anew for each batch.
        assert np.allclose(np.exp(state.next_tokens([tokens[:2]])[0]), np.exp(row), atol=0.05)
    assert np.allclose(np.exp(batch).sum(axis=1), 1, atol=1e-3)


def test_a_missing_model_is_reported_in_plain_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install("moonshine", tmp_path, monkeypatch)["encoder_model.ort"].unlink()
    with pytest.raises(RubatoError, match=r"encoder_model\.ort of .* is missing") as caught:
        Moonshine().load()
    assert caught.value.code == "needs_model" and caught.value.todo


@pytest.mark.parametrize("damaged", ["encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin"])
def test_a_damaged_model_is_reported_in_plain_words(
    damaged: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = install("moonshine", tmp_path, monkeypatch)[damaged]
    file.write_bytes(bytes(file.stat().st_size))
    with pytest.raises(RubatoError, match=f"Moonshine tiny is damaged: {damaged}") as caught:
        Moonshine().load()
    assert caught.value.code == "bad_model" and caught.value.kept
