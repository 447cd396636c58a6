"""Chunks follow the structure of a document and cover all of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rubato_desktop.services.knowledge.chunking import MAX_CHARACTERS, Chunk, chunks
from rubato_desktop.services.knowledge.readers import Block, ReadDocument

LONG = "This sentence is about the touch of the keys. " * 8  # 368 characters


def cut(*pieces: Block) -> list[Chunk]:
    return list(chunks(ReadDocument("", pieces)))


def test_short_paragraphs_are_one_chunk() -> None:
    assert cut(Block("One."), Block("Two.")) == [Chunk("One.\n\nTwo.")]


def test_a_heading_starts_a_chunk() -> None:
    found = cut(
        Block("Touch", heading=True),
        Block(LONG.strip()),
        Block("Tone", heading=True),
        Block("Round."),
    )
    assert [chunk.text.split("\n")[0] for chunk in found] == ["Touch", "Tone"]


def test_a_chunk_stays_on_one_page() -> None:
    assert cut(Block("a", page=1), Block("b", page=2)) == [Chunk("a", page=1), Chunk("b", page=2)]


def test_speech_is_cut_by_the_minute() -> None:
    found = cut(*(Block(f"At {second}.", start_ms=second * 1000) for second in range(0, 180, 20)))
    assert [chunk.start_ms for chunk in found] == [0, 80_000, 160_000]


def test_a_long_paragraph_is_cut_at_sentences() -> None:
    found = cut(Block((LONG * 4).strip()))
    assert len(found) == 2
    assert all(chunk.text.endswith("keys.") for chunk in found)


@given(st.lists(st.text(max_size=3 * MAX_CHARACTERS).map(lambda text: " ".join(text.split())), max_size=6))
def test_no_character_is_lost_or_duplicated(texts: list[str]) -> None:
    found = cut(*map(Block, texts))
    assert all(len(chunk.text) <= MAX_CHARACTERS for chunk in found)

    def letters(text: str) -> str:
        return "".join(char for char in text if char.isalnum())

    assert letters("".join(chunk.text for chunk in found)) == letters("".join(texts))
