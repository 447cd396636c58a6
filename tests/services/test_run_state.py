"""Each field of the run's state is assigned in one module only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import rubato_desktop
from rubato_desktop.services.run_state import RunState

ROOT = Path(rubato_desktop.__file__).parent


def assigned(tree: ast.AST) -> Iterator[str]:
    """Yield the fields of a `state` that a module assigns."""
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            for part in target.elts if isinstance(target, ast.Tuple) else [target]:
                match part:
                    case ast.Attribute(attr=name, value=ast.Attribute(attr="state") | ast.Name(id="state")):
                        yield name


def test_each_field_is_assigned_only_by_its_named_writer() -> None:
    writers: dict[str, set[str]] = {}
    for path in ROOT.rglob("*.py"):
        for name in assigned(ast.parse(path.read_text(encoding="utf-8"))):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            writers.setdefault(name, set()).add(module)
    named = {field.name: {field.metadata["writer"]} for field in fields(RunState)}
    assert {name: writers.get(name) for name in named} == named
