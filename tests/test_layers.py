"""Architecture, types and style: lint-imports, mypy, ruff and deptry pass."""

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
        "layers import only lower layers",
        "types",
        "lint",
        "format",
        "dependencies of the program are declared and used",
        "dependencies of tests, benchmarks and packaging too",
    ],
)
def test_check_passes(command: list[str]) -> None:
    done = subprocess.run(
        [BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_are_no_import_cycles() -> None:
    """Imports for type checking count too: a module that needs the types of its importer is not below it."""
    graph = grimp.build_graph(*PROGRAM, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    TopologicalSorter(imports).prepare()
