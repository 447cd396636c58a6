"""Loading MIDI files and recordings for the pianoroll."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from rubato_desktop.errors import RubatoError
from rubato_desktop.language.checks import faults
from rubato_desktop.language.dictionary import Language, Word
from rubato_desktop.language.keys import BASE_NOTE
from rubato_desktop.language.loading import is_language_name
from rubato_desktop.language.parser import parse
from rubato_desktop.language.results import RecognisedWord, RejectedRun
from rubato_desktop.midi.file.reader import MidiFile, read_midi
from rubato_desktop.services.languages import COLOURS, OWN, LanguageLibrary
from rubato_desktop.services.roll.iterations import Edge, edges_of
from rubato_desktop.services.roll.overlay import Overlay, read_overlay
from rubato_desktop.services.roll.recording import OpenRecording, Stretch
from rubato_desktop.services.sessions.session import MIDI, SessionData, read_session
from rubato_desktop.services.sessions.word_json import presses_of, word_from_json


def open_midi(
    path: Path,
    library: LanguageLibrary,
    *,
    salvage: bool = False,
    as_recorder: bool = False,
    base: int = BASE_NOTE,
) -> OpenRecording:
    """Read a MIDI file with the words it contains.

    Words are text events with one line of JSON; in a feedback file they are the notes of the language tracks.

    Args:
        path: The file.
        library: The language library; known languages of the file become active.
        salvage: Read as much as possible of a damaged file.
        as_recorder: Treat ticks as milliseconds.
        base: MIDI note of key 0.

    Raises:
        MidiFileError: the file cannot be read.
    """
    midi = read_midi(path, salvage=salvage, as_recorder=as_recorder)
    words = _words_in_texts(midi)
    missed: tuple[RejectedRun, ...] = ()
    if midi.feedback and not words:
        library.activate(
            dict.fromkeys([*library.active, *(track.language for track in midi.tracks if track.language)])
        )
        results = parse(presses_of(midi.notes, base), library.stack)
        words = tuple(item for item in results if isinstance(item, RecognisedWord))
        missed = tuple(item for item in results if isinstance(item, RejectedRun))
    load_languages(words, library)
    opened = OpenRecording(path.stem, midi.notes, midi.messages, words, missed)
    return replace(opened, marked=tuple(edges_of(midi.texts)), end=midi.duration_us).laid(Overlay())


def open_session(folder: Path, library: LanguageLibrary) -> OpenRecording:
    """Read the folder of a recording: its journal, which is exact to the µs, or else its MIDI file.

    Raises:
        RubatoError: it is not a recording, or both files are damaged.
    """
    try:
        session = read_session(folder)
    except RubatoError:
        if not (folder / MIDI).is_file():
            raise
        return open_midi(folder / MIDI, library)
    load_languages(session.words, library)
    notes = session.notes
    track = {name: index for index, name in enumerate(notes.tracks)}
    others = tuple(
        (message.t, track.get(message.device, 0), message.data)
        for message in session.sounding
        if not (message.is_note_on or message.is_note_off)
    )
    stretches = tuple(sorted([*_pauses(session), *_remarks(session)]))
    overlay, problem = Overlay(), None
    try:
        overlay = read_overlay(folder)
    except RubatoError as error:
        problem = error
    opened = OpenRecording(session.info.title, notes, others, session.words, session.missed, stretches)
    opened = replace(opened, marked=tuple(_edges(session)), end=session.end, folder=folder, problem=problem)
    return opened.laid(overlay)


def _edges(session: SessionData) -> list[Edge]:
    """Return the starts and ends of iterations that were marked while playing.

    The keys of the marking words are not part of the piece: a take begins with the first note after "iteration start",
    so that stacked takes are aligned by their notes, and ends with the first key of "iteration end".
    """
    struck = {word.t for word in session.struck}
    edges: list[Edge] = []
    for done in session.results:
        result, word = done.result, done.word
        if result.status != "ok" or (word is not None and word.t in struck):
            continue
        if isinstance(result.value, dict) and "of" in result.value:
            continue  # it marked another recording, which was open at that time
        if result.name == "iteration_start":
            edges.append((done.t, "start"))
        elif result.name == "iteration_end":
            edges.append((word.t if word is not None else done.t, "end"))
    edges.sort()
    onsets = session.notes.table["on"]
    for index, (t, what) in enumerate(edges):
        until = edges[index + 1][0] if index + 1 < len(edges) else session.end
        first = int(np.searchsorted(onsets, t, "right"))
        if what == "start" and first < len(onsets) and onsets[first] < until:
            edges[index] = int(onsets[first]), what
    return edges


def _pauses(session: SessionData) -> Iterator[Stretch]:
    for begin, end in session.pauses:
        yield Stretch(begin, end, "pause", "recording paused")


def _remarks(session: SessionData) -> Iterator[Stretch]:
    began: int | None = None
    for done in session.results:
        if done.result.name == "remark_start":
            began = done.t
        elif done.result.name == "remark_end" and began is not None:
            yield Stretch(began, done.t, "remark", "remark")
            began = None
    if began is not None:
        yield Stretch(began, session.end, "remark", "remark without an end")


def _words_in_texts(midi: MidiFile) -> tuple[RecognisedWord, ...]:
    words = []
    for text in midi.texts:
        if text.kind == "text" and text.text.startswith("{"):
            try:
                words.append(replace(word_from_json(json.loads(text.text)), t=text.t))
            except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
                continue  # a text of another program that only looks like a word
    return tuple(
        sorted((replace(word, end=max(word.t, word.end)) for word in words), key=lambda word: word.t)
    )


def load_languages(words: tuple[RecognisedWord, ...], library: LanguageLibrary) -> None:
    """Make the languages of words active; an unknown language is made from the words themselves.

    Such a language exists until the program ends, and its words have no commands.
    """
    names = {word.language for word in words if word.language}
    for name in sorted(names - set(library.languages)):
        entries = {
            word.keys: Word(word.keys, word.word, name)
            for word in words
            if word.language == name and not word.args
        }
        valid = tuple(word for word in entries.values() if not faults(word))
        if valid and name != OWN and is_language_name(name):
            colour = COLOURS[len(library.languages) % len(COLOURS)]
            library.languages[name] = Language(name, name.capitalize(), colour, valid)
    known = sorted(names & set(library.languages))
    if not set(known) <= set(library.active):
        library.activate([*library.active, *known])
