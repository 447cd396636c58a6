"""How the command line reaches what has been learnt: through the program that runs, or else by itself."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from rubato_desktop.cli.common import say
from rubato_desktop.errors import RubatoError
from rubato_desktop.settings import Settings

Calls = Callable[..., Any]

_PATIENCE_S: Final = 60.0


@contextlib.contextmanager
def knowing(data: Path, settings: Settings) -> Iterator[Calls]:
    """Give the calls of `KnowledgeApi`, wherever the store is open.

    Args:
        data: The data folder.
        settings: For where no program runs.

    Raises:
        RubatoError: where a call is made.
    """
    if _runs(data):
        yield lambda call, /, **args: _ask(data, call, args)
        return
    from rubato_desktop.services.knowledge import knowledge_folder
    from rubato_desktop.services.knowledge.api import KnowledgeApi
    from rubato_desktop.services.knowledge.store import Store

    desk = KnowledgeApi(
        lambda: Store(
            knowledge_folder(data),
            model=settings.embedding_model,
            ollama_host=settings.ollama_host,
            chroma_url=settings.chroma_url,
            on_problem=lambda problem: say(str(problem)),
        )
    )
    try:
        yield desk
    finally:
        desk.close()


def _runs(data: Path) -> bool:
    try:
        _ask(data, "count", {})
    except RubatoError as error:
        if error.code == "not_running":
            return False
        raise
    return True


def _ask(data: Path, call: str, args: dict[str, Any]) -> Any:
    from rubato_desktop.ipc.single_instance import request

    answer = request(data, {"do": "knowledge", "call": call, "args": args}, _PATIENCE_S)
    if error := answer.get("error"):
        known = isinstance(error, dict)
        raise RubatoError(
            error["message"] if known else str(error), code=error["code"] if known else "failed"
        )
    return answer.get("value")
