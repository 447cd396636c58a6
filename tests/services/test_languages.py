"""The language library: adding and changing words, conflicts, damaged files, usage counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from rubato_desktop.errors import RubatoError
from rubato_desktop.language.dictionary import Word
from rubato_desktop.services.languages import ConflictError, LanguageLibrary


@pytest.fixture
def library(tmp_path: Path) -> LanguageLibrary:
    return LanguageLibrary(tmp_path, ["core", "names"])


def reopened(library: LanguageLibrary) -> LanguageLibrary:
    return LanguageLibrary(library.folder.parent, library.active)


def test_core_and_names_are_always_active(tmp_path: Path) -> None:
    assert LanguageLibrary(tmp_path, []).active == ["core", "names"]
    assert LanguageLibrary(tmp_path, ["names", "gone"]).active == ["names", "core"]


def test_a_word_is_still_there_after_a_restart(library: LanguageLibrary) -> None:
    library.add(Word((0, 16, 0), "waltz", library.home(), meanings=("waltz",)))
    again = reopened(library)
    word = again.stack.word("waltz")
    assert word is not None and word.keys == (0, 16, 0) and word.language == "own"


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ((0, 7, 0), "0 7 0 is already click in core"),
        ((0, 7, 0, 3), "0 7 0 3 begins with click (0 7 0) in core"),
        ((23, 22), "23 22 is the beginning of play (23 22 23) in core"),
        ((0, 24), "key 24 cannot be part of a word"),
    ],
)
def test_a_conflict_is_refused_before_anything_is_saved(
    keys: tuple[int, ...], message: str, library: LanguageLibrary
) -> None:
    with pytest.raises(ConflictError) as error:
        library.add(Word(keys, "new", "own"))
    assert message in error.value.happened
    assert error.value.proposals and "Free keys: " in error.value.todo
    assert not library.folder.exists()


def test_built_in_languages_cannot_be_changed(library: LanguageLibrary) -> None:
    click = library.stack.word("click")
    assert click is not None
    with pytest.raises(RubatoError, match="cannot be changed"):
        library.remove(click)


def test_a_word_of_the_user_can_be_removed(library: LanguageLibrary) -> None:
    word = library.add(Word((0, 16, 0), "waltz", "own"))
    library.remove(word)
    assert reopened(library).stack.word("waltz") is None


def test_a_new_language_is_current_and_gets_new_words(library: LanguageLibrary) -> None:
    language = library.add_language("My Études!")
    assert language.name == "my-études" and library.current.name == language.name == library.home()
    with pytest.raises(RubatoError, match="already"):
        library.add_language("my études")
    library.forget_language(language.name)
    assert "my-études" not in reopened(library).languages


def test_a_damaged_language_is_reported_and_the_others_load(library: LanguageLibrary) -> None:
    library.add(Word((0, 16, 0), "waltz", "own"))
    (library.folder / "bad.toml").write_text('name = "bad"\n[[word]]\nkeys = "0 99"\nname = "x"\n')
    again = reopened(library)
    assert [problem.happened for problem in again.problems] == [
        "bad.toml, line 3: '99' is not a key; keys are numbers from 0 to 24"
    ]
    assert again.stack.word("waltz") and again.stack.word("click")


def test_usage_is_counted_and_a_damaged_file_starts_at_zero(library: LanguageLibrary) -> None:
    library.used((0, 7, 0))
    library.used((0, 7, 0))
    library.save_usage()
    assert reopened(library).usage[0, 7, 0] == 2
    (library.folder.parent / "usage.json").write_text("[broken")
    assert reopened(library).usage == {}


@pytest.mark.parametrize(
    ("keys", "near"),
    [
        ((0, 8, 0), ["click"]),
        ((12, 7, 9, 11, 11), ["add tag"]),
        ((23, 22, 21, 23), ["pause"]),
        ((3, 17, 9, 20, 21, 22), []),
        ((1,), []),
    ],
)
def test_the_nearest_words_to_a_mistyped_one(
    keys: tuple[int, ...], near: list[str], library: LanguageLibrary
) -> None:
    assert [word.name for word in library.nearest(keys)][: len(near) or None] == near
