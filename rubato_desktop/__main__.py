"""Where the program begins: what must be settled before anything is imported."""

from __future__ import annotations

import gc
import os
import sys


def main() -> int:
    """Run the command line; see `rubato_desktop.cli.main`."""
    # Looking for garbage every 700 objects takes a tenth of the start, and later a note now and then.
    gc.set_threshold(20_000, 20, 20)
    # The program does no linear algebra: numpy need not start threads for it.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from rubato_desktop.cli import main as command_line

    return command_line()


if __name__ == "__main__":
    sys.exit(main())
