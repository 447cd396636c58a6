"""Who the extension is: its id comes from the key in its manifest, here and nowhere else."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path

EXTENSION = Path(__file__).resolve().parent / "extension"
HOST = "org.rubato.desktop"  # the name under which browsers know the native host


@cache
def extension_id() -> str:
    """Return the extension's id: 32 hexadecimal digits of its key's SHA-256, written a to p.

    https://developer.chrome.com/docs/extensions/reference/manifest/key
    """
    key = json.loads((EXTENSION / "manifest.json").read_bytes())["key"]
    digest = hashlib.sha256(base64.b64decode(key)).hexdigest()[:32]
    return "".join(chr(ord("a") + int(digit, 16)) for digit in digest)


def origin() -> str:
    """Return how Chrome names the extension to its host."""
    return f"chrome-extension://{extension_id()}/"
