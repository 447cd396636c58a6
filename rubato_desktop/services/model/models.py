"""Lists the language models and sends requests to them."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.model.cancellation import Cancellation, Cancelled
from rubato_desktop.services.model.connection import Connection
from rubato_desktop.services.model.embedded import Address, Embedded
from rubato_desktop.services.model.error_messages import ModelError, broke_off, translated_errors
from rubato_desktop.services.model.llama import BYTES
from rubato_desktop.services.model.llama import NAME as SMALL

OWN_HOST: Final = "http://127.0.0.1:11434"  # Ollama's default
TIMEOUT_S: Final = 120.0  # a large model must be loaded from disk first
# With fewer parameters (in billions) a model is fluent but not reliable about facts.
TRUSTED_FROM_B: Final = 3.0
_RATE, _SMALL_RATE = 500.0, 180.0  # tokens of a prompt per second, until measured
_MEASURABLE: Final = 48  # tokens; with shorter prompts the overhead dominates
_RETRY_S: Final = 15.0
_EMBEDDING_FAMILIES: Final = ("bert", "nomic-bert")
_UNITS: Final = {"K": 1e-6, "M": 1e-3, "B": 1.0, "T": 1e3}

Message = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Model:
    """A language model.

    Attributes:
        name: As in Ollama, such as ``llama3.2:latest``.
        bytes: Size of its file.
        parameters_b: Number of parameters, billions; 0 when unknown.
        small: Whether each sentence of its answers must be checked against the sources.
        embedded: Whether it is the one that comes with Rubato.
        server: URL of its server.
    """

    name: str
    bytes: int
    parameters_b: float
    small: bool
    embedded: bool
    server: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Models:
    """The models of an Ollama server, or the embedded one when there is none.

    Args:
        host: Returns Ollama's address in the settings; empty for the default.
        on_fallback: Called with a sentence when the embedded model is used instead of Ollama's.
        timeout_s: Time limit for each next chunk of an answer, s.
    """

    def __init__(
        self,
        host: Callable[[], str] = lambda: "",
        *,
        on_fallback: Callable[[str], None] = lambda _: None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._host = host
        self._on_fallback = on_fallback
        self._timeout_s = timeout_s
        self._embedded = Embedded()
        self._retry_at: dict[str, float] = {}  # by URL of a server that did not answer
        self._notice = ""
        self._rates: dict[str, float] = {}

    @property
    def url(self) -> str:
        """URL of the Ollama server, whether or not it is running."""
        return _url(self._host())

    @property
    def process_id(self) -> int:
        """Id of the embedded model's process; 0 while there is none."""
        return self._embedded.process_id

    def listed(self) -> list[Model]:
        """Return Ollama's models, or the embedded one when there are none.

        Raises:
            ModelError: the server answers, but not as Ollama does.
        """
        return self._of_ollama() or [self._small()]

    def choose(self, name: str = "") -> Model:
        """Return a model by name; the first one without a name.

        Raises:
            ModelError: there is none of that name (code ``no_such_model``).
        """
        models = self.listed()
        if not name:
            return models[0]
        for model in models:
            if name in (model.name, model.name.removesuffix(":latest")):
                return model
        if name == SMALL:
            return self._small()
        raise ModelError(
            f"There is no model {name!r}",
            todo=f"Choose one of {', '.join(model.name for model in models)}",
            code="no_such_model",
        )

    def chat(
        self,
        model: Model,
        messages: Sequence[Message],
        *,
        temperature: float = 0.0,
        max_tokens: int = 512,
        response_format: Any = None,
        stop: Cancellation | None = None,
    ) -> Generator[str, None, None]:
        """Generate an answer, and yield it chunk by chunk.

        Args:
            model: As returned by `choose`.
            messages: Each with ``role`` (system, user, assistant) and ``content``.
            temperature: 0 for the most likely answer, up to 1 for a varied one.
            max_tokens: Where the answer is cut off.
            response_format: ``"json"`` or a JSON schema for the answer.
            stop: Cancels it at once, even while the prompt is processed.

        Raises:
            ModelError: see `translated_errors`.
            Cancelled: `stop` was cancelled.
        """
        stop = stop or Cancellation()
        stop.check()
        answer: list[str] = []
        options = {"temperature": temperature, "num_predict": max_tokens, "seed": 1}
        address = self._address(model)
        with (
            self._discard_broken(address),
            translated_errors(model.server, model.name, stop, answer=answer),
            Connection(address, timeout_s=self._timeout_s) as connection,
            stop.on_cancel(connection.abort),
        ):
            done = False
            for part in connection.client.chat(
                model.name, list(messages), stream=True, options=options, format=response_format, think=None
            ):
                stop.check()
                if text := part.message.content or "":
                    answer.append(text)
                    yield text
                if part.done:
                    done = True
                    self._note_rate(model, part.prompt_eval_count or 0, part.prompt_eval_duration or 0)
            stop.check()
            if not done:
                raise broke_off() if answer else broke_off(kept="")

    def prompt_rate(self, model: Model) -> float:
        """Return the prompt speed of a model, tokens per second: as last measured, or an estimate."""
        return self._rates.get(model.name, _SMALL_RATE if model.embedded else _RATE)

    def embed(self, model: Model, texts: Sequence[str]) -> list[list[float]]:
        """Return a vector for each text.

        Raises:
            ModelError: see `translated_errors`.
        """
        address = self._address(model)
        with (
            translated_errors(model.server, model.name),
            Connection(address, timeout_s=self._timeout_s) as connection,
        ):
            response = connection.client.embed(model.name, list(texts))
            return [list(map(float, vector)) for vector in response.embeddings]

    def status(self) -> dict[str, Any]:
        """Return which server answers, its latency (ms) and its models; does not start the embedded model."""
        began = time.perf_counter()
        try:
            models, problem = self._of_ollama(), ""
        except RubatoError as error:
            models, problem = [], str(error)
        elapsed_ms = round((time.perf_counter() - began) * 1e3, 1)
        names = [model.name for model in models] or [SMALL]
        return {
            "server": self.url,
            "ollama": bool(models),
            "ms": elapsed_ms,
            "models": names,
            "problem": problem,
        }

    def close(self) -> None:
        """End the embedded model's process. Safe to call twice."""
        self._embedded.close()

    def _of_ollama(self) -> list[Model]:
        """Return the models of the Ollama server that can chat; none when it does not answer."""
        url = self.url
        if time.monotonic() < self._retry_at.get(url, 0.0):
            return []
        try:
            with translated_errors(url), Connection(Address(url), connect_s=1.0, timeout_s=5.0) as connection:
                entries = connection.client.list().models
        except ModelError as error:
            if error.code not in ("no_model_server", "model_slow"):
                raise
            if url != OWN_HOST:
                self._retry_at[url] = time.monotonic() + _RETRY_S
            self._report(f"{error.happened}; the small model that comes with Rubato answers instead")
            return []
        models = [
            _model(entry.model or "", entry.size or 0, entry.details, url)
            for entry in entries
            if entry.model and not _embeds_only(entry.details)
        ]
        if not models:
            self._report(
                f"Ollama at {url} has no models; the small model that comes with Rubato answers instead"
            )
        return models

    def _small(self) -> Model:
        return Model(SMALL, BYTES, 0.135, small=True, embedded=True, server="127.0.0.1")

    def _address(self, model: Model) -> Address:
        return self._embedded.address() if model.embedded else Address(model.server)

    @contextlib.contextmanager
    def _discard_broken(self, address: Address) -> Iterator[None]:
        """Discard the embedded server when it has died, so that the next call starts another one."""
        try:
            yield
        except ModelError as error:
            if address.embedded and error.code in ("model_broke_off", "no_model_server"):
                self._embedded.discard(address)
            raise

    def _note_rate(self, model: Model, tokens: int, ns: int) -> None:
        if tokens >= _MEASURABLE and ns > 0:
            self._rates[model.name] = tokens / ns * 1e9

    def _report(self, sentence: str) -> None:
        if sentence != self._notice:
            self._notice = sentence
            self._on_fallback(sentence)


def _model(name: str, size: int, details: Any, url: str) -> Model:
    billions = _billions(getattr(details, "parameter_size", None) or "")
    return Model(name, int(size), billions, 0 < billions < TRUSTED_FROM_B, embedded=False, server=url)


def _embeds_only(details: Any) -> bool:
    return (getattr(details, "family", None) or "") in _EMBEDDING_FAMILIES


def _billions(size: str) -> float:
    """Parse a parameter count: ``"135M"`` → 0.135; 0 when it is not one."""
    match = re.fullmatch(r"\s*([\d.]+)\s*([KMBT])\s*", size.upper())
    try:
        return float(match[1]) * _UNITS[match[2]] if match else 0.0
    except ValueError:
        return 0.0


def _url(host: str) -> str:
    """Complete an address: ``""`` → Ollama's default; ``box`` → ``http://box:11434``; a URL stays."""
    host = host.strip().rstrip("/")
    if not host:
        return OWN_HOST
    if "://" in host:
        return host
    name, _, port = host.partition(":")
    return f"http://{name}:{port or 11434}"


__all__ = ["SMALL", "Cancellation", "Cancelled", "Message", "Model", "Models"]
