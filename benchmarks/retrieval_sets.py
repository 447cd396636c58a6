"""Makes retrieval corpora in BEIR format from files on this machine; queries and documents were written by people.

``manual``: the one-line description of a program is the query for its manual page. ``docstrings``: the first line of a
docstring is the query for the rest. ``packages``: the summary of a package is the query for its readme. ``questions``:
the questions of `benchmarks/answers.py` are the queries for the text with the answer. The query is removed from its
document.
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
LONGEST = 6_000  # characters of a document
Corpus = tuple[dict[str, str], dict[str, tuple[str, str]]]  # documents; query id → (text, document)


def make(folder: Path) -> Iterator[tuple[str, int, int]]:
    """Write the corpora; yields the name, the number of documents and the number of queries of each."""
    for name, corpus in (
        ("manual", _manual()),
        ("docstrings", _docstrings()),
        ("packages", _packages()),
        ("questions", _questions()),
    ):
        documents, queries = corpus
        if queries:
            _write(folder / name, documents, _sample(queries))
            yield name, len(documents), min(len(queries), QUERIES)


def _manual() -> Corpus:
    paths = sorted(Path("/usr/share/man/man1").glob("*.1.gz"))
    documents, queries = {}, {}
    for path in random.Random(1).sample(paths, len(paths)):
        # gcloud has a page for each of a thousand commands, all alike.
        if path.is_symlink() or path.name.startswith("gcloud") or len(documents) == MANUALS:
            continue
        with gzip.open(path) as file:
            text = file.read(200_000).decode("utf-8", "replace")
        name = re.search(r'\.SH "?NAME"?\s*\n(.+?)\n\.S[Hh]', text, re.S)
        about = re.search(r'\.SH "?DESCRIPTION"?\s*\n(.+?)(?:\n\.SH|\Z)', text, re.S)
        summary = _strip_roff(name[1]).split(" . ")[0].split(" - ", 1) if name else []
        if about and len(summary) == 2 and len(summary[1].split()) > 3:
            id = path.name.removesuffix(".1.gz")
            body = _strip_roff(about[1])[:LONGEST]
            if len(body) > 200 and summary[1] not in body:
                documents[id] = body
                queries[f"q-{id}"] = (summary[1], id)
    return documents, queries


def _docstrings() -> Corpus:
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


def _packages() -> Corpus:
    documents, queries = {}, {}
    for package in importlib.metadata.distributions():
        about = package.metadata
        summary, body = about["Summary"] or "", str(about.get_payload() or "")
        text = re.sub(r"<[^>]+>|!?\[[^\]]*\]\([^)]*\)|https?://\S+", " ", body).replace(summary, "")
        if len(summary.split()) > 3 and len(text) > 400:
            documents[about["Name"]] = text[:LONGEST]
            queries[f"q-{about['Name']}"] = (summary, about["Name"])
    return documents, queries


def _questions() -> Corpus:
    documents, queries = {}, {}
    for name in ("answers_questions.toml", "answers_held_out.toml"):
        questions = tomllib.loads((HERE / name).read_text(encoding="utf-8"))
        documents |= {
            f"{name}:{text}": " ".join(content.split()) for text, content in questions["texts"].items()
        }
        for question, expected in (pair for pairs in questions["questions"].values() for pair in pairs):
            matching = [
                id
                for id, content in documents.items()
                if expected and expected.casefold() in content.casefold()
            ]
            if len(matching) == 1:
                queries[f"q{len(queries)}"] = (question, matching[0])
    return documents, queries


def _strip_roff(roff: str) -> str:
    """Return the text of a manual page's source (groff_man(7)), without its markup."""
    text = re.sub(r"\\f(?:\[[^\]]*\]|\(..|.)|\\[&/,^|%]|\\s[-+]?\d", "", roff)
    text = text.replace(r"\-", "-").replace(r"\(bu", "").replace(r"\e", "\\").replace(r"\ ", " ")
    lines = [
        re.sub(r"^\.\S+\s*", "", line).replace('"', "")
        for line in text.split("\n")
        if not line.startswith('.\\"')
    ]
    return " ".join(" ".join(lines).split())


def _sample(queries: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
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
