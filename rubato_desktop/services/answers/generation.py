"""Generates one part of an answer from passages: quotes by a small model, free text by a larger one."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.answers import extractive, template
from rubato_desktop.services.answers.answer import UNANSWERED
from rubato_desktop.services.answers.citation_filter import CitationFilter, strip_citations
from rubato_desktop.services.answers.conversation import Turn
from rubato_desktop.services.answers.evidence import CERTAIN, Evidence
from rubato_desktop.services.answers.passages import Passage
from rubato_desktop.services.answers.tokens import instructs, normalise, sentences, terms
from rubato_desktop.services.model.cancellation import Cancellation, Cancelled
from rubato_desktop.services.model.models import Message, Model, Models

TOKENS_PER_WORD: Final = 1.4
_PROMPT_S: Final = 0.6  # time to read the prompt, of the one second until the first words
# Words of sources in a prompt; more does not fit beside an answer in 4096 tokens.
_MIN_SOURCE_WORDS, _MAX_SOURCE_WORDS = 80, 1600
_TURNS: Final = 3  # of the conversation in a prompt
CHOOSING_S: Final = 8.0  # time limit for a small model to choose quotes on a busy machine
_NEAR_BEST: Final = 0.85  # of the best score, to be quoted without the model's choice
_SUPPORTED: Final = 0.6  # share of a sentence's terms in a source
_CITABLE: Final = 0.5  # share of an answer's terms in the source that is cited for it


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """A question, and how to answer it.

    Attributes:
        question: The question.
        template: The prompt template.
        model: The language model.
        temperature: Sampling temperature.
        length: ``short``, ``normal`` or ``long``.
        limit: Maximum number of words.
        turns: The conversation so far.
    """

    question: str
    template: str
    model: Model
    temperature: float
    length: str
    limit: int
    turns: Sequence[Turn] = ()


@dataclass(slots=True)
class GeneratedAnswer:
    """The generated part of an answer; its fields are filled while it is generated.

    Attributes:
        text: The text, with citations.
        cited: The numbers cited.
        quoted: The source sentences quoted.
        answered: Whether the sources answer the question.
        confidence: How well the sources support the text, 0 to 1.
        problem: What went wrong.
        asked_model: Whether the model was used.
    """

    text: str = ""
    cited: list[int] = field(default_factory=list)
    quoted: list[str] = field(default_factory=list)
    answered: bool = False
    confidence: float = 0.0
    problem: RubatoError | None = None
    asked_model: bool = False


OnText = Callable[[str], None]


def generate(
    models: Models,
    request: AnswerRequest,
    passages: Sequence[Passage],
    numbers: Sequence[int],
    evidence: Sequence[Evidence],
    result: GeneratedAnswer,
    on_text: OnText,
    stop: Cancellation,
) -> None:
    """Answer from passages, as a stream.

    Args:
        models: The language models.
        request: What to answer, and how.
        passages: The retrieved passages.
        numbers: The number each passage is cited by.
        evidence: The scored sentences of the passages.
        result: Receives the text as it grows, so that it survives an exception.
        on_text: Called with each new piece of text.
        stop: Cancels the generation.

    Raises:
        Cancelled: it was cancelled.
    """
    if request.model.small:
        _quote(models, request, numbers, evidence, result, on_text, stop)
        return
    try:
        _write(models, request, passages, numbers, evidence, result, on_text, stop)
    except RubatoError as error:
        if result.text:
            result.problem = error
            return
        _quote(models, request, numbers, evidence, result, on_text, stop, use_model=False)
        if result.answered:
            error.kept = "The answer quotes the sources instead"
        result.problem = error


def _quote(
    models: Models,
    request: AnswerRequest,
    numbers: Sequence[int],
    evidence: Sequence[Evidence],
    result: GeneratedAnswer,
    on_text: OnText,
    stop: Cancellation,
    *,
    use_model: bool = True,
) -> None:
    """Quote the best sentence at once, then those the model chooses, then those that score nearly as well."""
    offered = extractive.candidates(evidence, request.length)
    if not offered:
        result.text = UNANSWERED
        on_text(result.text)
        return

    def chosen() -> Iterator[Evidence]:
        yield offered[0]
        if len(offered) > 1 and use_model and offered[0].score < CERTAIN:
            yield from _choose(models, request, numbers, offered, result, stop)
        yield from (one for one in offered if one.score >= _NEAR_BEST * offered[0].score)

    for count, (one, text) in enumerate(extractive.quotes(chosen(), numbers, request.limit), 1):
        stop.check()
        result.text += text
        result.quoted.append(one.text)
        if (number := numbers[one.passage]) not in result.cited:
            result.cited.append(number)
        result.answered, result.confidence = True, min(1.0, offered[0].score)
        on_text(text)
        if count == extractive.MAX_QUOTES[request.length]:
            return


def _choose(
    models: Models,
    request: AnswerRequest,
    numbers: Sequence[int],
    offered: Sequence[Evidence],
    result: GeneratedAnswer,
    stop: Cancellation,
) -> Iterator[Evidence]:
    """Let the model write, and yield the offered sentences its text matches; the text itself is discarded."""
    shown = [one for one in offered if not instructs(one.text)]
    fitting = _within(shown, _max_source_words(models, request.model))
    blocks = [(numbers[one.passage], one.text) for one in fitting]
    result.asked_model = True
    text = ""
    timeout = Cancellation()
    timer = threading.Timer(CHOOSING_S, timeout.cancel)
    timer.start()
    try:
        with stop.on_cancel(timeout.cancel):
            for token in models.chat(
                request.model,
                _messages(request, blocks),
                temperature=request.temperature,
                max_tokens=min(200, round(request.limit * TOKENS_PER_WORD)),
                stop=timeout,
            ):
                text += token
                *complete, last = sentences(text) or [""]
                for sentence in complete:
                    yield from extractive.match(strip_citations(sentence), shown)
                text = last if complete else text
    except Cancelled:
        stop.check()
    except RubatoError as error:
        result.problem = error
    finally:
        timer.cancel()
    yield from extractive.match(strip_citations(text), shown)


def _write(
    models: Models,
    request: AnswerRequest,
    passages: Sequence[Passage],
    numbers: Sequence[int],
    evidence: Sequence[Evidence],
    result: GeneratedAnswer,
    on_text: OnText,
    stop: Cancellation,
) -> None:
    """Let a model write an answer from the sources, as a stream."""
    sources = {
        numbers[index]: text
        for index, text in _excerpts(passages, evidence, _max_source_words(models, request.model))
    }
    output = CitationFilter(set(sources), request.limit)

    def show(text: str) -> None:
        result.text, result.cited = output.text, output.cited
        if text:
            on_text(text)

    result.asked_model = True
    tokens = models.chat(
        request.model,
        _messages(request, list(sources.items())),
        temperature=request.temperature,
        max_tokens=round(request.limit * 2 * TOKENS_PER_WORD),
        stop=stop,
    )
    try:
        for token in tokens:
            show(output.feed(token))
            if output.full:
                break
    finally:
        tokens.close()
        show(output.finish())
    result.answered = bool(result.text) and normalise(UNANSWERED) not in normalise(
        strip_citations(result.text)
    )
    result.confidence = _support(result.text, sources) if result.answered else 0.0
    if result.answered and not result.cited:
        _cite(result, sources, request.limit, on_text)
    result.quoted = [
        sentence
        for number in result.cited
        for sentence in sentences(sources[number])
        if sentence in result.text
    ]


def _messages(request: AnswerRequest, blocks: Sequence[tuple[int, str]]) -> list[Message]:
    messages: list[Message] = [
        {"role": "system", "content": template.LENGTH.format(words=request.limit)},
    ]
    for turn in request.turns[-_TURNS:]:
        # The numbers of earlier answers refer to other sources.
        messages.append({"role": "user", "content": turn.question})
        messages.append({"role": "assistant", "content": strip_citations(turn.answer)})
    context = template.format_sources(blocks, secrets.token_hex(6))
    prompt = template.fill(request.template, context, request.question)
    return [*messages, {"role": "user", "content": prompt}]


def _max_source_words(models: Models, model: Model) -> int:
    """Return how many words of sources the model can read before its first word is due."""
    words = models.prompt_rate(model) * _PROMPT_S / TOKENS_PER_WORD
    return round(min(_MAX_SOURCE_WORDS, max(_MIN_SOURCE_WORDS, words)))


def _within(offered: Sequence[Evidence], max_words: int) -> Iterator[Evidence]:
    """Yield sentences up to a number of words; the first one always."""
    for one in offered:
        max_words -= len(one.text.split())
        if max_words < 0 and one is not offered[0]:
            return
        yield one


def _excerpts(
    passages: Sequence[Passage], evidence: Sequence[Evidence], max_words: int
) -> list[tuple[int, str]]:
    """Return what the model sees of each passage, as (index, text): all of it if it fits, else the best sentences.

    Sentences that read as instructions to a model are left out.
    """
    excerpts = [
        (index, [sentence for sentence in sentences(passage.text) if not instructs(sentence)])
        for index, passage in enumerate(passages)
    ]
    if not evidence:
        evidence = [Evidence(text, index, 0, 0.0, False) for index, texts in excerpts for text in texts]
    if sum(len(sentence.split()) for _, texts in excerpts for sentence in texts) > max_words:
        best: set[tuple[int, str]] = set()
        for one in evidence:
            max_words -= len(one.text.split())
            if max_words < 0 and best:
                break
            best.add((one.passage, one.text))
        excerpts = [(index, [text for text in texts if (index, text) in best]) for index, texts in excerpts]
    return [(index, " ".join(texts)) for index, texts in excerpts if texts]


def _support(text: str, sources: dict[int, str]) -> float:
    """Return the share of an answer's sentences that a source supports."""
    said = sentences(strip_citations(text))
    supported = sum(
        max((_overlap(sentence, source) for source in sources.values()), default=0) >= _SUPPORTED
        for sentence in said
    )
    return supported / len(said) if said else 0.0


def _overlap(text: str, source: str) -> float:
    """Return the share of a text's terms that a source contains."""
    words = set(terms(text))
    return len(words & set(terms(source))) / len(words) if words else 0.0


def _cite(result: GeneratedAnswer, sources: dict[int, str], limit: int, on_text: OnText) -> None:
    """Cite the best matching source for an answer that cites none."""
    overlap, number = max((_overlap(result.text, source), -number) for number, source in sources.items())
    if overlap >= _CITABLE and len(result.text.split()) < limit:
        result.cited.append(-number)
        result.text += f" [{-number}]"
        on_text(f" [{-number}]")


__all__ = ["AnswerRequest", "Cancelled", "GeneratedAnswer", "generate"]
