"""`rubato picture` and `rubato screenshot`: pictures of a word and of the window."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from rubato_desktop.cli.common import DONE, Subparsers, add, emit, library_of, settings_of
from rubato_desktop.errors import RubatoError
from rubato_desktop.language.keys import KeyLineError, format_keys, read_keys


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    picture = add(commands, common, "picture", _picture, "draw a word on the 25 keys")
    picture.add_argument("word", metavar="WORD", help='the name of a word, or keys such as "0 7 0"')
    screenshot = add(
        commands, common, "screenshot", _screenshot, "take a screenshot of the window with a file open"
    )
    screenshot.add_argument("file", metavar="FILE.mid", help="a MIDI file, or the folder of a recording")
    screenshot.add_argument(
        "--theme", choices=["dark", "light"], default="dark", help="dark (default) or light"
    )
    screenshot.add_argument(
        "--size", default="1440x900", metavar="WxH", help="its size in pixels (default 1440x900)"
    )
    screenshot.add_argument("--salvage", action="store_true", help="open what is intact in a damaged file")
    for new in (picture, screenshot):
        new.add_argument("--png", required=True, metavar="OUT", help="the PNG file to write")


def _picture(args: argparse.Namespace) -> int:
    from rubato_desktop.language.dictionary import Word
    from rubato_desktop.ui.keyboard.word_picture import save_picture

    library = library_of(args, settings_of(args))
    word = library.stack.word(args.word)
    if word is None:
        try:
            keys = read_keys(args.word)
        except KeyLineError:
            keys = ()
        if not keys:
            raise RubatoError(f"There is no word {args.word!r}", code="no_such_word")
        word = library.stack.at(keys) or Word(keys, format_keys(keys))
    save_picture(word, library.stack.colour(word.language), Path(args.png))
    emit(args, {"png": args.png, "word": word.name, "keys": list(word.keys)}, f"{args.png}: {word}")
    return DONE


def _screenshot(args: argparse.Namespace) -> int:
    from rubato_desktop.app import App
    from rubato_desktop.ui.screenshot import save_screenshot

    try:
        width, height = (int(part) for part in args.size.split("x"))
    except ValueError:
        raise RubatoError(f"{args.size!r} is not a size like 1440x900", code="bad_arguments") from None
    if not (320 <= width <= 8000 and 240 <= height <= 8000):
        raise RubatoError("The size must be between 320x240 and 8000x8000", code="bad_arguments")
    # A temporary data folder, so that a screenshot changes nothing of the user's.
    with tempfile.TemporaryDirectory(prefix="rubato-") as folder:
        app = App(Path(folder), devices=False, sound=False)
        app.start()
        try:
            result = app.engine.run(
                "open_file", path=str(Path(args.file).resolve()), salvage=args.salvage
            ).result(timeout=60)
            if result.status != "ok":
                raise RubatoError(result.text, code="failed")
            app.engine.set("theme", args.theme)
            app.engine.settle()
            save_screenshot(app.engine, Path(args.png), (width, height))
        finally:
            app.stop()
    emit(args, {"png": args.png, "width": width, "height": height}, f"{args.png}: {width} x {height}")
    return DONE
