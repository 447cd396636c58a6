"""Write the golden files: each page's layout and its MIDI file. Run this when the sounds change on purpose.

python tests/services/page_sound/golden/make.py
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[2]), str(HERE.parents[3])]


def main() -> None:
    from layouts import LAYOUTS

    from rubato_desktop.services.page_sound import feedback_bytes, layout_cues, load_table, read_layout

    table = load_table()
    for name, page in LAYOUTS.items():
        cells = ",\n".join(json.dumps(cell) for cell in page["cells"])
        rest = json.dumps({key: value for key, value in page.items() if key != "cells"})
        (HERE / f"{name}.json").write_text(f'{rest[:-1]}, "cells": [\n{cells}\n]}}\n', encoding="utf-8")
        cues = layout_cues(read_layout(page), table)
        (HERE / f"{name}.mid").write_bytes(feedback_bytes(cues, table.name))
        print(f"{name}: {len(page['cells'])} cells, {len(cues)} cues")


if __name__ == "__main__":
    main()
