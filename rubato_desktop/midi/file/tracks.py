"""One track with its times: its notes, its other messages, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rubato_desktop.midi.file.event_offsets import META
from rubato_desktop.midi.file.events import Track
from rubato_desktop.midi.file.legacy import language_of
from rubato_desktop.midi.file.message_rows import ROW_DTYPE
from rubato_desktop.midi.file.meta_events import TRACK_NAME, Text, decoded, metas, texts
from rubato_desktop.midi.file.note_pairing import is_note, pair
from rubato_desktop.midi.file.problems import FileProblem
from rubato_desktop.midi.file.tempo import TempoMap
from rubato_desktop.midi.messages import PROGRAM
from rubato_desktop.midi.notes import NOTE_DTYPE

Table = npt.NDArray[np.void]


@dataclass(frozen=True, slots=True)
class TrackInfo:
    """What is said of one track.

    Attributes:
        name: Its name in the file, empty when it has none.
        title: What to call it: its name, else its language, else ``track 3``.
        notes: Number of notes.
        messages: Number of messages that are no notes.
        texts: Number of texts, the name included.
        channels: Channels (0-15) that are used.
        programs: Programs (0-127) that are chosen.
        end_us: Where the track ends.
        language: In a feedback file the language whose words its notes are, else empty.
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
    """A track whose ticks have become microseconds.

    Attributes:
        index: Its place in the file, counted from 0.
        track: Its events.
        tempo: How its ticks are counted.
        t: Microsecond of each of its channel messages.
    """

    index: int
    track: Track
    tempo: TempoMap
    t: npt.NDArray[np.int64]

    @classmethod
    def of(cls, index: int, track: Track, tempo: TempoMap, trouble: FileProblem) -> TimedTrack:
        """Give a track its times.

        Raises:
            MidiFileError: a time is out of all reason; not while salvaging.
        """
        track = _within(track, tempo.latest_tick(), index + 1, trouble)
        return cls(index, track, tempo, tempo.microseconds(track.tick))

    @property
    def end_us(self) -> int:
        return self.tempo.microsecond(self.track.end_tick)

    def notes(self) -> Table:
        """Its notes, sorted by onset: an array of `NOTE_DTYPE`."""
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
        """Its messages that are no notes, sorted by time.

        Args:
            long_before: How many long messages there are in the tracks before.

        Returns:
            An array of `ROW_DTYPE`, and the bytes of its long messages.
        """
        kept = np.flatnonzero(~is_note(self.track.status))
        table = np.empty(len(kept), ROW_DTYPE)
        table["t"] = self.t[kept]
        table["status"] = self.track.status[kept]
        table["a"], table["b"] = self.track.a[kept], self.track.b[kept]
        table["long"] = -1
        # An empty escape says nothing.
        exclusives = [event for event in self.track.special if event.status != META]
        exclusives = [event for event in exclusives if event.status == 0xF0 or event.data]
        if exclusives:
            places = np.searchsorted(kept, [event.order for event in exclusives])
            rows = np.zeros(len(exclusives), ROW_DTYPE)
            rows["t"] = self.tempo.microseconds(np.array([event.tick for event in exclusives], np.int64))
            rows["long"] = long_before + np.arange(len(exclusives))
            table = np.insert(table, places, rows)
        table["track"] = self.index
        # 0xF7 stands before bytes that are sent just as they are.
        return table, [(b"\xf0" if event.status == 0xF0 else b"") + event.data for event in exclusives]

    def texts(self) -> list[Text]:
        """Its texts in order."""
        found = list(texts(self.track))
        times = self.tempo.microseconds(np.array([tick for tick, _, _ in found], np.int64)).tolist()
        return [Text(t, self.index, kind, text) for t, (_, kind, text) in zip(times, found, strict=True)]

    def info(self, notes: int, texts: int, feedback: bool) -> TrackInfo:
        """Return what is said of it, which has so many `notes` and `texts`; `feedback`: its name is a language's."""
        status = self.track.status
        name = next((decoded(event.data) for event in metas(self.track, TRACK_NAME)), "").strip()
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
    """The values that occur, ascending."""
    found = np.zeros(256, np.bool_)
    found[values] = True
    return tuple(np.flatnonzero(found).tolist())


def _within(track: Track, latest: int, number: int, trouble: FileProblem) -> Track:
    """Cut off what comes after the tick `latest`."""
    if track.end_tick <= latest:
        return track
    trouble.damage("a time is too far ahead", track=number, repair="what comes later is left out")
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
