"""Keys in, words out: a pure function of notes and their times.

Only order decides what a word is. Time ends a name, lapses what is pending, and tells a chord from a run; it
comes with the notes, or through `advance`, so that a file and a player give the same words.
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

    Args:
        stack: The active languages.
        timing: The times of the language.
    """

    _node: Node
    _keys: list[int]
    _times: list[int]  # µs of each of them
    _word: Word | None
    _args: dict[str, Any]

    def __init__(self, stack: Stack, timing: Timing | None = None) -> None:
        self.timing = timing or Timing()
        self.stack = stack
        self.gate: Gate | None = None
        self._held: set[int] = set()
        self._quiet_since = (
            -NEVER
        )  # µs of the last release; a player has rested for ever before the first note
        self._deadline = NEVER
        self._heard: list[ParseResult] = []
        self._voice = False  # somebody is speaking
        self._meanwhile: list[Press] = []  # what was played since then and belongs to no word
        self._withheld: list[RejectedRun] = []  # runs of it that may be the parameters of what is being said
        self._rest()

    @property
    def deadline(self) -> int | None:
        """µs at which `advance` must be called for time to have its say; None when nothing is pending."""
        return None if self._deadline == NEVER else self._deadline

    @property
    def piano(self) -> bool:
        """False while only "piano on" is heard."""
        return self.gate is None

    @property
    def is_open(self) -> bool:
        """True while something is half played."""
        return bool(self._keys)

    @property
    def word(self) -> Word | None:
        """The word whose parameters are being read; None while the word itself is open, or nothing."""
        return self._word

    @property
    def awaited(self) -> Parameter | None:
        """The parameter that comes next; None while the word itself is open, or nothing."""
        parameters = self._word.parameters if self._word is not None else ()
        return next((parameter for parameter in parameters if parameter.name not in self._args), None)

    def use(self, stack: Stack) -> None:
        """Change the languages; what is half played goes on as it began."""
        self.stack = stack
        if not self._keys:
            self._node = stack.root
        if self.gate is not None:
            self.gate.use(piano_words(stack))

    def press(self, t: int, key: int) -> Sequence[ParseResult]:
        """A key goes down at `t` (µs, not before any earlier time); returns what this made heard."""
        if self._voice:
            self._meanwhile.append(Press(t, key, True))
        if t >= self._deadline:
            self._elapse(t)
        if self.gate is not None:
            self.gate.press(t, key, self._held, self._quiet_since)
            self._deadline = self.gate.deadline or NEVER
        elif 0 <= key <= LEAVE or (self._reader is not None and self._reader.any_note):
            self._key(t, key)
        self._held.add(key)
        return self._take() if self._heard else ()

    def release(self, t: int, key: int) -> Sequence[ParseResult]:
        """A key goes up at `t` (µs); returns what this made heard."""
        if self._meanwhile:
            self._meanwhile.append(Press(t, key, False))
        if t >= self._deadline:
            self._elapse(t)
        self._held.discard(key)
        self._quiet_since = t
        if self.gate is not None:
            self.gate.release(t, self._held)
            self._deadline = self.gate.deadline or NEVER
        elif self._reader is not None:
            self._step(t, self._reader.release(t, key))
        return self._take() if self._heard else ()

    def feed(self, press: Press) -> Sequence[ParseResult]:
        """`press` or `release`, by what `press` says."""
        return (self.press if press.down else self.release)(press.t, press.key)

    def advance(self, t: int) -> Sequence[ParseResult]:
        """Time is now `t` (µs); returns what time made heard."""
        if t >= self._deadline:
            self._elapse(t)
        return self._take()

    def finish(self) -> Sequence[ParseResult]:
        """Nothing more comes: all time runs out."""
        return self.advance(NEVER - 1)

    def give(self, t: int, value: Any) -> Sequence[ParseResult]:
        """Give the awaited parameter a value that was spoken or typed instead of played."""
        if self._reader is not None:
            self._reader.value = value
            self._step(t, Step.DONE)
        return self._take()

    def voice(self, t: int, on: bool) -> Sequence[ParseResult]:
        """Somebody begins to speak at `t` (µs), or what was said is known: time waits for them meanwhile."""
        if t >= self._deadline:
            self._elapse(t)
        self._voice = on
        if on and self._keys:
            self._deadline = NEVER
        if not on:
            self._heard += self._withheld
            self._forget_meanwhile()
            if self._keys and self._deadline == NEVER:
                self._deadline = t + self.timing.pending
        return self._take()

    def speak(self, began: int, t: int, word: Word, args: Mapping[str, Any]) -> Sequence[ParseResult]:
        """A word was spoken; what it still takes was played meanwhile, or is awaited.

        Args:
            began: µs at which its speaker began.
            t: µs now.
            word: The word.
            args: The parameters that were spoken with it.
        """
        meanwhile = tuple(self._meanwhile)
        self._forget_meanwhile()
        self._voice = False
        if self._keys and self._times[0] < began:
            self._miss("erased")
        self._rest()
        begins = meanwhile[0].t if meanwhile else t
        self._keys, self._times = list(word.keys), [begins] * len(word.keys)
        self._word, self._args = word, dict(args)
        self._await_next()
        heard = [*self._take()]
        for press in meanwhile:
            heard += self.feed(press)
        return [*heard, *self.advance(t)]

    def leave(self, t: int) -> Sequence[ParseResult]:
        """Leave whatever is open, as if erased by its player."""
        if self._keys:
            self._miss("erased")
        return self._take()

    def set_piano(self, t: int, on: bool) -> Sequence[ParseResult]:
        """Open or close the gate as "piano on" and "piano off" do; leaves what is half played."""
        if on != self.piano:
            if self._keys:
                self._miss("erased")
            self._rest()
            self.gate = None if on else Gate(piano_words(self.stack), self.timing)
        return self._take()

    def preview(self) -> Preview:
        """What is open, and what each next key would mean now."""
        if self.gate is not None:
            return OFF
        if self._unknown:
            return preview_of_unknown(self._keys)
        word, reader, parameter = self._word, self._reader, self.awaited
        if word is not None and reader is not None and parameter is not None:
            return preview_of_parameter(self._keys, word, parameter, reader)
        return preview_of_tree(self._keys, self._node, self.stack)

    # What is open -----------------------------------------------------------------------------------

    def _rest(self) -> None:
        self._keys, self._times = [], []
        self._node = self.stack.root
        self._word, self._args = None, {}
        self._reader: Reader | None = None
        self._unknown = False
        self._deadline = NEVER

    def _key(self, t: int, key: int) -> None:
        if self._reader is not None:
            self._parameter_key(t, key)
            return
        if key == LEAVE:
            if self._keys:
                self._miss("unknown" if self._unknown else "erased")
            return
        self._keys.append(key)
        self._times.append(t)
        if self._unknown:
            if key == self._keys[0]:
                self._miss("unknown")
            else:
                self._deadline = t + self.timing.pending
            return
        found = self._node.get(key)
        if found is None:
            self._continues_nothing(t)
        elif isinstance(found, Word):
            self._complete(found)
        else:
            self._node = found
            self._deadline = t + self.timing.pending

    def _continues_nothing(self, t: int) -> None:
        """The last key continues nothing: the run goes on until its opening key sounds again, key 24, or time."""
        if self._keys[-1] == self._keys[0]:  # so it is when the run is this one key
            self._miss("unknown")
            return
        self._reader = None
        self._unknown = True
        self._deadline = t + self.timing.pending

    def _complete(self, word: Word) -> None:
        if not word.parameters:
            self._understood(word)
            return
        self._word = word
        self._args = {}
        self._await_next()

    def _await_next(self) -> None:
        word = self._word
        assert word is not None
        awaited = self.awaited
        if awaited is None:
            self._understood(word)
            return
        self._reader = reader_for(awaited, self.timing, self.stack)
        self._deadline = self._times[-1] + self.timing.pending

    def _understood(self, word: Word) -> None:
        args = {name: value for name, value in self._args.items() if value is not None}
        times, keys = self._times, tuple(self._keys)
        args = {**word.args, **args}
        self._heard.append(
            RecognisedWord(times[0], times[-1], keys, word.name, word.language, word.command, args)
        )
        self._rest()
        self._forget_meanwhile()
        if word.command == PIANO_OFF:
            self.gate = Gate(piano_words(self.stack), self.timing)

    def _miss(self, reason: Reason) -> None:
        run = RejectedRun(self._times[0], self._times[-1], tuple(self._keys), reason)
        if self._voice and reason != "erased":
            self._withheld.append(run)
        else:
            self._heard.append(run)
        self._rest()

    def _forget_meanwhile(self) -> None:
        self._meanwhile.clear()
        self._withheld.clear()

    # Parameters -------------------------------------------------------------------------------------

    def _parameter_key(self, t: int, key: int) -> None:
        reader = self._reader
        assert reader is not None
        # Where key 24 only leaves, it is nobody's key.
        if key != LEAVE or not reader.leaves:
            self._keys.append(key)
            self._times.append(t)
        self._step(t, reader.press(t, key), ends=key == LEAVE)

    def _step(self, t: int, step: Step, ends: bool = False) -> None:
        reader, word = self._reader, self._word
        assert reader is not None and word is not None
        match step:
            case Step.MORE:
                own = reader.deadline
                pending = self._times[-1] + self.timing.pending
                self._deadline = pending if own is None else min(own, pending)
            case Step.DONE | Step.BEFORE | Step.WITHOUT:
                self._give_back(reader)
                value = None if step is Step.WITHOUT else reader.value
                assert self.awaited is not None
                self._args[self.awaited.name] = value
                self._reader = None
                self._await_next()
                self._again(reader)
            case Step.NOTHING:
                self._give_back(reader)
                self._miss("lapsed")
                self._again(reader)
            case Step.ERASED:
                self._miss("erased")
            case Step.LAPSED:
                self._miss("lapsed")
            case Step.UNKNOWN:
                if ends:
                    self._miss("unknown")
                else:
                    self._continues_nothing(t)

    def _give_back(self, reader: Reader) -> None:
        for _, key in reader.left:
            if key != LEAVE or not reader.leaves:
                self._keys.pop()
                self._times.pop()

    def _again(self, reader: Reader) -> None:
        for t, key in reader.left:
            if t >= self._deadline:
                self._elapse(t)
            if self.gate is None:
                self._key(t, key)

    # Time -------------------------------------------------------------------------------------------

    def _elapse(self, now: int) -> None:
        while self._deadline <= now:
            then = self._deadline
            if self.gate is not None:
                word = self.gate.expire()
                self._deadline = NEVER
                if word is not None:
                    start, end = self.gate.start, self.gate.end
                    self.gate = None
                    self._rest()
                    self._heard.append(
                        RecognisedWord(
                            start, end, word.keys, word.name, word.language, word.command, word.args
                        )
                    )
            elif self._reader is not None:
                self._step(then, self._reader.expire())
            else:
                self._miss("unknown" if self._unknown else "lapsed")

    def _take(self) -> Sequence[ParseResult]:
        heard, self._heard = self._heard, []
        return heard


def piano_words(stack: Stack) -> list[Word]:
    """The words that switch command input on, also those that another language hides: there must be a way back."""
    return [word for language in stack.languages for word in language.words if word.command == PIANO_ON]


def parse(presses: Iterable[Press], stack: Stack, timing: Timing | None = None) -> list[ParseResult]:
    """Recognise the words of presses that are all there, as if all time ran out after them."""
    parser = Parser(stack, timing)
    heard: list[ParseResult] = []
    for press in presses:
        heard += parser.press(press.t, press.key) if press.down else parser.release(press.t, press.key)
    heard += parser.finish()
    return heard
