"""Which sentence answers a question, or none: the made questions of the benchmark, and rules one by one."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from shelf import Shelf

from rubato_desktop.services.answers.evidence import Sought, weigh
from rubato_desktop.services.answers.passages import Passage

MADE = tomllib.loads(Path("benchmarks", "answers_questions.toml").read_text(encoding="utf-8"))


def best(question: str, *texts: str, source: str = "a.md") -> str:
    found = [Passage(str(number), source, text) for number, text in enumerate(texts)]
    answering = [one for one in weigh(Sought.of(question), found) if one.answers]
    return answering[0].text if answering else ""


def test_most_made_questions_are_answered_and_most_others_refused() -> None:
    shelf = Shelf.of(MADE["texts"])
    right = {True: 0, False: 0}
    asked = {True: 0, False: 0}
    for question, wanted in [pair for pairs in MADE["questions"].values() for pair in pairs]:
        found = [one for one in weigh(Sought.of(question), shelf.search(question, k=8)) if one.answers]
        good = wanted in found[0].text if wanted and found else not wanted and not found
        asked[bool(wanted)] += 1
        right[bool(wanted)] += good
    assert right[True] / asked[True] > 0.85
    assert right[False] / asked[False] > 0.85


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("When was the piano tuned?", "The piano was tuned by Anna."),
        ("How many pianos are in the hall?", "There are pianos in the hall."),
        ("Who tuned the piano?", "The piano was tuned twice."),
        ("Where did Chopin live?", "Liszt lived in Weimar, and loved to live there."),
        ("Is the piano out of tune?", "Is the piano out of tune?"),
    ],
)
def test_a_sentence_without_what_is_asked_for_is_no_answer(question: str, text: str) -> None:
    assert best(question, text) == ""


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("When was the piano tuned?", "The piano was tuned on 3 May."),
        ("Who tuned the pianno?", "Anna tuned the piano."),
        ("WHO TUNED THE PIANO", "Anna tuned the piano."),
        ("ピアノはいつ調律しましたか", "ピアノは五月三日に調律しました。"),
    ],
)
def test_a_sentence_with_it_is(question: str, text: str) -> None:
    assert best(question, text) == text


def test_what_the_sentence_before_or_the_name_of_the_file_says_counts() -> None:
    assert (
        best("When was the Pleyel tuned?", "The Pleyel stands here. It was tuned in May.")
        == "It was tuned in May."
    )
    assert best("When was the Pleyel tuned?", "It was tuned in May.", source="/x/The Pleyel.md")
    assert not best("When was the Pleyel tuned?", "It was tuned in May.")


def test_of_nothing_nothing_answers() -> None:
    assert weigh(Sought.of("Who?"), [Passage("1", "a.md", "Anna.")]) == []
    assert weigh(Sought.of("Who tuned it?"), []) == []
