"""Words run commands: each test plays keys and checks the answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from player import Player

from rubato_desktop.events import (
    EntryRead,
    Listed,
    PreviewChanged,
    RecordingChanged,
    SessionKept,
    SettingChanged,
    WordHeard,
    WordMissed,
)
from rubato_desktop.services.sessions.session import read_session

# A line of keys, the status, and a part of the answer. Add a line for each bug you find.
ANSWERS = [
    ("0 7 0", "refused", "needs the browser"),
    ("12 7 12 14 12", "refused", "needs the browser"),
    ("0 4 7 0", "refused", "needs the microphone"),
    ("12 14 14 12 0 13 24", "refused", "needs a language model"),
    ("12 10 11 12 14 12", "refused", "Switch to another user: not available yet"),
    ("23 16 17 23", "refused", "needs the window"),
    ("23 22 23", "failed", "No recording is open"),
    ("0 11 10 0", "failed", "nothing to undo"),
    ("0 10 11 0", "failed", "no word to repeat"),
    ("0 0 0", "ok", "Nothing to erase"),
    ("12 6 6 12 12", "ok", "recordings: volume 50 %"),
    ("0 1 1 0 16", "ok", "recordings: speed 2"),
    ("0 12 12 0", "ok", "list of words"),
    ("0 12 13 0", "ok", "Missing: the browser"),
    ("0 12 11 0 0 7 0 24", "ok", "0 7 0: click. Click where you are"),
    ("0 12 11 0 12 7 12 24", "ok", "12 7 12: tab. Go to a tab. Parameter: number"),
    ("0 12 11 0 0 7 7 7 0 24", "failed", "There is no word 0 7 7 7 0. The nearest is find next, 0 5 7 7 0"),
    ("0 2 5 0", "failed", "Sound is off"),
    ("5 9 11 5 0 13 24", "failed", "Sound is off"),
    ("5 11 10 5", "ok", "Speech off"),
    ("5 10 11 5", "ok", "Speech on"),
    ("5 10 10 5 16", "ok", "Speech rate 2"),
    ("5 10 10 5 24", "failed", "The rate must be between 0.5 and 3"),
    ("5 10 10 5 0", "failed", "not a rate; choose 0.5 to 3"),
    ("5 11 11 5 12", "ok", "Speech volume 50 %"),
    ("5 9 9 5", "ok", "Voices: 1 en_US-joe-medium, en-us"),
    ("5 9 10 5 14 12", "ok", "Voice en_US-joe-medium"),
    ("5 9 10 5 22 12", "failed", "There is no item 9; the list has one item"),
    ("12 5 5 12", "ok", "1 Core, 2 Names"),
    ("12 5 7 12 15 12", "ok", "Language: Names"),
    ("12 5 7 12 22 12", "failed", "There is no item 9; choose"),
    ("12 5 7 12 11 12", "failed", "There is no item 0; choose"),
    ("12 10 10 12", "ok", "Recordings: none"),
    ("0 10 0 14 12", "failed", "no recording to choose from"),
    ("0 10 0 0 7 0 24", "failed", "0 7 0 is click, not a name"),
    ("0 10 0 0 19 21 24", "failed", "0 19 21 is not a name yet"),
    ("12 11 12", "failed", "Nothing is being recorded"),
    ("0 11 11 0", "failed", "Recording is off"),
    ("12 9 10 11 12 0 7 0 5 24", "failed", "begins with click"),
    ("12 9 11 12 0 13 24", "failed", "No word is waiting"),
    ("5 16 16 5", "failed", "MIDI devices are off in this run"),
    ("5 18 18 5 14 13 13 13 12", "failed", "1 to 128"),
    ("5 18 18 5 14 22 12", "ok", "instrument 19"),
    ("23 15 14 23", "ok", "Theme: dark"),
    ("12 15 15 12", "ok", "Remark starts"),
]


@pytest.mark.parametrize(("keys", "status", "text"), ANSWERS, ids=[keys for keys, _, _ in ANSWERS])
def test_every_word_has_an_answer(keys: str, status: str, text: str, player: Player) -> None:
    result = player.word(keys)
    assert (result.status, text in result.text) == (status, True), result.text
    json.dumps(result.value)


def test_refusal_has_a_code_for_programs(player: Player) -> None:
    assert player.word("0 7 0").error == {
        "code": "needs_browser",
        "message": "Click where you are: this needs the browser, which is not available",
    }


def test_unknown_run_is_reported_with_the_nearest_words(player: Player) -> None:
    assert player.play("0 8 0") == []
    missed = player.last(WordMissed)
    assert missed.run.reason == "unknown" and missed.nearest[0] == ((0, 7, 0), "click", "core")


def test_preview_shows_what_each_next_key_would_mean(player: Player) -> None:
    player.play("0 7", wait=0)
    preview = player.last(PreviewChanged).preview
    assert preview.keys == (0, 7) and preview.awaits == "word"
    assert preview.options[0].label == "click" and preview.options[0].completes
    assert preview.options[7].words == ("where am i",) and not preview.options[7].completes
    assert preview.options[24].label == "leave" and 5 not in preview.options
    player.wait(5)
    assert player.last(PreviewChanged).preview.awaits == "rest"


def test_preview_shows_what_each_key_would_enter_in_a_parameter(player: Player) -> None:
    player.play("12 7 12 14", wait=0)
    preview = player.last(PreviewChanged).preview
    assert (preview.word, preview.awaits, preview.value) == ("tab", "number", "1")
    assert (
        preview.options[22].label == "9" and preview.options[12].label == "done" and 0 not in preview.options
    )


def test_recording_is_saved_under_a_name_that_opens_it(player: Player) -> None:
    assert player.word("0 11 0").text == "Recording"
    player.play("0 7 0")
    saved = player.word("12 11 12 0 16 21 24")
    assert saved.status == "ok", saved.text
    folder = Path(saved.value["session"])
    assert (folder / "session.mid").is_file() and (folder / "journal.jsonl").is_file()
    assert [word.word for word in read_session(folder).words] == ["click", "stop recording"]
    opened = player.word("0 16 21")
    assert opened.status == "ok" and player.app.services.roll.title.startswith("0 16 21")
    assert [word.word for word in player.app.services.roll.words] == ["click", "stop recording"]
    assert player.word("23 22 23").text.endswith(": playing")


def test_recording_is_saved_even_if_its_name_is_taken(player: Player) -> None:
    player.word("0 11 0")
    result = player.run("record_stop", name=[0, 7, 0])
    assert result.status == "ok" and "without a name: 0 7 0 is already click" in result.text
    assert player.last(RecordingChanged).state == "off" and result.value["name"] is None


def test_existing_name_opens_the_newer_recording_from_then_on(player: Player) -> None:
    for _ in range(2):
        player.word("0 11 0")
        saved = player.word("12 11 12 0 16 21")
        assert saved.status == "ok" and "called 0 16 21" in saved.text
    assert player.word("0 16 21").value["path"] == saved.value["session"]


def test_piano_on_is_recognised_after_the_octave_was_set(player: Player) -> None:
    player.word("5 17 17 5 12")
    low = 12  # the key that is now the lowest
    player.play(" ".join(str(low + key) for key in (0, 7, 3, 0)))
    (result,) = player.play(" ".join(str(low + key) for key in (0, 3, 7, 0)))
    assert result.name == "piano_on"


def test_pausing_with_the_speed_parameter_can_be_undone(player: Player) -> None:
    player.word("0 1 1 0 0")
    assert player.word("0 11 10 0").text != "There is nothing to undo"


def test_meaning_that_names_a_word_runs_its_command(player: Player) -> None:
    player.word("12 9 10 11 12 0 14 14 0 24")
    assert player.run("meaning", text="start recording").text.endswith("and runs it")
    assert player.word("0 14 14 0").text == "Recording"


def test_usage_is_counted_for_the_word_that_was_played_not_for_its_namesake(player: Player) -> None:
    player.word("12 9 10 11 12 0 14 14 0 24")
    player.run("meaning", text="play")
    player.word("0 14 14 0")
    assert (
        player.app.engine.services.languages.usage[0, 14, 14, 0] == 1
        and player.app.engine.services.languages.usage[23, 22, 23] == 0
    )


def test_full_disk_is_reported(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("rubato_desktop.language.loading.write_beside", full)
        result = player.word("12 9 10 11 12 0 14 14 0 24")
        assert result.error["code"] == "not_written" and "No space left" in result.text
        assert player.run("add_language", title="a").error["code"] == "not_written"
    assert player.run("add_language", title="a").status == "ok"


def test_save_includes_what_was_played_before_recording(player: Player) -> None:
    player.play("0 7 0 12 30 31")
    saved = player.word("12 10 12")
    words = read_session(Path(saved.value["session"])).words
    assert words[0].word == "click"


def test_pausing_only_stops_recording(player: Player) -> None:
    player.word("0 11 0")
    player.word("0 11 11 0")
    player.word("0 5 0")
    player.word("12 11 11 12")
    player.word("0 7 0")
    session = read_session(Path(player.word("12 11 12").value["session"]))
    assert "read" not in [word.word for word in session.words]
    assert "click" in [word.word for word in session.words]
    assert len(session.pauses) == 1


def test_erase_at_rest_removes_the_last_word_from_the_record(player: Player) -> None:
    player.word("0 11 0")
    player.word("0 7 0")
    assert player.word("0 0 0").text == "Erased click from the record"
    session = read_session(Path(player.word("12 11 12").value["session"]))
    assert "click" not in [word.word for word in session.words]
    assert "click" in [word.word for word in session.struck]


def test_new_word_is_read_back_gets_a_meaning_and_runs_it(player: Player) -> None:
    added = player.word("12 9 10 11 12 0 14 14 0 24")
    assert added.status == "ok" and player.last(EntryRead).keys == (0, 14, 14, 0)
    meant = player.word("12 9 11 12 0 20 0 17 2 13 2 17 24")  # h e l p
    assert meant.text == "0 14 14 0 means help, and runs it" and player.last(EntryRead).text == "help"
    assert player.word("0 14 14 0").text == player.word("0 12 12 0").text
    assert player.word("0 11 10 0").text == "Undone: the meaning of 0 14 14 0"
    assert player.word("0 11 10 0").text == "Undone: adding 0 14 14 0 (0 14 14 0)"
    assert player.play("0 14 14 0") == [] and player.last(WordMissed).run.keys == (0, 14, 14, 0)


def test_word_without_a_command_answers_with_its_meaning(player: Player) -> None:
    player.word("12 9 10 11 12 0 14 14 0 24")
    assert player.run("meaning", text="the left hand rushes").text == "0 14 14 0 means the left hand rushes"
    assert player.word("0 14 14 0").text == "the left hand rushes"


def test_removing_a_word_of_your_own_can_be_undone(player: Player) -> None:
    player.word("12 9 10 11 12 0 14 14 0 24")
    assert player.word("12 11 10 9 12 0 14 14 0 24").status == "ok"
    assert player.play("0 14 14 0") == []
    player.word("0 11 10 0")
    assert player.word("0 14 14 0").status == "ok"


def test_words_of_the_core_language_cannot_be_removed(player: Player) -> None:
    assert "cannot be changed" in player.run("remove_word", keys=[0, 7, 0]).text


def test_added_words_go_into_a_new_language(player: Player) -> None:
    player.run("add_language", title="Études")
    assert player.word("12 9 10 11 12 0 14 14 0 24").value["language"] == "études"
    assert player.last(SettingChanged).name == "languages"
    assert player.app.services.settings.values.languages[0] == "études"


def test_set_octave_moves_the_25_keys_of_the_device_being_played(player: Player) -> None:
    assert player.word("5 17 17 5 -12").value == {"device": "screen", "base_note": 36}
    assert player.play("0 7 0") == []  # MIDI notes 48 55 48 are keys 12 19 12 now
    assert player.last(WordMissed).run.keys == (12, 19, 12)
    assert player.word("-12 -5 -12").error["code"] == "needs_browser"  # the lowest key is 12 lower


def test_volume_and_speed_can_be_undone(player: Player) -> None:
    roll = player.app.services.roll
    player.word("12 6 6 12 6")
    assert roll.volume == 0.25
    player.word("0 11 10 0")
    assert roll.volume == 0.8


def test_repeat_runs_the_last_word_with_its_parameters(player: Player) -> None:
    player.word("12 7 12 14 12")
    again = player.play("0 10 11 0")
    assert [(result.name, dict(result.args)) for result in again] == [("repeat", {}), ("tab", {"number": 1})]


def test_with_piano_off_only_piano_on_is_recognised(player: Player) -> None:
    player.word("0 7 3 0")
    assert player.play("0 7 0 12 7 12 0 11 0") == []
    assert player.word("0 3 7 0").text == "Piano on: the keys are words"
    assert player.word("0 7 0").error["code"] == "needs_browser"


def test_keys_of_a_performance_device_are_not_recognised(player: Player) -> None:
    player.app.services.settings.set_device("Grand", role="performance")
    assert player.play("0 7 0", device="Grand") == []
    assert player.play("0 7 0", device="Controller") != []


def test_messages_of_every_kind_are_published_and_note_on_with_velocity_0_releases(player: Player) -> None:
    from rubato_desktop.events import Played
    from rubato_desktop.midi.messages import Message

    t = player.clock.now()
    for data in (
        b"\x95\x30\x40",
        b"\x95\x30\x00",
        b"\xb5\x40\x7f",
        b"\xe5\x00\x20",
        b"\xd5\x22",
        b"\xa5\x30\x11",
    ):
        player.send(Message(t, "screen", data))
    played = [event.message.data for event in player.events if isinstance(event, Played)]
    assert len(played) == 6
    assert not player.app.engine._parser._held


def test_usage_is_counted_by_the_keys_of_the_word_without_parameters(player: Player) -> None:
    player.word("12 7 12 14 12")
    player.word("12 7 12 15 12")
    assert player.app.engine.services.languages.usage[12, 7, 12] == 2


def test_help_lists_every_word(player: Player) -> None:
    player.word("0 12 12 0")
    shown = "\n".join(player.last(Listed).items)
    assert "tab + number: 12 7 12. Go to a tab." in shown


def test_the_results_are_numbered_and_follow_their_words(player: Player) -> None:
    player.play("0 7 0 0 5 0")
    words = [event for event in player.events if isinstance(event, WordHeard)]
    assert [event.id for event in words] == [1, 2]


def test_bug_in_a_command_is_reported_and_logged_with_its_traceback(
    player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(player.app.services.numbered_lists, "show", broken)
    result = player.word("0 12 12 0")
    assert result.status == "failed" and result.error["code"] == "bug"
    assert "ZeroDivisionError: a bug" in (player.app.data / "rubato.log").read_text()
    assert player.word("0 7 0").status == "refused"


def test_keys_played_while_stop_recording_waits_for_a_name_are_not_recorded(player: Player) -> None:
    player.word("0 11 0")
    player.word("0 7 0")
    player.play("12 11 12 30 31 0 5 0")
    player.until(lambda: any(isinstance(event, SessionKept) for event in player.events))
    session = read_session(player.last(SessionKept).session)
    assert [message.note for message in session.messages if message.is_note_on] == [48, 55, 48, 60, 59, 60]
    assert session.messages[-1].is_note_off and session.messages[-1].note == 60
    assert session.words[-1].end < session.info.end == session.messages[-1].t


def test_pauses_and_remarks_are_shown_in_the_pianoroll(player: Player) -> None:
    for keys in ("0 11 0", "12 15 15 12", "12 15 16 12", "0 11 11 0", "12 11 11 12"):
        player.word(keys)
    saved = player.word("12 11 12")
    player.run("open_file", path=saved.value["session"])
    assert [stretch.kind for stretch in player.app.services.roll.stretches] == ["remark", "pause"]
