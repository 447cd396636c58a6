"""`rubato page`: a web page as sound, as a list of links, or as text."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rubato_desktop.cli.common import DONE, NO, Subparsers, add, data_of, emit, warn
from rubato_desktop.errors import RubatoError

if TYPE_CHECKING:
    from rubato_desktop.services.browser.headless_page import HeadlessPage

WIDTHS, HEIGHTS = range(320, 7681), range(200, 4321)
_CELL = ("x", "y", "kind", "density", "label")


def register(commands: Subparsers, common: argparse.ArgumentParser) -> None:
    top = commands.add_parser("page", help="describe a page as sound, as links or as text")
    inner = top.add_subparsers(dest="what", metavar="WHAT", required=True)
    layout = add(inner, common, "layout", _run(_layout), "describe what is in view, and write its sound")
    layout.add_argument("--midi", metavar="OUT.mid", help="the MIDI file to write")
    layout.add_argument("--wav", metavar="OUT.wav", help="the WAV file to write")
    links = add(inner, common, "links", _run(_links), "list the links in view")
    read = add(inner, common, "read", _run(_read), "print the whole page in reading order")
    for new in (layout, links, read):
        new.add_argument("target", metavar="URL|FILE.html", help="an address, or a file")
        new.add_argument(
            "--viewport", default="1280x800", metavar="WxH", help="size of the view (default 1280x800)"
        )


def _run(action: Any) -> Any:
    """Return a command that opens the page and runs `action` on it."""

    def run(args: argparse.Namespace) -> int:
        from rubato_desktop.services.browser.headless_page import open_page
        from rubato_desktop.services.browser.model import BrowserError

        try:
            with open_page(args.target, _size(args.viewport)) as page:
                action(args, page)
        except BrowserError as error:
            if error.code == "needs_browser":
                raise
            warn(str(error))
            return NO
        return DONE

    return run


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,5})x(\d{1,5})", text)
    size = (int(match[1]), int(match[2])) if match else (0, 0)
    if size[0] not in WIDTHS or size[1] not in HEIGHTS:
        raise RubatoError(
            f"{text!r} is not a valid size; choose {WIDTHS[0]}x{HEIGHTS[0]} to {WIDTHS[-1]}x{HEIGHTS[-1]}",
            code="bad_arguments",
        )
    return size


def _layout(args: argparse.Namespace, page: HeadlessPage) -> None:
    from rubato_desktop.services.page_sound import layout_cues, read_layout, table_for, write_feedback
    from rubato_desktop.services.page_sound.player import Summary

    table, problem = table_for(data_of(args))
    if problem is not None:
        warn(str(problem))
    value = page.ask("layout", columns=24)
    cues = layout_cues(read_layout(value), table)
    midi, wav = (Path(name) if name else None for name in (args.midi, args.wav))
    write_feedback(cues, table.name, midi=midi, wav=wav)
    emit(args, _as_json(value, len(cues)), f"{page.title}: {Summary.of(cues)}")


def _as_json(layout: Mapping[str, Any], cues: int) -> dict[str, Any]:
    view = {side: _whole(layout["viewport"][side]) for side in ("width", "height")}
    return {
        "viewport": view,
        "columns": layout["columns"],
        "rows": layout["rows"],
        "cells": [{name: cell[name] for name in _CELL} for cell in layout["cells"]],
        "cues": cues,
        "elements": layout["elements"],
        "scan_ms": layout["scan_ms"],
    }


def _whole(number: float) -> float:
    return int(number) if number == int(number) else number


def _links(args: argparse.Namespace, page: HeadlessPage) -> None:
    links = [{name: link[name] for name in ("number", "label", "url")} for link in page.ask("links")]
    lines = [f"{link['number']:3}  {link['label'] or '(no name)'}  {link['url']}" for link in links]
    emit(
        args,
        {"url": page.url, "title": page.title, "links": links},
        "\n".join(lines) or "No links are in view",
    )


def _read(args: argparse.Namespace, page: HeadlessPage) -> None:
    document = page.ask("document")
    document["items"] = [
        {name: value for name, value in item.items() if value is not None} for item in document["items"]
    ]
    lines = [document["title"], *(_line(item) for item in document["items"])]
    emit(args, document, "\n\n".join(line for line in lines if line))


def _line(item: Mapping[str, Any]) -> str:
    mark = "#" * (item.get("level") or 2) + " " if item["kind"] == "heading" else ""
    return mark + " ".join(item["text"].split())
