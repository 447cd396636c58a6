"""The small model, by llama.cpp in this process. Only the model's own process imports this to any effect."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from rubato_desktop.errors import RubatoError
from rubato_desktop.packaged_models import find_model, verified_model

log = logging.getLogger(__name__)

NAME: Final = "smollm2:135m"
PARAMETERS: Final = "135M"
BYTES: Final = 98_362_432
CONTEXT: Final = 4096  # tokens of prompt and answer together
# A prompt is read so many tokens at a time; only in between can it be stopped (a third of a second on two slow cores).
_BATCH: Final = 64
_MODEL: Final = "language-model"  # in the table of packaged models

Give = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer took.

    Tokens read (less what was read before) and said, the ms of both, and why it ended: ``stop`` or ``length``.
    """

    prompt_tokens: int
    prompt_ms: float
    tokens: int
    ms: float
    reason: str


class LlamaError(Exception):
    """The model refuses what it is asked; says why."""


def model_file() -> Path:
    """Return the packaged model; its content is checked when it is loaded.

    Raises:
        RubatoError: it is not installed, or has the wrong size.
    """
    (path,) = find_model(_MODEL).values()
    return path


class Llama:
    """SmolLM2-135M-Instruct, loaded.

    Raises:
        RubatoError: the model is missing or cannot be loaded.
    """

    def __init__(self) -> None:
        (self.path,) = verified_model(_MODEL).values()
        self._server = self._open()

    def chat(
        self, messages: Sequence[Mapping[str, Any]], options: Mapping[str, Any], form: Any, give: Give
    ) -> Usage | None:
        """Answer.

        Args:
            messages: Each with ``role`` and ``content``.
            options: By Ollama's names: ``temperature``, ``num_predict``, ``seed``, ``stop``, ``top_p``, ``top_k``.
            form: ``"json"`` or a JSON schema the answer has to keep, or None.
            give: Told each piece as it comes, and an empty one now and then while the prompt is read; returns
                whether to go on.

        Returns:
            What it took; None when `give` ended it.

        Raises:
            LlamaError: the messages are too long or malformed.
        """
        request: dict[str, Any] = {
            "messages": list(messages),
            "stream": True,
            "return_progress": True,
            **_options(options),
        }
        if form:
            schema = {"type": "json_schema", "json_schema": {"schema": form}}
            request["response_format"] = {"type": "json_object"} if form == "json" else schema
        last: dict[str, Any] = {}
        refused: list[str] = []
        ended = False
        reason = "stop"

        def take(chunk: Mapping[str, Any]) -> bool:
            nonlocal ended, reason
            if "error" in chunk:
                refused.append(str(chunk["error"].get("message", chunk["error"])))
                return False
            last.update(chunk.get("timings") or {})
            text = ""
            for choice in chunk.get("choices") or []:
                text += choice["delta"].get("content") or ""
                reason = choice["finish_reason"] or reason
            ended = not give(text)
            return ended

        try:
            self._server.handle_chat_completions(request, take)
        except ValueError as error:
            log.info("a request was refused", exc_info=True)
            raise LlamaError("the request is malformed") from error
        if refused:
            raise LlamaError(refused[0])
        if ended:
            return None
        return Usage(
            last.get("prompt_n", 0),
            last.get("prompt_ms", 0.0),
            last.get("predicted_n", 0),
            last.get("predicted_ms", 0.0),
            reason,
        )

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return a vector of length 1 for each text: the mean of what the model makes of its tokens."""
        answer = self._embedder.handle_embeddings({"input": list(texts)})
        if "error" in answer:
            raise LlamaError(str(answer["error"].get("message", answer["error"])))
        return [row["embedding"] for row in answer["data"]]

    @cached_property
    def _embedder(self) -> Any:
        return self._open(embedding=True)

    def _open(self, *, embedding: bool = False) -> Any:
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = str(self.path)
        params.n_ctx = CONTEXT
        params.n_parallel = 1
        # Two threads that wait for each other stand still when somebody else wants one of two cores (measured:
        # a hundredth of their speed), and waiting must not take the time of the keys.
        cores = os.cpu_count() or 1
        params.cpuparams.n_threads = max(1, min(4, cores // 2))
        params.cpuparams_batch.n_threads = max(1, min(8, cores))
        params.cpuparams.poll = params.cpuparams_batch.poll = 0
        params.verbosity = -1
        params.warmup = False
        params.cache_ram_mib = 0
        # It opens a port of its own, which nobody needs: no key fits.
        params.api_keys = [secrets.token_hex(16)]
        params.ui = False
        if embedding:
            params.embedding = True
            params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
        else:
            params.n_batch = params.n_ubatch = _BATCH
        try:
            return xllamacpp.Server(params)
        except RuntimeError:
            log.exception("the small language model cannot be loaded")
            raise RubatoError(
                "The small language model cannot be loaded",
                todo="Install Rubato again",
                code="bad_model",
            ) from None


def _options(options: Mapping[str, Any]) -> dict[str, Any]:
    names = {"num_predict": "max_tokens"}
    known = ("temperature", "num_predict", "seed", "stop", "top_p", "top_k", "repeat_penalty")
    return {names.get(name, name): options[name] for name in known if options.get(name) is not None}
