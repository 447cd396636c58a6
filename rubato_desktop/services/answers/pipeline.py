"""Answers a question: retrieval, evidence scoring, then generation as a stream, grounded in what was retrieved."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, Literal

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.answers import template
from rubato_desktop.services.answers.answer import NOTHING_FOUND, UNANSWERED, Answer, PerTag
from rubato_desktop.services.answers.citation_filter import LIMITS
from rubato_desktop.services.answers.conversation import (
    Conversation,
    Turn,
    carried_words,
    small_talk_reply,
    subject_of,
)
from rubato_desktop.services.answers.evidence import Evidence, QuestionTerms, as_certain, score_sentences
from rubato_desktop.services.answers.generation import AnswerRequest, GeneratedAnswer, generate
from rubato_desktop.services.answers.passages import Numbered, Passage, Retrieval
from rubato_desktop.services.answers.tag_weights import Weight, weights
from rubato_desktop.services.answers.tokens import terms
from rubato_desktop.services.model.cancellation import Cancellation, Cancelled
from rubato_desktop.services.model.models import Models

Length = Literal["short", "normal", "long"]

_K: Final = 8  # passages retrieved for an answer
_MIN_PART_WORDS: Final = 12  # of one tag


class Answers:
    """Answers questions from the user's library.

    Args:
        models: The language models.
        retrieval: Retrieves passages.
        find_corrections: Returns the user's corrections of earlier answers to such a question; they take precedence.
    """

    def __init__(
        self,
        models: Models,
        retrieval: Retrieval,
        *,
        find_corrections: Callable[[str], Sequence[Passage]] = lambda _: (),
    ) -> None:
        self._models = models
        self._retrieval = retrieval
        self._find_corrections = find_corrections

    def ask(
        self,
        question: str,
        *,
        topics: Sequence[str] = (),
        tags: Sequence[str] = (),
        prompt: str = "",
        model: str = "",
        temperature: float = 0.0,
        length: Length = "normal",
        conversation: Conversation | None = None,
        on_text: Callable[[str], None] = lambda _: None,
        stop: Cancellation | None = None,
    ) -> Answer:
        """Answer a question.

        Args:
            question: The question, in natural language.
            topics, tags: Where to search; each tag, and each of several topics, gets a part of the answer.
            prompt: A template with the placeholders ``{context}`` and ``{question}``; empty for the default one.
            model: A model's name; empty for the first one.
            temperature: Sampling temperature.
            length: At most 60, 150 or 400 words.
            conversation: The turns so far; this one is added to it.
            on_text: Called on this thread with each new piece of the answer.
            stop: Cancels it, from any thread; the text up to then is kept.

        Raises:
            RubatoError: a placeholder is missing, there is no such model, or the search failed. An error after the
                first words is the answer's `problem` instead.
        """
        if not question.strip():
            raise RubatoError("The question is empty", code="bad_arguments")
        if length not in LIMITS:
            raise RubatoError("The length must be short, normal or long", code="bad_arguments")
        prompt = template.check(prompt or template.DEFAULT)
        builder = _AnswerBuilder(question, prompt, length, temperature, topics, tags, on_text)
        answer = builder.answer
        if reply := small_talk_reply(question):
            builder.append(reply)
            answer.answered, answer.confidence = True, 1.0
            return builder.finish()
        carried = carried_words(question, conversation)
        answer.query = " ".join([question.strip(), *carried])
        chosen = self._models.choose(model)
        request = AnswerRequest(
            question,
            prompt,
            chosen,
            temperature,
            length,
            LIMITS[length],
            conversation.turns[:] if conversation else (),
        )
        answer.small = chosen.small
        asked = QuestionTerms.of(question, [term for word in carried for term in terms(word)])
        try:
            if tags or len(topics) > 1:
                quoted = self._answer_by_tag(builder, request, asked, stop or Cancellation())
            else:
                quoted = self._answer_as_one(builder, request, asked, stop or Cancellation())
        except Cancelled:
            answer.stopped, quoted = True, []
        builder.finish()
        if conversation is not None and answer.answered:
            subject = [*subject_of(question), *carried]
            conversation.turns.append(Turn(question, answer.answer, subject, quoted))
        return answer

    def _answer_as_one(
        self, builder: _AnswerBuilder, request: AnswerRequest, asked: QuestionTerms, stop: Cancellation
    ) -> list[str]:
        answer = builder.answer
        corrections = list(self._find_corrections(answer.query))[:1]
        passages = self._retrieval.search(answer.query, topics=answer.topics, k=_K)
        if not corrections and not passages:
            builder.append(NOTHING_FOUND)
            return []
        if corrections and request.model.small:
            # The sources still contain what was corrected; they would be quoted beside the correction.
            passages = []
        certain = as_certain(corrections)
        return self._answer_part(builder, request, asked, [*corrections, *passages], stop, certain).quoted

    def _answer_by_tag(
        self, builder: _AnswerBuilder, request: AnswerRequest, asked: QuestionTerms, stop: Cancellation
    ) -> list[str]:
        """Give each tag and topic a part of the answer under its name, rare ones first."""
        answer = builder.answer
        groups = {
            **{name: ("tag", name) for name in answer.tags},
            **{name: ("topic", name) for name in answer.topics if name not in answer.tags},
        }
        shares = weights({name: self._retrieval.count(**{kind: of}) for name, (kind, of) in groups.items()})
        quoted: list[str] = []
        for name in sorted(groups, key=lambda name: -shares[name].share):
            kind = groups[name][0]
            stop.check()
            passages = self._retrieval.search(
                answer.query,
                topics=answer.topics if kind == "tag" else [name],
                tags=[name] if kind == "tag" else (),
                k=_K,
                within=kind == "topic",
            )
            quoted += self._answer_group(builder, request, asked, name, passages, shares[name], stop)
        return quoted

    def _answer_group(
        self,
        builder: _AnswerBuilder,
        request: AnswerRequest,
        asked: QuestionTerms,
        name: str,
        passages: Sequence[Passage],
        weight: Weight,
        stop: Cancellation,
    ) -> list[str]:
        answer = builder.answer
        heading = f"{chr(10) if answer.answer else ''}{name}: "
        limit = LIMITS[answer.length]
        words_left = limit - len(f"{answer.answer}{heading}".split())
        max_words = min(words_left, max(_MIN_PART_WORDS, round(limit * weight.share) - len(heading.split())))
        part = GeneratedAnswer()
        if max_words >= _MIN_PART_WORDS // 2:
            builder.append(heading)
            if passages:
                limited = replace(request, limit=max_words)
                part = self._answer_part(builder, limited, asked, passages, stop)
            else:
                part.text = UNANSWERED
                builder.append(part.text)
        citations = [builder.numbered.citation(number) for number in part.cited]
        answer.per_tag[name] = PerTag(part.text, citations, weight.share, weight.damped)
        return part.quoted

    def _answer_part(
        self,
        builder: _AnswerBuilder,
        request: AnswerRequest,
        asked: QuestionTerms,
        passages: Sequence[Passage],
        stop: Cancellation,
        certain: Sequence[Evidence] = (),
    ) -> GeneratedAnswer:
        """Generate one part of the answer; `certain` is the evidence of a correction, which is the first passage."""
        answer = builder.answer
        numbers = builder.numbered.add(passages)
        scored = score_sentences(asked, passages)
        evidence = [*certain, *(one for one in scored if not certain or one.passage)]
        part = GeneratedAnswer()
        try:
            generate(self._models, request, passages, numbers, evidence, part, builder.append, stop)
        finally:
            builder.cite(part.cited)
            answer.answered = answer.answered or part.answered
            answer.confidence = max(answer.confidence, part.confidence)
            answer.problem = part.problem or answer.problem
            answer.model = request.model.name if part.asked_model else answer.model
        return part


class _AnswerBuilder:
    """Collects the text and the citations of one answer."""

    def __init__(
        self,
        question: str,
        prompt: str,
        length: Length,
        temperature: float,
        topics: Sequence[str],
        tags: Sequence[str],
        on_text: Callable[[str], None],
    ) -> None:
        self._began = time.perf_counter()
        self._on_text = on_text
        self.numbered = Numbered()
        self.answer = Answer(
            question,
            question,
            prompt,
            length,
            temperature,
            tuple(dict.fromkeys(topics)),
            tuple(dict.fromkeys(tags)),
        )

    def append(self, text: str) -> None:
        if not self.answer.answer:
            self.answer.first_ms = self._elapsed_ms()
        self.answer.answer += text
        self._on_text(text)

    def cite(self, numbers: Sequence[int]) -> None:
        known = {citation.n for citation in self.answer.citations}
        self.answer.citations += [self.numbered.citation(number) for number in numbers if number not in known]
        self.answer.citations.sort(key=lambda citation: citation.n)

    def finish(self) -> Answer:
        self.answer.retrieved = self.numbered.passages
        self.answer.elapsed_ms = self._elapsed_ms()
        return self.answer

    def _elapsed_ms(self) -> float:
        return (time.perf_counter() - self._began) * 1e3
