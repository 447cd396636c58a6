"""Entry point of the program."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line; see `rubato_desktop.cli.main`."""
    from rubato_desktop.interpreter import settle

    settle()
    from rubato_desktop.cli import main as command_line

    return command_line()


if __name__ == "__main__":
    sys.exit(main())
