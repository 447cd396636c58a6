"""Chooses the voice that speaks, and a fallback for one that is missing or damaged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.voice.voices import Voice, choose_voice, find_voices


class VoiceChooser:
    """Chooses voices by name, with a fallback: a damaged voice must not leave a blind user in silence.

    Args:
        data: The data folder, which may hold voices.
        on_problem: Called once for each voice that cannot be used, with the reason and the fallback.
    """

    def __init__(self, data: Path, on_problem: Callable[[RubatoError], None] | None = None) -> None:
        self._data, self._on_problem = data, on_problem
        self._chosen: dict[str, Voice] = {}
        self._damaged: list[Voice] = []

    def __call__(self, name: str) -> Voice:
        """Return the voice of that name or its fallback; the first voice without a name.

        Raises:
            RubatoError: there is no usable voice.
        """
        if name not in self._chosen:
            try:
                self._chosen[name] = choose_voice(self._data, name)
            except RubatoError as problem:
                self._chosen[name] = self._fallback(problem)
        return self._chosen[name]

    def refuse(self, voice: Voice, problem: RubatoError) -> None:
        """Replace a voice that turned out to be damaged.

        Raises:
            RubatoError: `problem`, when there is no other voice.
        """
        self._damaged.append(voice)
        fallback = self._fallback(problem)
        self._chosen = {
            name: fallback if chosen == voice else chosen for name, chosen in self._chosen.items()
        }

    def _fallback(self, problem: RubatoError) -> Voice:
        fallback = next((voice for voice in find_voices(self._data)[0] if voice not in self._damaged), None)
        if fallback is None:
            raise problem
        if self._on_problem is not None:
            self._on_problem(
                RubatoError(
                    problem.happened,
                    kept=f"{fallback.name} is used instead",
                    todo=problem.todo,
                    code=problem.code,
                )
            )
        return fallback
