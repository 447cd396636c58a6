"""Text normalisation: addresses, numbers, units and symbols become words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from rubato_desktop.plurals import counted

Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_UNITS: Final = {
    "µs": "microsecond", "us": "microsecond", "ms": "millisecond", "s": "second", "min": "minute", "h": "hour",
    "Hz": "hertz", "kHz": "kilohertz", "MHz": "megahertz", "GHz": "gigahertz", "dB": "decibel",
    "B": "byte", "kB": "kilobyte", "KB": "kilobyte", "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte",
    "mm": "millimetre", "cm": "centimetre", "m": "metre", "km": "kilometre", "kg": "kilogram", "g": "gram",
}  # fmt: skip
_SCRIPTS: Final = {"Cjk": "Chinese", "Hiragana": "Japanese", "Katakana": "Japanese", "Hangul": "Korean"}
_COINS: Final = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen"}
_SYMBOLS: Final = {
    "&": " and ", "%": " percent", "=": " equals ", "+": " plus ", "→": " to ", "←": " from ", "⇒": ", so ",
    "×": " times ", "÷": " divided by ", "±": " plus or minus ", "≤": " at most ", "≥": " at least ",
    "≠": " is not ", "≈": " about ", "°": " degrees", "<": " less than ", ">": " greater than ", "½": " one half",
    "@": " at ", "·": ", ", "•": ", ", "|": ", ", "—": ", ", "–": ", ", "…": ". ", "_": " ", "^": " ", "\\": " ",
    "~": " about ", "*": " ", "`": "", "{": " ", "}": " ", "[": " ", "]": " ", "#": " number ",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "’": "'", "‘": "'", "‚": "'", "\u00ad": "",
}  # fmt: skip
_SYMBOL = re.compile("|".join(map(re.escape, _SYMBOLS)))


def _address(match: re.Match[str]) -> str:
    host = match["host"].removeprefix("www.").rstrip(".")
    name, _, port = host.partition(":")
    spoken = name.replace(".", " dot ").replace("-", " dash ")
    end = match[0][-1] if match[0][-1] in ".,;!?" else ""
    return f" link to {spoken}{f' port {port}' if port else ''}{end} "


def _mail(match: re.Match[str]) -> str:
    return (
        f"{match[1].replace('.', ' dot ').replace('_', ' underscore ')} at {match[2].replace('.', ' dot ')}"
    )


def _day(match: re.Match[str]) -> str:
    month, day = int(match[2]), int(match[3])
    return f"{day} {_MONTHS[month - 1]} {match[1]}" if 1 <= month <= 12 and 1 <= day <= 31 else match[0]


def _clock(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), match[2]
    if hour > 24 or int(minute) > 59:
        return f"{hour} {int(minute)}"
    return f"{hour} {'o clock' if minute == '00' else f'oh {int(minute)}' if minute[0] == '0' else minute}"


def _position(match: re.Match[str]) -> str:
    """Return a position in a recording, such as 4:07.5, in words."""
    minutes, seconds = int(match[1]), float(match[2])
    rest = "1 second" if seconds == 1 else f"{seconds:g} seconds"
    if not minutes:
        return rest
    return f"{counted(minutes, 'minute')}{f' {rest}' if seconds else ''}"


def _money(match: re.Match[str]) -> str:
    coin = _COINS[match[1]]
    return f"{match[2]} {coin}" if match[2] == "1" or coin == "yen" else f"{match[2]} {coin}s"


def _measure(match: re.Match[str]) -> str:
    unit = _UNITS[match[2]]
    return f"{match[1]} {unit}" if match[1] == "1" or unit.endswith("hertz") else f"{match[1]} {unit}s"


def _digits(match: re.Match[str]) -> str:
    number = match[0]
    if len(number) > 24:
        return f"a number of {len(number)} digits"
    return ", ".join(" ".join(number[i : i + 3]) for i in range(0, len(number), 3))


def _overlong(match: re.Match[str]) -> str:
    return f"a word of {len(match[0])} letters"


_ENGLISH: Final[tuple[Rule, ...]] = (
    (re.compile(r"\b([A-G])[#♯](?![^\W\d])"), r"\1 sharp "),
    (re.compile(r"\b([A-G])♭(?![^\W\d])"), r"\1 flat "),
    (re.compile(r"\be\.\s?g\.", re.I), "for example"),
    (re.compile(r"\bi\.\s?e\.", re.I), "that is"),
    (re.compile(r"\betc\.(?=\s+[a-z,;)])"), "et cetera"),
    (re.compile(r"\bvs\.?(?=\s)"), "versus"),
    (re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b"), _day),
    (re.compile(r"(?<![\d:.])(\d{1,3}):([0-5]\d\.\d)(?![\d:])"), _position),
    (re.compile(r"(?<![\d:.])(\d{1,2}):(\d\d)(?![\d:])"), _clock),
    (re.compile(r"(?<![\d.,])\d{7,}"), _digits),
    (re.compile(r"(?<=\d),(?=\d{3}(?!\d))"), ""),
    (re.compile(r"([$€£¥])\s?(\d+(?:\.\d+)?)\b"), _money),
    (
        re.compile(
            rf"(?<![\w.])(\d+(?:\.\d+)?)\s?({'|'.join(sorted(_UNITS, key=len, reverse=True))})\b(?!\w)"
        ),
        _measure,
    ),
    (re.compile(r"(?<![\w.-])(\d+(?:\.\d+)?)\s?[-–]\s?(\d+(?:\.\d+)?)(?![\w-])"), r"\1 to \2"),
    (re.compile(r"(?<=\d)\.(?=\d+\.\d)|(?<=\d\.\d)\.(?=\d)"), " point "),
    (re.compile(r"(?<![\w])[-−](?=\d)"), "minus "),
)
_ADDRESSES: Final[tuple[Rule, ...]] = (
    (
        re.compile(
            r"\b(?:https?|ftp|wss?)://(?:[^\s/@]{1,100}@)?(?P<host>[\w.:-]{1,200})(?:[/?#][^\s<>\"]*)?", re.I
        ),
        _address,
    ),
    (re.compile(r"\b(?P<host>www\.[\w.-]{3,200})(?:[/?#][^\s<>\"]*)?", re.I), _address),
    (re.compile(r"\b([\w.+-]{1,64})@([\w-]{1,63}(?:\.[\w-]{1,63})+)\b"), _mail),
)
_OVERLONG: Final = re.compile(r"[^\s]{80,}")
_LETTERS: Final = re.compile(r"[^\W\d_]+(?:\s+[^\W\d_]+)*")
_REPEATED: Final = re.compile(r"([-=!?.,*_~#])(?:\s?\1)+")


def normalise(text: str, language: str) -> str:
    """Normalise plain text for speech.

    Args:
        text: Without markup.
        language: Of the voice, such as ``en-us``; numbers and symbols become words in English only.

    Returns:
        The text; empty when nothing in it can be spoken.
    """
    english = language.startswith("en")
    for pattern, words in _ADDRESSES:
        text = pattern.sub(words, text)
    text = _OVERLONG.sub(_overlong, text)
    text = _REPEATED.sub(lambda match: "." if match[1] == "." else match[1], text)
    if english:
        for pattern, words in _ENGLISH:
            text = pattern.sub(words, text)
        text = _SYMBOL.sub(lambda match: _SYMBOLS[match[0]], text)
        if not text.isascii():
            text = _LETTERS.sub(_foreign, text)
    text = "".join(filter(_speakable, text)) if not text.isascii() else re.sub(r"[\x00-\x1f\x7f]", " ", text)
    text = re.sub(r"\s+([.,;:!?])", r"\1", " ".join(text.split()))
    text = re.sub(r"([,;:])[,;.:]+|,(?=[.!?])", lambda match: match[1] or "", text).lstrip(" ,;.:")
    return text if any(map(str.isalnum, text)) else ""


def _speakable(character: str) -> bool:
    """Return whether a character belongs to a word, a number or punctuation, unlike emoji and control characters."""
    category = unicodedata.category(character)
    return category[0] in "LNPZ" or category in ("Mn", "Mc", "Sc", "Sm")


def _foreign(match: re.Match[str]) -> str:
    """Replace words in another script by its name, because an English voice would spell them letter by letter."""
    words = match[0]
    if words.isascii():
        return words
    parts: list[str] = []
    for word in words.split():
        foreign = next((letter for letter in word if letter > "\u036f" and letter.isalpha()), "")
        script = unicodedata.name(foreign, "").split(" ")[0].capitalize() if foreign else ""
        spoken = word if script in ("", "Latin", "Modifier") else f"words in {_SCRIPTS.get(script, script)}"
        if not parts or parts[-1] != spoken or spoken == word:
            parts.append(spoken)
    return " ".join(parts)
