"""One track in real time: its notes, other messages, texts and summary."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rubato_desktop.midi.file.event_offsets import META
from rubato_desktop.midi.file.events import Track
from rubato_desktop.midi.file.legacy import language_of
from rubato_desktop.midi.file.message_rows import ROW_DTYPE
from rubato_desktop.midi.file.meta_events import TRACK_NAME, Text, decode_text, metas, texts
from rubato_desktop.midi.file.note_pairing import is_note, pair
from rubato_desktop.midi.file.problems import FileProblems
from rubato_desktop.midi.file.tempo import TempoMap
from rubato_desktop.midi.messages import PROGRAM
from rubato_desktop.midi.notes import NOTE_DTYPE

Table = npt.NDArray[np.void]


@dataclass(frozen=True, slots=True)
class TrackInfo:
    """Summary of one track.

    Attributes:
        name: Its name in the file, or an empty string.
        title: Its display name: its name, or its language, or for example ``track 3``.
        notes: Number of notes.
        messages: Number of other messages.
        texts: Number of texts, including the name.
        channels: Channels in use, 0-15.
        programs: Programs selected, 0-127.
        end_us: End of the track (µs).
        language: In a feedback file, the language whose words its notes are; otherwise empty.
    """

    name: str
    title: str
    notes: int
    messages: int
    texts: int
    channels: tuple[int, ...]
    programs: tuple[int, ...]
    end_us: int
    language: str = ""


@dataclass(frozen=True, slots=True)
class TimedTrack:
    """A track with its ticks converted to microseconds.

    Attributes:
        index: Its index in the file, from 0.
        track: Its events.
        tempo: Converts its ticks to microseconds.
        t: Time of each of its channel messages (µs).
    """

    index: int
    track: Track
    tempo: TempoMap
    t: npt.NDArray[np.int64]

    @classmethod
    def of(cls, index: int, track: Track, tempo: TempoMap, problems: FileProblems) -> TimedTrack:
        """Convert the times of a track.

        Raises:
            MidiFileError: a time is too large (when not salvaging).
        """
        track = _truncated(track, tempo.latest_tick(), index + 1, problems)
        return cls(index, track, tempo, tempo.microseconds(track.tick))

    @property
    def end_us(self) -> int:
        return self.tempo.microsecond(self.track.end_tick)

    def notes(self) -> Table:
        """Return its notes sorted by onset, as an array of `NOTE_DTYPE`."""
        status, a, b = self.track.status, self.track.a, self.track.b
        on, off = pair(status, a, b)
        table = np.empty(len(on), NOTE_DTYPE)
        table["on"] = self.t[on]
        table["off"] = np.where(off < 0, self.end_us, self.t[off])
        table["track"] = self.index
        table["channel"] = status[on] & 0x0F
        table["note"] = a[on]
        table["velocity"] = b[on]
        return table

    def messages(self, long_before: int) -> tuple[Table, list[bytes]]:
        """Return its messages other than notes, sorted by time.

        Args:
            long_before: Number of long messages in the previous tracks.

        Returns:
            An array of `ROW_DTYPE`, and the bytes of its long messages.
        """
        others = np.flatnonzero(~is_note(self.track.status))
        table = np.empty(len(others), ROW_DTYPE)
        table["t"] = self.t[others]
        table["status"] = self.track.status[others]
        table["a"], table["b"] = self.track.a[others], self.track.b[others]
        table["long"] = -1
        # An empty escape sends nothing, so it is dropped.
        exclusives = [event for event in self.track.special if event.status != META]
        exclusives = [event for event in exclusives if event.status == 0xF0 or event.data]
        if exclusives:
            positions = np.searchsorted(others, [event.order for event in exclusives])
            rows = np.zeros(len(exclusives), ROW_DTYPE)
            rows["t"] = self.tempo.microseconds(np.array([event.tick for event in exclusives], np.int64))
            rows["long"] = long_before + np.arange(len(exclusives))
            table = np.insert(table, positions, rows)
        table["track"] = self.index
        # 0xF7 escapes bytes that are sent unchanged, so it is not part of the message.
        return table, [(b"\xf0" if event.status == 0xF0 else b"") + event.data for event in exclusives]

    def texts(self) -> list[Text]:
        """Return its texts in order."""
        rows = list(texts(self.track))
        times = self.tempo.microseconds(np.array([tick for tick, _, _ in rows], np.int64)).tolist()
        return [Text(t, self.index, kind, text) for t, (_, kind, text) in zip(times, rows, strict=True)]

    def info(self, notes: int, texts: int, feedback: bool) -> TrackInfo:
        """Return its summary.

        Args:
            notes: Number of its notes.
            texts: Number of its texts.
            feedback: Whether its name is that of a language.
        """
        status = self.track.status
        name = next((decode_text(event.data) for event in metas(self.track, TRACK_NAME)), "").strip()
        language = language_of(name) if feedback else ""
        return TrackInfo(
            name=name,
            title=name or language or f"track {self.index + 1}",
            notes=notes,
            messages=int(np.count_nonzero(~is_note(status)))
            + sum(e.status != META for e in self.track.special),
            texts=texts,
            channels=_used(status & 0x0F),
            programs=_used(self.track.a[(status & 0xF0) == PROGRAM]),
            end_us=self.end_us,
            language=language,
        )


def _used(values: npt.NDArray[Any]) -> tuple[int, ...]:
    """Return the distinct values of bytes, ascending."""
    used = np.zeros(256, np.bool_)
    used[values] = True
    return tuple(np.flatnonzero(used).tolist())


def _truncated(track: Track, latest: int, number: int, problems: FileProblems) -> Track:
    """Drop the events after the tick `latest`."""
    if track.end_tick <= latest:
        return track
    problems.damage("an event time is too large", track=number, repair="later events were left out")
    fits = int(np.searchsorted(track.tick, latest, "right"))
    return replace(
        track,
        tick=track.tick[:fits],
        status=track.status[:fits],
        a=track.a[:fits],
        b=track.b[:fits],
        special=tuple(event for event in track.special if event.tick <= latest),
        end_tick=latest,
    )
