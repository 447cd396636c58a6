"""Which voice speaks: the one that is wished for, and another where that one cannot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.voice.voices import Voice, choose_voice, find_voices


class Choosing:
    """Chooses voices by name. Who hears instead of reading must not be left in silence by one that is damaged.

    Args:
        data: The data folder, in which there may be voices.
        on_problem: Told once for each voice why it does not speak, and which one does.
    """

    def __init__(self, data: Path, on_problem: Callable[[RubatoError], None] | None = None) -> None:
        self._data, self._on_problem = data, on_problem
        self._known: dict[str, Voice] = {}
        self._damaged: list[Voice] = []

    def __call__(self, name: str) -> Voice:
        """Return the voice of that name, or that speaks in its place; for no name the first there is.

        Raises:
            RubatoError: there is none that could speak.
        """
        if name not in self._known:
            try:
                self._known[name] = choose_voice(self._data, name)
            except RubatoError as problem:
                self._known[name] = self._other(problem)
        return self._known[name]

    def refuse(self, voice: Voice, problem: RubatoError) -> None:
        """Let another voice speak from now on in place of one that turned out to be damaged.

        Raises:
            RubatoError: there is no other; the problem it is told with.
        """
        self._damaged.append(voice)
        other = self._other(problem)
        self._known = {name: other if known == voice else known for name, known in self._known.items()}

    def _other(self, problem: RubatoError) -> Voice:
        other = next((voice for voice in find_voices(self._data)[0] if voice not in self._damaged), None)
        if other is None:
            raise problem
        if self._on_problem is not None:
            self._on_problem(
                RubatoError(
                    problem.happened,
                    kept=f"{other.name} speaks in its place",
                    todo=problem.todo,
                    code=problem.code,
                )
            )
        return other
