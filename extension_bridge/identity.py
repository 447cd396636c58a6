"""The extension's identity: its id, derived from the key in its manifest, and the native host's name."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path

EXTENSION = Path(__file__).resolve().parent / "extension"
HOST = "org.rubato.desktop"  # the native host's name in browsers


@cache
def extension_id() -> str:
    """Return the extension's id: the first 32 hex digits of the SHA-256 of its key, with a-p in place of 0-f.

    https://developer.chrome.com/docs/extensions/reference/manifest/key
    """
    key = json.loads((EXTENSION / "manifest.json").read_bytes())["key"]
    digest = hashlib.sha256(base64.b64decode(key)).hexdigest()[:32]
    return "".join(chr(ord("a") + int(digit, 16)) for digit in digest)


def origin() -> str:
    """Return the extension's origin, which Chrome passes to the host."""
    return f"chrome-extension://{extension_id()}/"
