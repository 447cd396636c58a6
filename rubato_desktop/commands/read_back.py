"""The keys and texts entered with a word, which are read back so that the player can check them."""

from __future__ import annotations

from collections.abc import Iterator

from rubato_desktop.commands.registry import REGISTRY
from rubato_desktop.events import EntryRead
from rubato_desktop.language.results import RecognisedWord

KINDS = ("keys", "text")


def entries(t: int, word: RecognisedWord) -> Iterator[EntryRead]:
    """Yield an event for each entry of a word that is read back.

    Args:
        t: Time of the events in µs.
        word: The word with its parameters.
    """
    command = REGISTRY.get(word.command)
    for argument in command.arguments if command else ():
        value = word.args.get(argument.name)
        if value is None or argument.kind not in KINDS:
            continue
        if isinstance(value, str):
            yield EntryRead(t, word.word, text=value)
        else:
            yield EntryRead(t, word.word, keys=tuple(value))
