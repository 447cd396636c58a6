"""Hearing: how often commands are recognised, mistaken or missed, and how long that takes.

All speech is synthetic: voices of Piper and espeak-ng at several rates, with and without white noise. A human voice
may do better or worse. Every word of the core language is spoken, alone and with numbers; the phrases are all of them,
with every number up to 99. The limits were tuned on other voices and rates of the two (`TUNED_ON`).

    python benchmarks/hearing.py [--json] [--share N] [--minutes M]

``--share``: use every Nth sentence (default 2). ``--minutes``: length of noise and music without speech (default 10).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import psutil
from report import Report

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from audio_source import AudioSource  # noqa: E402
from servers import JackServer  # noqa: E402
from waiting import until  # noqa: E402

from rubato_desktop.commands.spoken_phrases import plain, words  # noqa: E402
from rubato_desktop.services.hearing.denoise import denoise  # noqa: E402
from rubato_desktop.services.hearing.endpointing import FRAME, RATE, Endpointer  # noqa: E402
from rubato_desktop.services.hearing.hearing import Hearing, Utterance  # noqa: E402
from rubato_desktop.services.hearing.models import choose_model  # noqa: E402
from rubato_desktop.services.hearing.recognition import SpeechInterpreter, Task  # noqa: E402
from rubato_desktop.services.hearing.vad import VoiceActivity  # noqa: E402
from rubato_desktop.services.languages import LanguageLibrary  # noqa: E402
from rubato_desktop.services.voice.resampling import resample  # noqa: E402
from rubato_desktop.services.voice.samples import Samples  # noqa: E402
from rubato_desktop.services.voice.synthesis import Piper, Stop  # noqa: E402
from rubato_desktop.services.voice.voices import choose_voice  # noqa: E402
from rubato_desktop.settings import Settings  # noqa: E402

QUIET = np.zeros(RATE * 2 // 5, np.float32)
ESPEAK = (("en-029", 155), ("en-us+f5", 155), ("en-gb+m7", 165))
PIPER = (0.95, 1.05, 1.3)
TUNED_ON = (
    "Piper ×0.8, ×0.9, ×1, ×1.1, ×1.2, ×1.4; espeak-ng en-us 150, en-gb 160, en-us+f3 150, en-gb-scotland 160, "
    "en-us+m3 165, en-gb-x-rp+f2 150"
)
NUMBERED = ("tab", "skip", "jump", "channel", "picture", "open", "choose voice", "visits", "fold panel")
SPOKEN_NUMBERS = ("three", "eight", "twelve", "twenty six")
NOISE_DB = 10
LEVEL = 0.4
# What people say to each other near the microphone.
TALK = (
    "Hello? Can you hear me?",
    "Say that again please.",
    "Wait a moment.",
    "I will be there in a minute.",
    "Who was that on the phone?",
    "The soup needs more salt.",
    "Let us take it from the top.",
    "Did you see the news last night?",
    "My left hand is too loud here.",
    "That was much better.",
    "Could you close the window?",
    "It is raining again.",
    "What time is the lesson tomorrow?",
    "I forgot my glasses.",
    "Once more from bar forty five.",
    "Not so fast.",
    "The second theme is in E flat.",
    "Have you eaten?",
    "He plays it far too slowly.",
    "Where did I put my pencil?",
    "Thank you very much.",
    "Good morning.",
    "Oh no.",
    "Yes of course, come in.",
    "We should call your mother.",
    "This pedal squeaks.",
    "One two three four.",
    "The children are asleep.",
    "Count out loud.",
    "I really like this piece.",
    "Pass me the score.",
    "Is there any coffee left?",
    "The bus leaves at ten.",
    "Nobody told me.",
    "Sorry, I was not listening.",
    "What a lovely sound.",
    "Play it with more feeling.",
    "Put the book on the table.",
    "Turn the light off.",
    "See you on Friday.",
)


def main(arguments: list[str]) -> None:
    share = int(arguments[arguments.index("--share") + 1]) if "--share" in arguments else 2
    minutes = float(arguments[arguments.index("--minutes") + 1]) if "--minutes" in arguments else 10
    report = Report("hearing")
    with tempfile.TemporaryDirectory(prefix="rubato-bench-") as folder:
        data = Path(folder)
        voice = _voice(data)
        library = LanguageLibrary(data, ["core", "names"])
        phrases = tuple(words(library))
        interpreter = SpeechInterpreter(choose_model(data))
        began = time.perf_counter()
        interpreter.load()
        report.figure("load the models", (time.perf_counter() - began) * 1000, "ms")
        began = time.perf_counter()
        interpreter.prepare(phrases)
        report.figure(f"{len(phrases):,} phrases compiled", (time.perf_counter() - began) * 1000, "ms")
        names = [plain(word.name) for word in library.stack.words()]
        said = sorted({*names, *(f"{name} {number}" for name in NUMBERED for number in SPOKEN_NUMBERS)})
        spoken = [(voice, text, speak(text)) for voice, speak in voices(data) for text in said[::share]]
        _commands(report, interpreter, phrases, spoken, "clean", lambda sound: sound, (1, 5))
        _commands(report, interpreter, phrases, spoken, f"{NOISE_DB} dB", noisy, (2, 15))
        _commands(
            report,
            interpreter,
            phrases,
            spoken,
            f"{NOISE_DB} dB, noisereduce",
            lambda sound: denoise(noisy(sound)),
            None,
        )
        _conversation(
            report, interpreter, phrases, [speak(text) for _, speak in voices(data) for text in TALK[::share]]
        )
        _no_speech(report, interpreter, phrases, minutes)
        _live(report, data, phrases, voice)
    report.note("all speech is synthetic: Piper and espeak-ng")
    report.note(f"limits tuned on {TUNED_ON}")
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    report.note(f"load {load:.1f}")
    report.show()


def _voice(data: Path) -> float:
    """Return the memory of a loaded voice, MB."""
    before = psutil.Process().memory_info().rss
    for _, speak in voices(data):
        speak("We begin with the second theme")
        break
    return float(psutil.Process().memory_info().rss - before) / 1e6


def voices(data: Path) -> Iterator[tuple[str, Callable[[str], Samples]]]:
    """Yield voices: the name, and a function that speaks a sentence, with silence around it."""
    voice = choose_voice(data)
    piper = Piper(lambda _: voice)
    piper.use("")

    def by_piper(rate: float) -> Callable[[str], Samples]:
        def speak(text: str) -> Samples:
            samples, own = piper.synthesise(f"{text.capitalize()}.", rate, Stop())
            return around(resample(samples, own, RATE))

        return speak

    def by_espeak(name: str, speed: int) -> Callable[[str], Samples]:
        def speak(text: str) -> Samples:
            command = ["espeak-ng", "-v", name, "-s", str(speed), "--stdout", text]
            raw = subprocess.run(command, capture_output=True, check=True).stdout[44:]
            return around(resample(np.frombuffer(raw, "<i2").astype(np.float32) / 32768, 22050, RATE))

        return speak

    for rate in PIPER:
        yield f"piper ×{rate:g}", by_piper(rate)
    for name, speed in ESPEAK:
        yield f"espeak {name} {speed}", by_espeak(name, speed)


def around(sound: Samples) -> Samples:
    return np.concatenate([QUIET, sound / np.abs(sound).max() * LEVEL, QUIET]).astype(np.float32)


def noisy(sound: Samples) -> Samples:
    """Add white noise at `NOISE_DB` below the voice."""
    power = np.mean(sound[len(QUIET) : -len(QUIET)] ** 2) / 10 ** (NOISE_DB / 10)
    noise = np.random.default_rng(len(sound)).normal(0, np.sqrt(power), len(sound))
    return (sound + noise).astype(np.float32)


def _commands(
    report: Report,
    interpreter: SpeechInterpreter,
    phrases: tuple[str, ...],
    spoken: list[tuple[str, str, Samples]],
    how: str,
    change: Callable[[Samples], Samples],
    targets: tuple[float, float] | None,
) -> None:
    mistaken, missed, elapsed_ms = [], [], []
    errors: dict[str, list[float]] = {}
    for voice, text, sound in spoken:
        changed = change(sound)
        began = time.perf_counter()
        phrase = interpreter.recognise(changed, Task(phrases)).match.phrase
        elapsed_ms.append((time.perf_counter() - began) * 1000)
        mistaken.append(bool(phrase) and phrase != text)
        missed.append(not phrase)
        if targets is not None:
            transcript = plain(interpreter.recognise(changed, Task(dictation=True)).text)
            errors.setdefault(voice, []).append(word_error_rate(text, transcript))
    limits = targets or (None, None)
    report.figure(f"{how}: mistaken for another", 100 * float(np.mean(mistaken)), "%", target=limits[0])
    report.figure(f"{how}: missed", 100 * float(np.mean(missed)), "%", target=limits[1])
    report.series(f"{how}: recognition", elapsed_ms, "ms")
    for voice, shares in errors.items():
        report.figure(f"{how}: word error rate of dictation, {voice}", 100 * float(np.mean(shares)), "%")


def word_error_rate(said: str, transcript: str) -> float:
    """Return the word error rate: word insertions, deletions and substitutions, per word said."""
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.distance(said.split(), transcript.split()) / len(said.split())


def _conversation(
    report: Report, interpreter: SpeechInterpreter, phrases: tuple[str, ...], spoken: Sequence[Samples]
) -> None:
    """Measure how much ordinary conversation is mistaken for commands."""
    sounds = [*spoken, *map(noisy, spoken)]
    matches = [interpreter.recognise(sound, Task(phrases)).match for sound in sounds]
    mistaken = [match for match in matches if match.phrase]
    asked = [match for match in matches if match.near and not match.phrase]
    report.figure(
        "conversation, clean and noisy: mistaken for a command", 100 * len(mistaken) / len(matches), "%"
    )
    report.figure("conversation, clean and noisy: asked about", 100 * len(asked) / len(matches), "%")


def _no_speech(
    report: Report, interpreter: SpeechInterpreter, phrases: tuple[str, ...], minutes: float
) -> None:
    """Measure how often noise and music are mistaken for commands."""
    activity, phantoms, utterances, seconds = VoiceActivity(), 0, 0, 0.0
    for kind in ("noise", "hum", "music"):
        sound = without_speech(kind, minutes * 60 / 3)
        seconds += len(sound) / RATE
        endpointer, frames = Endpointer(), []
        activity.reset()
        for at in range(0, len(sound) - FRAME + 1, FRAME):
            frame = sound[at : at + FRAME]
            step = endpointer.feed(activity.judge(frame))
            frames = [*frames[-900:], frame]
            if step == "ended":
                utterances += 1
                phantoms += bool(
                    interpreter.recognise(np.concatenate(frames[-90:]), Task(phrases)).match.phrase
                )
                frames = []
    report.figure(f"commands in {seconds / 60:.0f} minutes of noise and music", phantoms, "", target=0)
    report.figure("utterances detected in it", utterances, "")


def without_speech(kind: str, seconds: float) -> Samples:
    """Return sound without speech: noise, hum or music."""
    random = np.random.default_rng(7)
    count = round(seconds * RATE)
    if kind == "noise":
        slow = np.repeat(random.uniform(0.01, 0.2, count // RATE + 1), RATE)[:count]
        return (random.normal(0, 1, count) * slow).astype(np.float32)
    time_s = np.arange(count) / RATE
    if kind == "hum":
        return (0.1 * np.sin(2 * np.pi * 50 * time_s) + 0.03 * np.sin(2 * np.pi * 150 * time_s)).astype(
            np.float32
        )
    sound = np.zeros(count, np.float32)
    for at in range(0, count - RATE, RATE // 4):
        for note in random.choice(np.arange(48, 84), 3):
            tone = np.exp(-3 * time_s[:RATE]) * np.sin(
                2 * np.pi * 440 * 2 ** ((note - 69) / 12) * time_s[:RATE]
            )
            sound[at : at + RATE] += (0.12 * tone).astype(np.float32)
    return sound


def _live(report: Report, data: Path, phrases: tuple[str, ...], voice: float) -> None:
    """Measure from the last voiced sample to the result, through a real JACK server and the hearing process."""
    utterances: list[Utterance | None] = []
    with JackServer(frames=512), AudioSource() as speaker:
        hearing = Hearing(
            data,
            Settings(),
            on_change=lambda: None,
            on_voice=lambda _: hearing.expect(phrases, dictation=False),
            on_utterance=utterances.append,
            on_problem=lambda problem: print(problem, file=sys.stderr),
        )
        hearing.listen("word", True)
        until(lambda: hearing.state == "listening")
        hearing.expect(phrases, dictation=False)
        elapsed_ms = []
        for text in [
            "Start recording.",
            "Set volume fifty percent.",
            "Choose voice twelve.",
            "Search the web.",
        ] * 6:
            before = len(utterances)
            _, ended = speaker.say(text)
            until(lambda before=before: len(utterances) > before)
            if utterances[-1] is not None and utterances[-1].phrase:
                elapsed_ms.append((time.perf_counter_ns() - ended) / 1e6)
            time.sleep(0.5)
        process = psutil.Process(hearing.process_id)
        report.series("last voiced sample → result", elapsed_ms[4:], "ms", target=700, at="p95")
        time.sleep(5)  # when idle it gives back the memory of the last recognition
        hearing_mb = process.memory_info().rss / 1e6
        report.figure("memory of the voice", voice, "MB")
        report.figure("memory of the hearing process", hearing_mb, "MB")
        report.figure("memory of both", voice + hearing_mb, "MB", target=500)
        hearing.close()


if __name__ == "__main__":
    main(sys.argv[1:])
