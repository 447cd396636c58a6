"""The small model, run by llama.cpp (xllamacpp) in the model process. Other processes use only the constants."""

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
# Tokens of a prompt processed at a time. It can be cancelled only in between, which is every 0.3 s on two slow cores.
_BATCH: Final = 64
_MODEL: Final = "language-model"  # in resources/models.toml

OnText = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Usage:
    """Statistics of an answer.

    Attributes:
        prompt_tokens: Tokens of the prompt that were processed; cached ones are not counted.
        prompt_ms: Time that took, ms.
        tokens: Tokens generated.
        ms: Time that took, ms.
        reason: Why it ended, ``stop`` or ``length``.
    """

    prompt_tokens: int
    prompt_ms: float
    tokens: int
    ms: float
    reason: str


class LlamaError(Exception):
    """The model refuses a request; the text says why."""


def model_file() -> Path:
    """Return the packaged model; its checksum is verified when it is loaded.

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
        self,
        messages: Sequence[Mapping[str, Any]],
        options: Mapping[str, Any],
        response_format: Any,
        on_text: OnText,
    ) -> Usage | None:
        """Generate an answer.

        Args:
            messages: Each with ``role`` and ``content``.
            options: With Ollama's names: ``temperature``, ``num_predict``, ``seed``, ``stop``, ``top_p``, ``top_k``.
            response_format: ``"json"`` or a JSON schema for the answer, or None.
            on_text: Called with each chunk of the answer, and with an empty one now and then while the prompt is
                processed; returns whether to go on.

        Returns:
            Statistics; None when `on_text` ended it.

        Raises:
            LlamaError: the messages are too long or malformed.
        """
        request: dict[str, Any] = {
            "messages": list(messages),
            "stream": True,
            "return_progress": True,
            **_options(options),
        }
        if response_format:
            schema = {"type": "json_schema", "json_schema": {"schema": response_format}}
            request["response_format"] = {"type": "json_object"} if response_format == "json" else schema
        timings: dict[str, Any] = {}
        errors: list[str] = []
        ended = False
        reason = "stop"

        def on_chunk(chunk: Mapping[str, Any]) -> bool:
            nonlocal ended, reason
            if "error" in chunk:
                errors.append(str(chunk["error"].get("message", chunk["error"])))
                return False
            timings.update(chunk.get("timings") or {})
            text = ""
            for choice in chunk.get("choices") or []:
                text += choice["delta"].get("content") or ""
                reason = choice["finish_reason"] or reason
            ended = not on_text(text)
            return ended

        try:
            self._server.handle_chat_completions(request, on_chunk)
        except ValueError as error:
            log.info("a request is malformed", exc_info=True)
            raise LlamaError("the request is malformed") from error
        if errors:
            raise LlamaError(errors[0])
        if ended:
            return None
        return Usage(
            timings.get("prompt_n", 0),
            timings.get("prompt_ms", 0.0),
            timings.get("predicted_n", 0),
            timings.get("predicted_ms", 0.0),
            reason,
        )

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return a unit vector for each text: the mean of the embeddings of its tokens.

        Raises:
            LlamaError: a text is too long.
        """
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
        # Half of the cores: when another process needs one, threads that wait for each other come to a standstill
        # (measured: a hundredth of the speed). No polling: waiting must not take time from the keys.
        cores = os.cpu_count() or 1
        params.cpuparams.n_threads = max(1, min(4, cores // 2))
        params.cpuparams_batch.n_threads = max(1, min(8, cores))
        params.cpuparams.poll = params.cpuparams_batch.poll = 0
        params.verbosity = -1
        params.warmup = False
        params.cache_ram_mib = 0
        # It opens an HTTP port of its own; a random key locks it.
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
            log.exception("cannot load the small language model")
            raise RubatoError(
                "The small language model cannot be loaded",
                todo="Install Rubato again",
                code="bad_model",
            ) from None


def _options(options: Mapping[str, Any]) -> dict[str, Any]:
    names = {"num_predict": "max_tokens"}
    known = ("temperature", "num_predict", "seed", "stop", "top_p", "top_k", "repeat_penalty")
    return {names.get(name, name): options[name] for name in known if options.get(name) is not None}
