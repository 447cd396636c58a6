"""Events are spoken in the right words, at the right time."""

from __future__ import annotations

from typing import Any

import pytest

from rubato_desktop.events import (
    AnswerGrew,
    CommandDone,
    EntryRead,
    Event,
    Notice,
    PreviewChanged,
    QuestionAsked,
    Result,
    SettingChanged,
    WordHeard,
    WordMissed,
)
from rubato_desktop.language.results import Preview, RecognisedWord, RejectedRun
from rubato_desktop.services.feedback.announcements import Announcements
from rubato_desktop.settings import Settings

WORD = RecognisedWord(0, 1, (0, 7, 0), "click", "core", "click", {})
RUN = RejectedRun(0, 1, (0, 1, 2), "unknown")


class Diary:
    """A voice that records what it is told to say."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.speaking = False

    def say_now(self, text: str) -> None:
        self.calls.append(("now", text))

    def say_after(
        self, text: str, *, rate: float | None = None, volume: float | None = None, voice: str = ""
    ) -> None:
        self.calls.append(("after", text))

    def warm(self) -> None:
        self.calls.append(("warm", ""))

    def be_quiet(self) -> None:
        self.calls.append(("quiet", ""))


@pytest.fixture
def diary() -> Diary:
    return Diary()


def speaking(diary: Diary, **settings: Any) -> Announcements:
    return Announcements(lambda: diary, Settings(**settings))


def done(text: str, name: str = "click", word: RecognisedWord | None = WORD) -> CommandDone:
    return CommandDone(0, Result(1, name, {}, "ok", text=text), word)


def failed(text: str, name: str, word: RecognisedWord | None = WORD) -> CommandDone:
    error = {"code": "no_such_tab", "message": text}
    return CommandDone(0, Result(1, name, {}, "failed", text=text, error=error), word)


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (done("Clicked"), "Clicked"),
        (done("Clicked", word=None), ""),
        (done("Stopped", "stop"), ""),
        (done("Silent", "silence"), ""),
        (done("Hello", "say"), ""),
        (done("Clicked", "say_again"), ""),
        # A list that is read out; help of a word; where am i; an element of a page; an error.
        (done("Tabs: 1 News, 2 Études", "tabs"), "Tabs: 1 News, 2 Études"),
        (done("0 7 0: click. Click where you are", "what_is"), "0 7 0: click. Click where you are"),
        (done("News, tab 2 of 3, 40 % down the page", "where_am_i"), "News, tab 2 of 3, 40 % down the page"),
        (done("heading 2: Études", "read"), "heading 2: Études"),
        (failed("There is no tab 9", "tab"), "There is no tab 9"),
        (failed("There is no tab 9", "tab", None), "There is no tab 9"),
        (failed("Nothing was said yet", "say_again"), "Nothing was said yet"),
        (WordMissed(0, RUN), "Unknown"),
        (WordMissed(0, RUN, (((0, 1, 3), "back", "core"),)), "Unknown. Closest: back"),
        (WordMissed(0, RejectedRun(0, 1, (0,), "lapsed")), "Timed out"),
        (WordMissed(0, RejectedRun(0, 1, (0,), "erased")), ""),
        (
            Notice(0, "warning", "The disk is full", "All is kept", "Make room"),
            "The disk is full. All is kept. Make room",
        ),
        (QuestionAsked(0, "Remove it?"), "Remove it?"),
        (QuestionAsked(0, ""), ""),
        (EntryRead(0, "name", keys=(0, 16, 21)), "0 16 21"),
        (EntryRead(0, "write", text="hello"), "hello"),
    ],
)
def test_the_text_of_an_event(diary: Diary, event: Event, text: str) -> None:
    speaking(diary).listen(event)
    assert [spoken for _, spoken in diary.calls] == ([text] if text else [])


def test_a_result_interrupts_the_voice_and_further_texts_about_it_follow(diary: Diary) -> None:
    listener = speaking(diary)
    for event in (
        WordHeard(0, WORD, 1),
        EntryRead(0, "name", keys=(0, 4)),
        QuestionAsked(0, "Replace it?"),
        done("A question waits"),
        WordHeard(0, WORD, 2),
        done("Replaced"),
    ):
        listener.listen(event)
    assert diary.calls == [
        ("now", "0 4"),
        ("after", "Replace it?"),
        ("after", "A question waits"),
        ("now", "Replaced"),
    ]


def test_the_texts_about_the_last_word_can_be_repeated(diary: Diary) -> None:
    listener = speaking(diary)
    assert listener.again() == ""
    listener.listen(WordHeard(0, WORD, 1))
    listener.listen(QuestionAsked(0, "Replace it?"))
    listener.listen(done("A question waits"))
    listener.listen(WordHeard(0, WORD, 2))
    assert listener.again() == "Replace it? A question waits"
    assert diary.calls[-1] == ("now", "Replace it?\n\nA question waits")


def test_a_requested_text_follows_the_current_one_even_if_results_are_not_spoken(diary: Diary) -> None:
    speaking(diary, speech=False).say("Hello", rate=2.0)
    assert diary.calls == [("after", "Hello")]


def test_switching_speech_off_is_announced_and_ends_everything_else(diary: Diary) -> None:
    listener = speaking(diary)
    listener.listen(done("Clicked"))
    listener.listen(SettingChanged(0, "speech", False))
    assert diary.calls[-1] == ("now", "Speech off")
    quiet = speaking(diary, speech=False)
    quiet.listen(done("Clicked"))
    quiet.listen(SettingChanged(0, "speech", False))
    quiet.aside("link", 2.0, 1.0)
    assert diary.calls[-1] == ("now", "Speech off")
    quiet.listen(SettingChanged(0, "speech", True))
    assert diary.calls[-1] == ("now", "Speech on")


def test_the_voice_is_loaded_when_a_word_begins(diary: Diary) -> None:
    begun = PreviewChanged(0, Preview((0,), awaits="word"))
    speaking(diary).listen(PreviewChanged(0, Preview()))
    speaking(diary).listen(PreviewChanged(0, Preview(awaits="off")))
    speaking(diary, speech=False).listen(begun)
    Announcements(lambda: diary, Settings(), announced=lambda: True).listen(begun)
    assert diary.calls == []
    speaking(diary).listen(begun)
    assert diary.calls == [("warm", "")]


def test_a_voice_that_has_not_spoken_is_not_used_when_speech_is_switched_off(diary: Diary) -> None:
    speaking(diary).listen(SettingChanged(0, "speech", False))
    assert diary.calls == []


def test_it_yields_to_a_screen_reader_unless_set_otherwise(diary: Diary) -> None:
    reads = [True]
    listener = Announcements(lambda: diary, Settings(), announced=lambda: reads[0])
    listener.listen(done("Clicked"))
    assert diary.calls == []
    assert listener.again() == "Clicked"
    assert diary.calls == [("now", "Clicked")], "a requested text is spoken anyway"
    reads[0] = False
    listener.listen(WordHeard(0, WORD, 2))
    listener.listen(done("Clicked again"))
    assert diary.calls[-1] == ("now", "Clicked again")
    Announcements(lambda: diary, Settings(screen_reader="speak"), announced=lambda: True).listen(done("Here"))
    assert diary.calls[-1] == ("now", "Here")


def test_text_for_a_password_field_is_not_read_back(diary: Diary) -> None:
    Announcements(lambda: diary, Settings(), secret=lambda: True).listen(EntryRead(0, "write", text="secret"))
    assert diary.calls == []


def test_a_word_between_page_sounds_never_interrupts_a_sentence(diary: Diary) -> None:
    listener = speaking(diary)
    diary.speaking = True
    listener.aside("link", 2.0, 1.0)
    assert diary.calls == []
    diary.speaking = False
    listener.aside("link", 2.0, 1.0)
    assert diary.calls == [("after", "link")]


def grown(text: str) -> AnswerGrew:
    return AnswerGrew(0, "Who?", text)


def test_an_answer_is_spoken_sentence_by_sentence_without_repetition(diary: Diary) -> None:
    announcements = speaking(diary)
    ask = RecognisedWord(0, 1, (12, 14, 14, 12), "ask", "core", "ask", {})
    for event in (
        WordHeard(0, ask, 1),
        grown("Anna"),
        grown("Anna did it. [1] Then "),
        done("Anna did it. [1] Then she left. [2]", "ask", ask),
        grown("Otto."),
        done("Otto.", "ask", None),
    ):
        announcements.listen(event)
    assert diary.calls == [("now", "Anna did it."), ("after", "Then she left."), ("after", "Otto.")]


def test_the_rest_of_a_stopped_answer_is_not_spoken(diary: Diary) -> None:
    announcements = speaking(diary)
    announcements.listen(grown("Anna did it. Then she"))
    result = Result(1, "ask", {}, "ok", {"stopped": True}, "Anna did it. Then she … stopped")
    announcements.listen(CommandDone(0, result, WORD))
    announcements.listen(failed("There is no model", "ask"))
    announcements.listen(grown("Again. "))
    assert diary.calls[0] == ("now", "Anna did it.")
    assert diary.calls[1:] == [("after", "There is no model"), ("after", "Again.")]
