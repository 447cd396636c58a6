"""The parser: recognises words in keys. It is a pure function of the keys and their times.

A word is recognised by the order of its keys alone. Time only ends names and other entries, makes what is half played
lapse, and separates chords from runs. It comes with the keys or through `advance`, so that a file gives the same words
as live playing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rubato_desktop.language.dictionary import Node, Parameter, Stack, Word
from rubato_desktop.language.gate import Gate
from rubato_desktop.language.keys import LEAVE, Press
from rubato_desktop.language.parameters import Reader, Step, Timing
from rubato_desktop.language.preview import OFF, preview_of_parameter, preview_of_tree, preview_of_unknown
from rubato_desktop.language.readers import reader_for
from rubato_desktop.language.results import ParseResult, Preview, Reason, RecognisedWord, RejectedRun

PIANO_ON, PIANO_OFF = "piano_on", "piano_off"  # the commands that open and close the gate
NEVER = 1 << 62


class Parser:
    """Recognises the words of a stack of languages.

    Methods that take a time and return results expect times in µs that never decrease.

    Args:
        stack: The active languages.
        timing: The timing of the language.
    """

    _node: Node
    _keys: list[int]
    _times: list[int]  # µs, one per key
    _word: Word | None
    _args: dict[str, Any]

    def __init__(self, stack: Stack, timing: Timing | None = None) -> None:
        self.timing = timing or Timing()
        self.stack = stack
        self.gate: Gate | None = None
        self._held: set[int] = set()
        self._quiet_since = -NEVER  # µs of the last release
        self._deadline = NEVER
        self._results: list[ParseResult] = []
        self._speaking = False
        self._played_meanwhile: list[Press] = []  # during speech, since the last word
        self._withheld: list[RejectedRun] = []  # runs that may turn out to be parameters of the spoken word
        self._reset()

    @property
    def deadline(self) -> int | None:
        """Time in µs at which `advance` must be called, or None if no timeout is pending."""
        return None if self._deadline == NEVER else self._deadline

    @property
    def piano(self) -> bool:
        """Whether words are recognised; with piano off, only "piano on" is."""
        return self.gate is None

    @property
    def is_open(self) -> bool:
        """Whether something is half played."""
        return bool(self._keys)

    @property
    def word(self) -> Word | None:
        """The word whose parameters are being read, or None."""
        return self._word

    @property
    def awaited(self) -> Parameter | None:
        """The parameter that is being read, or None."""
        parameters = self._word.parameters if self._word is not None else ()
        return next((parameter for parameter in parameters if parameter.name not in self._args), None)

    def use(self, stack: Stack) -> None:
        """Change the active languages. What is half played is still parsed with the old ones."""
        self.stack = stack
        if not self._keys:
            self._node = stack.root
        if self.gate is not None:
            self.gate.use(piano_words(stack))

    def press(self, t: int, key: int) -> Sequence[ParseResult]:
        """Parse a key going down at `t` (µs)."""
        if self._speaking:
            self._played_meanwhile.append(Press(t, key, True))
        if t >= self._deadline:
            self._run_timeouts(t)
        if self.gate is not None:
            self.gate.press(t, key, self._held, self._quiet_since)
            self._deadline = self.gate.deadline or NEVER
        elif 0 <= key <= LEAVE or (self._reader is not None and self._reader.any_note):
            self._parse_key(t, key)
        self._held.add(key)
        return self._take_results() if self._results else ()

    def release(self, t: int, key: int) -> Sequence[ParseResult]:
        """Parse a key going up at `t` (µs)."""
        if self._played_meanwhile:
            self._played_meanwhile.append(Press(t, key, False))
        if t >= self._deadline:
            self._run_timeouts(t)
        self._held.discard(key)
        self._quiet_since = t
        if self.gate is not None:
            self.gate.release(t, self._held)
            self._deadline = self.gate.deadline or NEVER
        elif self._reader is not None:
            self._apply(t, self._reader.release(t, key))
        return self._take_results() if self._results else ()

    def feed(self, press: Press) -> Sequence[ParseResult]:
        """Parse a key going down or up."""
        return (self.press if press.down else self.release)(press.t, press.key)

    def advance(self, t: int) -> Sequence[ParseResult]:
        """Run the timeouts up to `t` (µs)."""
        if t >= self._deadline:
            self._run_timeouts(t)
        return self._take_results()

    def finish(self) -> Sequence[ParseResult]:
        """Run all timeouts, as no more keys come."""
        return self.advance(NEVER - 1)

    def give(self, t: int, value: Any) -> Sequence[ParseResult]:
        """Set the parameter that is being read to a spoken or typed value."""
        if self._reader is not None:
            self._reader.value = value
            self._apply(t, Step.DONE)
        return self._take_results()

    def set_speaking(self, t: int, on: bool) -> Sequence[ParseResult]:
        """Start speech at `t` (µs), which suspends the timeouts, or end it, once it has been recognised."""
        if t >= self._deadline:
            self._run_timeouts(t)
        self._speaking = on
        if on and self._keys:
            self._deadline = NEVER
        if not on:
            self._results += self._withheld
            self._forget_meanwhile()
            if self._keys and self._deadline == NEVER:
                self._deadline = t + self.timing.pending
        return self._take_results()

    def speak(self, began: int, t: int, word: Word, args: Mapping[str, Any]) -> Sequence[ParseResult]:
        """Accept a spoken word. Keys that were played during the speech are its remaining parameters.

        Args:
            began: Time at which the speech began, in µs.
            t: Now, in µs.
            word: The word.
            args: The parameters that were spoken with it.
        """
        meanwhile = tuple(self._played_meanwhile)
        self._forget_meanwhile()
        self._speaking = False
        if self._keys and self._times[0] < began:
            self._reject("erased")
        self._reset()
        start = meanwhile[0].t if meanwhile else t
        self._keys, self._times = list(word.keys), [start] * len(word.keys)
        self._word, self._args = word, dict(args)
        self._await_next()
        results = [*self._take_results()]
        for press in meanwhile:
            results += self.feed(press)
        return [*results, *self.advance(t)]

    def leave(self, t: int) -> Sequence[ParseResult]:
        """Leave what is half played, as key 24 does."""
        if self._keys:
            self._reject("erased")
        return self._take_results()

    def set_piano(self, t: int, on: bool) -> Sequence[ParseResult]:
        """Open or close the gate, as "piano on" and "piano off" do, and leave what is half played."""
        if on != self.piano:
            if self._keys:
                self._reject("erased")
            self._reset()
            self.gate = None if on else Gate(piano_words(self.stack), self.timing)
        return self._take_results()

    def preview(self) -> Preview:
        """Return what is half played, and what each next key would mean."""
        if self.gate is not None:
            return OFF
        if self._unknown:
            return preview_of_unknown(self._keys)
        word, reader, parameter = self._word, self._reader, self.awaited
        if word is not None and reader is not None and parameter is not None:
            return preview_of_parameter(self._keys, word, parameter, reader)
        return preview_of_tree(self._keys, self._node, self.stack)

    # Words ------------------------------------------------------------------------------------------

    def _reset(self) -> None:
        self._keys, self._times = [], []
        self._node = self.stack.root
        self._word, self._args = None, {}
        self._reader: Reader | None = None
        self._unknown = False
        self._deadline = NEVER

    def _parse_key(self, t: int, key: int) -> None:
        if self._reader is not None:
            self._parse_parameter_key(t, key)
            return
        if key == LEAVE:
            if self._keys:
                self._reject("unknown" if self._unknown else "erased")
            return
        self._keys.append(key)
        self._times.append(t)
        if self._unknown:
            if key == self._keys[0]:
                self._reject("unknown")
            else:
                self._deadline = t + self.timing.pending
            return
        child = self._node.get(key)
        if child is None:
            self._start_unknown_run(t)
        elif isinstance(child, Word):
            self._complete(child)
        else:
            self._node = child
            self._deadline = t + self.timing.pending

    def _start_unknown_run(self, t: int) -> None:
        """No word continues with the last key: collect keys until the run's first key, key 24 or a timeout."""
        if self._keys[-1] == self._keys[0]:  # also if it is the only key
            self._reject("unknown")
            return
        self._reader = None
        self._unknown = True
        self._deadline = t + self.timing.pending

    def _complete(self, word: Word) -> None:
        if not word.parameters:
            self._accept(word)
            return
        self._word = word
        self._args = {}
        self._await_next()

    def _await_next(self) -> None:
        word = self._word
        assert word is not None
        awaited = self.awaited
        if awaited is None:
            self._accept(word)
            return
        self._reader = reader_for(awaited, self.timing, self.stack)
        self._deadline = self._times[-1] + self.timing.pending

    def _accept(self, word: Word) -> None:
        args = {name: value for name, value in self._args.items() if value is not None}
        times, keys = self._times, tuple(self._keys)
        args = {**word.args, **args}
        self._results.append(
            RecognisedWord(times[0], times[-1], keys, word.name, word.language, word.command, args)
        )
        self._reset()
        self._forget_meanwhile()
        if word.command == PIANO_OFF:
            self.gate = Gate(piano_words(self.stack), self.timing)

    def _reject(self, reason: Reason) -> None:
        run = RejectedRun(self._times[0], self._times[-1], tuple(self._keys), reason)
        if self._speaking and reason != "erased":
            self._withheld.append(run)
        else:
            self._results.append(run)
        self._reset()

    def _forget_meanwhile(self) -> None:
        self._played_meanwhile.clear()
        self._withheld.clear()

    # Parameters -------------------------------------------------------------------------------------

    def _parse_parameter_key(self, t: int, key: int) -> None:
        reader = self._reader
        assert reader is not None
        if key != LEAVE or not reader.ends_on_leave:
            self._keys.append(key)
            self._times.append(t)
        self._apply(t, reader.press(t, key), leaves=key == LEAVE)

    def _apply(self, t: int, step: Step, leaves: bool = False) -> None:
        """Apply the result of the reader; `leaves` if it is the result of key 24."""
        reader, word = self._reader, self._word
        assert reader is not None and word is not None
        match step:
            case Step.MORE:
                own = reader.deadline
                pending = self._times[-1] + self.timing.pending
                self._deadline = pending if own is None else min(own, pending)
            case Step.DONE | Step.DONE_BEFORE | Step.OMITTED:
                self._remove_pushed_back(reader)
                value = None if step is Step.OMITTED else reader.value
                assert self.awaited is not None
                self._args[self.awaited.name] = value
                self._reader = None
                self._await_next()
                self._parse_pushed_back(reader)
            case Step.NO_VALUE:
                self._remove_pushed_back(reader)
                self._reject("lapsed")
                self._parse_pushed_back(reader)
            case Step.ERASED:
                self._reject("erased")
            case Step.LAPSED:
                self._reject("lapsed")
            case Step.UNKNOWN:
                if leaves:
                    self._reject("unknown")
                else:
                    self._start_unknown_run(t)

    def _remove_pushed_back(self, reader: Reader) -> None:
        for _, key in reader.pushed_back:
            if key != LEAVE or not reader.ends_on_leave:
                self._keys.pop()
                self._times.pop()

    def _parse_pushed_back(self, reader: Reader) -> None:
        for t, key in reader.pushed_back:
            if t >= self._deadline:
                self._run_timeouts(t)
            if self.gate is None:
                self._parse_key(t, key)

    # Timeouts ---------------------------------------------------------------------------------------

    def _run_timeouts(self, now: int) -> None:
        while self._deadline <= now:
            t = self._deadline
            if self.gate is not None:
                word = self.gate.expire()
                self._deadline = NEVER
                if word is not None:
                    start, end = self.gate.start, self.gate.end
                    self.gate = None
                    self._reset()
                    self._results.append(
                        RecognisedWord(
                            start, end, word.keys, word.name, word.language, word.command, word.args
                        )
                    )
            elif self._reader is not None:
                self._apply(t, self._reader.expire())
            else:
                self._reject("unknown" if self._unknown else "lapsed")

    def _take_results(self) -> Sequence[ParseResult]:
        results, self._results = self._results, []
        return results


def piano_words(stack: Stack) -> list[Word]:
    """Return the words for "piano on", even those hidden by another language, so that there is always a way back."""
    return [word for language in stack.languages for word in language.words if word.command == PIANO_ON]


def parse(presses: Iterable[Press], stack: Stack, timing: Timing | None = None) -> list[ParseResult]:
    """Parse a complete sequence of presses and releases, in order of time."""
    parser = Parser(stack, timing)
    results: list[ParseResult] = []
    for press in presses:
        results += parser.press(press.t, press.key) if press.down else parser.release(press.t, press.key)
    results += parser.finish()
    return results
