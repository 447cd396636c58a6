"""Beam search over a prefix tree: scores each of many phrases, and the recogniser's own best transcript."""

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
_BATCH: Final = 4000  # spellings tokenised at once: larger batches take memory that is never released


class DecoderState(Protocol):
    """An encoded utterance with the decoder's cached state."""

    def next_tokens(self, prefixes: Sequence[tuple[int, ...]]) -> npt.NDArray[np.float32]:
        """Return the log-probabilities of the next token after each prefix.

        Args:
            prefixes: Token sequences of equal length. Each extends, by one token, a prefix of the previous call.

        Returns:
            Natural log-probabilities, shape (prefixes, vocabulary).
        """
        ...


class PhraseRecogniser(Protocol):
    """A recogniser that can score a given text.

    Attributes:
        end: The end-of-text token.
    """

    end: int

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Tokenise texts, each of which begins with a space."""
        ...

    def listen(self, sound: Samples) -> DecoderState:
        """Encode a sound, mono at 16 kHz."""
        ...


class SearchResult(NamedTuple):
    """The result of a search.

    Attributes:
        scores: Log-probability (nats) of each phrase that was followed to its end; 0 is certain.
        unconstrained: Log-probability (nats) of the greedy transcript.
    """

    scores: Mapping[str, float]
    unconstrained: float


class Node:
    """A node of the prefix tree: its children by token, and the phrases that end here."""

    __slots__ = ("children", "phrases")

    def __init__(self) -> None:
        self.children: dict[int, Node] = {}
        self.phrases: tuple[str, ...] = ()


class Tree:
    """Phrases compiled to a prefix tree of tokens.

    Args:
        recogniser: Supplies the tokens and the scores.
        phrases: Lower case, numbers in words.
        width: Beam width.
        threshold: Nats. Prefixes this much less likely than the best are pruned, even of required phrases.
    """

    def __init__(
        self, recogniser: PhraseRecogniser, phrases: Sequence[str], *, width: int, threshold: float
    ) -> None:
        self._recogniser, self._width, self._threshold = recogniser, width, threshold
        self.listen = recogniser.listen
        self._root = Node()
        spelt = [(spelling, phrase) for phrase in phrases for spelling in spellings(phrase)]
        for start in range(0, len(spelt), _BATCH):
            batch = spelt[start : start + _BATCH]
            for tokens, (_, phrase) in zip(
                recogniser.tokens([text for text, _ in batch]), batch, strict=True
            ):
                node = self._root
                for token in tokens[:_LONGEST]:
                    node = node.children.setdefault(token, Node())
                node.phrases += (phrase,)

    def search(
        self,
        state: DecoderState,
        *,
        required: Collection[str] = (),
        width: int | None = None,
        still_wanted: Callable[[], bool] = lambda: True,
    ) -> SearchResult:
        """Score the phrases.

        Args:
            state: The utterance, encoded by this tree's recogniser.
            required: Phrases that are followed even when they fall outside the beam.
            width: Beam width for the other phrases; None for the tree's own.
            still_wanted: Polled at each token; the search stops when it returns False.
        """
        width = self._width if width is None else width
        required_nodes = self._nodes_of(required)
        ended: defaultdict[str, list[float]] = defaultdict(list)
        beams: list[tuple[tuple[int, ...], float, Node]] = [((), 0.0, self._root)]
        greedy: tuple[tuple[int, ...], float] | None = ((), 0.0)
        unconstrained = -math.inf
        for depth in range(_LONGEST):
            prefixes = [tokens for tokens, _, _ in beams]
            if greedy is not None and depth:
                prefixes.append(greedy[0])
            if not prefixes or not still_wanted():
                break
            log_probabilities = state.next_tokens(prefixes)
            if greedy is not None:
                token = int(log_probabilities[-1].argmax())
                total = greedy[1] + float(log_probabilities[-1][token])
                if token == self._recogniser.end:
                    greedy, unconstrained = None, total
                else:
                    greedy = ((*greedy[0], token), total)
            candidates = []
            for (tokens, total, node), row in zip(beams, log_probabilities, strict=False):
                for phrase in node.phrases:
                    ended[phrase].append(total + float(row[self._recogniser.end]))
                candidates += [
                    ((*tokens, token), total + float(row[token]), child)
                    for token, child in node.children.items()
                ]
            candidates.sort(key=lambda beam: -beam[1])
            best = max(
                (*(total for _, total, _ in candidates[:1]), *(max(scores) for scores in ended.values())),
                default=-math.inf,
            )
            beams = [
                beam
                for rank, beam in enumerate(candidates)
                if beam[1] > best - self._threshold and (rank < width or id(beam[2]) in required_nodes)
            ]
            if not beams:
                break
        if greedy is not None:
            unconstrained = greedy[1]  # longer than any phrase: its score so far is enough to compare
        return SearchResult(
            {phrase: float(np.logaddexp.reduce(scores)) for phrase, scores in ended.items()}, unconstrained
        )

    def _nodes_of(self, phrases: Collection[str]) -> set[int]:
        """Return the ids of all nodes on the paths to the phrases."""
        ids = set()
        for tokens in self._recogniser.tokens([text for phrase in phrases for text in spellings(phrase)]):
            node = self._root
            for token in tokens[:_LONGEST]:
                node = node.children[token]
                ids.add(id(node))
        return ids


def spellings(phrase: str) -> Sequence[str]:
    """Return the ways in which a recogniser may write a phrase."""
    found = []
    figures = in_figures(phrase)
    for text in dict.fromkeys((phrase, figures, figures.replace(" percent", "%"))):
        capital = text[:1].upper() + text[1:]
        found += [f" {text}", f" {capital}", f" {text}.", f" {capital}."]
    return list(dict.fromkeys(found))
