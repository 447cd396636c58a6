"""Readers of names, and of parameters that can be one of two kinds.

A name has 3 to 12 keys and includes key 0. It ends with key 24 or when the naming timeout after its first key is over;
a known name ends at its last key.
"""

from __future__ import annotations

from rubato_desktop.language.dictionary import NAMES, Node, Word
from rubato_desktop.language.entries import Text
from rubato_desktop.language.keys import LEAVE, LOWEST, MIDDLE
from rubato_desktop.language.numbers import Number
from rubato_desktop.language.parameters import ERASE, Reader, Step, TimedKeys, Timing

LONGEST_NAME, SHORTEST_NAME = 12, 3


def is_name(keys: list[int] | tuple[int, ...]) -> bool:
    """Return whether keys can be a name: 3 to 12 keys that include key 0, but not key 24."""
    return SHORTEST_NAME <= len(keys) <= LONGEST_NAME and LOWEST in keys and LEAVE not in keys


class Name(Reader):
    """A name: 3 to 12 keys that include key 0, ended by key 24 or 2 s after the first key; a known name ends by itself.

    Args:
        timing: The timing of the language.
        names: The tree of known names.
    """

    ends_on_leave = True

    def __init__(self, timing: Timing, names: Node) -> None:
        super().__init__(timing)
        self.keys: list[int] = []
        self.known: Node | None = names

    def press(self, t: int, key: int) -> Step:
        if key == LEAVE:
            return self._end(Step.UNKNOWN if self.keys else Step.ERASED)
        if not self.keys:
            self.deadline = t + self.timing.naming
        self.keys.append(key)
        if self.keys[-3:] == ERASE:
            return Step.ERASED
        child = self.known.get(key) if self.known is not None else None
        if isinstance(child, Word):
            self.value = list(self.keys)
            return Step.DONE
        self.known = child
        return Step.MORE if len(self.keys) <= LONGEST_NAME else Step.UNKNOWN

    def expire(self) -> Step:
        return self._end(Step.LAPSED)

    def _end(self, otherwise: Step) -> Step:
        self.value = list(self.keys)
        return Step.DONE if is_name(self.keys) else otherwise

    def labels(self) -> dict[int, str]:
        return {LEAVE: "done" if is_name(self.keys) else "leave"}

    def progress(self) -> str:
        return " ".join(map(str, self.keys))


class OptionalName(Reader):
    """A name that can be left out.

    It is distinguished from the next word by its keys alone, as no name is a prefix of a word or starts with one: keys
    that follow the tree of words are the next word; once they leave the tree, they are a name. If they complete a
    word, the name was left out; if they complete a known name, they are that name.

    Args:
        timing: The timing of the language.
        words: The tree of all words.
        names: The tree of known names.
    """

    ends_on_leave = True

    def __init__(self, timing: Timing, words: Node, names: Node) -> None:
        super().__init__(timing)
        self.node: Node | None = words
        self.played: TimedKeys = []
        self.name = Name(timing, names)

    def press(self, t: int, key: int) -> Step:
        if key == LEAVE and not self.played:
            return Step.OMITTED
        self.played.append((t, key))
        if key == LEAVE and self.node is not None:
            self.pushed_back = self.played
            return Step.OMITTED
        child = self.node.get(key) if self.node is not None else None
        if isinstance(child, Word) and child.language != NAMES:
            self.pushed_back = self.played
            return Step.OMITTED
        self.node = child if isinstance(child, dict) else None
        step = self.name.press(t, key)
        self.deadline = self.name.deadline if self.node is None else None
        return self._settle(step)

    def expire(self) -> Step:
        if self.node is not None:
            self.pushed_back = self.played
            return Step.OMITTED
        return self._settle(self.name.expire())

    def _settle(self, step: Step) -> Step:
        self.value = self.name.value
        if step in (Step.MORE, Step.DONE):
            return step
        # The keys are not a name: the word goes without one, and the keys are parsed again.
        self.pushed_back = self.played
        return Step.OMITTED

    def labels(self) -> dict[int, str]:
        return {LEAVE: "no name" if not self.played else "done"}

    def progress(self) -> str:
        return self.name.progress()


class NameOrChoice(Reader):
    """A name, or a number from the last list: a first key of 13 to 22 is a digit unless a known name starts with it."""

    ends_on_leave = True

    def __init__(self, timing: Timing, names: Node) -> None:
        super().__init__(timing)
        self.name = Name(timing, names)
        self.number = Number(timing)
        self.reader: Reader | None = None
        self.played: TimedKeys = []

    def press(self, t: int, key: int) -> Step:
        if self.reader is not None:
            return self._delegate(self.reader, t, key)
        if not self.played and key == MIDDLE and key not in (self.name.known or {}):
            return Step.ERASED
        if not self.played and not 13 <= key <= 22:
            return self._delegate(self.name, t, key)
        self.played.append((t, key))
        step = self.name.press(t, key)
        if step is Step.DONE or (step is Step.MORE and self.name.known is not None):
            self.value = self.name.value
            self.deadline = t + self.timing.number
            return step
        # No known name continues like this: the keys are a number, and those after its digits start the next word.
        for i, (then, digit) in enumerate(self.played):
            step = self._delegate(self.number, then, digit)
            if step is not Step.MORE:
                if step is Step.DONE_BEFORE:
                    self.pushed_back = self.played[i:]
                elif i + 1 < len(self.played):
                    self.pushed_back, step = self.played[i + 1 :], Step.DONE_BEFORE
                break
        return step

    def _delegate(self, reader: Reader, t: int, key: int) -> Step:
        self.reader = reader
        step = reader.press(t, key)
        self.value, self.pushed_back, self.deadline = reader.value, reader.pushed_back, reader.deadline
        return step

    def expire(self) -> Step:
        if self.reader is None:
            if not self.played:
                return Step.LAPSED
            # A known name was not completed: its digits are a number, and the keys after them start the next word.
            for i, (t, key) in enumerate(self.played):
                step = self._delegate(self.number, t, key)
                if step is not Step.MORE:
                    self.pushed_back = self.played[i + (step is Step.DONE) :]
                    return Step.DONE_BEFORE
        step = (self.reader or self.number).expire()
        self.value = (self.reader or self.number).value
        return step

    def labels(self) -> dict[int, str]:
        if self.reader is not None:
            return self.reader.labels()
        digits = {key: label for key, label in self.number.labels().items() if key > MIDDLE}
        return {**self.name.labels(), **digits}

    def progress(self) -> str:
        return (self.reader or self.name).progress()


class ChoiceOrText(Reader):
    """A number from the last list, or spelt text: a first key from 13 to 22 is a digit, any other spells."""

    ends_on_leave = True

    def __init__(self, timing: Timing) -> None:
        super().__init__(timing)
        self.number, self.text = Number(timing), Text(timing)
        self.reader: Reader | None = None

    def press(self, t: int, key: int) -> Step:
        if self.reader is None:
            if key == MIDDLE:
                return Step.ERASED
            self.reader = self.number if 13 <= key <= 22 else self.text
        step = self.reader.press(t, key)
        reader = self.reader
        self.value, self.pushed_back, self.deadline = reader.value, reader.pushed_back, reader.deadline
        return step

    def expire(self) -> Step:
        reader = self.reader or self.number
        step = reader.expire()
        self.value = reader.value
        return step

    def labels(self) -> dict[int, str]:
        if self.reader is not None:
            return self.reader.labels()
        digits = {key: label for key, label in self.number.labels().items() if key > MIDDLE}
        return {**self.text.labels(), **digits}

    def progress(self) -> str:
        return self.reader.progress() if self.reader else ""
