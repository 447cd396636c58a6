"""Fixtures: the languages and the timing that come with the program."""

from __future__ import annotations

import pytest

from rubato_desktop.language.dictionary import Language, Stack, Word
from rubato_desktop.language.loading import load_language, load_spelling
from rubato_desktop.language.parameters import Timing
from rubato_desktop.resources import resource


@pytest.fixture(scope="session")
def stack() -> Stack:
    """The language `core`, and a language with a single name."""
    core = load_language(resource("languages", "core.toml"))
    names = Language("names", "Names", words=(Word((0, 17, 19), "sonata", "names"),))
    return Stack([core, names])


@pytest.fixture(scope="session")
def timing() -> Timing:
    return Timing(spelling=load_spelling(resource("languages", "spelling.toml")))
