"""Keeps text for a field to itself until the browser has said that the field holds no secret."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from rubato_desktop.commands.registry import REGISTRY
from rubato_desktop.events import FieldText, Result
from rubato_desktop.language.dictionary import Word
from rubato_desktop.language.results import RecognisedWord, RejectedRun

LEFT_OUT: Final = "…"
LONGEST_VOICE: Final = 30_000_000  # µs: nobody speaks longer in one breath
Opening = Callable[[tuple[int, ...]], Word | None]


class FieldRedaction:
    """Decides which notes, words and results may be a secret, and when that is known.

    All methods are for the engine's thread.

    Args:
        opening: Finds the word that a run of keys begins with.

    Attributes:
        current: The text that is being spelt or dictated, or that somebody who is speaking may ask for; None
            while what is played can be written down at once.
    """

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._open: Word | None = None
        self._speaking = False
        self._since = 0  # µs at which they began
        self._asked: dict[int, FieldText] = {}  # by the id of the request that the browser has not answered
        self.current: FieldText | None = None

    def voice(self, t: int, on: bool) -> None:
        """Somebody begins to speak, or has ended. What they play meanwhile may spell the text of a spoken word."""
        if on and not self._speaking:
            self._since = t
        self._speaking = on

    def follow(self, t: int, word: Word | None) -> bool:
        """Note which word is open now.

        Args:
            t: µs.
            word: The word whose parameters are awaited.

        Returns:
            Whether something that was held back is known now.
        """
        if self._speaking and t - self._since > LONGEST_VOICE:
            self._speaking = False
        if word is not None and for_fields(word.command):
            self.current = self.current or FieldText()
            self.current.begun, self._open = True, word
            return False
        if self.current is not None and self.current.begun:
            # It was left, or lapsed: no field was ever asked about.
            self._known(self.current, secret=True)
            self.current = FieldText() if self._speaking else None
            return True
        if self._speaking:
            self.current = self.current or FieldText()
            return False
        ended, self.current = self.current, None
        if ended is not None:
            self._known(ended, secret=False)
        return ended is not None

    def heard(self, word: RecognisedWord, id: int) -> tuple[RecognisedWord, FieldText | None]:
        """A word was understood: return what may be shown of it, and what is held back with it.

        Args:
            word: The word.
            id: Number of its request.
        """
        if not for_fields(word.command) & word.args.keys():
            return word, None
        text = self.current if self.current is not None else FieldText()
        self.current = None
        text.word = word
        self._asked[id] = text
        return self._shown(word), text

    def missed(self, run: RejectedRun) -> RejectedRun:
        """Return what may be shown of a run that became no word."""
        own = self._own_keys(run.keys)
        return run if own is None else replace(run, keys=own)

    def done(self, result: Result, word: RecognisedWord | None) -> tuple[Result, RecognisedWord | None]:
        """A command has ended: return what may be shown. It ended well only if its field holds no secret.

        Args:
            result: How it ended.
            word: The word that asked for it.
        """
        if not for_fields(result.name):
            return result, word
        secret = result.status != "ok"
        if (text := self._asked.pop(result.id, None)) is not None:
            self._known(text, secret=secret)
        if not secret:
            return result, word
        shown = self._shown(word) if word is not None else None
        return replace(result, args=_without(result.name, result.args)), shown

    def _known(self, text: FieldText, *, secret: bool) -> None:
        if text.secret is None:
            text.secret = secret

    def _shown(self, word: RecognisedWord) -> RecognisedWord:
        keys = self._own_keys(word.keys)
        return replace(word, keys=keys or (), args=_without(word.command, word.args))

    def _own_keys(self, keys: tuple[int, ...]) -> tuple[int, ...] | None:
        """The keys of the word that takes text for a field; None where no such word is played with `keys`."""
        for word in (self._open, self._opening(keys)):
            if word is not None and for_fields(word.command) and keys[: len(word.keys)] == word.keys:
                return word.keys
        return None


def _without(command: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments without text for a field, and without those that the command does not have: a name may be mistyped."""
    fields = for_fields(command)
    names = {argument.name for argument in REGISTRY[command].arguments}
    return {name: LEFT_OUT if name in fields else args[name] for name in args if name in names}


def for_fields(command: str) -> frozenset[str]:
    """Return the names of the arguments of a command that are text for a field of a page."""
    found = REGISTRY.get(command)
    return found.for_fields if found is not None else frozenset()
