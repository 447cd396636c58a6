"""How much a frame of sound is voice, judged by Silero's detector, which comes with faster-whisper."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

from rubato_desktop.interpreter import package_folder
from rubato_desktop.services.hearing.endpointing import FRAME
from rubato_desktop.services.voice.samples import Samples

_CONTEXT: Final = 64  # samples of the frame before that the detector wants to see again
_STATE: Final = (1, 1, 128)


class VoiceActivity:
    """Judges frames one after the other; it remembers what came before.

    Raises:
        ImportError: faster-whisper or onnxruntime is not there.
    """

    def __init__(self) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = options.intra_op_num_threads = 1
        options.log_severity_level = 4
        self._session: Any = onnxruntime.InferenceSession(
            str(_model()), options, providers=["CPUExecutionProvider"]
        )
        self.reset()

    def reset(self) -> None:
        """Forget what came before."""
        self._h = self._c = np.zeros(_STATE, np.float32)
        self._before = np.zeros(_CONTEXT, np.float32)

    def judge(self, frame: Samples) -> float:
        """Return how surely a frame is voice, 0 to 1.

        Args:
            frame: `FRAME` samples at `RATE`.
        """
        assert len(frame) == FRAME
        seen = np.concatenate([self._before, frame])[None]
        said, self._h, self._c = self._session.run(None, {"input": seen, "h": self._h, "c": self._c})
        self._before = frame[-_CONTEXT:]
        return float(np.ravel(said)[-1])


def _model() -> Path:
    # The package itself is not loaded for one file of it: that takes half a second.
    folder = package_folder("faster_whisper")
    if folder is None:
        raise ImportError("faster-whisper is not installed")
    return next(folder.glob("assets/silero_vad*.onnx"))
