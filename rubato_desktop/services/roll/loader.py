"""Reading what is to be shown in the pianoroll: a MIDI file of any kind, or a recording's folder."""

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
    """Read a MIDI file for the pianoroll, with the words it carries.

    Words stand in it as texts of one line of JSON; in a feedback file they are the notes of the language tracks.

    Args:
        path: The file.
        library: The languages; ones found in the file that are known become active.
        salvage: Keep what can be read of a damaged file.
        as_recorder: Read ticks as milliseconds.
        base: MIDI note of key 0.

    Raises:
        MidiFileError: the file cannot be read.
    """
    midi = read_midi(path, salvage=salvage, as_recorder=as_recorder)
    words = _written(midi)
    missed: tuple[RejectedRun, ...] = ()
    if midi.feedback and not words:
        library.activate(
            dict.fromkeys([*library.active, *(track.language for track in midi.tracks if track.language)])
        )
        heard = parse(presses_of(midi.notes, base), library.stack)
        words = tuple(item for item in heard if isinstance(item, RecognisedWord))
        missed = tuple(item for item in heard if isinstance(item, RejectedRun))
    load_languages(words, library)
    opened = OpenRecording(path.stem, midi.notes, midi.messages, words, missed)
    return replace(opened, marked=tuple(edges_of(midi.texts)), end=midi.duration_us).laid(Overlay())


def open_session(folder: Path, library: LanguageLibrary) -> OpenRecording:
    """Read a recording's folder for the pianoroll: its journal, which has the microseconds, else its MIDI file.

    Raises:
        RubatoError: it is no recording, or both are damaged.
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
    """Return where iterations were marked by words as they were played.

    The keys of such a word are no part of the piece: a take begins with the first note after "iteration start", so that
    takes lie under one another by what is played, and ends with the first key of "iteration end".
    """
    struck = {word.t for word in session.struck}
    edges: list[Edge] = []
    for done in session.results:
        result, word = done.result, done.word
        if result.status != "ok" or (word is not None and word.t in struck):
            continue
        if isinstance(result.value, dict) and "of" in result.value:
            continue  # set in another recording, which was open meanwhile
        if result.name == "iteration_start":
            edges.append((done.t, "start"))
        elif result.name == "iteration_end":
            edges.append((word.t if word is not None else done.t, "end"))
    edges.sort()
    onsets = session.notes.table["on"]
    for place, (t, what) in enumerate(edges):
        until = edges[place + 1][0] if place + 1 < len(edges) else session.end
        first = int(np.searchsorted(onsets, t, "right"))
        if what == "start" and first < len(onsets) and onsets[first] < until:
            edges[place] = int(onsets[first]), what
    return edges


def _pauses(session: SessionData) -> Iterator[Stretch]:
    for begin, end in session.pauses:
        yield Stretch(begin, end, "pause", "recording was paused")


def _remarks(session: SessionData) -> Iterator[Stretch]:
    begun: int | None = None
    for done in session.results:
        if done.result.name == "remark_start":
            begun = done.t
        elif done.result.name == "remark_end" and begun is not None:
            yield Stretch(begun, done.t, "remark", "remark")
            begun = None
    if begun is not None:
        yield Stretch(begun, session.end, "remark", "remark, never ended")


def _written(midi: MidiFile) -> tuple[RecognisedWord, ...]:
    words = []
    for text in midi.texts:
        if text.kind == "text" and text.text.startswith("{"):
            try:
                words.append(replace(word_from_json(json.loads(text.text)), t=text.t))
            except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
                continue  # a text of somebody else's, which only looks like a word
    return tuple(
        sorted((replace(word, end=max(word.t, word.end)) for word in words), key=lambda word: word.t)
    )


def load_languages(words: tuple[RecognisedWord, ...], library: LanguageLibrary) -> None:
    """Make the languages of words active; one that is not known is read from the words themselves.

    Such a language lasts until the program ends and acts on nothing: words from a file only mean something.
    """
    found = {word.language for word in words if word.language}
    for name in sorted(found - set(library.languages)):
        entries = {
            word.keys: Word(word.keys, word.word, name)
            for word in words
            if word.language == name and not word.args
        }
        sound = tuple(word for word in entries.values() if not faults(word))
        if sound and name != OWN and is_language_name(name):
            colour = COLOURS[len(library.languages) % len(COLOURS)]
            library.languages[name] = Language(name, name.capitalize(), colour, sound)
    known = sorted(found & set(library.languages))
    if not set(known) <= set(library.active):
        library.activate([*library.active, *known])
