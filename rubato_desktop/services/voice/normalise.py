"""Addresses, numbers, units and signs in the words in which people say them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

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
_SIGNS: Final = {
    "&": " and ", "%": " percent", "=": " equals ", "+": " plus ", "→": " to ", "←": " from ", "⇒": ", so ",
    "×": " times ", "÷": " divided by ", "±": " plus or minus ", "≤": " at most ", "≥": " at least ",
    "≠": " is not ", "≈": " about ", "°": " degrees", "<": " less than ", ">": " greater than ", "½": " one half",
    "@": " at ", "·": ", ", "•": ", ", "|": ", ", "—": ", ", "–": ", ", "…": ". ", "_": " ", "^": " ", "\\": " ",
    "~": " about ", "*": " ", "`": "", "{": " ", "}": " ", "[": " ", "]": " ", "#": " number ",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "’": "'", "‘": "'", "‚": "'", "\u00ad": "",
}  # fmt: skip
_SIGN = re.compile("|".join(map(re.escape, _SIGNS)))


def _address(found: re.Match[str]) -> str:
    host = found["host"].removeprefix("www.").rstrip(".")
    name, _, port = host.partition(":")
    spoken = name.replace(".", " dot ").replace("-", " dash ")
    end = found[0][-1] if found[0][-1] in ".,;!?" else ""
    return f" link to {spoken}{f' port {port}' if port else ''}{end} "


def _mail(found: re.Match[str]) -> str:
    return (
        f"{found[1].replace('.', ' dot ').replace('_', ' underscore ')} at {found[2].replace('.', ' dot ')}"
    )


def _day(found: re.Match[str]) -> str:
    month, day = int(found[2]), int(found[3])
    return f"{day} {_MONTHS[month - 1]} {found[1]}" if 1 <= month <= 12 and 1 <= day <= 31 else found[0]


def _clock(found: re.Match[str]) -> str:
    hour, minute = int(found[1]), found[2]
    if hour > 24 or int(minute) > 59:
        return f"{hour} {int(minute)}"
    return f"{hour} {'o clock' if minute == '00' else f'oh {int(minute)}' if minute[0] == '0' else minute}"


def _place(found: re.Match[str]) -> str:
    """A place in a recording, such as 4:07.5."""
    minutes, seconds = int(found[1]), float(found[2])
    told = "1 second" if seconds == 1 else f"{seconds:g} seconds"
    if not minutes:
        return told
    return f"{minutes} minute{'' if minutes == 1 else 's'}{f' {told}' if seconds else ''}"


def _money(found: re.Match[str]) -> str:
    coin = _COINS[found[1]]
    return f"{found[2]} {coin}" if found[2] == "1" or coin == "yen" else f"{found[2]} {coin}s"


def _measure(found: re.Match[str]) -> str:
    unit = _UNITS[found[2]]
    return f"{found[1]} {unit}" if found[1] == "1" or unit.endswith("hertz") else f"{found[1]} {unit}s"


def _digits(found: re.Match[str]) -> str:
    number = found[0]
    if len(number) > 24:
        return f"a number of {len(number)} digits"
    return ", ".join(" ".join(number[i : i + 3]) for i in range(0, len(number), 3))


def _endless(found: re.Match[str]) -> str:
    return f"a word of {len(found[0])} letters"


_ENGLISH: Final[tuple[Rule, ...]] = (
    (re.compile(r"\b([A-G])[#♯](?![^\W\d])"), r"\1 sharp "),
    (re.compile(r"\b([A-G])♭(?![^\W\d])"), r"\1 flat "),
    (re.compile(r"\be\.\s?g\.", re.I), "for example"),
    (re.compile(r"\bi\.\s?e\.", re.I), "that is"),
    (re.compile(r"\betc\.(?=\s+[a-z,;)])"), "et cetera"),
    (re.compile(r"\bvs\.?(?=\s)"), "versus"),
    (re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b"), _day),
    (re.compile(r"(?<![\d:.])(\d{1,3}):([0-5]\d\.\d)(?![\d:])"), _place),
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
_ENDLESS: Final = re.compile(r"[^\s]{80,}")
_ELSEWHERE: Final = re.compile(r"[^\W\d_]+(?:\s+[^\W\d_]+)*")
_REPEATED: Final = re.compile(r"([-=!?.,*_~#])(?:\s?\1)+")


def normalise(text: str, language: str) -> str:
    """Return plain text in words.

    Args:
        text: Without markup.
        language: Of the voice, such as ``en-us``; numbers and signs are left to any other than English.

    Returns:
        Empty when there is nothing to say.
    """
    english = language.startswith("en")
    for pattern, words in _ADDRESSES:
        text = pattern.sub(words, text)
    text = _ENDLESS.sub(_endless, text)
    text = _REPEATED.sub(lambda found: "." if found[1] == "." else found[1], text)
    if english:
        for pattern, words in _ENGLISH:
            text = pattern.sub(words, text)
        text = _SIGN.sub(lambda found: _SIGNS[found[0]], text)
        if not text.isascii():
            text = _ELSEWHERE.sub(_foreign, text)
    text = "".join(filter(_heard, text)) if not text.isascii() else re.sub(r"[\x00-\x1f\x7f]", " ", text)
    text = re.sub(r"\s+([.,;:!?])", r"\1", " ".join(text.split()))
    text = re.sub(r"([,;:])[,;.:]+|,(?=[.!?])", lambda found: found[1] or "", text).lstrip(" ,;.:")
    return text if any(map(str.isalnum, text)) else ""


def _heard(letter: str) -> bool:
    """Whether a character is of a word, a number or punctuation: emoji and what steers a screen are not."""
    kind = unicodedata.category(letter)
    return kind[0] in "LNPZ" or kind in ("Mn", "Mc", "Sc", "Sm")


def _foreign(found: re.Match[str]) -> str:
    """Return words of another script as the name of it: the voice would spell them, letter by letter."""
    words = found[0]
    if words.isascii():
        return words
    parts: list[str] = []
    for word in words.split():
        strange = next((letter for letter in word if letter > "\u036f" and letter.isalpha()), "")
        script = unicodedata.name(strange, "").split(" ")[0].capitalize() if strange else ""
        told = word if script in ("", "Latin", "Modifier") else f"words in {_SCRIPTS.get(script, script)}"
        if not parts or parts[-1] != told or told == word:
            parts.append(told)
    return " ".join(parts)
