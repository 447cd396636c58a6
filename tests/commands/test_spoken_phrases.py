"""Words that are spoken while keys are played: the lines of spoken_phrases.txt."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from parser_output import format_result

from rubato_desktop.language.dictionary import Stack
from rubato_desktop.language.keys import STEP_US, read_line
from rubato_desktop.language.parameters import Timing
from rubato_desktop.language.parser import Parser
from rubato_desktop.language.results import ParseResult

LINES = [
    line.split(" → ")
    for line in Path(__file__).with_name("spoken_phrases.txt").read_text(encoding="utf-8").splitlines()
    if line.strip() and not line.startswith("#")
]
_SPOKEN = re.compile(r"(?<!\S)(?:\((?!\d)|\)(?:=\d+|[a-z ]+[a-z](?::\d+)?)?)(?!\S)")


def perform(line: str, parser: Parser) -> list[ParseResult]:
    """Play and speak a line; return the results of the parser."""
    results: list[ParseResult] = []
    t = began = at = 0
    for spoken in [*_SPOKEN.finditer(line), None]:
        keys = line[at : spoken.start() if spoken else None]
        presses = read_line(keys)
        for press in presses:
            results += parser.advance(t + press.t)
            results += (parser.press if press.down else parser.release)(t + press.t, press.key)
        rests = sum(float(rest) for rest in re.findall(r"\((\d+)\)", keys))
        t += len(presses) // 2 * STEP_US + round(rests * 1e6)
        results += parser.advance(t)
        if spoken is None:
            break
        at = spoken.end()
        if spoken[0] == "(":
            began = t
            results += parser.set_speaking(t, True)
            continue
        name, _, value = spoken[0][1:].partition(":")
        if name.startswith("="):
            results += parser.give(t, int(name[1:]))
        elif name:
            word = parser.stack.word(name)
            assert word is not None, name
            args = {word.parameters[0].name: int(value)} if value else {}
            results += parser.speak(began, t, word, args)
        results += parser.set_speaking(t, False)
    return [*results, *parser.finish()]


@pytest.mark.parametrize(("line", "words"), LINES, ids=[line for line, _ in LINES])
def test_line_of_keys_and_speech_gives_its_words(line: str, words: str, stack: Stack, timing: Timing) -> None:
    assert "; ".join(map(format_result, perform(line, Parser(stack, timing)))) == words.strip()
