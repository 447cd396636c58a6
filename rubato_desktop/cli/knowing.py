"""Access to the knowledge base: through the running program, or by opening it here if none is running."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from rubato_desktop.cli.common import warn
from rubato_desktop.errors import RubatoError
from rubato_desktop.settings import Settings

Call = Callable[..., Any]  # (name of a call of `KnowledgeApi`, its arguments by name) -> its result

_TIMEOUT_S: Final = 60.0


@contextlib.contextmanager
def open_knowledge(data: Path, settings: Settings) -> Iterator[Call]:
    """Yield a function that runs the calls of `KnowledgeApi`.

    Only one process can open the knowledge base, so calls go to the running program if there is one.

    Args:
        data: The data folder.
        settings: The settings to open the knowledge base with.

    Raises:
        RubatoError: From a call that fails.
    """
    if _is_running(data):
        yield lambda call, /, **args: _request(data, call, args)
        return
    from rubato_desktop.services.knowledge import knowledge_folder
    from rubato_desktop.services.knowledge.api import KnowledgeApi
    from rubato_desktop.services.knowledge.store import Store

    api = KnowledgeApi(
        lambda: Store(
            knowledge_folder(data),
            model=settings.embedding_model,
            ollama_host=settings.ollama_host,
            chroma_url=settings.chroma_url,
            on_problem=lambda problem: warn(str(problem)),
        )
    )
    try:
        yield api
    finally:
        api.close()


def _is_running(data: Path) -> bool:
    try:
        _request(data, "count", {})
    except RubatoError as error:
        if error.code == "not_running":
            return False
        raise
    return True


def _request(data: Path, call: str, args: dict[str, Any]) -> Any:
    from rubato_desktop.ipc.single_instance import request

    reply = request(data, {"do": "knowledge", "call": call, "args": args}, _TIMEOUT_S)
    if error := reply.get("error"):
        structured = isinstance(error, dict)
        raise RubatoError(
            error["message"] if structured else str(error), code=error["code"] if structured else "failed"
        )
    return reply.get("value")
