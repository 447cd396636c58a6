"""Retrieval quality of dense, BM25 and fused search on corpora in BEIR format.

    python benchmarks/retrieval.py DIR [--json]     DIR is a corpus (corpus.jsonl, queries.jsonl, qrels/test.tsv) or a
                                                    folder of corpora
    python benchmarks/retrieval.py --make DIR       writes corpora made from files on this machine

Documents are learnt by the program's own code. nDCG@10 uses linear gains, as in trec_eval and BEIR (Thakur et al.:
BEIR, 2021, https://arxiv.org/abs/2104.08663).
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
from rubato_desktop.services.knowledge.readers import Block, ReadDocument  # noqa: E402
from rubato_desktop.services.knowledge.store import Store  # noqa: E402

MODES = ("dense", "bm25", "fused")
K = 10
CHUNKS = 60  # retrieved to get ten documents


def main(arguments: list[str]) -> int:
    paths = [argument for argument in arguments if not argument.startswith("--")]
    if len(paths) != 1:
        print(__doc__)
        return 2
    folder = Path(paths[0])
    if "--make" in arguments:
        for name, documents, queries in make(folder):
            print(f"{folder / name}: {documents} documents, {queries} queries")
        return 0
    results = {corpus.name: measure(corpus) for corpus in corpora(folder)}
    if not results:
        print(f"There is no corpus in {folder}", file=sys.stderr)
        return 2
    if len(results) > 1:
        results["mean"] = _mean(results)
    if "--json" in arguments:
        print(json.dumps(next(iter(results.values())) if len(results) == 1 else results))
        return 0
    for name, figures in results.items():
        row = "   ".join(
            f"{mode} {figures[mode]['ndcg@10']:.3f} / {figures[mode]['recall@10']:.3f}" for mode in MODES
        )
        query = f"   {figures['query_ms']['fused']['median']:.1f} ms" if "query_ms" in figures else ""
        print(f"{name:24} nDCG@10 / recall@10:  {row}{query}")
    return 0


def corpora(folder: Path) -> Iterator[Path]:
    """Yield the folder if it is a corpus, else the corpora in it."""
    if (folder / "corpus.jsonl").is_file():
        yield folder
        return
    for inner in sorted(folder.iterdir()):
        if (inner / "corpus.jsonl").is_file():
            yield inner


def measure(corpus: Path) -> dict[str, Any]:
    """Learn a corpus and run all its queries; returns the metrics and the query time in ms of each mode."""
    judgements = _judgements(corpus)
    queries = {
        line["_id"]: line["text"] for line in _lines(corpus / "queries.jsonl") if line["_id"] in judgements
    }
    with tempfile.TemporaryDirectory(prefix="rubato-retrieval-") as folder:
        store = Store(Path(folder))
        try:
            learn(store, corpus)
            store.search("warm", k=1)
            return _run_queries(store, queries, judgements)
        finally:
            store.close()


def learn(store: Store, corpus: Path) -> None:
    """Learn the documents of a corpus under their ids."""
    learning = Learning(store)
    for line in _lines(corpus / "corpus.jsonl"):
        pieces = [Block(line["title"], heading=True)] if line.get("title") else []
        pieces += [Block(part) for part in line["text"].split("\n\n") if part.strip()]
        if pieces:
            document = ReadDocument(line.get("title", ""), tuple(pieces))
            learning.learn_text(f"beir:{line['_id']}", document, id=line["_id"])


def _run_queries(
    store: Store, queries: Mapping[str, str], judgements: Mapping[str, Mapping[str, int]]
) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    times: dict[str, Any] = {}
    for mode in MODES:
        gains, recalls, latencies = [], [], []
        for id, text in queries.items():
            began = time.perf_counter()
            passages = store.search(text, k=CHUNKS, mode=mode)  # type: ignore[arg-type]
            latencies.append((time.perf_counter() - began) * 1e3)
            ranked = list(dict.fromkeys(passage.document for passage in passages))[:K]
            grades = judgements[id]
            ideal = sorted(grades.values(), reverse=True)[:K]
            gains.append(_dcg([grades.get(document, 0) for document in ranked]) / (_dcg(ideal) or 1))
            relevant = {document for document, grade in grades.items() if grade > 0}
            recalls.append(len(relevant & set(ranked)) / (len(relevant) or 1))
        figures[mode] = {"ndcg@10": float(np.mean(gains)), "recall@10": float(np.mean(recalls))}
        times[mode] = {"median": float(np.median(latencies)), "p95": float(np.percentile(latencies, 95))}
    return {**figures, "query_ms": times, "queries": len(queries), "documents": store.count()}


def _dcg(grades: list[int]) -> float:
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))


def _judgements(corpus: Path) -> dict[str, dict[str, int]]:
    """Return the relevance grade of each judged document by query; queries without a relevant document are left out."""
    judgements: dict[str, dict[str, int]] = {}
    for line in (corpus / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines():
        query, document, grade, *_ = line.split("\t")
        if grade.lstrip("-").isdigit():  # not the header
            judgements.setdefault(query, {})[document] = int(grade)
    return {
        query: grades for query, grades in judgements.items() if any(grade > 0 for grade in grades.values())
    }


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def _mean(results: Mapping[str, Any]) -> dict[str, Any]:
    return {
        mode: {
            name: float(np.mean([figures[mode][name] for figures in results.values()]))
            for name in ("ndcg@10", "recall@10")
        }
        for mode in MODES
    }


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
