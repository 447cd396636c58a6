"""The shapes of Ollama's API: what is asked, what is answered.

Format: https://github.com/ollama/ollama/blob/main/docs/api.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rubato_desktop.services.model.llama import BYTES, NAME, PARAMETERS, Usage


class Refused(Exception):
    """A request that is not answered: an HTTP status and why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def messages(kind: str, asked: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the messages of a ``chat`` or ``generate`` request.

    Raises:
        Refused: they are malformed, or a kind that is not served.
    """
    if kind == "chat":
        messages = asked.get("messages") or []
        if not isinstance(messages, list) or not all(
            isinstance(message, dict) and isinstance(message.get("content"), str) for message in messages
        ):
            raise Refused(400, "each message needs a role and a content")
        return messages
    if asked.get("raw"):
        raise Refused(400, "raw prompts are not served")
    prompt, system = asked.get("prompt") or "", asked.get("system") or ""
    if not isinstance(prompt, str) or not isinstance(system, str):
        raise Refused(400, "prompt and system must be texts")
    return [
        {"role": role, "content": text}
        for role, text in (("system", system), ("user", prompt))
        if text and prompt
    ]


def piece(kind: str, text: str) -> dict[str, Any]:
    """Return one piece of an answer."""
    said = {"message": {"role": "assistant", "content": text}} if kind == "chat" else {"response": text}
    return {"model": NAME, "created_at": now(), **said}


def spent(usage: Usage, total_ns: int, loaded_ns: int) -> dict[str, Any]:
    """Return what an answer's last line says of how long it took, ns."""
    return {
        "done_reason": usage.reason,
        "total_duration": total_ns,
        "load_duration": loaded_ns,
        "prompt_eval_count": usage.prompt_tokens,
        "prompt_eval_duration": round(usage.prompt_ms * 1e6),
        "eval_count": usage.tokens,
        "eval_duration": round(usage.ms * 1e6),
    }


def described(began: str) -> dict[str, Any]:
    """Return the model as lists of models have it."""
    return {
        "name": NAME,
        "model": NAME,
        "modified_at": began,
        "size": BYTES,
        "digest": "",
        "details": {
            "parent_model": "",
            "format": "gguf",
            "family": "llama",
            "families": ["llama"],
            "parameter_size": PARAMETERS,
            "quantization_level": "Q4_1",
        },
    }


def now() -> str:
    """Return the time as the API writes it."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
