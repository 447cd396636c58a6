"""Readers of signed numbers, in base 10 and base 2."""

from __future__ import annotations

from rubato_desktop.language.keys import COUNT, LEAVE, MIDDLE
from rubato_desktop.language.parameters import Reader, Step, Timing


class Number(Reader):
    """Base 10: keys 13 to 22 are the digits 0 to 9 of a positive number, keys 11 to 2 those of a negative one.

    The first digit sets the sign. Key 12, a pause, or a key that is not a digit of that sign ends the number.
    """

    ends_on_leave = True

    def __init__(self, timing: Timing) -> None:
        super().__init__(timing)
        self.sign = 0
        self.digits: list[int] = []

    def press(self, t: int, key: int) -> Step:
        sign, digit = (1, key - 13) if key > MIDDLE else (-1, 11 - key)
        is_digit = (
            key != MIDDLE
            and 0 <= digit <= 9
            and self.sign in (0, sign)
            and len(self.digits) < self.timing.longest_entry
        )
        if is_digit:
            self.sign = sign
            self.digits.append(digit)
            self.value = sign * int("".join(map(str, self.digits)))
            self.deadline = t + self.timing.number
            return Step.MORE
        if key in (MIDDLE, LEAVE):
            return Step.DONE if self.digits else Step.ERASED
        self.pushed_back = [(t, key)]
        return Step.DONE_BEFORE if self.digits else Step.NO_VALUE

    def expire(self) -> Step:
        return Step.DONE if self.digits else Step.LAPSED

    def labels(self) -> dict[int, str]:
        positive = {key: str(key - 13) for key in range(13, 23)} if self.sign >= 0 else {}
        negative = {key: f"-{11 - key}" for key in range(2, 12)} if self.sign <= 0 else {}
        return {**negative, MIDDLE: "done" if self.digits else "erase", **positive}

    def progress(self) -> str:
        return "-" * (self.sign < 0) + "".join(map(str, self.digits))


class Number2(Reader):
    """Base 2: a key above the middle adds 2^(key - 13), a key below it subtracts 2^(11 - key), key 12 alone is zero.

    The keys are a chord, which ends when all of them are released, or a run, which ends with key 12 or a pause.
    """

    def __init__(self, timing: Timing) -> None:
        super().__init__(timing)
        self.value = 0
        self.count = 0
        self.down: set[int] = set()
        self.onset: int | None = None  # µs of the last press
        self.chord = False

    def press(self, t: int, key: int) -> Step:
        together = self.onset is not None and t - self.onset <= self.timing.together
        if key == MIDDLE and self.count and not together:
            return Step.DONE
        self.chord = self.chord or together
        self.onset = t
        self.down.add(key)
        self.count += 1
        self.value += self.value_of(key)
        # The middle key alone is complete as soon as it can no longer become a chord.
        wait = self.timing.together + 1 if key == MIDDLE else self.timing.number
        self.deadline = None if self.chord else t + wait
        return Step.MORE

    @staticmethod
    def value_of(key: int) -> int:
        if key == MIDDLE:
            return 0
        return 1 << (key - 13) if key > MIDDLE else -(1 << (11 - key))

    def release(self, t: int, key: int) -> Step:
        self.down.discard(key)
        return Step.DONE if self.chord and not self.down else Step.MORE

    def expire(self) -> Step:
        return Step.DONE if self.count else Step.LAPSED

    def labels(self) -> dict[int, str]:
        return {
            key: f"{self.value_of(key):+d}" if key != MIDDLE else "done" if self.count else "0"
            for key in range(COUNT)
        }

    def progress(self) -> str:
        return str(self.value) if self.count else ""
