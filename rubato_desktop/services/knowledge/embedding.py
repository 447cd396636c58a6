"""Turns texts into vectors: by the packaged all-MiniLM-L6-v2, or by an embedding model of an Ollama server."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Protocol

from rubato_desktop.interpreter import stand_back
from rubato_desktop.packaged_models import verified_model

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

PACKAGED: Final = "all-MiniLM-L6-v2"
_TOKENS: Final = 256  # as the model was made for


class Embedder(Protocol):
    """Turns texts into vectors of length 1."""

    model: str

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return one row for each text, shape (texts, dimensions)."""
        ...


class MiniLm:
    """The packaged model, 384 dimensions, by ONNX Runtime.

    Pooling as https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2 has it: the mean of the tokens' vectors.

    Args:
        threads: Processors it may take to embed many texts.
    """

    model = PACKAGED

    def __init__(self, threads: int = 2) -> None:
        self._threads = threads

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        import numpy as np

        if len(texts) == 1:
            return self._row(self._for_one, texts[0])[None]
        rows = self._pool.map(lambda text: self._row(self._for_many, text), texts)
        return np.array(list(rows), np.float32).reshape(len(texts), 384)

    def _row(self, session: Any, text: str) -> npt.NDArray[np.float32]:
        import numpy as np

        ids = np.array([self._tokenizer.encode(text).ids], np.int64)
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        (hidden,) = session.run(None, given)
        mean = hidden[0].mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)

    # Measured on two processors: a question is embedded soonest by two threads; of many texts a third more are by a
    # thread for each. Whoever asks is not to wait for whoever learns.

    @cached_property
    def _for_one(self) -> Any:
        return _session(self._threads)

    @cached_property
    def _for_many(self) -> Any:
        return _session(1)

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads, "embedding", initializer=stand_back)

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        (file,) = verified_model("embedding-tokenizer").values()
        made = Tokenizer.from_file(str(file))
        made.no_padding()
        made.enable_truncation(_TOKENS)
        return made


def _session(threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # A thread that spins while it waits takes a processor from the keys.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    (model,) = verified_model("embedding").values()
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


class OfOllama:
    """An embedding model of an Ollama server.

    Args:
        model: Its name, such as ``nomic-embed-text``.
        host: The server, as the setting ``ollama_host`` has it.
    """

    def __init__(self, model: str, host: str) -> None:
        from rubato_desktop.services.model.models import Model, Models

        self.model = model
        self._models = Models(lambda: host)
        self._asked = Model(model, 0, 0.0, small=False, embedded=False, server=self._models.url)

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        import numpy as np

        rows = np.asarray(self._models.embed(self._asked, texts), np.float32)
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), np.float32)


def open_embedder(model: str, host: str) -> Embedder:
    """Return the embedder of a model: the packaged one by its name or none, any other of the Ollama server."""
    return MiniLm() if model in ("", PACKAGED) else OfOllama(model, host)
