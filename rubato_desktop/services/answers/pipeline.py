"""Answers questions: searches, weighs, speaks as it goes, and keeps to what was found."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, Literal

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.answers import template
from rubato_desktop.services.answers.answer import NOTHING_LEARNT, UNANSWERED, Answer, PerTag
from rubato_desktop.services.answers.citation_filter import LIMITS
from rubato_desktop.services.answers.conversation import Conversation, Turn, carried, small_talk, subject_of
from rubato_desktop.services.answers.evidence import Evidence, Sought, as_it_stands, weigh
from rubato_desktop.services.answers.generation import AnswerRequest, GeneratedAnswer, generate
from rubato_desktop.services.answers.passages import Numbered, Passage, Retrieval
from rubato_desktop.services.answers.tag_weights import Weight, weights
from rubato_desktop.services.answers.tokens import terms
from rubato_desktop.services.model.cancellation import Cancellation, Cancelled
from rubato_desktop.services.model.models import Models

Length = Literal["short", "normal", "long"]

_FOUND: Final = 8  # passages for an answer
_LEAST_PART: Final = 12  # words of one tag's part


class Answers:
    """Answers questions from what was learnt.

    Args:
        models: The language models.
        retrieval: Where passages come from.
        find_corrections: Returns a person's own corrections of earlier answers to such a question; they are preferred.
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
            question: As a person asks.
            topics, tags: Where to search; each tag, and each of several topics, answers for itself.
            prompt: A template with places for context and question; empty for the program's own.
            model: A model's name; empty for the first.
            temperature: How freely it speaks.
            length: At most 60, 150 or 400 words.
            conversation: The turns so far; this one is added to it.
            on_text: Told each piece of the answer as it comes, on this thread.
            stop: Ends it, from any thread; what was said stays.

        Raises:
            RubatoError: the prompt lacks a place, there is no such model, or the search failed. What goes wrong once
                it speaks is the answer's `problem`.
        """
        if not question.strip():
            raise RubatoError("The question is empty", code="bad_arguments")
        if length not in LIMITS:
            raise RubatoError(f"A length is one of {', '.join(LIMITS)}", code="bad_arguments")
        used = template.check(prompt or template.DEFAULT)
        asking = _Asking(question, used, length, temperature, topics, tags, on_text)
        answer = asking.answer
        if reply := small_talk(question):
            asking.tell(reply)
            answer.answered, answer.confidence = True, 1.0
            return asking.end()
        before = carried(question, conversation)
        answer.query = " ".join([question.strip(), *before])
        chosen = self._models.choose(model)
        asked = AnswerRequest(
            question,
            used,
            chosen,
            temperature,
            length,
            LIMITS[length],
            conversation.turns[:] if conversation else (),
        )
        answer.small = chosen.small
        sought = Sought.of(question, [term for word in before for term in terms(word)])
        try:
            if tags or len(topics) > 1:
                quoted = self._by_tag(asking, asked, sought, stop or Cancellation())
            else:
                quoted = self._at_once(asking, asked, sought, stop or Cancellation())
        except Cancelled:
            answer.stopped, quoted = True, []
        asking.end()
        if conversation is not None and answer.answered:
            subject = [*subject_of(question), *before]
            conversation.turns.append(Turn(question, answer.answer, subject, quoted))
        return answer

    def _at_once(
        self, asking: _Asking, asked: AnswerRequest, sought: Sought, stop: Cancellation
    ) -> list[str]:
        right = list(self._find_corrections(asking.answer.query))[:1]
        found = self._retrieval.search(asking.answer.query, topics=asking.answer.topics, k=_FOUND)
        if not right and not found:
            asking.tell(NOTHING_LEARNT)
            return []
        if right and asked.model.small:
            # What it corrects stands in the sources still: beside it, it would be said again.
            found = []
        return self._part(asking, asked, sought, [*right, *found], stop, as_it_stands(right)).quoted

    def _by_tag(self, asking: _Asking, asked: AnswerRequest, sought: Sought, stop: Cancellation) -> list[str]:
        """Let every tag and topic answer for itself, rare ones first, and put the parts together under their names."""
        answer = asking.answer
        groups = {
            **{name: ("tag", name) for name in answer.tags},
            **{name: ("topic", name) for name in answer.topics if name not in answer.tags},
        }
        shares = weights({name: self._retrieval.count(**{kind: of}) for name, (kind, of) in groups.items()})
        quoted: list[str] = []
        for name in sorted(groups, key=lambda name: -shares[name].share):
            kind = groups[name][0]
            stop.check()
            found = self._retrieval.search(
                answer.query,
                topics=answer.topics if kind == "tag" else [name],
                tags=[name] if kind == "tag" else (),
                k=_FOUND,
                within=kind == "topic",
            )
            quoted += self._group(asking, asked, sought, name, found, shares[name], stop)
        return quoted

    def _group(
        self,
        asking: _Asking,
        asked: AnswerRequest,
        sought: Sought,
        name: str,
        found: Sequence[Passage],
        weight: Weight,
        stop: Cancellation,
    ) -> list[str]:
        answer = asking.answer
        head = f"{chr(10) if answer.answer else ''}{name}: "
        left = LIMITS[answer.length] - len(f"{answer.answer}{head}".split())
        room = min(left, max(_LEAST_PART, round(LIMITS[answer.length] * weight.share) - len(head.split())))
        part = GeneratedAnswer()
        if room >= _LEAST_PART // 2:
            asking.tell(head)
            if found:
                part = self._part(asking, replace(asked, limit=room), sought, found, stop)
            else:
                part.text = UNANSWERED
                asking.tell(part.text)
        citations = [asking.numbered.citation(number) for number in part.cited]
        answer.per_tag[name] = PerTag(part.text, citations, weight.share, weight.damped)
        return part.quoted

    def _part(
        self,
        asking: _Asking,
        asked: AnswerRequest,
        sought: Sought,
        found: Sequence[Passage],
        stop: Cancellation,
        known: Sequence[Evidence] = (),
    ) -> GeneratedAnswer:
        answer = asking.answer
        numbers = asking.numbered.add(found)
        weighed = weigh(sought, found)
        evidence = [*known, *(one for one in weighed if not known or one.passage)]
        part = GeneratedAnswer()
        try:
            generate(self._models, asked, found, numbers, evidence, part, asking.tell, stop)
        finally:
            asking.cite(part.cited)
            answer.answered = answer.answered or part.answered
            answer.confidence = max(answer.confidence, part.confidence)
            answer.problem = part.problem or answer.problem
            answer.model = asked.model.name if part.asked_model else answer.model
        return part


class _Asking:
    """One answer while it comes into being."""

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

    def tell(self, text: str) -> None:
        if not self.answer.answer:
            self.answer.first_ms = self._ms()
        self.answer.answer += text
        self._on_text(text)

    def cite(self, numbers: Sequence[int]) -> None:
        known = {citation.n for citation in self.answer.citations}
        self.answer.citations += [self.numbered.citation(number) for number in numbers if number not in known]
        self.answer.citations.sort(key=lambda citation: citation.n)

    def end(self) -> Answer:
        self.answer.retrieved = self.numbered.passages
        self.answer.elapsed_ms = self._ms()
        return self.answer

    def _ms(self) -> float:
        return (time.perf_counter() - self._began) * 1e3
