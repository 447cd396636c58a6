"""Retrieval: how well what fits a question is found, by meaning, by words, and by both, on corpora in BEIR form.

    python benchmarks/retrieval.py DIR [--json]     DIR is a corpus (corpus.jsonl, queries.jsonl, qrels/test.tsv), or
                                                    holds folders that are
    python benchmarks/retrieval.py --make DIR       writes the corpora that can be made from what is on this machine

The corpus is learnt through the program's own code. nDCG@10 has linear gains, as trec_eval and BEIR have it
(Thakur et al.: BEIR, 2021, https://arxiv.org/abs/2104.08663).
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from retrieval_sets import make  # noqa: E402

from rubato_desktop.services.knowledge.learning import Learning  # noqa: E402
from rubato_desktop.services.knowledge.readers import Passage, ReadDocument  # noqa: E402
from rubato_desktop.services.knowledge.store import Store  # noqa: E402

MODES = ("dense", "bm25", "fused")
K = 10
CHUNKS = 60  # for ten documents


def main(arguments: list[str]) -> int:
    words = [word for word in arguments if not word.startswith("--")]
    if len(words) != 1:
        print(__doc__)
        return 2
    folder = Path(words[0])
    if "--make" in arguments:
        for name, documents, queries in make(folder):
            print(f"{folder / name}: {documents} documents, {queries} queries")
        return 0
    found = {corpus.name: measure(corpus) for corpus in corpora(folder)}
    if not found:
        print(f"There is no corpus in {folder}", file=sys.stderr)
        return 2
    if len(found) > 1:
        found["mean"] = _mean(found)
    told = next(iter(found.values())) if len(found) == 1 else found
    if "--json" in arguments:
        print(json.dumps(told))
        return 0
    for name, figures in found.items():
        row = "   ".join(
            f"{mode} {figures[mode]['ndcg@10']:.3f} / {figures[mode]['recall@10']:.3f}" for mode in MODES
        )
        query = f"   {figures['query_ms']['fused']['median']:.1f} ms" if "query_ms" in figures else ""
        print(f"{name:24} nDCG@10 / recall@10:  {row}{query}")
    return 0


def corpora(folder: Path) -> Iterator[Path]:
    """Yield the corpora in a folder, or the folder that is one."""
    if (folder / "corpus.jsonl").is_file():
        yield folder
        return
    for inner in sorted(folder.iterdir()):
        if (inner / "corpus.jsonl").is_file():
            yield inner


def measure(corpus: Path) -> dict[str, Any]:
    """Learn a corpus and ask it everything; returns the figures of each mode, and the time of a query."""
    judged = _judged(corpus)
    queries = {
        line["_id"]: line["text"] for line in _lines(corpus / "queries.jsonl") if line["_id"] in judged
    }
    with tempfile.TemporaryDirectory(prefix="rubato-retrieval-") as folder:
        store = Store(Path(folder))
        try:
            learn(store, corpus)
            store.search("warm", k=1)
            return {**_asked(store, queries, judged)}
        finally:
            store.close()


def learn(store: Store, corpus: Path) -> None:
    """Learn a corpus, each document under its own id."""
    learning = Learning(store)
    for line in _lines(corpus / "corpus.jsonl"):
        pieces = [Passage(line["title"], heading=True)] if line.get("title") else []
        pieces += [Passage(part) for part in line["text"].split("\n\n") if part.strip()]
        if pieces:
            reading = ReadDocument(line.get("title", ""), tuple(pieces))
            learning.learn_text(f"beir:{line['_id']}", reading, id=line["_id"])


def _asked(
    store: Store, queries: Mapping[str, str], judged: Mapping[str, Mapping[str, int]]
) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    times: dict[str, Any] = {}
    for mode in MODES:
        gains, recalls, took = [], [], []
        for id, text in queries.items():
            began = time.perf_counter()
            passages = store.search(text, k=CHUNKS, mode=mode)  # type: ignore[arg-type]
            took.append((time.perf_counter() - began) * 1e3)
            ranked = list(dict.fromkeys(passage.document for passage in passages))[:K]
            relevant = judged[id]
            best = sorted(relevant.values(), reverse=True)[:K]
            gains.append(_dcg([relevant.get(document, 0) for document in ranked]) / (_dcg(best) or 1))
            right = {document for document, grade in relevant.items() if grade > 0}
            recalls.append(len(right & set(ranked)) / (len(right) or 1))
        figures[mode] = {"ndcg@10": float(np.mean(gains)), "recall@10": float(np.mean(recalls))}
        times[mode] = {"median": float(np.median(took)), "p95": float(np.percentile(took, 95))}
    return {**figures, "query_ms": times, "queries": len(queries), "documents": store.count()}


def _dcg(grades: list[int]) -> float:
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))


def _judged(corpus: Path) -> dict[str, dict[str, int]]:
    judged: dict[str, dict[str, int]] = {}
    for line in (corpus / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines():
        query, document, grade, *_ = line.split("\t")
        if grade.lstrip("-").isdigit():  # not the heading
            judged.setdefault(query, {})[document] = int(grade)
    return {query: found for query, found in judged.items() if any(grade > 0 for grade in found.values())}


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def _mean(found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        mode: {
            name: float(np.mean([figures[mode][name] for figures in found.values()]))
            for name in ("ndcg@10", "recall@10")
        }
        for mode in MODES
    }


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
