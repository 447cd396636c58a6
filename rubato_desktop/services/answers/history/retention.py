"""The retention policy of the history: deletes by age, by total size, or by the time since the last scan."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

from rubato_desktop.files import write_beside
from rubato_desktop.services.answers.history.export import export
from rubato_desktop.services.answers.history.model import Inquiry
from rubato_desktop.services.answers.history.store import InquiryStore

YEAR_DAYS: Final = 365
_LAST_SCAN: Final = "last-scan.json"
_EXPORTS: Final = "exported"


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """Attributes:
    days: Maximum age in days; 0 for no limit.
    bytes: Maximum total size in bytes, enforced by deleting the oldest first; 0 for no limit.
    sample: Share of the expired ones to keep, 0 to 1; chosen by id, so each run keeps the same ones.
    by_scan: Instead of by age, delete the oldest share that the days since the last scan are of a year.
    """

    days: int = YEAR_DAYS
    bytes: int = 0
    sample: float = 0.0
    by_scan: bool = False


@dataclass(frozen=True, slots=True)
class Removal:
    """An inquiry to delete, with the reason."""

    id: str
    path: Path
    bytes: int
    why: Literal["age", "size", "scan"]

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "path": str(self.path)}


@dataclass(frozen=True, slots=True)
class PruneResult:
    """What was deleted, or would be.

    Attributes:
        removals: The inquiries deleted.
        kept: Number of inquiries kept.
        exported: The files they were exported to first; empty for a dry run or if nothing was deleted.
    """

    removals: list[Removal]
    kept: int
    exported: list[Path]


def plan(inquiries: InquiryStore, policy: RetentionPolicy, now: datetime) -> PruneResult:
    """Return what the policy would delete. Corrected and accepted answers are deleted for size only, and last."""
    entries: list[tuple[Inquiry, Path, int]] = []
    for path, inquiry in _readable(inquiries):
        entries.append((inquiry, path, path.stat().st_size))
    unprotected = [entry for entry in entries if not entry[0].good]
    removals: dict[str, Removal] = {}
    if policy.by_scan:
        share = min(1.0, _days_since_scan(inquiries, now) / YEAR_DAYS)
        for inquiry, path, size in unprotected[: int(len(entries) * share)]:
            removals[inquiry.id] = Removal(inquiry.id, path, size, "scan")
    elif policy.days:
        for inquiry, path, size in unprotected:
            expired = (now - inquiry.at).total_seconds() > policy.days * 86_400
            if expired and not _in_sample(inquiry.id, policy.sample):
                removals[inquiry.id] = Removal(inquiry.id, path, size, "age")
    if policy.bytes:
        total = sum(size for inquiry, _, size in entries if inquiry.id not in removals)
        for inquiry, path, size in sorted(entries, key=lambda entry: entry[0].good):
            if total <= policy.bytes:
                break
            if inquiry.id not in removals:
                removals[inquiry.id] = Removal(inquiry.id, path, size, "size")
                total -= size
    return PruneResult(list(removals.values()), len(entries) - len(removals), [])


def prune(
    inquiries: InquiryStore, policy: RetentionPolicy, now: datetime, *, dry_run: bool = False
) -> PruneResult:
    """Export what the policy deletes, then delete it.

    Raises:
        OSError: the export failed; nothing is deleted.
    """
    planned = plan(inquiries, policy, now)
    if dry_run:
        return planned
    exported: list[Path] = []
    if planned.removals:
        leaving = [inquiries.get(one.id) for one in planned.removals]
        stem = inquiries.folder / _EXPORTS / f"{now:%Y-%m-%dT%H-%M-%S%z}"
        exported = [stem.with_suffix(".jsonl"), stem.with_suffix(".md")]
        for path in exported:
            export(leaving, path, whole=True)
        for one in planned.removals:
            one.path.unlink()
    write_beside(inquiries.folder / _LAST_SCAN, json.dumps({"at": now.isoformat()}).encode())
    return PruneResult(planned.removals, planned.kept, exported)


def _readable(inquiries: InquiryStore) -> Sequence[tuple[Path, Inquiry]]:
    """All readable inquiries, oldest first."""
    paths = {path.stem: path for path in inquiries.paths()}
    return [(paths[one.id], one) for one in reversed(list(inquiries.each())) if one.id in paths]


def _in_sample(id: str, share: float) -> bool:
    """Whether an inquiry is in the sample: a hash of its id decides, so that repeated runs agree."""
    return int.from_bytes(hashlib.sha256(id.encode()).digest()[:8]) / 2**64 < share


def _days_since_scan(inquiries: InquiryStore, now: datetime) -> float:
    """Days since the last scan; 0 before the first."""
    try:
        last = datetime.fromisoformat(json.loads((inquiries.folder / _LAST_SCAN).read_bytes())["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0.0
    return max(0.0, (now - last).total_seconds() / 86_400)
