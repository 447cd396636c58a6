"""What a parser heard, as the lines of the language's tests write it."""

from __future__ import annotations

import json

from rubato_desktop.language.results import ParseResult, RejectedRun


def said(heard: ParseResult) -> str:
    """What was heard, as lines.txt writes it."""
    if isinstance(heard, RejectedRun):
        return f"?{heard.reason} {' '.join(map(str, heard.keys))}"
    args = (
        f"{name}={json.dumps(value, separators=(',', ':'), ensure_ascii=False)}"
        for name, value in heard.args.items()
    )
    return " ".join([heard.word, *args])
