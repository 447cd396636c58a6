"""The share each chosen tag or topic has of an answer: larger for rare ones, so that common ones do not drown them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

CAP: Final = 0.6  # maximum share of one tag among several


@dataclass(frozen=True, slots=True)
class Weight:
    """Attributes:
    share: Share of the answer, 0 to 1; all shares sum to 1.
    damped: Whether the share is less than an equal one, because the tag is common.
    """

    share: float
    damped: bool


def weights(counts: Mapping[str, int]) -> dict[str, Weight]:
    """Return the weight of each tag or topic.

    Weights are inversely proportional to the logarithm of the document count: of two tags with 10,000 and 20
    documents, the rare one gets three quarters (before the cap), and the common one still gets its say.

    Args:
        counts: Number of documents by tag or topic.
    """
    if not counts:
        return {}
    raw = {name: 1 / math.log(math.e + max(0, count)) for name, count in counts.items()}
    shares = {name: value / sum(raw.values()) for name, value in raw.items()}
    if len(shares) > 1 and max(shares.values()) > CAP:
        largest = max(shares, key=lambda name: shares[name])
        rest = 1 - shares[largest]
        shares = {
            name: CAP if name == largest else share * (1 - CAP) / rest for name, share in shares.items()
        }
    equal = 1 / len(shares)
    return {name: Weight(share, share < equal - 1e-9) for name, share in shares.items()}
