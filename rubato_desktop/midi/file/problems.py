"""Problems with a MIDI file: raised as an error, or collected while a damaged file is salvaged."""

from __future__ import annotations

from rubato_desktop.errors import RubatoError

_LISTED = 100


class MidiFileError(RubatoError):
    """A MIDI file is missing, empty, not MIDI, damaged or too large."""

    def __init__(self, happened: str, *, kept: str = "", todo: str = "") -> None:
        super().__init__(happened, kept=kept, todo=todo, code="midi_file")


class FileProblems:
    """Collects the problems of one file.

    Args:
        name: The file's name, for messages.
        salvage: Whether to list damage and continue, instead of raising a `MidiFileError`.
    """

    def __init__(self, name: str, salvage: bool = False) -> None:
        self.name = name
        self.salvage = salvage
        self._listed: list[str] = []
        self._more = 0

    @property
    def descriptions(self) -> tuple[str, ...]:
        """Descriptions of the problems in the order found: the first hundred, then the number of the rest."""
        more = (f"and {self._more:,} more",) if self._more else ()
        return (*self._listed, *more)

    def damage(
        self, what: str, *, track: int | None = None, byte: int | None = None, repair: str = ""
    ) -> None:
        """Report data that cannot be read.

        Args:
            what: The problem as a clause, such as ``a message is cut short``.
            track: Track number, from 1.
            byte: Offset in the file, from 0.
            repair: What salvaging does about it, as a clause.

        Raises:
            MidiFileError: the file is not being salvaged.
        """
        self._raise_or_list("is damaged", what, track, byte, repair)

    def excess(self, what: str, *, track: int | None = None, byte: int | None = None) -> None:
        """Report that a limit is exceeded; salvaging omits the rest. Arguments and errors as for `damage`."""
        self._raise_or_list("is too large", what, track, byte, "the rest was left out")

    def oddity(
        self, what: str, *, track: int | None = None, byte: int | None = None, repair: str = ""
    ) -> None:
        """List an irregularity that loses no playable data. Arguments as for `damage`."""
        if len(self._listed) == _LISTED:
            self._more += 1
            return
        where = _where("track", track, "byte", byte, ", ")
        self._listed.append(f"{where and where + ': '}{what}{repair and '; ' + repair}")

    def _raise_or_list(self, how: str, what: str, track: int | None, byte: int | None, repair: str) -> None:
        if not self.salvage:
            where = _where("in track", track, "at byte", byte, " ")
            happened = f"{self.name} {how}{where and ' ' + where}: {what}"
            raise MidiFileError(happened, todo="Open it with --salvage to recover what can be read")
        self.oddity(what, track=track, byte=byte, repair=repair)


def _where(track_word: str, track: int | None, byte_word: str, byte: int | None, between: str) -> str:
    parts = []
    if track is not None:
        parts.append(f"{track_word} {track}")
    if byte is not None:
        parts.append(f"{byte_word} {byte}")
    return between.join(parts)
