"""What can be wrong with a MIDI file, in words: raised at once, or listed when a damaged file is salvaged."""

from __future__ import annotations

from rubato_desktop.errors import RubatoError

_LISTED = 100


class MidiFileError(RubatoError):
    """The one error for anything wrong with a MIDI file: missing, empty, not MIDI, damaged, too large."""

    def __init__(self, happened: str, *, kept: str = "", todo: str = "") -> None:
        super().__init__(happened, kept=kept, todo=todo, code="midi_file")


class FileProblem:
    """Collects what is wrong with one file.

    Args:
        name: The file's name, for messages.
        salvage: False: damage is raised as a `MidiFileError`. True: it is listed and reading goes on.
    """

    def __init__(self, name: str, salvage: bool = False) -> None:
        self.name = name
        self.salvage = salvage
        self._listed: list[str] = []
        self._more = 0

    @property
    def problems(self) -> tuple[str, ...]:
        """What was odd or damaged, in the order found; after the first hundred only their number."""
        more = (f"and {self._more} more like these",) if self._more else ()
        return (*self._listed, *more)

    def damage(
        self, what: str, *, track: int | None = None, byte: int | None = None, repair: str = ""
    ) -> None:
        """Say that something cannot be read as it stands.

        Args:
            what: What is wrong, a clause such as ``a message is cut short``.
            track: Number of the track, counted from 1.
            byte: Place in the file, counted from 0.
            repair: What salvaging does about it, a clause.

        Raises:
            MidiFileError: unless the file is being salvaged.
        """
        self._raise_or_list("is damaged", what, track, byte, repair)

    def excess(self, what: str, *, track: int | None = None, byte: int | None = None) -> None:
        """Say that there is more than can be opened; salvaging leaves out the rest. Else as `damage`."""
        self._raise_or_list("is too large", what, track, byte, "the rest is left out")

    def oddity(
        self, what: str, *, track: int | None = None, byte: int | None = None, repair: str = ""
    ) -> None:
        """List something that is odd but loses nothing that could be played."""
        if len(self._listed) == _LISTED:
            self._more += 1
            return
        where = _where("track", track, "byte", byte, ", ")
        self._listed.append(f"{where and where + ': '}{what}{repair and '; ' + repair}")

    def _raise_or_list(self, how: str, what: str, track: int | None, byte: int | None, repair: str) -> None:
        if not self.salvage:
            where = _where("in track", track, "at byte", byte, " ")
            happened = f"{self.name} {how}{where and ' ' + where}: {what}"
            raise MidiFileError(happened, todo="Open it with --salvage to keep what can be read")
        self.oddity(what, track=track, byte=byte, repair=repair)


def _where(track_word: str, track: int | None, byte_word: str, byte: int | None, between: str) -> str:
    parts = []
    if track is not None:
        parts.append(f"{track_word} {track}")
    if byte is not None:
        parts.append(f"{byte_word} {byte}")
    return between.join(parts)
