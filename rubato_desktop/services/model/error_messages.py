"""Errors of a model server, in plain words."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.model.cancellation import Cancellation, Cancelled

_KEPT = "The answer so far is kept"


class ModelError(RubatoError):
    """A model server is down, slow or dying, or refuses a request."""


@contextlib.contextmanager
def translated_errors(
    url: str, model: str = "", cancellation: Cancellation | None = None, *, answer: list[str] | None = None
) -> Iterator[None]:
    """Translate the exceptions of the `ollama` client.

    Args:
        url: The server's address.
        model: The model that was called.
        cancellation: When it is cancelled, a broken connection is the expected result.
        answer: The answer so far; it may be filled within the block.

    Raises:
        ModelError: codes ``no_model_server``, ``model_slow``, ``model_broke_off``, ``no_such_model``, ``model_failed``.
        Cancelled: the call was cancelled.
    """
    import httpx
    import ollama
    from pydantic import ValidationError

    try:
        yield
    except Exception as error:
        if isinstance(error, RubatoError):
            raise
        if cancellation is not None and cancellation.cancelled:
            raise Cancelled from None
        kept = _KEPT if answer else ""
        if isinstance(error, httpx.TimeoutException):
            slow = ModelError(
                f"The language model at {url} did not answer in time",
                kept=kept,
                todo="Ask again, or choose a smaller model",
                code="model_slow",
            )
            slow.status = "timeout"
            raise slow from None
        if isinstance(
            error, (ConnectionError, httpx.ConnectError, httpx.UnsupportedProtocol, httpx.InvalidURL)
        ):
            raise ModelError(
                f"No language model server answers at {url}",
                todo="Start Ollama, or change the setting ollama_host",
                code="no_model_server",
            ) from None
        if isinstance(error, ollama.ResponseError):
            raise _refused(url, model, error, kept) from None
        if isinstance(error, httpx.TransportError):
            raise broke_off(kept) from None
        # AttributeError: the client does not check that a line of JSON is an object.
        if isinstance(error, (ValueError, ValidationError, AttributeError, httpx.HTTPError)):
            raise ModelError(
                f"The server at {url} does not answer as Ollama does",
                kept=kept,
                todo="Check the setting ollama_host",
                code="model_failed",
            ) from None
        raise


def broke_off(kept: str = _KEPT) -> ModelError:
    """Return the error for an answer that ended early because its server died."""
    return ModelError(
        "The language model stopped in the middle of its answer",
        kept=kept,
        todo="Ask again",
        code="model_broke_off",
    )


def _refused(url: str, model: str, error: Exception, kept: str) -> ModelError:
    status, reason = getattr(error, "status_code", -1), str(getattr(error, "error", error)).strip()
    if status == 404 and model:
        return ModelError(
            f"There is no model {model!r} at {url}",
            todo=f"Download it with `ollama pull {model}`, or choose another",
            code="no_such_model",
        )
    return ModelError(f"The language model at {url} failed: {reason[:300]}", kept=kept, code="model_failed")
