"""Which models there are, and the one way to ask them."""

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
from rubato_desktop.services.model.error_messages import ModelError, broke_off, in_words
from rubato_desktop.services.model.llama import BYTES
from rubato_desktop.services.model.llama import NAME as SMALL

OWN_HOST: Final = "http://127.0.0.1:11434"  # where Ollama is on a person's own machine
PATIENCE_S: Final = 120.0  # a large model is loaded from a disk first
# Below so many thousands of millions of parameters a model is fluent, and not to be trusted with facts.
TRUSTED_FROM_B: Final = 3.0
_RATE, _SMALL_RATE = 500.0, 180.0  # tokens of a prompt a second, before it was measured
_MEASURABLE: Final = 48  # tokens; shorter prompts measure what stands beside them
_LOOK_AGAIN_S: Final = 15.0
_EMBEDDING_FAMILIES: Final = ("bert", "nomic-bert")
_UNITS: Final = {"K": 1e-6, "M": 1e-3, "B": 1.0, "T": 1e3}

Message = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Model:
    """A language model that can be asked.

    Attributes:
        name: As Ollama has it, such as ``llama3.2:latest``.
        bytes: Its size.
        parameters_b: Its parameters in thousands of millions; 0 where that is not known.
        small: Whether what it says has to be checked sentence by sentence.
        embedded: Whether it is the one that comes with the program.
        server: The address of its server.
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
    """The models of an Ollama server where one answers, else the embedded one.

    Args:
        host: Returns the address that was chosen for Ollama; empty for this machine's own.
        tell: Told in a sentence when the small model has to stand in.
        patience_s: How long to wait for a next word.
    """

    def __init__(
        self,
        host: Callable[[], str] = lambda: "",
        *,
        on_fallback: Callable[[str], None] = lambda _: None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._host = host
        self._on_fallback = on_fallback
        self._patience = patience_s
        self._embedded = Embedded()
        self._absent: dict[str, float] = {}
        self._told = ""
        self._rates: dict[str, float] = {}

    @property
    def url(self) -> str:
        """The address of the Ollama server that is looked for."""
        return _address(self._host())

    @property
    def process_id(self) -> int:
        """Id of the process of the embedded model; 0 while it was never needed."""
        return self._embedded.process_id

    def listed(self) -> list[Model]:
        """Return the models that can be asked: those of Ollama, else the embedded one.

        Raises:
            ModelError: an Ollama server answers, and wrongly.
        """
        return self._of_ollama() or [self._small()]

    def choose(self, name: str = "") -> Model:
        """Return a model by its name, or the first.

        Raises:
            RubatoError: there is none of that name.
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
        most_tokens: int = 512,
        form: Any = None,
        stop: Cancellation | None = None,
    ) -> Generator[str, None, None]:
        """Ask, and yield the answer as it comes.

        Args:
            model: As `choose` gave it.
            messages: Each with ``role`` (system, user, assistant) and ``content``.
            temperature: 0 says the likeliest, 1 plays.
            most_tokens: Where it is cut off.
            form: ``"json"`` or a JSON schema that the answer has to keep.
            stop: Ends it at once, also while the model still reads.

        Raises:
            ModelError: see `in_words`; what was yielded so far stays said.
            Stopped: the wish came.
        """
        stop = stop or Cancellation()
        stop.check()
        spoken: list[str] = []
        options = {"temperature": temperature, "num_predict": most_tokens, "seed": 1}
        with (
            self._mourning(model),
            in_words(model.server, model.name, stop, spoken=spoken),
            self._connect(model) as connection,
            stop.on_cancel(connection.cut),
        ):
            done = False
            for part in connection.client.chat(
                model.name, list(messages), stream=True, options=options, format=form, think=None
            ):
                stop.check()
                if text := part.message.content or "":
                    spoken[:] = ["…"]
                    yield text
                if part.done:
                    done = True
                    self._note_rate(model, part.prompt_eval_count or 0, part.prompt_eval_duration or 0)
            stop.check()
            if not done:
                raise broke_off("What it said so far is kept" if spoken else "")

    def prompt_rate(self, model: Model) -> float:
        """Return how many tokens of a prompt the model reads in a second, as last measured; a guess before that."""
        return self._rates.get(model.name, _SMALL_RATE if model.embedded else _RATE)

    def embed(self, model: Model, texts: Sequence[str]) -> list[list[float]]:
        """Return a vector for each text.

        Raises:
            ModelError: see `in_words`.
        """
        with in_words(model.server, model.name), self._connect(model) as connection:
            answer = connection.client.embed(model.name, list(texts))
            return [list(map(float, vector)) for vector in answer.embeddings]

    def status(self) -> dict[str, Any]:
        """Return what answers where, how fast, and with which models; starts nothing that is not needed."""
        began = time.perf_counter()
        try:
            models, problem = self._of_ollama(), ""
        except RubatoError as error:
            models, problem = [], str(error)
        took = round((time.perf_counter() - began) * 1e3, 1)
        names = [model.name for model in models] or [SMALL]
        return {"server": self.url, "ollama": bool(models), "ms": took, "models": names, "problem": problem}

    def close(self) -> None:
        """End the embedded model's process. Safe to call twice."""
        self._embedded.close()

    def _of_ollama(self) -> list[Model]:
        """Return the models of the Ollama server that can speak; none where none answers."""
        url = self.url
        if time.monotonic() < self._absent.get(url, 0.0):
            return []
        try:
            with in_words(url), Connection(Address(url), connect_s=1.0, patience_s=5.0) as connection:
                found = connection.client.list().models
        except ModelError as error:
            if error.code not in ("no_model_server", "model_slow"):
                raise
            if url != OWN_HOST:
                self._absent[url] = time.monotonic() + _LOOK_AGAIN_S
            self._say(f"{error.happened}: the small model that comes with Rubato answers")
            return []
        models = [
            _model(entry.model or "", entry.size or 0, entry.details, url)
            for entry in found
            if entry.model and not _embeds_only(entry.details)
        ]
        if not models:
            self._say(f"Ollama at {url} has no model: the small one that comes with Rubato answers")
        return models

    def _small(self) -> Model:
        return Model(SMALL, BYTES, 0.135, small=True, embedded=True, server="127.0.0.1")

    def _connect(self, model: Model) -> Connection:
        address = self._embedded.address() if model.embedded else Address(model.server)
        return Connection(address, patience_s=self._patience)

    @contextlib.contextmanager
    def _mourning(self, model: Model) -> Iterator[None]:
        """Where the embedded server has died, the next question has a new one."""
        try:
            yield
        except ModelError as error:
            if model.embedded and error.code in ("model_broke_off", "no_model_server"):
                self._embedded.forget()
            raise

    def _note_rate(self, model: Model, tokens: int, ns: int) -> None:
        if tokens >= _MEASURABLE and ns > 0:
            self._rates[model.name] = tokens / ns * 1e9

    def _say(self, sentence: str) -> None:
        if sentence != self._told:
            self._told = sentence
            self._on_fallback(sentence)


def _model(name: str, size: int, details: Any, url: str) -> Model:
    billions = _billions(getattr(details, "parameter_size", None) or "")
    return Model(name, int(size), billions, 0 < billions < TRUSTED_FROM_B, embedded=False, server=url)


def _embeds_only(details: Any) -> bool:
    return (getattr(details, "family", None) or "") in _EMBEDDING_FAMILIES


def _billions(size: str) -> float:
    """``"135M"`` → 0.135; 0 where it says nothing."""
    found = re.fullmatch(r"\s*([\d.]+)\s*([KMBT])\s*", size.upper())
    try:
        return float(found[1]) * _UNITS[found[2]] if found else 0.0
    except ValueError:
        return 0.0


def _address(host: str) -> str:
    """``""`` → this machine's own; ``box`` → ``http://box:11434``; a whole address stays."""
    host = host.strip().rstrip("/")
    if not host:
        return OWN_HOST
    if "://" in host:
        return host
    name, _, port = host.partition(":")
    return f"http://{name}:{port or 11434}"


__all__ = ["SMALL", "Cancellation", "Cancelled", "Message", "Model", "Models"]
