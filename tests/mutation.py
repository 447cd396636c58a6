"""The mutants that `mutmut run` leaves in the folder `mutants`: their results and their differences.

Equivalent mutants, which do not change what the program does, are listed in `equivalent_mutants.txt`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code

EQUIVALENT = Path(__file__).with_name("equivalent_mutants.txt")


@dataclass(frozen=True)
class Mutant:
    """A small change of the program.

    Attributes:
        name: Name, as for `mutmut show`.
        file: Path of the changed file, relative to the repository.
        status: Result as mutmut calls it: ``killed``, ``timeout``, ``survived``, ``no tests`` ...
    """

    name: str
    file: str
    status: str

    @property
    def alive(self) -> bool:
        return self.status not in ("killed", "timeout")

    @property
    def change(self) -> str:
        """The file and the lines that differ, in the format of `equivalent_mutants.txt`."""
        lines = get_diff_for_mutant(self.name, path=self.file).splitlines()
        differ = [line for line in lines if line[:1] in "-+" and line[:3] not in ("---", "+++")]
        return "\n".join([self.file, *(f"{line[0]} {line[1:].strip()}" for line in differ)])


def read_mutants(folder: Path) -> Iterator[Mutant]:
    """Yield every mutant in the folder `mutants`."""
    for path in sorted(folder.rglob("*.meta")):
        file = str(path.relative_to(folder).with_suffix(""))
        for name, exit_code in json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"].items():
            yield Mutant(name, file, status_by_exit_code[exit_code])


def read_equivalents(path: Path = EQUIVALENT) -> dict[str, str]:
    """Return the reasons of the equivalent mutants by change."""
    paragraphs = path.read_text(encoding="utf-8").split("\n\n")
    entries = (paragraph.strip().rpartition("\n= ") for paragraph in paragraphs if paragraph[:1] != "#")
    return {change: reason for change, _, reason in entries}
