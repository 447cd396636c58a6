"""The command line of the hearing process, and the messages about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rubato_desktop.errors import RubatoError
from rubato_desktop.interpreter import own_process
from rubato_desktop.ipc.managed_process import ManagedProcess
from rubato_desktop.ipc.process_run import Exit, ProcessRun
from rubato_desktop.settings import Settings


def hearing_process(
    data: Path,
    settings: Settings,
    *,
    on_report: Callable[[ProcessRun, Any], None],
    on_exit: Callable[[ProcessRun, Exit], None],
    idle_s: float,
) -> ManagedProcess:
    """Return the hearing process, not started yet.

    Args:
        data: The data folder.
        settings: Microphone, model and language; read at each start.
        on_report, on_exit, idle_s: As for `ManagedProcess`.
    """

    def command() -> tuple[list[str], Mapping[str, str]]:
        line, environment = own_process(
            "rubato_desktop.services.hearing.process",
            [
                str(data),
                settings.hearing_model,
                settings.hearing_language,
                settings.microphone,
                str(int(settings.reduce_noise)),
            ],
        )
        # One arena for all threads, so that freed memory is reused: 60 MB less.
        return line, {**environment, "MALLOC_ARENA_MAX": "1"}

    return ManagedProcess(
        "hearing",
        command,
        on_report=on_report,
        on_exit=on_exit,
        log_file=data / "hearing.log",
        idle_s=idle_s,
    )


def ended(exit: Exit) -> RubatoError:
    """Return the error for a process that ended unexpectedly."""
    return RubatoError(
        f"Speech recognition ended unexpectedly: {exit}",
        kept="Everything else still works",
        todo="Switch the microphone on again; hearing.log has the details",
        code="hearing_ended",
    )


def fell_back(wanted: str, used: str) -> RubatoError:
    """Return the warning that another microphone is used than the one in the settings."""
    return RubatoError(
        f"There is no microphone called {wanted}",
        kept=f"{used} is used instead",
        todo="Connect it, or choose another in the settings (microphone)",
        code="microphone_fallback",
    )
