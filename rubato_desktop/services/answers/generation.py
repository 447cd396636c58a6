"""One part of an answer: from passages to cited words, by quoting or by a model that is trusted to write."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.answers import extractive as quoting
from rubato_desktop.services.answers import template
from rubato_desktop.services.answers.answer import UNANSWERED
from rubato_desktop.services.answers.citation_filter import CitationFilter, without_marks
from rubato_desktop.services.answers.conversation import Turn
from rubato_desktop.services.answers.evidence import CERTAIN, Evidence
from rubato_desktop.services.answers.passages import Passage
from rubato_desktop.services.answers.tokens import instructs, plain, sentences, terms
from rubato_desktop.services.model.cancellation import Cancellation, Cancelled
from rubato_desktop.services.model.models import Message, Model, Models

TOKENS_A_WORD: Final = 1.4
_BEFORE_FIRST_S: Final = 0.6  # of the second until the first words, what a prompt may take
_LEAST_WORDS, _MOST_WORDS = (
    80,
    1600,
)  # of sources in a prompt; more does not fit beside an answer in 4096 tokens
_TURNS: Final = 3
CHOOSING_S: Final = 8.0  # how long a small model may choose, on a machine that is busy with something else
_SUPPORTED: Final = 0.5


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """How a question is to be answered."""

    question: str
    template: str
    model: Model
    temperature: float
    length: str
    limit: int
    turns: Sequence[Turn] = ()


@dataclass(slots=True)
class GeneratedAnswer:
    """What came of it."""

    text: str = ""
    cited: list[int] = field(default_factory=list)
    quoted: list[str] = field(default_factory=list)
    answered: bool = False
    confidence: float = 0.0
    problem: RubatoError | None = None
    asked_model: bool = False


Say = Callable[[str], None]


def generate(
    models: Models,
    asked: AnswerRequest,
    found: Sequence[Passage],
    numbers: Sequence[int],
    evidence: Sequence[Evidence],
    part: GeneratedAnswer,
    on_text: Say,
    stop: Cancellation,
) -> None:
    """Answer from passages, telling each piece as it comes; `part` holds what was said, whatever happens.

    Args:
        numbers: The number that each passage is cited by.
        evidence: The passages' sentences, weighed.

    Raises:
        Stopped: the wish to stop came.
    """
    if asked.model.small:
        _quote(models, asked, numbers, evidence, part, on_text, stop)
        return
    try:
        _write(models, asked, found, numbers, evidence, part, on_text, stop)
    except RubatoError as error:
        if part.text:
            part.problem = error
            return
        _quote(models, asked, numbers, evidence, part, on_text, stop, alone=True)
        error.kept = "The sources' own sentences are quoted instead" if part.answered else error.kept
        part.problem = error


def _quote(
    models: Models,
    asked: AnswerRequest,
    numbers: Sequence[int],
    evidence: Sequence[Evidence],
    part: GeneratedAnswer,
    on_text: Say,
    stop: Cancellation,
    *,
    alone: bool = False,
) -> None:
    """Quote the best sentence at once, then those that the model chooses, then those as good as the best."""
    offered = quoting.candidates(evidence, asked.length)
    if not offered:
        part.text = UNANSWERED
        on_text(part.text)
        return

    def chosen() -> Iterator[Evidence]:
        yield offered[0]
        if len(offered) > 1 and not alone and offered[0].score < CERTAIN:
            yield from _selected(models, asked, numbers, offered, part, stop)
        yield from (one for one in offered if one.score >= 0.85 * offered[0].score)

    for count, (one, text) in enumerate(quoting.told(chosen(), numbers, asked.limit), 1):
        stop.check()
        part.text += text
        part.quoted.append(one.text)
        if (number := numbers[one.passage]) not in part.cited:
            part.cited.append(number)
        part.answered, part.confidence = True, min(1.0, offered[0].score)
        on_text(text)
        if count == quoting.MOST[asked.length]:
            return


def _selected(
    models: Models,
    asked: AnswerRequest,
    numbers: Sequence[int],
    offered: Sequence[Evidence],
    part: GeneratedAnswer,
    stop: Cancellation,
) -> Iterator[Evidence]:
    """Let the model write, and yield the offered sentences that it used; what it made up comes to nothing."""
    seen = [one for one in offered if not instructs(one.text)]
    blocks = [(numbers[one.passage], one.text) for one in _within(seen, _room(models, asked.model))]
    part.asked_model = True
    said = ""
    enough = Cancellation()
    clock = threading.Timer(CHOOSING_S, enough.cancel)
    clock.start()
    try:
        with stop.on_cancel(enough.cancel):
            for piece in models.chat(
                asked.model,
                _messages(asked, blocks),
                temperature=asked.temperature,
                most_tokens=min(200, round(asked.limit * TOKENS_A_WORD)),
                stop=enough,
            ):
                said += piece
                *whole, last = sentences(said) or [""]
                for sentence in whole:
                    yield from quoting.meant(without_marks(sentence), seen)
                said = last if whole else said
    except Cancelled:
        stop.check()
    except RubatoError as error:
        part.problem = error
    finally:
        clock.cancel()
    yield from quoting.meant(without_marks(said), seen)


def _write(
    models: Models,
    asked: AnswerRequest,
    found: Sequence[Passage],
    numbers: Sequence[int],
    evidence: Sequence[Evidence],
    part: GeneratedAnswer,
    on_text: Say,
    stop: Cancellation,
) -> None:
    """Let a model write from the sources, as it streams."""
    given = _cut(found, evidence, _room(models, asked.model))
    shown = CitationFilter({numbers[place] for place, _ in given}, asked.limit)

    def tell(text: str) -> None:
        part.text, part.cited = shown.text, shown.cited
        if text:
            on_text(text)

    part.asked_model = True
    words = models.chat(
        asked.model,
        _messages(asked, [(numbers[place], text) for place, text in given]),
        temperature=asked.temperature,
        most_tokens=round(asked.limit * 2 * TOKENS_A_WORD),
        stop=stop,
    )
    try:
        for piece in words:
            tell(shown.feed(piece))
            if shown.full:
                break
    finally:
        words.close()
        tell(shown.end())
    part.answered = bool(part.text) and plain(UNANSWERED) not in plain(without_marks(part.text))
    texts = {numbers[place]: text for place, text in given}
    part.confidence = _support(part.text, texts) if part.answered else 0.0
    if part.answered and not part.cited:
        _cite(part, texts, asked.limit, on_text)
    part.quoted = [
        sentence for number in part.cited for sentence in sentences(texts[number]) if sentence in part.text
    ]


def _messages(asked: AnswerRequest, blocks: Sequence[tuple[int, str]]) -> list[Message]:
    told: list[Message] = [
        {"role": "system", "content": template.LENGTH.format(words=asked.limit)},
    ]
    for turn in asked.turns[-_TURNS:]:
        # Its numbers stood for other sources.
        told.append({"role": "user", "content": turn.question})
        told.append({"role": "assistant", "content": without_marks(turn.answer)})
    context = template.context(blocks, secrets.token_hex(6))
    return [*told, {"role": "user", "content": template.fill(asked.template, context, asked.question)}]


def _room(models: Models, model: Model) -> int:
    """Return how many words of sources the model can read before its first word is due."""
    words = models.prompt_rate(model) * _BEFORE_FIRST_S / TOKENS_A_WORD
    return round(min(_MOST_WORDS, max(_LEAST_WORDS, words)))


def _within(offered: Sequence[Evidence], room: int) -> Iterator[Evidence]:
    for one in offered:
        room -= len(one.text.split())
        if room < 0 and one is not offered[0]:
            return
        yield one


def _cut(found: Sequence[Passage], evidence: Sequence[Evidence], room: int) -> list[tuple[int, str]]:
    """Return what of each passage is shown to a model: whole where there is room, else the sentences that weigh most.

    Sentences that speak to a model are left out.
    """
    whole = [
        (place, [sentence for sentence in sentences(passage.text) if not instructs(sentence)])
        for place, passage in enumerate(found)
    ]
    if not evidence:
        evidence = [Evidence(text, place, 0, 0.0, False) for place, kept in whole for text in kept]
    if sum(len(sentence.split()) for _, kept in whole for sentence in kept) > room:
        best: set[tuple[int, str]] = set()
        for one in evidence:
            room -= len(one.text.split())
            if room < 0 and best:
                break
            best.add((one.passage, one.text))
        whole = [(place, [text for text in kept if (place, text) in best]) for place, kept in whole]
    return [(place, " ".join(kept)) for place, kept in whole if kept]


def _support(text: str, sources: dict[int, str]) -> float:
    """Return the share of an answer's sentences whose words stand in one of its sources."""
    said = sentences(without_marks(text))
    borne = sum(
        max((_stands(sentence, source) for source in sources.values()), default=0) >= 0.6 for sentence in said
    )
    return borne / len(said) if said else 0.0


def _stands(sentence: str, source: str) -> float:
    words = set(terms(sentence))
    return len(words & set(terms(source))) / len(words) if words else 0.0


def _cite(part: GeneratedAnswer, sources: dict[int, str], limit: int, on_text: Say) -> None:
    """Name the source of an answer whose model named none."""
    bears, number = max((_stands(part.text, source), -number) for number, source in sources.items())
    if bears >= _SUPPORTED and len(part.text.split()) < limit:
        part.cited.append(-number)
        part.text += f" [{-number}]"
        on_text(f" [{-number}]")


__all__ = ["AnswerRequest", "Cancelled", "GeneratedAnswer", "generate"]
