"""What the ear is doing, worked out from what its process reports about the microphone's stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["off", "opening", "listening", "hearing", "thinking"]


@dataclass(slots=True)
class StreamState:
    """What is known about one run of the hearing process.

    Attributes:
        open: Whether the microphone's stream is open.
        speaking: Whether somebody is speaking.
        pending: How many utterances have been heard and not yet understood.
        ordered: Number of the last order that opens or closes the stream.
        done: Number of the last such order that was carried out.
    """

    open: bool = False
    speaking: bool = False
    pending: int = 0
    ordered: int = 0
    done: int = 0

    def name(self, wanted: bool) -> State:
        """Return the state to show; ``off`` only when the stream is closed and nothing is about to open it.

        Args:
            wanted: Whether it is to listen.
        """
        if self.speaking:
            return "hearing"
        if self.pending:
            return "thinking"
        if self.open:
            return "listening"
        return "opening" if wanted or self.done < self.ordered else "off"

    @property
    def unheard(self) -> int:
        """How many utterances have begun and were not told yet."""
        return self.pending + self.speaking
