"""Parser results in the notation of `tests/language/lines.txt`."""

from __future__ import annotations

import json

from rubato_desktop.language.results import ParseResult, RejectedRun


def format_result(result: ParseResult) -> str:
    """Return a result in the notation of lines.txt: ``tab number=3``, or ``?unknown 0 8 0``."""
    if isinstance(result, RejectedRun):
        return f"?{result.reason} {' '.join(map(str, result.keys))}"
    args = (
        f"{name}={json.dumps(value, separators=(',', ':'), ensure_ascii=False)}"
        for name, value in result.args.items()
    )
    return " ".join([result.word, *args])
