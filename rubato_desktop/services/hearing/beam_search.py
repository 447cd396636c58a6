"""How likely each of many phrases is, and anything at all: along a tree of their spellings, likeliest first."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from rubato_desktop.services.hearing.numbers import in_figures
from rubato_desktop.services.voice.samples import Samples

_LONGEST: Final = 16  # tokens
_AT_A_TIME: Final = 4000  # spellings made into tokens: many more would take memory that is never given back


class DecoderState(Protocol):
    """A sound that was heard, and may be asked what it says."""

    def next_tokens(self, begun: Sequence[tuple[int, ...]]) -> npt.NDArray[np.float32]:
        """Return how likely each token comes next after each of some beginnings.

        Args:
            begun: Tokens, as many in each; each begins as one of those asked about before did.

        Returns:
            Natural logarithms of probabilities, a row a beginning.
        """
        ...


class PhraseRecogniser(Protocol):
    """A recogniser that may be asked how likely a text is.

    Attributes:
        end: The token that ends a text.
    """

    end: int

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Return texts, each with a space before it, as tokens."""
        ...

    def listen(self, sound: Samples) -> DecoderState:
        """Hear a sound, mono at 16 kHz."""
        ...


class SearchResult(NamedTuple):
    """What a search found.

    Attributes:
        scores: Nats of each phrase that was followed to its end; 0 is certain.
        freely: Nats of what the recogniser would write itself.
    """

    scores: Mapping[str, float]
    freely: float


class Node:
    """A place in the tree of spellings: what may come next, and the phrases that end here."""

    __slots__ = ("ends", "next")

    def __init__(self) -> None:
        self.next: dict[int, Node] = {}
        self.ends: tuple[str, ...] = ()


class Tree:
    """Phrases, made ready to be searched.

    Args:
        listener: Whose tokens are used.
        phrases: In small letters, numbers in words.
        width: So many beginnings are followed at a time.
        hopeless: What is so many nats less likely than the best is no longer followed, even where it is wanted.
    """

    def __init__(
        self, listener: PhraseRecogniser, phrases: Sequence[str], *, width: int, hopeless: float
    ) -> None:
        self._listener, self._width, self._hopeless = listener, width, hopeless
        self.listen = listener.listen
        self._root = Node()
        spelt = [(spelling, phrase) for phrase in phrases for spelling in spellings(phrase)]
        for at in range(0, len(spelt), _AT_A_TIME):
            some = spelt[at : at + _AT_A_TIME]
            for tokens, (_, phrase) in zip(listener.tokens([text for text, _ in some]), some, strict=True):
                node = self._root
                for token in tokens[:_LONGEST]:
                    node = node.next.setdefault(token, Node())
                node.ends += (phrase,)

    def follow(
        self,
        listening: DecoderState,
        *,
        also: Collection[str] = (),
        width: int | None = None,
        wanted: Callable[[], bool] = lambda: True,
    ) -> SearchResult:
        """Search.

        Args:
            listening: What was heard, by the listener whose tokens these are.
            also: Phrases that are followed however many are likelier.
            width: So many beginnings are followed beside those; None for as many as ever.
            wanted: Asked now and then; no longer wanted, it gives up.
        """
        width = self._width if width is None else width
        kept = self._along(also)
        ended: defaultdict[str, list[float]] = defaultdict(list)
        beams: list[tuple[tuple[int, ...], float, Node]] = [((), 0.0, self._root)]
        free: tuple[tuple[int, ...], float] | None = ((), 0.0)
        freely = -math.inf
        for depth in range(_LONGEST):
            asked = [tokens for tokens, _, _ in beams]
            if free is not None and depth:
                asked.append(free[0])
            if not asked or not wanted():
                break
            likely = listening.next_tokens(asked)
            if free is not None:
                token = int(likely[-1].argmax())
                total = free[1] + float(likely[-1][token])
                if token == self._listener.end:
                    free, freely = None, total
                else:
                    free = ((*free[0], token), total)
            following = []
            for (tokens, total, node), row in zip(beams, likely, strict=False):
                for phrase in node.ends:
                    ended[phrase].append(total + float(row[self._listener.end]))
                following += [((*tokens, t), total + float(row[t]), child) for t, child in node.next.items()]
            following.sort(key=lambda beam: -beam[1])
            sofar = [*(total for _, total, _ in following[:1]), *(max(scores) for scores in ended.values())]
            best = max(sofar, default=-math.inf)
            beams = [
                beam
                for place, beam in enumerate(following)
                if beam[1] > best - self._hopeless and (place < width or id(beam[2]) in kept)
            ]
            if not beams:
                break
        if free is not None:
            freely = free[1]  # it is longer than any phrase: what it has cost so far is enough to compare
        return SearchResult(
            {phrase: float(np.logaddexp.reduce(scores)) for phrase, scores in ended.items()}, freely
        )

    def _along(self, phrases: Collection[str]) -> set[int]:
        """Return the nodes on the way to phrases."""
        found = set()
        for tokens in self._listener.tokens([text for phrase in phrases for text in spellings(phrase)]):
            node = self._root
            for token in tokens[:_LONGEST]:
                node = node.next[token]
                found.add(id(node))
        return found


def spellings(phrase: str) -> Sequence[str]:
    """Return how a recogniser may write a phrase."""
    found = []
    figures = in_figures(phrase)
    for text in dict.fromkeys((phrase, figures, figures.replace(" percent", "%"))):
        capital = text[:1].upper() + text[1:]
        found += [f" {text}", f" {capital}", f" {text}.", f" {capital}."]
    return list(dict.fromkeys(found))
