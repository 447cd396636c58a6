"""Rubato can be added to the desktop's menu and removed again."""

import configparser
import os
import shlex
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_menu_entry_opens_this_checkout_and_can_be_removed(tmp_path: Path) -> None:
    def menu_entry(*arguments: str) -> list[Path]:
        script = ROOT / "packaging/menu-entry.sh"
        subprocess.run([script, *arguments], env=os.environ | {"XDG_DATA_HOME": str(tmp_path)}, check=True)
        return [path for path in tmp_path.rglob("*") if path.is_file()]

    files = menu_entry()
    assert {path.name for path in files} == {"rubato-desktop.desktop", "rubato-desktop.svg"}
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(next(path for path in files if path.suffix == ".desktop"))
    assert shlex.split(entry["Desktop Entry"]["Exec"]) == [str(ROOT / "run")]
    assert menu_entry("--remove") == []
