"""Messages other than notes: a sequence of rows that is stored as columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np
import numpy.typing as npt

Row = tuple[int, int, bytes]

ROW_DTYPE = np.dtype(
    [
        ("t", np.int64),  # µs
        ("track", np.uint16),
        ("status", np.uint8),  # 0 for a long message (system exclusive or escape)
        ("a", np.uint8),
        ("b", np.uint8),
        ("long", np.int32),  # index into `MessageRows.long`, -1 for a channel message
    ]
)


class MessageRows(Sequence[Row]):
    """Rows (µs, track index, bytes with the status first), sorted by time.

    Args:
        table: Structured array of `ROW_DTYPE`.
        long: Bytes of the long messages.
    """

    __slots__ = ("long", "table")

    def __init__(self, table: npt.NDArray[np.void] | None = None, long: tuple[bytes, ...] = ()) -> None:
        self.table: npt.NDArray[np.void] = np.empty(0, ROW_DTYPE) if table is None else table
        self.long = long

    def __len__(self) -> int:
        return len(self.table)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> MessageRows: ...
    def __getitem__(self, index: int | slice) -> Row | MessageRows:
        if isinstance(index, slice):
            return MessageRows(self.table[index], self.long)
        return self._row(*self.table[index].item())

    def __iter__(self) -> Iterator[Row]:
        # In batches: the whole table as Python objects would take ten times its memory.
        for start in range(0, len(self.table), 4096):
            for row in self.table[start : start + 4096].tolist():
                yield self._row(*row)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(tuple.__eq__, self, other))

    def __repr__(self) -> str:
        return f"MessageRows({len(self)} messages)"

    def _row(self, t: int, track: int, status: int, a: int, b: int, long: int) -> Row:
        if long >= 0:
            return t, track, self.long[long]
        return t, track, bytes((status, a)) if status & 0xE0 == 0xC0 else bytes((status, a, b))
