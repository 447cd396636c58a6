"""Which questions and answers may go: by age, by size, or by the share of a year since it was last looked."""

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
_STAMP: Final = "last-scan.json"
_EXPORTS: Final = "exported"


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """Attributes:
    days: Older ones go; 0 lets none go by age.
    bytes: Together they take no more; the oldest go first; 0 sets no limit.
    sample: Share of those that would go by age that stays, drawn by their names: the same ones each time.
    by_scan: In place of the age, so many of the oldest go as the days since the last scan are of 365.
    """

    days: int = YEAR_DAYS
    bytes: int = 0
    sample: float = 0.0
    by_scan: bool = False


@dataclass(frozen=True, slots=True)
class Removal:
    """One that goes, and why."""

    id: str
    path: Path
    bytes: int
    why: Literal["age", "size", "scan"]

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "path": str(self.path)}


@dataclass(frozen=True, slots=True)
class PruneResult:
    """What was let go, or would be.

    Attributes:
        going: Those that go.
        kept: How many stay.
        exported: The files they were written to before; empty for a dry run, or for none.
    """

    removals: list[Removal]
    kept: int
    exported: list[Path]


def plan(inquiries: InquiryStore, policy: RetentionPolicy, now: datetime) -> PruneResult:
    """Say which would go. Deletes nothing; what a person corrected or accepted goes by size alone, and last."""
    held: list[tuple[Inquiry, Path, int]] = []
    for path, inquiry in _readable(inquiries):
        held.append((inquiry, path, path.stat().st_size))
    free = [one for one in held if not one[0].good]
    going: dict[str, Removal] = {}
    if policy.by_scan:
        share = min(1.0, _days_since_scan(inquiries, now) / YEAR_DAYS)
        for inquiry, path, size in free[: int(len(held) * share)]:
            going[inquiry.id] = Removal(inquiry.id, path, size, "scan")
    elif policy.days:
        for inquiry, path, size in free:
            old = (now - inquiry.at).total_seconds() > policy.days * 86_400
            if old and not _drawn(inquiry.id, policy.sample):
                going[inquiry.id] = Removal(inquiry.id, path, size, "age")
    if policy.bytes:
        left = sum(size for inquiry, _, size in held if inquiry.id not in going)
        for inquiry, path, size in sorted(held, key=lambda one: one[0].good):
            if left <= policy.bytes:
                break
            if inquiry.id not in going:
                going[inquiry.id] = Removal(inquiry.id, path, size, "size")
                left -= size
    return PruneResult(list(going.values()), len(held) - len(going), [])


def prune(
    inquiries: InquiryStore, policy: RetentionPolicy, now: datetime, *, dry_run: bool = False
) -> PruneResult:
    """Let those go that may, after they were written out.

    Raises:
        OSError: they could not be written out; none has gone.
    """
    planned = plan(inquiries, policy, now)
    if dry_run:
        return planned
    written: list[Path] = []
    if planned.removals:
        leaving = [inquiries.get(one.id) for one in planned.removals]
        stem = inquiries.folder / _EXPORTS / f"{now:%Y-%m-%dT%H-%M-%S%z}"
        written = [stem.with_suffix(".jsonl"), stem.with_suffix(".md")]
        for path in written:
            export(leaving, path, whole=True)
        for one in planned.removals:
            one.path.unlink()
    write_beside(inquiries.folder / _STAMP, json.dumps({"at": now.isoformat()}).encode())
    return PruneResult(planned.removals, planned.kept, written)


def _readable(inquiries: InquiryStore) -> Sequence[tuple[Path, Inquiry]]:
    """All that can be read, oldest first."""
    paths = {path.stem: path for path in inquiries.paths()}
    return [(paths[one.id], one) for one in reversed(list(inquiries.each())) if one.id in paths]


def _drawn(id: str, share: float) -> bool:
    """Whether chance keeps it: its name decides, so that looking twice does not draw twice."""
    return int.from_bytes(hashlib.sha256(id.encode()).digest()[:8]) / 2**64 < share


def _days_since_scan(inquiries: InquiryStore, now: datetime) -> float:
    """Days since the last time; none at the first."""
    try:
        last = datetime.fromisoformat(json.loads((inquiries.folder / _STAMP).read_bytes())["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0.0
    return max(0.0, (now - last).total_seconds() / 86_400)
