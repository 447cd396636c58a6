"""What can go wrong with a server of models, in plain words."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.model.cancellation import Cancellation, Cancelled


class ModelError(RubatoError):
    """A server of models is down, slow, dying, or does not know what it is asked."""


@contextlib.contextmanager
def in_words(
    url: str, model: str = "", stop: Cancellation | None = None, *, spoken: list[str] | None = None
) -> Iterator[None]:
    """Turn whatever the client of a server raises into words.

    Args:
        url: The server's address.
        model: The model that was asked.
        stop: When its wish has come, a broken connection is how it ends.
        spoken: Holds something once the model has begun to speak.

    Raises:
        ModelError: codes ``no_model_server``, ``model_slow``, ``model_broke_off``, ``no_such_model``, ``model_failed``.
        Stopped: the wish to stop has come.
    """
    import httpx
    import ollama
    from pydantic import ValidationError

    try:
        yield
    except Exception as error:
        if isinstance(error, RubatoError):
            raise
        if stop is not None and stop.cancelled:
            raise Cancelled from None
        kept = "What it said so far is kept" if spoken else ""
        if isinstance(error, httpx.TimeoutException):
            slow = ModelError(
                f"The language model at {url} does not answer in time",
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
                f"There is no server of language models at {url}",
                todo="Start Ollama, or change the setting ollama_host",
                code="no_model_server",
            ) from None
        if isinstance(error, ollama.ResponseError):
            raise _refused(url, model, error, kept) from None
        if isinstance(error, httpx.TransportError):
            raise broke_off(kept) from None
        # The client takes a line of JSON for an object without looking, which is where AttributeError comes from.
        if isinstance(error, (ValueError, ValidationError, AttributeError, httpx.HTTPError)):
            raise ModelError(
                f"What answers at {url} does not speak as Ollama does",
                kept=kept,
                todo="Change the setting ollama_host",
                code="model_failed",
            ) from None
        raise


def broke_off(kept: str = "What it said so far is kept") -> ModelError:
    """The server has gone in the middle of an answer."""
    return ModelError(
        "The language model broke off in the middle of its answer",
        kept=kept,
        todo="Ask again",
        code="model_broke_off",
    )


def _refused(url: str, model: str, error: Exception, kept: str) -> ModelError:
    status, why = getattr(error, "status_code", -1), str(getattr(error, "error", error)).strip()
    if status == 404 and model:
        return ModelError(
            f"There is no model {model!r} at {url}",
            todo=f"Fetch it with `ollama pull {model}`, or choose another",
            code="no_such_model",
        )
    return ModelError(f"The language model at {url} failed: {why[:300]}", kept=kept, code="model_failed")
