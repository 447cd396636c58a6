"""Questions and answers on disk: named by time, corrected, let go by policy, never lost."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.answers.answer import Answer
from rubato_desktop.services.answers.history import export as exporting
from rubato_desktop.services.answers.history import retention
from rubato_desktop.services.answers.history.export import export
from rubato_desktop.services.answers.history.model import Inquiry
from rubato_desktop.services.answers.history.retention import RetentionPolicy, prune
from rubato_desktop.services.answers.history.store import InquiryStore
from rubato_desktop.services.answers.passages import Citation

NOW = datetime(2026, 11, 25, 19, 30, 5, tzinfo=timezone(timedelta(hours=2)))


def answer(question: str = "Who tuned the Pleyel?") -> Answer:
    cited = [Citation(1, "tuning", "tuning.md", "Anna Berg tuned it.", 61_000, None)]
    return Answer(
        question, answer="“Anna Berg tuned it.” [1]", citations=cited, topics=["piano"], model="m", confidence=0.8,
        prompt="{context} {question}", answered=True,
    )  # fmt: skip


def at(data: Path, moment: datetime = NOW) -> InquiryStore:
    return InquiryStore(data, now=lambda: moment)


def aged(data: Path, *days: float) -> list[Inquiry]:
    return [at(data, NOW - timedelta(days=day)).add(answer(f"Question {day:g}?"), "eva") for day in days]


def test_a_file_is_named_by_local_time_and_holds_everything(tmp_path: Path) -> None:
    inquiry = at(tmp_path).add(answer(), "eva")
    path = tmp_path / "inquiries" / "2026" / "11" / "2026-11-25T19-30-05+0200.json"
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert inquiry.id == kept["id"] == path.stem
    assert kept["question"] == "Who tuned the Pleyel?"
    assert (kept["user"], kept["model"], kept["topics"], kept["confidence"]) == ("eva", "m", ["piano"], 0.8)
    assert kept["prompt"] == "{context} {question}"
    assert kept["sources"][0]["start_ms"] == 61_000
    assert kept["at"] == "2026-11-25T19:30:05+02:00"


def test_a_second_one_in_a_second_has_a_number_and_the_order_holds(tmp_path: Path) -> None:
    ids = [at(tmp_path).add(answer(), "eva").id for _ in range(11)]
    assert ids[1].endswith("-2") and ids[10].endswith("-11")
    assert [inquiry.id for inquiry in at(tmp_path).each()] == ids[::-1]
    assert [
        path.name for path in (tmp_path / "inquiries" / "2026" / "11").iterdir() if path.name[0] == "."
    ] == []


def test_the_hour_that_comes_twice_in_autumn_is_in_order(tmp_path: Path) -> None:
    summer = datetime(2026, 10, 25, 2, 30, tzinfo=timezone(timedelta(hours=2)))
    winter = datetime(2026, 10, 25, 2, 15, tzinfo=timezone(timedelta(hours=1)))
    first, second = (at(tmp_path, moment).add(answer(), "eva").id for moment in (summer, winter))
    assert [inquiry.id for inquiry in at(tmp_path).each()] == [second, first]


def test_a_correction_keeps_its_history_and_is_found_for_a_question_like_it(tmp_path: Path) -> None:
    inquiries = InquiryStore(tmp_path, now=lambda: NOW)
    id = inquiries.add(answer(), "eva").id
    inquiries.add(answer("Who built the organ?"), "eva")
    inquiries.correct(id, "Eva Holm tuned it.", "eva")
    corrected = inquiries.correct(id, "Eva Holm tuned it on 4 May.", "otto")
    assert [one.text for one in corrected.corrections] == [
        "Eva Holm tuned it.",
        "Eva Holm tuned it on 4 May.",
    ]
    assert [one.user for one in inquiries.get(id).corrections] == ["eva", "otto"]
    assert inquiries.get(id).answer == "“Anna Berg tuned it.” [1]"
    assert [passage.text for passage in inquiries.find_corrections("Who has tuned the Pleyel?")] == [
        "Eva Holm tuned it on 4 May."
    ]
    assert inquiries.find_corrections("Where is the cat?") == []
    assert inquiries.find_corrections("When was the Pleyel tuned?") == []


@pytest.mark.parametrize("id", ["nobody", "", "2027", "../../x"])
def test_an_unknown_one_is_told(tmp_path: Path, id: str) -> None:
    at(tmp_path).add(answer(), "eva")
    with pytest.raises(RubatoError, match="There is no inquiry"):
        at(tmp_path).correct(id, "x", "eva")


def test_a_beginning_that_several_share_is_told_and_the_last_has_a_name(tmp_path: Path) -> None:
    ids = [at(tmp_path).add(answer(), "eva").id for _ in range(2)]
    with pytest.raises(RubatoError, match="several"):
        at(tmp_path).get("2026-11")
    assert at(tmp_path).get("last").id == ids[1]


def test_a_damaged_file_is_told_and_left(tmp_path: Path) -> None:
    good = at(tmp_path).add(answer(), "eva").id
    bad = tmp_path / "inquiries" / "2026" / "11" / "2026-11-25T19-30-06+0200.json"
    bad.write_text('{"id": ')
    inquiries = at(tmp_path)
    assert [inquiry.id for inquiry in inquiries.each()] == [good]
    assert "2026-11-25T19-30-06+0200.json cannot be read: it is damaged" in str(inquiries.problems[0])
    prune(inquiries, RetentionPolicy(days=1), NOW + timedelta(days=900))
    assert bad.exists()


def test_old_ones_go_after_they_were_written_out_and_nothing_else(tmp_path: Path) -> None:
    ids = [one.id for one in aged(tmp_path, 0, 100, 364, 366, 900)]
    at(tmp_path).correct(ids[4], "It was so.", "eva")
    planned = prune(at(tmp_path), RetentionPolicy(), NOW, dry_run=True)
    assert [one.id for one in planned.removals] == [ids[3]]
    assert len(at(tmp_path).paths()) == 5, "a dry run deletes nothing"
    done = prune(at(tmp_path), RetentionPolicy(), NOW)
    assert sorted(one.id for one in at(tmp_path).each()) == sorted([*ids[:3], ids[4]])
    line = json.loads(done.exported[0].read_text(encoding="utf-8"))
    assert line["inquiry"]["id"] == ids[3]
    assert "## Question 366?" in done.exported[1].read_text(encoding="utf-8")


def test_reading_never_deletes(tmp_path: Path) -> None:
    ids = [one.id for one in aged(tmp_path, 5000, 9000)]
    inquiries = at(tmp_path)
    list(inquiries.each()), inquiries.get(ids[0]), inquiries.find_corrections("Question?")
    assert len(inquiries.paths()) == 2


def test_a_size_lets_the_oldest_go_first_and_corrected_ones_last(tmp_path: Path) -> None:
    ids = [one.id for one in aged(tmp_path, 4, 3, 2, 1)]
    at(tmp_path).correct(ids[0], "So.", "eva")
    size = at(tmp_path).paths()[-1].stat().st_size
    going = prune(at(tmp_path), RetentionPolicy(days=0, bytes=round(size * 2.5)), NOW).removals
    assert [(one.id, one.why) for one in going] == [(ids[1], "size"), (ids[2], "size")]


def test_a_sample_of_old_ones_stays_the_same_each_time(tmp_path: Path) -> None:
    aged(tmp_path, *range(400, 600))
    first = {one.id for one in prune(at(tmp_path), RetentionPolicy(sample=0.3), NOW, dry_run=True).removals}
    again = {one.id for one in prune(at(tmp_path), RetentionPolicy(sample=0.3), NOW).removals}
    assert first == again
    assert 35 < len(at(tmp_path).paths()) < 90
    assert prune(at(tmp_path), RetentionPolicy(sample=0.3), NOW + timedelta(hours=1)).removals == []


def test_by_the_literal_rule_days_since_the_last_scan_of_365_go(tmp_path: Path) -> None:
    aged(tmp_path, *range(100))
    policy = RetentionPolicy(by_scan=True)
    assert prune(at(tmp_path), policy, NOW).removals == [], "at the first scan no day has passed"
    going = prune(at(tmp_path), policy, NOW + timedelta(days=36.5)).removals
    assert len(going) == 10
    assert {one.why for one in going} == {"scan"}
    assert len(at(tmp_path).paths()) == 90


def test_what_cannot_be_written_out_does_not_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    aged(tmp_path, 900)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "write_beside", full)
    with pytest.raises(OSError, match="No space left"):
        prune(at(tmp_path), RetentionPolicy(), NOW)
    assert len(at(tmp_path).paths()) == 1
    assert not (tmp_path / "inquiries" / retention._STAMP).exists()


def test_lines_for_training_have_the_corrected_answer_without_marks(tmp_path: Path) -> None:
    inquiries = at(tmp_path)
    id = inquiries.add(answer(), "eva").id
    export([inquiries.get(id)], tmp_path / "out.jsonl")
    line = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
    assert line["messages"] == [
        {"role": "user", "content": "Who tuned the Pleyel?"},
        {"role": "assistant", "content": "“Anna Berg tuned it.”"},
    ]
    export([inquiries.correct(id, "Eva did.", "eva")], tmp_path / "out.md")
    text = (tmp_path / "out.md").read_text(encoding="utf-8")
    assert "Eva did." in text and "1. tuning.md, at 1:01" in text
    with pytest.raises(RubatoError, match="ends neither"):
        export([], tmp_path / "out.txt")
