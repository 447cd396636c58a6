"""Hearing: how often commands are understood, taken for others, or not understood, and how soon.

All speech here is synthetic: Piper's voice and espeak-ng's, at several rates, white noise mixed in. A person's
own voice may do better or worse. Every word of the core language is said, alone and with numbers; what may be said
is all of it, with every number to 99. Limits were set on other voices and rates of the two (`TUNED_ON`).

    python benchmarks/hearing.py [--json] [--share N] [--minutes M]

``--share``: every Nth sentence, 2 when left out; ``--minutes`` of noise and music in which nobody speaks, 10.
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

from audio_source import Mouth  # noqa: E402
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
# What people say to each other beside the microphone.
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
        report.figure("loading", (time.perf_counter() - began) * 1000, "ms")
        began = time.perf_counter()
        interpreter.prepare(phrases)
        report.figure(f"{len(phrases):,} phrases made ready", (time.perf_counter() - began) * 1000, "ms")
        names = [plain(word.name) for word in library.stack.words()]
        said = sorted({*names, *(f"{name} {number}" for name in NUMBERED for number in SPOKEN_NUMBERS)})
        spoken = [(voice, text, speak(text)) for voice, speak in voices(data) for text in said[::share]]
        _understood(report, interpreter, phrases, spoken, "clean", lambda sound: sound, (1, 5))
        _understood(report, interpreter, phrases, spoken, f"{NOISE_DB} dB", noisy, (2, 15))
        _understood(
            report,
            interpreter,
            phrases,
            spoken,
            f"{NOISE_DB} dB, noisereduce",
            lambda sound: denoise(noisy(sound)),
            None,
        )
        _talk(
            report, interpreter, phrases, [speak(text) for _, speak in voices(data) for text in TALK[::share]]
        )
        _nobody(report, interpreter, phrases, minutes)
        _through_the_air(report, data, phrases, voice)
    report.note("all speech is synthetic: Piper and espeak-ng")
    report.note(f"limits set on {TUNED_ON}")
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    report.note(f"load {load:.1f}")
    report.show()


def _voice(data: Path) -> float:
    """Return how much memory a voice takes that has spoken, MB."""
    before = psutil.Process().memory_info().rss
    for _, speak in voices(data):
        speak("We begin with the second theme")
        break
    return float(psutil.Process().memory_info().rss - before) / 1e6


def voices(data: Path) -> Iterator[tuple[str, Callable[[str], Samples]]]:
    """Yield voices by name: what makes a sentence a sound, with silence around it."""
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
    """Return a sound in white noise, so much below its voice."""
    power = np.mean(sound[len(QUIET) : -len(QUIET)] ** 2) / 10 ** (NOISE_DB / 10)
    noise = np.random.default_rng(len(sound)).normal(0, np.sqrt(power), len(sound))
    return (sound + noise).astype(np.float32)


def _understood(
    report: Report,
    interpreter: SpeechInterpreter,
    phrases: tuple[str, ...],
    spoken: list[tuple[str, str, Samples]],
    how: str,
    change: Callable[[Samples], Samples],
    targets: tuple[float, float] | None,
) -> None:
    wrong, missed, took = [], [], []
    errors: dict[str, list[float]] = {}
    for voice, text, sound in spoken:
        changed = change(sound)
        began = time.perf_counter()
        phrase = interpreter.recognise(changed, Task(phrases)).match.phrase
        took.append((time.perf_counter() - began) * 1000)
        wrong.append(bool(phrase) and phrase != text)
        missed.append(not phrase)
        if targets is not None:
            freely = plain(interpreter.recognise(changed, Task(dictation=True)).text)
            errors.setdefault(voice, []).append(word_errors(text, freely))
    most = targets or (None, None)
    report.figure(f"{how}: taken for another", 100 * float(np.mean(wrong)), "%", target=most[0])
    report.figure(f"{how}: not understood", 100 * float(np.mean(missed)), "%", target=most[1])
    report.series(f"{how}: sound → phrase", took, "ms")
    for voice, shares in errors.items():
        report.figure(f"{how}: words written down wrongly, {voice}", 100 * float(np.mean(shares)), "%")


def word_errors(said: str, heard: str) -> float:
    """Return the word error rate: the fewest words to put in, leave out or change, by the words said."""
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.distance(said.split(), heard.split()) / len(said.split())


def _talk(
    report: Report, interpreter: SpeechInterpreter, phrases: tuple[str, ...], spoken: Sequence[Samples]
) -> None:
    """Ordinary talk that is no command: none of it may be taken for one."""
    sounds = [*spoken, *map(noisy, spoken)]
    found = [interpreter.recognise(sound, Task(phrases)).match for sound in sounds]
    taken = [match for match in found if match.phrase]
    asked = [match for match in found if match.near and not match.phrase]
    report.figure("ordinary talk, clean and noisy: taken for a command", 100 * len(taken) / len(found), "%")
    report.figure("ordinary talk, clean and noisy: asked about", 100 * len(asked) / len(found), "%")


def _nobody(report: Report, interpreter: SpeechInterpreter, phrases: tuple[str, ...], minutes: float) -> None:
    """Noise and music, as the microphone would hear them: nothing may be understood."""
    activity, phantoms, heard, seconds = VoiceActivity(), 0, 0, 0.0
    for kind in ("noise", "hum", "music"):
        sound = nobody(kind, minutes * 60 / 3)
        seconds += len(sound) / RATE
        endpointer, frames = Endpointer(), []
        activity.reset()
        for at in range(0, len(sound) - FRAME + 1, FRAME):
            frame = sound[at : at + FRAME]
            step = endpointer.feed(activity.judge(frame))
            frames = [*frames[-900:], frame]
            if step == "ended":
                heard += 1
                phantoms += bool(
                    interpreter.recognise(np.concatenate(frames[-90:]), Task(phrases)).match.phrase
                )
                frames = []
    report.figure(f"commands in {seconds / 60:.0f} minutes of noise and music", phantoms, "", target=0)
    report.figure("voices found in it", heard, "")


def nobody(kind: str, seconds: float) -> Samples:
    """Return sound in which nobody speaks."""
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


def _through_the_air(report: Report, data: Path, phrases: tuple[str, ...], voice: float) -> None:
    """From the last voiced sample to the phrase, through a real JACK server and the process that hears."""
    heard: list[Utterance | None] = []
    with JackServer(frames=512), Mouth() as mouth:
        hearing = Hearing(
            data,
            Settings(),
            on_change=lambda: None,
            on_voice=lambda _: hearing.expect(phrases, dictation=False),
            on_utterance=heard.append,
            on_problem=lambda problem: print(problem, file=sys.stderr),
        )
        hearing.listen("word", True)
        until(lambda: hearing.state == "listening")
        hearing.expect(phrases, dictation=False)
        took = []
        for text in [
            "Start recording.",
            "Set volume fifty percent.",
            "Choose voice twelve.",
            "Search the web.",
        ] * 6:
            before = len(heard)
            _, ended = mouth.say(text)
            until(lambda before=before: len(heard) > before)
            if heard[-1] is not None and heard[-1].phrase:
                took.append((time.perf_counter_ns() - ended) / 1e6)
            time.sleep(0.5)
        process = psutil.Process(hearing.process_id)
        report.series("last voiced sample → understood", took[4:], "ms", target=700, at="p95")
        time.sleep(5)  # at rest it gives back what it needed for the last phrase
        ear = process.memory_info().rss / 1e6
        report.figure("memory of the voice", voice, "MB")
        report.figure("memory of the process that hears", ear, "MB")
        report.figure("memory of both", voice + ear, "MB", target=500)
        hearing.close()


if __name__ == "__main__":
    main(sys.argv[1:])
