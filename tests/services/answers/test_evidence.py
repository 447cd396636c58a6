"""Which sentence answers a question, if any: the questions of the benchmark, and each rule."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from passage_index import PassageIndex

from rubato_desktop.services.answers.evidence import QuestionTerms, score_sentences
from rubato_desktop.services.answers.passages import Passage

BENCHMARK = tomllib.loads(Path("benchmarks", "answers_questions.toml").read_text(encoding="utf-8"))


def best(question: str, *texts: str, source: str = "a.md") -> str:
    found = [Passage(str(number), source, text) for number, text in enumerate(texts)]
    answering = [one for one in score_sentences(QuestionTerms.of(question), found) if one.answers]
    return answering[0].text if answering else ""


def test_most_benchmark_questions_are_answered_or_refused_correctly() -> None:
    index = PassageIndex.of(BENCHMARK["texts"])
    right = {True: 0, False: 0}
    asked = {True: 0, False: 0}
    for question, expected in [pair for pairs in BENCHMARK["questions"].values() for pair in pairs]:
        found = [
            one
            for one in score_sentences(QuestionTerms.of(question), index.search(question, k=8))
            if one.answers
        ]
        good = expected in found[0].text if expected and found else not expected and not found
        asked[bool(expected)] += 1
        right[bool(expected)] += good
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
def test_a_sentence_without_the_expected_kind_of_answer_is_rejected(question: str, text: str) -> None:
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
def test_a_sentence_with_the_expected_kind_of_answer_is_accepted(question: str, text: str) -> None:
    assert best(question, text) == text


def test_the_previous_sentence_and_the_file_name_count_as_context() -> None:
    assert (
        best("When was the Pleyel tuned?", "The Pleyel stands here. It was tuned in May.")
        == "It was tuned in May."
    )
    assert best("When was the Pleyel tuned?", "It was tuned in May.", source="/x/The Pleyel.md")
    assert not best("When was the Pleyel tuned?", "It was tuned in May.")


def test_no_terms_or_no_passages_give_no_evidence() -> None:
    assert score_sentences(QuestionTerms.of("Who?"), [Passage("1", "a.md", "Anna.")]) == []
    assert score_sentences(QuestionTerms.of("Who tuned it?"), []) == []
