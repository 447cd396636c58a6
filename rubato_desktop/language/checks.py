"""What is wrong with a word before it is saved, and which free keys would do instead (rules: keymap §2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, product

from rubato_desktop.language.dictionary import (
    LONGEST_WORD,
    NAMES,
    SHORTEST_WORD,
    Stack,
    Word,
    conflicts,
)
from rubato_desktop.language.keys import LEAVE, LOWEST
from rubato_desktop.language.names import is_name


def faults(word: Word) -> list[str]:
    """Return what is wrong with a word by itself, in words; empty for nothing."""
    wrong = []
    if LEAVE in word.keys:
        wrong.append("key 24 leaves whatever is open and is never part of a word")
    if any(not 0 <= key <= LEAVE for key in word.keys):
        wrong.append("keys go from 0 to 24")
    if word.language == NAMES:
        if LEAVE not in word.keys and not is_name(word.keys):
            wrong.append("a name is three to twelve keys with key 0 among them")
    elif not SHORTEST_WORD <= len(word.keys) <= LONGEST_WORD:
        wrong.append(f"a word is {SHORTEST_WORD} to {LONGEST_WORD} keys")
    return wrong


def propose(word: Word, stack: Stack, limit: int = 3) -> list[tuple[int, ...]]:
    """Propose free keys for a word, close to the ones that were wanted.

    By the habits of the core language: what opens on a key closes on it. Nearest first: one key changed, one
    put in, then two put in.
    """
    return list(islice(_free(word, stack), limit))


def _free(word: Word, stack: Stack) -> Iterator[tuple[int, ...]]:
    if len(word.keys) > LONGEST_WORD:
        return
    seen = set()
    for keys in _variants(tuple(key for key in word.keys if key != LEAVE) or (LOWEST,)):
        if keys in seen or keys == word.keys:
            continue
        seen.add(keys)
        variant = replace(word, keys=keys)
        if not faults(variant) and next(conflicts(variant, stack), None) is None:
            yield keys


def _variants(keys: Sequence[int]) -> Iterator[tuple[int, ...]]:
    opening = keys[0]
    closed = tuple(keys) if len(keys) > 1 and keys[-1] == opening else (*keys, opening)
    inner = closed[1:-1] or (opening,)
    yield closed
    for i, change in product(range(len(inner)), (1, -1, 2, -2, 3, -3, 4, -4)):
        yield (opening, *inner[:i], inner[i] + change, *inner[i + 1 :], opening)
    for i, key in product(range(len(inner), -1, -1), range(LEAVE)):
        yield (opening, *inner[:i], key, *inner[i:], opening)
    for i, first, second in product(range(len(inner), -1, -1), range(LEAVE), range(LEAVE)):
        yield (opening, *inner[:i], first, second, *inner[i:], opening)
