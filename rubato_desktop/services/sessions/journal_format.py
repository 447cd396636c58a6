"""The file format of a journal: one JSON object per line.

The first line is a `Header`. Every other line has a ``kind`` and ``t``: µs on the clock of that run of the
program, or µs from the beginning in a session's own journal. Lines are ASCII, so that half a line cannot be
mistaken for a whole one, and strings survive exactly.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from rubato_desktop.events import CommandDone, Event, Played, RemarkKept, Result, WordHeard, WordMissed
from rubato_desktop.language.results import RecognisedWord, RejectedRun
from rubato_desktop.midi.messages import Message
from rubato_desktop.services.sessions.journal_entries import Devices, Header, Mark

FORMAT = 1
MARK_PREFIX = b'{"kind":"mark",'

# A value that JSON cannot represent is stored as its text: better an odd value than a missing line.
_ENCODER = json.JSONEncoder(separators=(",", ":"), default=str)
_DECODER = json.JSONDecoder()

_MOST = 1 << 62  # leaves room for sums in 64 bits

Json = dict[str, Any]
T = TypeVar("T")


class LineError(ValueError):
    """A line that this program did not write."""


def encode_header(header: Header) -> bytes:
    """Return a header as a line."""
    raw: Json = {
        "kind": "journal",
        "format": FORMAT,
        "program": header.program,
        "began": header.began.isoformat(),
        "t": header.t,
    }
    if header.about:
        raw["session"] = dict(header.about)
    return _line(raw)


def decode_header(line: bytes) -> Header:
    """Read a journal's first line.

    Raises:
        LineError: it is not a first line, or of a later format.
    """
    return _decode(line, _header)


def _header(raw: Json) -> Header:
    if raw["kind"] != "journal" or raw["format"] > FORMAT:
        raise LineError("not the first line of a journal that this version can read")
    began = datetime.fromisoformat(raw["began"])
    if began.tzinfo is None:
        raise LineError("its time has no UTC offset")
    return Header(began, _int(raw["t"]), _str(raw["program"]), dict(raw.get("session", {})))


def encode(event: Event) -> bytes | None:
    """Return an event as a line with its newline; None for an event that is not recorded."""
    if type(event) is Played:
        return _played_line(event)
    writer = _WRITERS.get(type(event))
    return None if writer is None else _line(writer(event))


def decode(line: bytes, zero: int = 0) -> Event:
    """Read a line after the first.

    Args:
        line: The line, with or without its newline.
        zero: µs to subtract from all times in it.

    Raises:
        LineError: it is damaged.
    """

    def event(raw: Json) -> Event:
        if zero:
            _shift(raw, zero)
        return _READERS[raw["kind"]](raw)

    return _decode(line, event)


def _shift(raw: Json, zero: int) -> None:
    for name in ("t", "end", "heard", "word_t"):
        if name in raw:
            raw[name] = _int(raw[name]) - zero
    for name in ("word", "run"):
        if isinstance(raw.get(name), dict):
            _shift(raw[name], zero)


def _decode(line: bytes, read: Callable[[Json], T]) -> T:
    try:
        return read(_DECODER.decode(line.decode("ascii")))
    except LineError:
        raise
    # A damaged line can have any keys, types and nesting.
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise LineError("it is not a valid entry") from error


def _line(raw: Json) -> bytes:
    return _ENCODER.encode(raw).encode("ascii") + b"\n"


def _played_line(event: Played) -> bytes:
    # Nearly all lines are of this kind. Formatting them by hand takes a fifth of the encoder's time, which matters
    # because the next note waits for the interpreter meanwhile.
    message = event.message
    key = "" if event.key is None else f',"key":{event.key}'
    heard = "" if event.t == message.t else f',"heard":{event.t}'
    device, data = _quoted(message.device), message.data.hex()
    return f'{{"kind":"midi","t":{message.t},"device":{device},"data":"{data}"{key}{heard}}}\n'.encode(
        "ascii"
    )


@lru_cache(maxsize=64)
def _quoted(text: str) -> str:
    return _ENCODER.encode(text)


def _read_played(raw: Json) -> Played:
    data = bytes.fromhex(raw["data"])
    if not data:
        raise LineError("a message has no bytes")
    message = Message(_int(raw["t"]), _str(raw["device"]), data)
    key = _int(raw["key"]) if "key" in raw else None
    return Played(_int(raw.get("heard", message.t)), message, key)


def _write_word(event: WordHeard) -> Json:
    return {"kind": "word", "t": event.t, "id": event.id, "word": _word_to_json(event.word)}


def _read_word(raw: Json) -> WordHeard:
    return WordHeard(_int(raw["t"]), _word_from_json(raw["word"]), _int(raw["id"]))


def _word_to_json(word: RecognisedWord) -> Json:
    return {
        "t": word.t,
        "end": word.end,
        "keys": word.keys,
        "word": word.word,
        "language": word.language,
        "command": word.command,
        "args": dict(word.args),
    }


def _word_from_json(raw: Json) -> RecognisedWord:
    return RecognisedWord(
        _int(raw["t"]),
        _int(raw["end"]),
        _keys(raw["keys"]),
        _str(raw["word"]),
        _str(raw["language"]),
        _str(raw["command"]),
        dict(raw["args"]),
    )


def _write_rejected(event: WordMissed) -> Json:
    run = event.run
    return {
        "kind": "missed",
        "t": event.t,
        "run": {"t": run.t, "end": run.end, "keys": run.keys, "reason": run.reason},
        "nearest": event.nearest,
    }


def _read_rejected(raw: Json) -> WordMissed:
    run = raw["run"]
    return WordMissed(
        _int(raw["t"]),
        RejectedRun(_int(run["t"]), _int(run["end"]), _keys(run["keys"]), run["reason"]),
        tuple((_keys(keys), _str(word), _str(language)) for keys, word, language in raw["nearest"]),
    )


def _write_result(event: CommandDone) -> Json:
    result = event.result
    raw: Json = {
        "kind": "result",
        "t": event.t,
        "id": result.id,
        "command": result.name,
        "args": dict(result.args),
        "status": result.status,
        "value": result.value,
        "text": result.text,
        "error": None if result.error is None else dict(result.error),
        "state": dict(result.state),
        "elapsed_ms": result.elapsed_ms,
    }
    if event.word is not None:
        raw["word"] = _word_to_json(event.word)
    return raw


def _read_result(raw: Json) -> CommandDone:
    result = Result(
        _int(raw["id"]),
        _str(raw["command"]),
        dict(raw["args"]),
        raw["status"],
        raw["value"],
        _str(raw["text"]),
        raw["error"],
        dict(raw["state"]),
        raw["elapsed_ms"],
    )
    return CommandDone(_int(raw["t"]), result, _word_from_json(raw["word"]) if "word" in raw else None)


def _write_mark(mark: Mark) -> Json:
    raw: Json = {"kind": "mark", "mark": mark.what, "t": mark.t}
    if mark.id:
        raw["id"] = mark.id
    if mark.at is not None:
        raw["at"] = mark.at.isoformat()
    if mark.what == "strike":
        raw["word_t"] = mark.word_t
    if mark.lost:
        raw["lost"] = mark.lost
    if mark.name:
        raw["name"] = mark.name
    if mark.session:
        raw["session"] = mark.session
    return raw


def _read_mark(raw: Json) -> Mark:
    return Mark(
        _int(raw["t"]),
        raw["mark"],
        _int(raw.get("id", 0)),
        datetime.fromisoformat(raw["at"]) if "at" in raw else None,
        _int(raw.get("word_t", 0)),
        _int(raw.get("lost", 0)),
        _str(raw.get("name", "")),
        _str(raw.get("session", "")),
    )


def _write_remark(remark: RemarkKept) -> Json:
    raw: Json = {"kind": "remark", "t": remark.t, "end": remark.end, "text": remark.text}
    if remark.place:
        raw["place"] = dict(remark.place)
    if remark.audio:
        raw["audio"] = list(remark.audio)
    return raw


def _read_remark(raw: Json) -> RemarkKept:
    return RemarkKept(
        _int(raw["t"]),
        _int(raw["end"]),
        _str(raw["text"]),
        dict(raw.get("place", {})),
        tuple(map(_str, raw.get("audio", ()))),
    )


def _write_devices(event: Devices) -> Json:
    return {"kind": "devices", "t": event.t, "devices": list(event.devices)}


def _read_devices(raw: Json) -> Devices:
    return Devices(_int(raw["t"]), tuple(dict(device) for device in raw["devices"]))


def _int(value: Any) -> int:
    if type(value) is not int or abs(value) > _MOST:
        raise LineError(f"{value!r} is not a whole number")
    return value


def _str(value: Any) -> str:
    if not isinstance(value, str):
        raise LineError(f"{value!r} is not text")
    return value


def _keys(value: Any) -> tuple[int, ...]:
    return tuple(map(_int, value))


_WRITERS: dict[type, Callable[[Any], Json]] = {
    WordHeard: _write_word,
    WordMissed: _write_rejected,
    CommandDone: _write_result,
    Mark: _write_mark,
    RemarkKept: _write_remark,
    Devices: _write_devices,
}
_READERS: dict[str, Callable[[Json], Event]] = {
    "midi": _read_played,
    "word": _read_word,
    "missed": _read_rejected,
    "result": _read_result,
    "mark": _read_mark,
    "remark": _read_remark,
    "devices": _read_devices,
}
RECORDED = frozenset({Played, *_WRITERS})
