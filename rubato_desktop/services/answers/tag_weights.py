"""How much room each chosen tag or topic has in an answer: rare ones more, so that common ones do not drown them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

CAP: Final = 0.6  # of the answer, for one among several


@dataclass(frozen=True, slots=True)
class Weight:
    """Attributes:
    share: Of the answer, 0 to 1; all shares together are 1.
    damped: Whether it has less than an equal part, since it is common.
    """

    share: float
    damped: bool


def weights(counts: Mapping[str, int]) -> dict[str, Weight]:
    """Return the weight of each tag or topic.

    Inverse to the logarithm of how many documents there are of it: of 10,000 and 20 documents the rare one has three
    quarters before the cap, and the common one still speaks.

    Args:
        counts: Documents of each.
    """
    if not counts:
        return {}
    raw = {name: 1 / math.log(math.e + max(0, count)) for name, count in counts.items()}
    shares = {name: value / sum(raw.values()) for name, value in raw.items()}
    if len(shares) > 1 and max(shares.values()) > CAP:
        first = max(shares, key=lambda name: shares[name])
        rest = 1 - shares[first]
        shares = {name: CAP if name == first else share * (1 - CAP) / rest for name, share in shares.items()}
    equal = 1 / len(shares)
    return {name: Weight(share, share < equal - 1e-9) for name, share in shares.items()}
