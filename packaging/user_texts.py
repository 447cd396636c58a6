"""A list of all texts that users can see, for proofreading.

A text is a string literal of the program that reads like words and is not a docstring, log message, pattern, style
sheet or query. Help texts of commands come from their docstrings, texts of the extension from its scripts and its
panel, words from the language files.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ("rubato_desktop", "extension_bridge")
# Calls whose texts are only for developers, in the log or a bug report.
FOR_DEVELOPERS = {
    *("debug", "info", "warning", "error", "exception", "critical", "getLogger"),
    *(
        "ValueError",
        "TypeError",
        "KeyError",
        "RuntimeError",
        "AssertionError",
        "NotImplementedError",
        "OSError",
    ),
    *("compile", "match", "search", "sub", "split", "execute", "executemany"),
    *("getattr", "setattr", "import_module", "TypeVar", "setStyleSheet", "setObjectName"),
}
_WORDS = re.compile(r"[A-Za-zÄ-ž]{2,}[ ,.:;’'…-]+[A-Za-zÄ-ž{]|^[A-Z][a-z]+…?$")
_NOT_TEXT = re.compile(
    r"^[\w./:{}*?-]+$"  # names, paths, addresses
    r"|[{;]\s*$|^[a-z0-9]+(,[a-z0-9\[\]=]+){3,}"  # style sheets, selectors
    r"|^\^|\(\?|\\[dwsA-Z]"  # patterns, Windows paths
    r"|^\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA|WHERE|FROM|ORDER)\b"
)
_JS_STRING = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|`((?:[^`\\]|\\.)*)`")


class Text(NamedTuple):
    """A text with its path, relative to the project's root, and its line, from 1."""

    path: str
    line: int
    text: str


def user_texts() -> list[Text]:
    """Return all texts, sorted by file and line."""
    texts = [*_python(), *_scripts(), *_panel(), *_languages()]
    return sorted({(one.path, one.line, one.text): one for one in texts}.values())


def reads_like_words(text: str) -> bool:
    """Return whether a literal is text for people, rather than a name, path, pattern or query."""
    return bool(_WORDS.search(text)) and not _NOT_TEXT.search(text)


def _python() -> Iterator[Text]:
    for folder in PROGRAM:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "node_modules" in path.parts:
                continue
            finder = _Finder()
            finder.visit(ast.parse(path.read_text(encoding="utf-8")))
            relative = path.relative_to(ROOT).as_posix()
            yield from (Text(relative, line, text) for line, text in finder.found)


class _Finder(ast.NodeVisitor):
    """Collects the texts of one module; values in f-strings appear as source code in braces."""

    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in FOR_DEVELOPERS:
            self.visit(node.func)
            return
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._help(node)
        self._below(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._below(node)

    def visit_Module(self, node: ast.Module) -> None:
        self._below(node)

    def visit_Assert(self, node: ast.Assert) -> None:
        pass

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        parts = [
            str(part.value) if isinstance(part, ast.Constant) else f"{{{ast.unparse(part.value)}}}"
            for part in node.values
            if isinstance(part, ast.Constant | ast.FormattedValue)
        ]
        self._add(node.lineno, "".join(parts))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._add(node.lineno, node.value)

    def _help(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Add the docstring of a command, which is its help text."""
        names = [ast.unparse(one).partition("(")[0] for one in node.decorator_list]
        if "command" in names and (text := ast.get_docstring(node)):
            self.found.append((node.lineno, text))

    def _below(self, node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        documented = ast.get_docstring(node, clean=False) is not None
        for below in node.body[1:] if documented else node.body:
            # A string on its own is a docstring of the attribute above it.
            if not (isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)):
                self.visit(below)

    def _add(self, line: int, text: str) -> None:
        if reads_like_words(text):
            self.found.append((line, text))


def _scripts() -> Iterator[Text]:
    folder = ROOT / "extension_bridge" / "extension"
    for path in sorted(folder.rglob("*.js")):
        if {"vendor", "schema"} & set(path.parts):
            continue
        relative = path.relative_to(ROOT).as_posix()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.lstrip().startswith(("import ", "*", "/*", "//", "export {")):
                continue
            for match in _JS_STRING.finditer(line):
                text = match[1] or match[2] or ""
                if reads_like_words(text) and text != "use strict":
                    yield Text(relative, number, text)


def _panel() -> Iterator[Text]:
    for path in sorted((ROOT / "extension_bridge" / "extension").rglob("*.html")):
        parser = _Page()
        parser.feed(path.read_text(encoding="utf-8"))
        relative = path.relative_to(ROOT).as_posix()
        yield from (Text(relative, line, text) for line, text in parser.found)


class _Page(HTMLParser):
    """Collects the visible texts of a page and those for screen readers."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("aria-label", "title", "placeholder", "alt") and value:
                self.found.append((self.getpos()[0], value))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found.append((self.getpos()[0], " ".join(data.split())))


def _languages() -> Iterator[Text]:
    for path in sorted((ROOT / "resources" / "languages").glob("*.toml")):
        relative = path.relative_to(ROOT).as_posix()
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        for word in content.get("words", content.get("word", [])):
            if isinstance(word, dict):
                for key in ("name", "help"):
                    if isinstance(word.get(key), str) and word[key]:
                        yield Text(relative, 0, word[key])
