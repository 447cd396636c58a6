"""How much a frame of sound is voice, judged by Silero's detector, which comes with faster-whisper."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from rubato_desktop.packaged_models import verified_model
from rubato_desktop.services.hearing.endpointing import FRAME
from rubato_desktop.services.voice.samples import Samples

_CONTEXT: Final = 64  # samples of the frame before that the detector wants to see again
_STATE: Final = (1, 1, 128)


class VoiceActivity:
    """Judges frames one after the other; it remembers what came before.

    Raises:
        RubatoError: the detector is missing or damaged.
    """

    def __init__(self) -> None:
        # faster-whisper itself is not loaded for this one file: that takes half a second.
        (model,) = verified_model("voice-activity").values()
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = options.intra_op_num_threads = 1
        options.log_severity_level = 4
        self._session: Any = onnxruntime.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"]
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
