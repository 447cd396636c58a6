"""The dictionary as a tree: language → word → lines about the word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from rubato_desktop.language.dictionary import Language, Word
from rubato_desktop.language.keys import format_keys
from rubato_desktop.plurals import counted

Index = QModelIndex | QPersistentModelIndex
ROLE = Qt.ItemDataRole.UserRole
NO_PARENT = QModelIndex()


@dataclass(eq=False, slots=True)
class Entry:
    """One row: a language, a word, or a line about a word.

    Attributes:
        number: Id in the view's indexes, which hold no Python object and so cannot outlive one.
        row: Position below `parent`.
    """

    number: int
    row: int
    parent: Entry | None
    language: Language
    word: Word | None = None
    line: str = ""
    children: list[Entry] = field(default_factory=list)


class DictionaryModel(QAbstractItemModel):
    """Words by language, filtered. `UserRole` is the `Entry` of a row.

    Args:
        commands: Command id → summary, for words without help of their own.
    """

    def __init__(self, commands: Mapping[str, str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._commands = commands
        self._languages: Sequence[Language] = ()
        self._usage: Mapping[tuple[int, ...], int] = {}
        self._filter = ""
        self._roots: list[Entry] = []
        self._entries: list[Entry] = []

    def show(self, languages: Sequence[Language], usage: Mapping[tuple[int, ...], int]) -> None:
        """Show languages.

        Args:
            languages: In the order of the tree.
            usage: A word's keys → how often it was played.
        """
        self._languages, self._usage = languages, usage
        self._build()

    def filter(self, text: str) -> None:
        """Show only words with `text` in name, meanings or help, or whose keys begin with it."""
        self._filter = text.strip().lower()
        self._build()

    def usage(self, word: Word) -> int:
        """Return how often a word was played."""
        return self._usage.get(word.keys, 0)

    def update_usage(self, keys: tuple[int, ...]) -> None:
        """Redraw the row of a word whose usage has changed."""
        for root in self._roots:
            for entry in root.children:
                if entry.word is not None and entry.word.keys == keys:
                    index = self._index(entry)
                    self.dataChanged.emit(index, index)

    def find(self, name: str) -> QModelIndex:
        """Return the index of a word by its name; an invalid index when it is not shown."""
        for root in self._roots:
            for entry in root.children:
                if entry.word is not None and entry.word.name == name:
                    return self._index(entry)
        return QModelIndex()

    @property
    def count(self) -> int:
        """Number of words shown."""
        return sum(len(root.children) for root in self._roots)

    def about(self, word: Word) -> list[str]:
        """Return the lines below a word: its other meanings, what it does, its parameters."""
        lines = [meaning for meaning in word.meanings if meaning != word.name]
        help = word.help or self._commands.get(word.command, "")
        parameters = ", ".join(str(parameter) for parameter in word.parameters)
        lines += filter(None, [help, f"Followed by: {parameters}" if parameters else ""])
        return lines or ["Has no meaning but its name"]

    def _build(self) -> None:
        self.beginResetModel()
        self._roots, self._entries = [], []
        for language in self._languages:
            words = [word for word in language.words if self._matches(word)]
            if self._filter and not words:
                continue
            root = self._add(len(self._roots), None, language)
            root.children = [self._add(row, root, language, word) for row, word in enumerate(words)]
            self._roots.append(root)
        self.endResetModel()

    def _add(
        self, row: int, parent: Entry | None, language: Language, word: Word | None = None, line: str = ""
    ) -> Entry:
        entry = Entry(len(self._entries), row, parent, language, word, line)
        self._entries.append(entry)
        return entry

    def _matches(self, word: Word) -> bool:
        query = self._filter
        if not query:
            return True
        if query.replace(" ", "").isdecimal():
            return format_keys(word.keys).startswith(" ".join(query.split()))
        texts = (word.name, word.help, self._commands.get(word.command, ""), *word.meanings)
        return any(query in text.lower() for text in texts)

    # QAbstractItemModel -----------------------------------------------------------------------------

    def entry(self, index: Index) -> Entry | None:
        """Return the entry of a row; None for an index of an earlier state of the tree."""
        if not index.isValid() or index.internalId() >= len(self._entries):
            return None
        return self._entries[index.internalId()]

    def _index(self, entry: Entry) -> QModelIndex:
        return self.createIndex(entry.row, 0, entry.number)

    def _children(self, entry: Entry) -> list[Entry]:
        if entry.word is not None and not entry.line and not entry.children:
            about = self.about(entry.word)
            entry.children = [
                self._add(row, entry, entry.language, entry.word, line) for row, line in enumerate(about)
            ]
        return entry.children

    def index(self, row: int, column: int, parent: Index = NO_PARENT) -> QModelIndex:
        above = self.entry(parent)
        entries = self._roots if above is None else self._children(above)
        return (
            self.createIndex(row, column, entries[row].number) if 0 <= row < len(entries) else QModelIndex()
        )

    def parent(self, index: Index = NO_PARENT) -> QModelIndex:  # type: ignore[override]
        entry = self.entry(index)
        return self._index(entry.parent) if entry is not None and entry.parent is not None else QModelIndex()

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        entry = self.entry(parent)
        if entry is None:
            return len(self._roots)
        return 0 if entry.line else len(self._children(entry))

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entry(index)
        if entry is None:
            return None
        if role == ROLE:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.line or (entry.word.name if entry.word else entry.language.title)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(entry)
        if role == Qt.ItemDataRole.ToolTipRole:
            return entry.line or (
                self._word_tooltip(entry.word) if entry.word else entry.language.description
            )
        return None

    def _word_tooltip(self, word: Word) -> str:
        return "\n".join([f"{word.name}: {format_keys(word.keys)}", *self.about(word)])

    def _spoken(self, entry: Entry) -> str:
        if entry.line:
            return entry.line
        if entry.word is None:
            return f"{entry.language.title}, {counted(len(entry.children), 'word')}"
        used = counted(self.usage(entry.word), "time")
        return f"{entry.word.name}, keys {format_keys(entry.word.keys)}, used {used}"
