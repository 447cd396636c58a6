"""Checks of a word before it is saved, and proposals of free keys for it."""

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
    """Return messages for what is wrong with a word, whatever other words there are."""
    messages = []
    if LEAVE in word.keys:
        messages.append("key 24 cannot be part of a word, as it leaves the word that is open")
    if any(not 0 <= key <= LEAVE for key in word.keys):
        messages.append("keys are numbered from 0 to 24")
    if word.language == NAMES:
        if LEAVE not in word.keys and not is_name(word.keys):
            messages.append("a name has 3 to 12 keys and includes key 0")
    elif not SHORTEST_WORD <= len(word.keys) <= LONGEST_WORD:
        messages.append(f"a word has {SHORTEST_WORD} to {LONGEST_WORD} keys")
    return messages


def propose(word: Word, stack: Stack, limit: int = 3) -> list[tuple[int, ...]]:
    """Propose free keys for a word, similar to its own.

    As in the core language, a proposal ends on the key it starts on. The most similar come first: one key changed,
    then one key inserted, then two.

    Args:
        word: The word; its keys are those the user wanted.
        stack: The words that the proposals must not conflict with.
        limit: The most proposals to return.
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
