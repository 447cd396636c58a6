"""Connects the library of texts, and the answers from it, to the engine."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final

from rubato_desktop.engine import Engine
from rubato_desktop.errors import RubatoError
from rubato_desktop.events import AnswerGrew, Event, LearningChanged, Notice, SessionKept
from rubato_desktop.plurals import counted
from rubato_desktop.services.answers.service import AnswerService
from rubato_desktop.services.knowledge.client import KnowledgeClient
from rubato_desktop.services.sessions.session import JOURNAL

REMARKS: Final = "Remarks"  # topic of remarks in recordings


class KnowledgeIntegration:
    """Passes what happens on the threads of knowledge and answers on to the engine's thread.

    Args:
        engine: The engine that publishes the events.
        data: The data folder.

    Attributes:
        client: The client of the knowledge process.
        answers: The service that answers questions.
    """

    def __init__(self, engine: Engine, data: Path) -> None:
        self._engine, self._services = engine, engine.services
        values = self._services.settings.values
        self.client = KnowledgeClient(
            data,
            values,
            on_progress=lambda progress: engine.post(lambda: self._on_progress(progress)),
            on_done=lambda outcome: engine.post(lambda: self._on_done(outcome)),
            on_problem=lambda problem: engine.post(lambda: self._on_problem(problem)),
        )
        self.answers = AnswerService(
            data,
            values,
            self.client.retrieval,
            on_text=lambda question, text: engine.post(lambda: self._on_text(question, text)),
            on_notice=lambda text: engine.post(lambda: self._on_notice(text)),
        )
        self._services.knowledge, self._services.answers = self.client, self.answers

    def start(self) -> None:
        """Resume learning, and watch the folders that are watched."""
        self.client.start()

    def stop(self) -> None:
        """Stop; learning resumes at the next start."""
        self.answers.close()
        self.client.close()

    def listen(self, event: Event) -> None:
        """Learn the remarks of a recording when its session is saved."""
        match event:
            case SessionKept(session=session, remarks=remarks) if remarks:
                learning = self.client.ask("learn", paths=[str(session / JOURNAL)], topics=[REMARKS])
                learning.add_done_callback(lambda done: self._engine.post(lambda: self._on_learnt(done)))

    def _on_learnt(self, learning: Future[Any]) -> None:
        """Publish why remarks were not learnt."""
        problem = learning.exception()
        if problem is None:
            if learning.result()["said"]["problems"]:
                self._on_done(learning.result()["said"])
        elif isinstance(problem, RubatoError):
            self._on_problem(problem)
        else:
            raise problem

    def _on_text(self, question: str, text: str) -> None:
        self._services.bus.publish(AnswerGrew(self._services.clock.now(), question, text))

    def _on_progress(self, progress: Mapping[str, Any]) -> None:
        self._services.bus.publish(LearningChanged(self._services.clock.now(), **progress))

    def _on_done(self, outcome: Mapping[str, Any]) -> None:
        if problems := [*outcome["problems"]]:
            more = f" (and {counted(len(problems) - 1, 'more problem')})" if len(problems) > 1 else ""
            kept = "The rest is not learnt yet" if outcome["waiting"] else "All other files are learnt"
            t = self._services.clock.now()
            self._services.bus.publish(Notice(t, "warning", f"Not learnt: {problems[0]}{more}", kept, ""))

    def _on_problem(self, problem: RubatoError) -> None:
        t = self._services.clock.now()
        self._services.bus.publish(LearningChanged(t))
        self._services.bus.publish(Notice(t, "warning", problem.happened, problem.kept, problem.todo))

    def _on_notice(self, text: str) -> None:
        self._services.bus.publish(Notice(self._services.clock.now(), "info", text, "", ""))
