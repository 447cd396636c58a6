"""The listening state, derived from what the hearing process reports about its microphone stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["off", "opening", "listening", "hearing", "thinking"]


@dataclass(slots=True)
class StreamState:
    """What is known about one run of the hearing process.

    Attributes:
        open: Whether the microphone stream is open.
        speaking: Whether an utterance is in progress.
        pending: Number of utterances that have ended and are not recognised yet.
        ordered: Number of the last order that opens or closes the stream.
        done: Number of the last such order that was carried out.
    """

    open: bool = False
    speaking: bool = False
    pending: int = 0
    ordered: int = 0
    done: int = 0

    def name(self, wanted: bool) -> State:
        """Return the state to show; ``off`` only when the stream is closed and no order will open it.

        Args:
            wanted: Whether it should listen.
        """
        if self.speaking:
            return "hearing"
        if self.pending:
            return "thinking"
        if self.open:
            return "listening"
        return "opening" if wanted or self.done < self.ordered else "off"

    @property
    def unfinished(self) -> int:
        """Number of utterances that have begun and have no result yet."""
        return self.pending + self.speaking
