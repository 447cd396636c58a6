"""Numbers, signed: base 10 and base 2."""

from __future__ import annotations

from rubato_desktop.language.keys import COUNT, LEAVE, MIDDLE
from rubato_desktop.language.parameters import Reader, Step, Timing


class Number(Reader):
    """Base 10, signed: 13..22 are 0..9; 11..2 are 0..9 of a negative number; the first digit fixes the sign."""

    leaves = True

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
        self.left = [(t, key)]
        return Step.BEFORE if self.digits else Step.NOTHING

    def expire(self) -> Step:
        return Step.DONE if self.digits else Step.LAPSED

    def faces(self) -> dict[int, str]:
        up = {key: str(key - 13) for key in range(13, 23)} if self.sign >= 0 else {}
        down = {key: f"-{11 - key}" for key in range(2, 12)} if self.sign <= 0 else {}
        return {**down, MIDDLE: "done" if self.digits else "erase", **up}

    def said(self) -> str:
        return "-" * (self.sign < 0) + "".join(map(str, self.digits))


class Number2(Reader):
    """Base 2, signed: a key right of the middle adds 2^(key-13), one left of it subtracts 2^(11-key).

    Keys down together are a chord, which ends when all are released; single keys are a run, which ends with
    key 12 or the number pause. 12 alone is zero.
    """

    def __init__(self, timing: Timing) -> None:
        super().__init__(timing)
        self.value = 0
        self.count = 0
        self.down: set[int] = set()
        self.onset: int | None = None
        self.chord = False

    def press(self, t: int, key: int) -> Step:
        together = self.onset is not None and t - self.onset <= self.timing.together
        if key == MIDDLE and self.count and not together:
            return Step.DONE
        self.chord = self.chord or together
        self.onset = t
        self.down.add(key)
        self.count += 1
        self.value += self.of(key)
        # Alone, the middle key is complete as soon as no chord can come of it.
        wait = self.timing.together + 1 if key == MIDDLE else self.timing.number
        self.deadline = None if self.chord else t + wait
        return Step.MORE

    @staticmethod
    def of(key: int) -> int:
        if key == MIDDLE:
            return 0
        return 1 << (key - 13) if key > MIDDLE else -(1 << (11 - key))

    def release(self, t: int, key: int) -> Step:
        self.down.discard(key)
        return Step.DONE if self.chord and not self.down else Step.MORE

    def expire(self) -> Step:
        return Step.DONE if self.count else Step.LAPSED

    def faces(self) -> dict[int, str]:
        return {
            key: f"{self.of(key):+d}" if key != MIDDLE else "done" if self.count else "0"
            for key in range(COUNT)
        }

    def said(self) -> str:
        return str(self.value) if self.count else ""
