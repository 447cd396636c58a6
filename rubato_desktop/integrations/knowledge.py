"""Joins what has been learnt, and the answers from it, to the engine."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final

from rubato_desktop.engine import Engine
from rubato_desktop.errors import RubatoError
from rubato_desktop.events import AnswerGrew, Event, LearningChanged, Notice, SessionKept
from rubato_desktop.services.answers.service import AnswerService
from rubato_desktop.services.knowledge.client import KnowledgeClient
from rubato_desktop.services.sessions.session import JOURNAL

REMARKS: Final = "Remarks"  # the topic of what was remarked in recordings


class KnowledgeIntegration:
    """Brings the threads of knowledge and answers and the engine's together.

    Args:
        engine: Everything is told there.
        data: The data folder.
    """

    def __init__(self, engine: Engine, data: Path) -> None:
        self._engine, self._services = engine, engine.services
        values = self._services.settings.values
        self.knowledge = KnowledgeClient(
            data,
            values,
            on_progress=lambda progress: engine.post(lambda: self._progress(progress)),
            on_done=lambda said: engine.post(lambda: self._done(said)),
            on_problem=lambda problem: engine.post(lambda: self._tell(problem)),
        )
        self.asking = AnswerService(
            data,
            values,
            self.knowledge.retrieval,
            on_text=lambda question, text: engine.post(lambda: self._grew(question, text)),
            on_notice=lambda said: engine.post(lambda: self._inform(said)),
        )
        self._services.knowledge, self._services.answers = self.knowledge, self.asking

    def start(self) -> None:
        """Go on learning where it stopped, and watch the folders that are watched."""
        self.knowledge.start()

    def stop(self) -> None:
        """End; what is being learnt goes on next time."""
        self.asking.close()
        self.knowledge.close()

    def listen(self, event: Event) -> None:
        """What was remarked in a recording is learnt when it is kept."""
        match event:
            case SessionKept(session=session, remarks=remarks) if remarks:
                asked = self.knowledge.ask("learn", paths=[str(session / JOURNAL)], topics=[REMARKS])
                asked.add_done_callback(lambda done: self._engine.post(lambda: self._answered(done)))

    def _answered(self, learning: Future[Any]) -> None:
        """Tell why remarks are not learnt, where they are not."""
        problem = learning.exception()
        if problem is None:
            if learning.result()["said"]["problems"]:
                self._done(learning.result()["said"])
        elif isinstance(problem, RubatoError):
            self._tell(problem)
        else:
            raise problem

    def _grew(self, question: str, text: str) -> None:
        self._services.bus.publish(AnswerGrew(self._services.clock.now(), question, text))

    def _progress(self, progress: Mapping[str, Any]) -> None:
        self._services.bus.publish(LearningChanged(self._services.clock.now(), **progress))

    def _done(self, said: Mapping[str, Any]) -> None:
        if problems := [*said["problems"]]:
            more = f", and {len(problems) - 1} more" if len(problems) > 1 else ""
            kept = "The rest waits" if said["waiting"] else "All other texts are learnt"
            t = self._services.clock.now()
            self._services.bus.publish(Notice(t, "warning", f"Not learnt: {problems[0]}{more}", kept, ""))

    def _tell(self, problem: RubatoError) -> None:
        t = self._services.clock.now()
        self._services.bus.publish(LearningChanged(t))
        self._services.bus.publish(Notice(t, "warning", problem.happened, problem.kept, problem.todo))

    def _inform(self, said: str) -> None:
        self._services.bus.publish(Notice(self._services.clock.now(), "info", said, "", ""))
