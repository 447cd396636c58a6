"""Reading names, and the parameters that can be one of two things.

A name is three to twelve keys with key 0 among them, ended by key 24 or by the naming window after its first
key. Where one is expected, a known one selects at its last key and a new one names.
"""

from __future__ import annotations

from rubato_desktop.language.dictionary import NAMES, Node, Word
from rubato_desktop.language.entries import Text
from rubato_desktop.language.keys import LEAVE, LOWEST, MIDDLE
from rubato_desktop.language.numbers import Number
from rubato_desktop.language.parameters import ERASE, Left, Reader, Step, Timing

LONGEST_NAME, SHORTEST_NAME = 12, 3


def is_name(keys: list[int] | tuple[int, ...]) -> bool:
    """True for three to twelve keys with key 0 among them and without 24."""
    return SHORTEST_NAME <= len(keys) <= LONGEST_NAME and LOWEST in keys and LEAVE not in keys


class Name(Reader):
    """Reads a name.

    Args:
        timing: The times of the language.
        names: The tree of known names.
    """

    leaves = True

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
        found = self.known.get(key) if self.known is not None else None
        if isinstance(found, Word):
            self.value = list(self.keys)
            return Step.DONE
        self.known = found
        return Step.MORE if len(self.keys) <= LONGEST_NAME else Step.UNKNOWN

    def expire(self) -> Step:
        return self._end(Step.LAPSED)

    def _end(self, otherwise: Step) -> Step:
        self.value = list(self.keys)
        return Step.DONE if is_name(self.keys) else otherwise

    def faces(self) -> dict[int, str]:
        return {LEAVE: "done" if is_name(self.keys) else "leave"}

    def said(self) -> str:
        return " ".join(map(str, self.keys))


class OptionalName(Reader):
    """A name that may be left out, told from the next word by order alone.

    No name begins a word or is begun by one, so keys that run along the tree are the next word until they
    leave it; from there on they are a name. A word that completes opens what comes next, and a known name
    that completes is the name.

    Args:
        timing: The times of the language.
        words: The tree of all words.
        names: The tree of known names.
    """

    leaves = True

    def __init__(self, timing: Timing, words: Node, names: Node) -> None:
        super().__init__(timing)
        self.node: Node | None = words
        self.played: Left = []
        self.name = Name(timing, names)

    def press(self, t: int, key: int) -> Step:
        if key == LEAVE and not self.played:
            return Step.WITHOUT
        self.played.append((t, key))
        if key == LEAVE and self.node is not None:
            self.left = self.played
            return Step.WITHOUT
        found = self.node.get(key) if self.node is not None else None
        if isinstance(found, Word) and found.language != NAMES:
            self.left = self.played
            return Step.WITHOUT
        self.node = found if isinstance(found, dict) else None
        step = self.name.press(t, key)
        self.deadline = self.name.deadline if self.node is None else None
        return self._settle(step)

    def expire(self) -> Step:
        if self.node is not None:
            self.left = self.played
            return Step.WITHOUT
        return self._settle(self.name.expire())

    def _settle(self, step: Step) -> Step:
        self.value = self.name.value
        if step in (Step.MORE, Step.DONE):
            return step
        # No name came of it: the word stands without, and its keys are whatever they are by themselves.
        self.left = self.played
        return Step.WITHOUT

    def faces(self) -> dict[int, str]:
        return {LEAVE: "without a name" if not self.played else "done"}

    def said(self) -> str:
        return self.name.said()


class NameOrChoice(Reader):
    """A name, or a number from the list just shown.

    Digits 13-22 are a number unless a known name is being played; whatever begins otherwise is a name.
    """

    leaves = True

    def __init__(self, timing: Timing, names: Node) -> None:
        super().__init__(timing)
        self.name = Name(timing, names)
        self.number = Number(timing)
        self.reader: Reader | None = None
        self.played: Left = []

    def press(self, t: int, key: int) -> Step:
        if self.reader is not None:
            return self._by(self.reader, t, key)
        if not self.played and key == MIDDLE and key not in (self.name.known or {}):
            return Step.ERASED
        if not self.played and not 13 <= key <= 22:
            return self._by(self.name, t, key)
        self.played.append((t, key))
        step = self.name.press(t, key)
        if step is Step.DONE or (step is Step.MORE and self.name.known is not None):
            self.value = self.name.value
            self.deadline = t + self.timing.number
            return step
        # The known names are out: what was played is a number, and what follows its digits opens the next word.
        for i, (then, digit) in enumerate(self.played):
            step = self._by(self.number, then, digit)
            if step is not Step.MORE:
                if step is Step.BEFORE:
                    self.left = self.played[i:]
                elif i + 1 < len(self.played):
                    self.left, step = self.played[i + 1 :], Step.BEFORE
                break
        return step

    def _by(self, reader: Reader, t: int, key: int) -> Step:
        self.reader = reader
        step = reader.press(t, key)
        self.value, self.left, self.deadline = reader.value, reader.left, reader.deadline
        return step

    def expire(self) -> Step:
        if self.reader is None:
            if not self.played:
                return Step.LAPSED
            # A known name was left half-played: its digits are the number, the rest opens the next word.
            for i, (t, key) in enumerate(self.played):
                step = self._by(self.number, t, key)
                if step is not Step.MORE:
                    self.left = self.played[i + (step is Step.DONE) :]
                    return Step.BEFORE
        step = (self.reader or self.number).expire()
        self.value = (self.reader or self.number).value
        return step

    def faces(self) -> dict[int, str]:
        if self.reader is not None:
            return self.reader.faces()
        digits = {key: face for key, face in self.number.faces().items() if key > MIDDLE}
        return {**self.name.faces(), **digits}

    def said(self) -> str:
        return (self.reader or self.name).said()


class ChoiceOrText(Reader):
    """A number from the list just shown, or spelt text: a list counts from 1, so its digits lie right of the middle,
    and no character is spelt from there."""

    leaves = True

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
        self.value, self.left, self.deadline = self.reader.value, self.reader.left, self.reader.deadline
        return step

    def expire(self) -> Step:
        reader = self.reader or self.number
        step = reader.expire()
        self.value = reader.value
        return step

    def faces(self) -> dict[int, str]:
        if self.reader is not None:
            return self.reader.faces()
        digits = {key: face for key, face in self.number.faces().items() if key > MIDDLE}
        return {**self.text.faces(), **digits}

    def said(self) -> str:
        return self.reader.said() if self.reader else ""
