"""Requests and responses of Ollama's API.

Format: https://github.com/ollama/ollama/blob/main/docs/api.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rubato_desktop.services.model.llama import BYTES, NAME, PARAMETERS, Usage


class RequestError(Exception):
    """A refused request.

    Args:
        status: HTTP status.
        reason: For the client.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def read_messages(kind: str, request: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the messages of a ``chat`` or ``generate`` request, each with ``role`` and ``content``.

    Raises:
        RequestError: they are malformed or not supported.
    """
    if kind == "chat":
        messages = request.get("messages") or []
        if not isinstance(messages, list) or not all(
            isinstance(message, dict) and isinstance(message.get("content"), str) for message in messages
        ):
            raise RequestError(400, "each message needs a role and a content")
        return messages
    if request.get("raw"):
        raise RequestError(400, "raw prompts are not supported")
    prompt, system = request.get("prompt") or "", request.get("system") or ""
    if not isinstance(prompt, str) or not isinstance(system, str):
        raise RequestError(400, "prompt and system must be strings")
    return [
        {"role": role, "content": text}
        for role, text in (("system", system), ("user", prompt))
        if text and prompt
    ]


def answer_chunk(kind: str, text: str) -> dict[str, Any]:
    """Return one chunk of an answer, without ``done``.

    Args:
        kind: ``chat`` or ``generate``.
        text: Its text.
    """
    content = {"message": {"role": "assistant", "content": text}} if kind == "chat" else {"response": text}
    return {"model": NAME, "created_at": timestamp(), **content}


def usage_fields(usage: Usage, total_ns: int, load_ns: int) -> dict[str, Any]:
    """Return the statistics in an answer's last chunk; durations in ns.

    Args:
        usage: Of the generation.
        total_ns: Duration of the call, ns.
        load_ns: Time it waited for the model to load, ns.
    """
    return {
        "done_reason": usage.reason,
        "total_duration": total_ns,
        "load_duration": load_ns,
        "prompt_eval_count": usage.prompt_tokens,
        "prompt_eval_duration": round(usage.prompt_ms * 1e6),
        "eval_count": usage.tokens,
        "eval_duration": round(usage.ms * 1e6),
    }


def model_entry(modified_at: str) -> dict[str, Any]:
    """Return the model's entry in a list of models.

    Args:
        modified_at: As returned by `timestamp`.
    """
    return {
        "name": NAME,
        "model": NAME,
        "modified_at": modified_at,
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


def timestamp() -> str:
    """Return the current time as the API writes it: RFC 3339, UTC."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
