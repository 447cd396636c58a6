"""Holds back text for a field until the browser has reported that the field is not secret."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from rubato_desktop.commands.registry import REGISTRY
from rubato_desktop.events import FieldText, Result
from rubato_desktop.language.dictionary import Word
from rubato_desktop.language.results import RecognisedWord, RejectedRun

LEFT_OUT: Final = "…"
LONGEST_VOICE: Final = 30_000_000  # µs; nobody speaks longer in one breath
FindWord = Callable[[tuple[int, ...]], Word | None]


class FieldRedaction:
    """Decides which notes, words and results may be secret, and when that is known.

    All methods are for the engine's thread.

    Args:
        find_word: Returns the word that a run of keys begins with, or None.

    Attributes:
        current: The text that is being spelt or dictated, or that a speaker may be about to start; None while
            everything played can be written down at once.
    """

    def __init__(self, find_word: FindWord) -> None:
        self._find_word = find_word
        self._open: Word | None = None
        self._speaking = False
        self._since = 0  # µs at which the speaker began
        self._pending: dict[int, FieldText] = {}  # by the id of the request that the browser has not answered
        self.current: FieldText | None = None

    def voice(self, t: int, on: bool) -> None:
        """Note that speech has begun or ended. Notes played meanwhile may spell the text of a spoken word."""
        if on and not self._speaking:
            self._since = t
        self._speaking = on

    def follow(self, t: int, word: Word | None) -> bool:
        """Note which word is open now.

        Args:
            t: µs.
            word: The word whose parameters are awaited.

        Returns:
            Whether it has become known if a text is secret.
        """
        if self._speaking and t - self._since > LONGEST_VOICE:
            self._speaking = False
        if word is not None and for_fields(word.command):
            self.current = self.current or FieldText()
            self.current.begun, self._open = True, word
            return False
        if self.current is not None and self.current.begun:
            # The word was cancelled or timed out, so the browser was never asked about a field.
            self._settle(self.current, secret=True)
            self.current = FieldText() if self._speaking else None
            return True
        if self._speaking:
            self.current = self.current or FieldText()
            return False
        ended, self.current = self.current, None
        if ended is not None:
            self._settle(ended, secret=False)
        return ended is not None

    def recognised(self, word: RecognisedWord, id: int) -> tuple[RecognisedWord, FieldText | None]:
        """Return what may be shown of a recognised word, and the text that is held back with it.

        Args:
            word: The word.
            id: Number of its request.
        """
        if not for_fields(word.command) & word.args.keys():
            return word, None
        text = self.current if self.current is not None else FieldText()
        self.current = None
        text.word = word
        self._pending[id] = text
        return self._shown(word), text

    def rejected(self, run: RejectedRun) -> RejectedRun:
        """Return what may be shown of a run that was not recognised."""
        own = self._own_keys(run.keys)
        return run if own is None else replace(run, keys=own)

    def done(self, result: Result, word: RecognisedWord | None) -> tuple[Result, RecognisedWord | None]:
        """Return what may be shown of a result and its word. The status is ``ok`` only if the field is not secret.

        Args:
            result: The result of a command.
            word: The word that started the command.
        """
        if not for_fields(result.name):
            return result, word
        secret = result.status != "ok"
        if (text := self._pending.pop(result.id, None)) is not None:
            self._settle(text, secret=secret)
        if not secret:
            return result, word
        shown = self._shown(word) if word is not None else None
        return replace(result, args=_without(result.name, result.args)), shown

    def _settle(self, text: FieldText, *, secret: bool) -> None:
        if text.secret is None:
            text.secret = secret

    def _shown(self, word: RecognisedWord) -> RecognisedWord:
        keys = self._own_keys(word.keys)
        return replace(word, keys=keys or (), args=_without(word.command, word.args))

    def _own_keys(self, keys: tuple[int, ...]) -> tuple[int, ...] | None:
        """Return the keys of the word that takes text for a field; None if `keys` begin with no such word."""
        for word in (self._open, self._find_word(keys)):
            if word is not None and for_fields(word.command) and keys[: len(word.keys)] == word.keys:
                return word.keys
        return None


def _without(command: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments without text for a field, and without unknown ones, as a name may be mistyped."""
    fields = for_fields(command)
    names = {argument.name for argument in REGISTRY[command].arguments}
    return {name: LEFT_OUT if name in fields else args[name] for name in args if name in names}


def for_fields(command: str) -> frozenset[str]:
    """Return the names of the command's arguments that are text for a field of a page."""
    registered = REGISTRY.get(command)
    return registered.for_fields if registered is not None else frozenset()
