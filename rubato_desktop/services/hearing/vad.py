"""Voice activity detection (VAD) with the Silero model that comes with faster-whisper."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from rubato_desktop.packaged_models import verified_model
from rubato_desktop.services.hearing.endpointing import FRAME
from rubato_desktop.services.voice.samples import Samples

_CONTEXT: Final = 64  # samples of the previous frame that the model takes again
_STATE: Final = (1, 1, 128)


class VoiceActivity:
    """Judges consecutive frames of one stream; the model is recurrent.

    Raises:
        RubatoError: the model is missing (code ``needs_model``) or damaged (code ``bad_model``).
    """

    def __init__(self) -> None:
        # Importing faster-whisper for this one file would take half a second.
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
        """Clear the state, for the start of another stream."""
        self._h = self._c = np.zeros(_STATE, np.float32)
        self._previous = np.zeros(_CONTEXT, np.float32)

    def judge(self, frame: Samples) -> float:
        """Return the probability that a frame is voice, 0 to 1.

        Args:
            frame: `FRAME` samples at `RATE`.
        """
        assert len(frame) == FRAME
        samples = np.concatenate([self._previous, frame])[None]
        probability, self._h, self._c = self._session.run(
            None, {"input": samples, "h": self._h, "c": self._c}
        )
        self._previous = frame[-_CONTEXT:]
        return float(np.ravel(probability)[-1])
