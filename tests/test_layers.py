"""The architecture, the types and the style are as docs/architecture.md says; the tools that know say so."""

import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
DEPTRY = ["deptry", "--no-ansi"]
PROGRAM = ["rubato_desktop", "extension_bridge"]


@pytest.mark.parametrize(
    "command",
    [
        ["lint-imports", "--no-cache"],
        ["mypy"],
        ["ruff", "check", "--no-cache"],
        ["ruff", "format", "--check", "--no-cache"],
        [*DEPTRY, *PROGRAM, "--optional-dependencies-dev-groups", "build,test"],
        [*DEPTRY, *PROGRAM, "tests", "benchmarks", "packaging"],
    ],
    ids=[
        "every layer imports only what is below it",
        "the types hold",
        "the code is clean",
        "it is formatted",
        "the program imports what it declares and declares what it imports",
        "so do tests, benchmarks and packaging scripts",
    ],
)
def test_the_house_is_in_order(command: list[str]) -> None:
    done = subprocess.run(
        [BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports for type checking count: a module that cannot be described without its user is not below it."""
    graph = grimp.build_graph(*PROGRAM, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    TopologicalSorter(imports).prepare()
