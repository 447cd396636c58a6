"""Messages never contain the text of a library's exception, which belongs in the log."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import rubato_desktop

ROOT = Path(rubato_desktop.__file__).parent
SERVICES = (
    *("answers", "dialogue", "feedback", "hearing", "knowledge", "model", "roll", "sessions", "voice"),
    *("languages.py", "run_state.py", "setting_changes.py"),
)
PLACES = ("cli", "integrations", "ipc", "midi", *(f"services/{name}" for name in SERVICES))
MODULES = [
    *(path for path in sorted(ROOT.rglob("*.py")) if path.relative_to(ROOT).as_posix().startswith(PLACES)),
    *sorted(ROOT.glob("*.py")),
]
OURS = {
    node.name
    for path in ROOT.rglob("*.py")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(node, ast.ClassDef)
}


def texts_of_foreign_errors(tree: ast.AST) -> Iterator[int]:
    """Yield the lines that use the text of an exception that is not ours anywhere but in the log."""
    for handler in ast.walk(tree):
        if not isinstance(handler, ast.ExceptHandler) or not handler.name or handler.type is None:
            continue
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        if all(isinstance(kind, ast.Name) and kind.id in OURS for kind in kinds):
            continue
        for part in handler.body:
            yield from _texts(part, handler.name)


def _texts(node: ast.AST, name: str) -> Iterator[int]:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name("log"))):
            return
        case ast.Compare():
            return  # compared, not shown
        case ast.FormattedValue(value=value) if _is(value, name):
            yield node.lineno
        case ast.Call(func=ast.Name("str" | "repr"), args=[ast.Name(id)]) if id == name:
            yield node.lineno
    for child in ast.iter_child_nodes(node):
        yield from _texts(child, name)


def _is(value: ast.expr, name: str) -> bool:
    """Return whether a value is the exception itself, also in ``error.strerror or error``."""
    if isinstance(value, ast.BoolOp):
        return any(_is(one, name) for one in value.values)
    return isinstance(value, ast.Name) and value.id == name


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_message_contains_the_text_of_an_exception_that_is_not_ours(path: Path) -> None:
    assert [*texts_of_foreign_errors(ast.parse(path.read_text(encoding="utf-8")))] == []


@pytest.mark.parametrize(
    "shown",
    ['raise RubatoError(f"It fails: {error}")', "say(str(error))", 'x = f"{error.strerror or error}"'],
)
def test_a_message_with_the_text_of_an_exception_is_found(shown: str) -> None:
    code = f"try:\n    f()\nexcept KIND as error:\n    log.warning('%s', error)\n    {shown}"
    assert [*texts_of_foreign_errors(ast.parse(code.replace("KIND", "(OSError, KeyLineError)")))] == [5]
    assert not [*texts_of_foreign_errors(ast.parse(code.replace("KIND", "KeyLineError")))]
