"""The quick recogniser: its tokens, what it keeps, what it says when its files are not right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from audio_source import speak
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
def pieces() -> list[bytes]:
    return list(moonshine._pieces(TOKENIZER))


def written(model: Moonshine, heard: MoonshineState) -> Iterator[int]:
    """Yield the tokens that it writes itself."""
    begun: tuple[int, ...] = ()
    while (token := int(heard.next_tokens([begun])[0].argmax())) != model.end:
        yield token
        begun = (*begun, token)


@pytest.mark.parametrize("text", ["Tab 12.", "skip pauses off", "unhighlight", "Größe", "✓ 東"])
def test_tokens_are_the_text(text: str, model: Moonshine, pieces: list[bytes]) -> None:
    [tokens] = model.tokens([f" {text}"])
    assert b"".join(pieces[token] for token in tokens).decode().replace("▁", " ") == f" {text}"


@pytest.mark.parametrize("text", ["Start recording.", "Search the history.", "Page down."])
def test_it_writes_what_is_said_in_the_tokens_that_a_text_is_made(text: str, model: Moonshine) -> None:
    [expected] = model.tokens([f" {text}"])
    assert list(written(model, model.listen(speak(text, RATE)))) == expected


def test_what_it_keeps_of_one_beginning_is_right_for_those_that_go_on_from_there(model: Moonshine) -> None:
    heard = model.listen(speak("Next tab.", RATE))
    one, other = (tuple(tokens) for tokens in model.tokens([" Next tab.", " Tabs on."]))
    heard.next_tokens([()])
    heard.next_tokens([other[:1], one[:1]])
    together = heard.next_tokens([one[:2], other[:2], one[:2]])
    for row, tokens in zip(together, (one, other, one), strict=True):
        heard.next_tokens([()])
        heard.next_tokens([tokens[:1]])
        # Its eight bits are shared out anew in each batch.
        assert np.allclose(np.exp(heard.next_tokens([tokens[:2]])[0]), np.exp(row), atol=0.05)
    assert np.allclose(np.exp(together).sum(axis=1), 1, atol=1e-3)


def test_a_model_that_is_missing_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install("moonshine", tmp_path, monkeypatch)["encoder_model.ort"].unlink()
    with pytest.raises(RubatoError, match=r"encoder_model\.ort of .* is missing") as told:
        Moonshine().load()
    assert told.value.code == "needs_model" and told.value.todo


@pytest.mark.parametrize("damaged", ["encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin"])
def test_a_damaged_model_is_told_in_words(
    damaged: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = install("moonshine", tmp_path, monkeypatch)[damaged]
    file.write_bytes(bytes(file.stat().st_size))
    with pytest.raises(RubatoError, match=f"Moonshine tiny is damaged: {damaged}") as told:
        Moonshine().load()
    assert told.value.code == "bad_model" and told.value.kept
