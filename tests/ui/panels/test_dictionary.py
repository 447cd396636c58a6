"""The dictionary panel."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from live_player import LivePlayer
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from rubato_desktop.app import App
from rubato_desktop.language.dictionary import Language, Word
from rubato_desktop.ui.panels.dictionary_model import DictionaryModel
from rubato_desktop.ui.window import MainWindow

Until = Callable[[Callable[[], object]], None]

TEMPO = Word((0, 1, 0), "tempo", "own", meanings=("tempo", "how fast it goes"))
PEDAL = Word((0, 11, 0), "pedal", "own", command="pedal", help="Press the pedal")
OWN = Language("own", "My own", words=(TEMPO, PEDAL), writable=True)
EMPTY = Language("empty", "Empty")


@pytest.fixture
def model() -> DictionaryModel:
    made = DictionaryModel({"pedal": "Pedal down."})
    made.show([OWN, EMPTY], {TEMPO.keys: 3})
    return made


def tree(model: DictionaryModel) -> list[str]:
    """The rows as indented lines."""
    lines = []

    def walk(parent: object, depth: int) -> None:
        for row in range(model.rowCount(parent)):  # type: ignore[arg-type]
            index = model.index(row, 0, parent)  # type: ignore[arg-type]
            lines.append("  " * depth + index.data())
            walk(index, depth + 1)

    from PySide6.QtCore import QModelIndex

    walk(QModelIndex(), 0)
    return lines


def test_the_tree_has_languages_words_and_meanings(model: DictionaryModel) -> None:
    assert tree(model) == [
        "My own",
        "  tempo",
        "    how fast it goes",
        "  pedal",
        "    Press the pedal",
        "Empty",
    ]


def test_the_model_passes_qts_own_tester(model: DictionaryModel) -> None:
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.filter("ped")
    model.filter("")
    model.show([], {})
    model.show([OWN], {})


# query, the words found
SEARCHES = [
    ("", ["tempo", "pedal"]),
    ("TEM", ["tempo"]),
    ("how fast", ["tempo"]),
    ("press", ["pedal"]),
    ("0 1", ["tempo", "pedal"]),
    ("0 1 0", ["tempo"]),
    ("0  11", ["pedal"]),
    ("7", []),
    ("nothing like it", []),
]


@pytest.mark.parametrize(("text", "found"), SEARCHES)
def test_the_search_finds_names_meanings_and_keys(
    model: DictionaryModel, text: str, found: list[str]
) -> None:
    model.filter(text)
    words = [entry.word.name for root in model._roots for entry in root.children if entry.word]
    assert words == found


def test_an_old_index_finds_no_entry(model: DictionaryModel) -> None:
    old = model.index(1, 0, model.index(0, 0))
    model.show([], {})
    assert model.entry(old) is None


def test_a_row_is_spoken_in_words(model: DictionaryModel) -> None:
    spoken = model.index(0, 0, model.index(0, 0)).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "tempo, keys 0 1 0, used 3 times"


def test_enter_plays_a_word(window: MainWindow, app: App, until: Until) -> None:
    window.dictionary.open_word("click")
    QTest.keyClick(window.dictionary.tree, Qt.Key.Key_Return)
    until(lambda: window.strip.last.text() == "click: 0 7 0")


def test_each_use_is_counted(window: MainWindow, player: LivePlayer, until: Until) -> None:
    word = window.engine.services.languages.stack.word("languages")
    player.play("12 5 5 12")
    until(lambda: window.dictionary.model.usage(word) == 1)


def test_the_meaning_of_a_new_word_is_asked_and_shown(
    window: MainWindow, app: App, player: LivePlayer, until: Until
) -> None:
    player.play("12 9 10 11 12 0 15 16 0 24")
    until(window.dictionary.meaning.isVisible)
    assert window.dictionary.meaning.accessibleName() == "Meaning of the new word 0 15 16 0"
    window.dictionary.meaning.setText("fermata")
    QTest.keyClick(window.dictionary.meaning, Qt.Key.Key_Return)
    until(lambda: window.dictionary.model.find("fermata").isValid())
    until(lambda: not window.dictionary.meaning.isVisible())


def test_a_search_in_27000_words_shows_every_match(window: MainWindow) -> None:
    words = tuple(Word((0, n // 625 % 25, n // 25 % 25, n % 25), f"word {n}") for n in range(27_000))
    window.dictionary.model.show([Language("many", "Many", words=words)], {})
    window.dictionary.search.setText("word 26")
    assert window.dictionary.model.count == sum("word 26" in word.name for word in words)
