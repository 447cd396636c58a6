"""The tests detect small changes of the program, which mutmut makes one at a time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from mutation import Mutant, read_equivalents, read_mutants

ROOT = Path(__file__).parents[1]
MIN_KILLED = 0.85  # share of the mutants that are not equivalent


@pytest.mark.long
@pytest.mark.timeout(5400)
def test_most_mutants_are_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(ROOT / "mutants", ignore_errors=True)
    # Variables for pytest's own workers would affect the pytest runs of mutmut.
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    mutmut = [str(Path(sys.executable).with_name("mutmut")), "run", "--max-children", "2"]
    # Low priority, because real-time tests may run at the same time.
    done = subprocess.run(["nice", *mutmut], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    monkeypatch.chdir(ROOT)  # mutmut expects its files there
    equivalents = read_equivalents()
    mutants = list(read_mutants(ROOT / "mutants"))
    alive = {mutant: mutant.change for mutant in mutants if mutant.alive}
    stale = equivalents.keys() - alive.values()
    assert not stale, "Listed as equivalent, but killed or not a mutant:\n\n" + "\n\n".join(sorted(stale))
    different = [mutant for mutant in mutants if alive.get(mutant) not in equivalents]
    escaped = {mutant: change for mutant, change in alive.items() if change not in equivalents}
    assert 1 - len(escaped) / len(different) >= MIN_KILLED, report(different, escaped)


def report(different: list[Mutant], escaped: dict[Mutant, str]) -> str:
    """Return how many mutants were killed in each file, and the changes of the others."""
    counts: dict[str, int] = defaultdict(int)
    for mutant in different:
        counts[mutant.file] += 1
        counts[mutant.file + " alive"] += mutant in escaped
    files = sorted({mutant.file for mutant in different})
    lines = [f"{file}: {counts[file] - counts[f'{file} alive']} of {counts[file]} killed" for file in files]
    return "\n".join([*lines, "", *(f"{mutant.name}\n{change}\n" for mutant, change in escaped.items())])
