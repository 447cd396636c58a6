"""Events survive encoding and decoding; damaged lines are refused."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rubato_desktop.events import CommandDone, Event, Played, PreviewChanged, Result, WordHeard, WordMissed
from rubato_desktop.language.results import Preview, RecognisedWord, RejectedRun
from rubato_desktop.midi.messages import Message, note_on
from rubato_desktop.services.sessions.journal_entries import Devices, Header, Mark
from rubato_desktop.services.sessions.journal_format import (
    LineError,
    decode,
    decode_header,
    encode,
    encode_header,
)

TAB = RecognisedWord(1_000, 2_000, (12, 7, 12, 14), "tab", "core", "tab", {"number": 1})
NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, timezone(timedelta(hours=1)))

EVENTS: dict[str, Event] = {
    "a key": Played(5, note_on(5, "Keystation 25", 60), 12),
    "a note outside the 25 keys": Played(5, note_on(5, "Keystation 25", 100)),
    "a message that waited for the engine": Played(9, note_on(5, "Keystation 25", 60), 12),
    "a system exclusive": Played(5, Message(5, "Keystation 25", b"\xf0\x7e\x7f\x06\x01\xf7")),
    "a device with an odd name": Played(5, Message(5, 'Tасте "25"\n\udce9', b"\xfe")),
    "a word": WordHeard(2_000, TAB, 7),
    "a word without a command": WordHeard(2_000, replace(TAB, command="", args={}), 8),
    "a run": WordMissed(3, RejectedRun(1, 3, (0, 8, 0), "unknown"), (((0, 7, 0), "click", "core"),)),
    "a run that timed out": WordMissed(3, RejectedRun(1, 3, (0, 8), "lapsed")),
    "a result": CommandDone(
        4, Result(7, "tab", {"number": 1}, "ok", {"title": "é"}, "Tab 1", state={"a": [1]}), TAB
    ),
    "a failure": CommandDone(
        4,
        Result(8, "click", {}, "refused", error={"code": "needs_browser", "message": "It needs the browser"}),
    ),
    "a start": Mark(1, "start", 3, NOON),
    "a stop with a name": Mark(2, "stop", 3, name="étude"),
    "a pause": Mark(2, "pause", 3),
    "an erased word": Mark(2, "strike", word_t=1),
    "a session written": Mark(3, "kept", 3, session="2026/11/20261122-120000"),
    "lost messages": Mark(3, "gap", lost=12),
    "devices": Devices(3, ({"name": "Keystation 25", "role": "both", "base": 48, "connected": True},)),
}


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_an_event_is_unchanged_after_decoding(event: Event) -> None:
    line = encode(event)
    assert line is not None
    assert line.endswith(b"\n") and line.count(b"\n") == 1 and line.isascii()
    assert decode(line) == event
    assert json.dumps(json.loads(line), separators=(",", ":")).encode() == line[:-1], "lines are compact JSON"


def test_a_preview_is_not_recorded() -> None:
    assert encode(PreviewChanged(1, Preview())) is None


def test_a_value_that_json_cannot_represent_is_stored_as_text() -> None:
    line = encode(CommandDone(1, Result(1, "wait", {"how_long": timedelta(seconds=2)}, "ok")))
    assert line is not None
    event = decode(line)
    assert isinstance(event, CommandDone)
    assert event.result.args == {"how_long": "0:00:02"}


def test_the_header_converts_clock_to_wall_time() -> None:
    header = decode_header(encode_header(Header(NOON, 500, "0.1.0", {"name": "étude"})))
    assert header == Header(NOON, 500, "0.1.0", {"name": "étude"})
    assert header.wall(1_000_500) == NOON + timedelta(seconds=1)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\0" * 40,
        b"[]",
        b"{}",
        b'{"kind":"midi","t":1}',
        b"\xff{}",
        b'{"kind":"journal","format":99}',
        b"[" * 9999,
    ],
)
def test_a_line_that_is_not_an_entry_is_refused(line: bytes) -> None:
    with pytest.raises(LineError):
        decode(line)
    with pytest.raises(LineError):
        decode_header(line)


ids = st.integers(1, 10**9)
times = st.integers(-(10**12), 10**15)
keys = st.lists(st.integers(0, 24), min_size=1, max_size=12).map(tuple)
json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
args = st.dictionaries(st.text(), json_like, max_size=3)
words = st.builds(RecognisedWord, times, times, keys, st.text(), st.text(), st.text(), args)
messages = st.builds(Message, times, st.text(), st.binary(min_size=1, max_size=20))
anything = (
    st.builds(Played, times, messages, st.none() | st.integers(0, 24))
    | st.builds(WordHeard, times, words, ids)
    | st.builds(
        WordMissed,
        times,
        st.builds(RejectedRun, times, times, keys, st.sampled_from(["unknown", "lapsed", "erased"])),
        st.lists(st.tuples(keys, st.text(), st.text()), max_size=3).map(tuple),
    )
    | st.builds(
        CommandDone,
        times,
        st.builds(
            Result,
            ids,
            st.text(),
            args,
            st.sampled_from(["ok", "failed", "timeout", "refused"]),
            json_like,
            st.text(),
            st.none() | st.dictionaries(st.text(), st.text(), max_size=2),
            args,
            st.floats(0, 1e9),
        ),
        st.none() | words,
    )
    | st.builds(
        Mark,
        times,
        st.sampled_from(["start", "save", "stop"]),
        ids,
        st.datetimes(timezones=st.just(UTC)),
    )
    | st.builds(Devices, times, st.lists(args, max_size=2).map(tuple))
)


@settings(deadline=None, derandomize=True)
@given(anything)
def test_any_event_is_unchanged_after_decoding(event: Event) -> None:
    line = encode(event)
    assert line is not None
    assert decode(line) == event


@settings(deadline=None, derandomize=True)
@given(anything, st.integers(-(10**9), 10**9))
def test_zero_is_subtracted_from_all_times(event: Event, zero: int) -> None:
    line = encode(event)
    assert line is not None
    moved = encode(decode(line, zero))
    assert moved is not None
    assert decode(moved, -zero) == event


@settings(deadline=None, derandomize=True)
@given(anything, st.data())
def test_half_a_line_is_always_refused(event: Event, data: st.DataObject) -> None:
    line = encode(event)
    assert line is not None
    cut = data.draw(st.integers(0, len(line) - 2))
    with pytest.raises(LineError):
        decode(line[:cut])


@settings(deadline=None, derandomize=True)
@given(anything, st.data())
def test_a_damaged_line_is_read_or_raises_line_error(event: Event, data: st.DataObject) -> None:
    line = bytearray(encode(event) or b"")
    for _ in range(data.draw(st.integers(1, 4))):
        line[data.draw(st.integers(0, len(line) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(LineError):
        decode(bytes(line))
