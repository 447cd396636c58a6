"""Corpora in BEIR form, made from what is on this machine: what asks and what answers were written by people.

``manual``: what a program does in a line asks for its manual. ``docstrings``: what a function does in a line asks for
the rest of its description. ``packages``: a package's summary asks for its readme. ``questions``: the made questions of
`benchmarks/answers.py` ask for the text that has the answer. The line that asks is taken out of what answers.
"""

from __future__ import annotations

import ast
import gzip
import importlib.metadata
import json
import random
import re
import sysconfig
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
MANUALS, QUERIES = 1000, 300
LONGEST = 6_000  # signs of a document
Made = tuple[dict[str, str], dict[str, tuple[str, str]]]  # documents; query id → (text, document)


def make(folder: Path) -> Iterator[tuple[str, int, int]]:
    """Write the corpora; yields the name of each with the number of its documents and queries."""
    for name, made in (
        ("manual", _manual()),
        ("docstrings", _docstrings()),
        ("packages", _packages()),
        ("questions", _questions()),
    ):
        documents, queries = made
        if queries:
            _write(folder / name, documents, _some(queries))
            yield name, len(documents), min(len(queries), QUERIES)


def _manual() -> Made:
    paths = sorted(Path("/usr/share/man/man1").glob("*.1.gz"))
    documents, queries = {}, {}
    for path in random.Random(1).sample(paths, len(paths)):
        # Some tools have a manual for each of a thousand commands, all alike.
        if path.is_symlink() or path.name.startswith("gcloud") or len(documents) == MANUALS:
            continue
        with gzip.open(path) as file:
            text = file.read(200_000).decode("utf-8", "replace")
        name = re.search(r'\.SH "?NAME"?\s*\n(.+?)\n\.S[Hh]', text, re.S)
        about = re.search(r'\.SH "?DESCRIPTION"?\s*\n(.+?)(?:\n\.SH|\Z)', text, re.S)
        said = _plain(name[1]).split(" . ")[0].split(" - ", 1) if name else []
        if about and len(said) == 2 and len(said[1].split()) > 3:
            id = path.name.removesuffix(".1.gz")
            body = _plain(about[1])[:LONGEST]
            if len(body) > 200 and said[1] not in body:
                documents[id] = body
                queries[f"q-{id}"] = (said[1], id)
    return documents, queries


def _docstrings() -> Made:
    documents, queries = {}, {}
    for path in sorted(Path(sysconfig.get_path("stdlib")).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8", errors="replace"))):
            if not isinstance(node, ast.FunctionDef | ast.ClassDef):
                continue
            first, _, rest = (ast.get_docstring(node) or "").partition("\n\n")
            rest = " ".join(rest.split())
            if len(first.split()) > 3 and len(rest) > 150:
                id = f"{path.stem}.{node.name}"
                documents.setdefault(id, rest[:LONGEST])
                queries.setdefault(f"q-{id}", (" ".join(first.split()), id))
    return documents, queries


def _packages() -> Made:
    documents, queries = {}, {}
    for package in importlib.metadata.distributions():
        about = package.metadata
        summary, body = about["Summary"] or "", str(about.get_payload() or "")
        text = re.sub(r"<[^>]+>|!?\[[^\]]*\]\([^)]*\)|https?://\S+", " ", body).replace(summary, "")
        if len(summary.split()) > 3 and len(text) > 400:
            documents[about["Name"]] = text[:LONGEST]
            queries[f"q-{about['Name']}"] = (summary, about["Name"])
    return documents, queries


def _questions() -> Made:
    documents, queries = {}, {}
    for name in ("answers_questions.toml", "answers_held_out.toml"):
        made = tomllib.loads((HERE / name).read_text(encoding="utf-8"))
        documents |= {f"{name}:{text}": " ".join(said.split()) for text, said in made["texts"].items()}
        for question, wanted in (pair for pairs in made["questions"].values() for pair in pairs):
            holding = [
                id for id, said in documents.items() if wanted and wanted.casefold() in said.casefold()
            ]
            if len(holding) == 1:
                queries[f"q{len(queries)}"] = (question, holding[0])
    return documents, queries


def _plain(roff: str) -> str:
    """Return the words of a manual's source (groff_man(7)), without its marks."""
    text = re.sub(r"\\f(?:\[[^\]]*\]|\(..|.)|\\[&/,^|%]|\\s[-+]?\d", "", roff)
    text = text.replace(r"\-", "-").replace(r"\(bu", "").replace(r"\e", "\\").replace(r"\ ", " ")
    lines = [
        re.sub(r"^\.\S+\s*", "", line).replace('"', "")
        for line in text.split("\n")
        if not line.startswith('.\\"')
    ]
    return " ".join(" ".join(lines).split())


def _some(queries: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    chosen = random.Random(2).sample(sorted(queries), min(len(queries), QUERIES))
    return {id: queries[id] for id in chosen}


def _write(folder: Path, documents: Mapping[str, str], queries: Mapping[str, tuple[str, str]]) -> None:
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    _jsonl(
        folder / "corpus.jsonl", ({"_id": id, "title": "", "text": text} for id, text in documents.items())
    )
    _jsonl(folder / "queries.jsonl", ({"_id": id, "text": text} for id, (text, _) in queries.items()))
    rows = "".join(f"{id}\t{document}\t1\n" for id, (_, document) in queries.items())
    (folder / "qrels" / "test.tsv").write_text(f"query-id\tcorpus-id\tscore\n{rows}", encoding="utf-8")


def _jsonl(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
