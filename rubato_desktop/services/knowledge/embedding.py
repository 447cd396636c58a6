"""Embeds texts, with the packaged all-MiniLM-L6-v2 or with an embedding model of an Ollama server."""

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
_TOKENS: Final = 256  # the length the model was trained for


class Embedder(Protocol):
    """Embeds texts as vectors of length 1."""

    model: str

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return the embeddings as float32, shape (texts, dimensions)."""
        ...


class MiniLm:
    """The packaged model, in ONNX Runtime; 384 dimensions.

    Uses mean pooling, as https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2 says.

    Args:
        threads: Number of threads.
    """

    model = PACKAGED

    def __init__(self, threads: int = 2) -> None:
        self._threads = threads

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        import numpy as np

        if len(texts) == 1:
            return self._embed_one(self._query_session, texts[0])[None]
        rows = self._pool.map(lambda text: self._embed_one(self._batch_session, text), texts)
        return np.array(list(rows), np.float32).reshape(len(texts), 384)

    def _embed_one(self, session: Any, text: str) -> npt.NDArray[np.float32]:
        import numpy as np

        ids = np.array([self._tokenizer.encode(text).ids], np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        (hidden,) = session.run(None, inputs)
        mean = hidden[0].mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)

    # Measured on two cores: one query is fastest on two threads, while many texts are a third faster with one thread
    # each. Two sessions, so that a query does not wait for learning.

    @cached_property
    def _query_session(self) -> Any:
        return _session(self._threads)

    @cached_property
    def _batch_session(self) -> Any:
        return _session(1)

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads, "embedding", initializer=stand_back)

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        (file,) = verified_model("embedding-tokenizer").values()
        tokenizer = Tokenizer.from_file(str(file))
        tokenizer.no_padding()
        tokenizer.enable_truncation(_TOKENS)
        return tokenizer


def _session(threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Spinning threads would take a core from the engine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    (model,) = verified_model("embedding").values()
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


class OllamaEmbedder:
    """An embedding model of an Ollama server.

    Args:
        model: The model's name, such as ``nomic-embed-text``.
        host: The server, in the form of the setting ``ollama_host``.
    """

    def __init__(self, model: str, host: str) -> None:
        from rubato_desktop.services.model.models import Model, Models

        self.model = model
        self._models = Models(lambda: host)
        self._model = Model(model, 0, 0.0, small=False, embedded=False, server=self._models.url)

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        import numpy as np

        rows = np.asarray(self._models.embed(self._model, texts), np.float32)
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), np.float32)


def open_embedder(model: str, host: str) -> Embedder:
    """Return the packaged embedder for its own or an empty name, else one of the Ollama server at `host`."""
    return MiniLm() if model in ("", PACKAGED) else OllamaEmbedder(model, host)
