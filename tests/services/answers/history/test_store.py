"""The history of questions and answers: file names, corrections, export and retention."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.answers.answer import Answer
from rubato_desktop.services.answers.history import export as export_module
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


def test_an_inquiry_is_saved_under_its_local_time(tmp_path: Path) -> None:
    inquiry = at(tmp_path).add(answer(), "eva")
    path = tmp_path / "inquiries" / "2026" / "11" / "2026-11-25T19-30-05+0200.json"
    saved = json.loads(path.read_text(encoding="utf-8"))
    assert inquiry.id == saved["id"] == path.stem
    assert saved["question"] == "Who tuned the Pleyel?"
    assert (saved["user"], saved["model"], saved["topics"], saved["confidence"]) == (
        "eva",
        "m",
        ["piano"],
        0.8,
    )
    assert saved["prompt"] == "{context} {question}"
    assert saved["sources"][0]["start_ms"] == 61_000
    assert saved["at"] == "2026-11-25T19:30:05+02:00"


def test_inquiries_of_the_same_second_are_numbered_and_stay_in_order(tmp_path: Path) -> None:
    ids = [at(tmp_path).add(answer(), "eva").id for _ in range(11)]
    assert ids[1].endswith("-2") and ids[10].endswith("-11")
    assert [inquiry.id for inquiry in at(tmp_path).each()] == ids[::-1]
    assert [
        path.name for path in (tmp_path / "inquiries" / "2026" / "11").iterdir() if path.name[0] == "."
    ] == []


def test_order_holds_when_the_clocks_go_back(tmp_path: Path) -> None:
    summer = datetime(2026, 10, 25, 2, 30, tzinfo=timezone(timedelta(hours=2)))
    winter = datetime(2026, 10, 25, 2, 15, tzinfo=timezone(timedelta(hours=1)))
    first, second = (at(tmp_path, moment).add(answer(), "eva").id for moment in (summer, winter))
    assert [inquiry.id for inquiry in at(tmp_path).each()] == [second, first]


def test_a_correction_keeps_the_earlier_ones_and_is_found_for_a_similar_question(tmp_path: Path) -> None:
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
def test_an_unknown_id_is_an_error(tmp_path: Path, id: str) -> None:
    at(tmp_path).add(answer(), "eva")
    with pytest.raises(RubatoError, match="There is no inquiry"):
        at(tmp_path).correct(id, "x", "eva")


def test_an_ambiguous_prefix_is_an_error_and_last_is_the_latest(tmp_path: Path) -> None:
    ids = [at(tmp_path).add(answer(), "eva").id for _ in range(2)]
    with pytest.raises(RubatoError, match="Several inquiries match"):
        at(tmp_path).get("2026-11")
    assert at(tmp_path).get("last").id == ids[1]


def test_a_damaged_file_is_reported_and_left_alone(tmp_path: Path) -> None:
    good = at(tmp_path).add(answer(), "eva").id
    bad = tmp_path / "inquiries" / "2026" / "11" / "2026-11-25T19-30-06+0200.json"
    bad.write_text('{"id": ')
    inquiries = at(tmp_path)
    assert [inquiry.id for inquiry in inquiries.each()] == [good]
    assert "Cannot read 2026-11-25T19-30-06+0200.json: the file is damaged" in str(inquiries.problems[0])
    prune(inquiries, RetentionPolicy(days=1), NOW + timedelta(days=900))
    assert bad.exists()


def test_expired_inquiries_are_exported_and_deleted_and_no_others(tmp_path: Path) -> None:
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


def test_a_size_limit_deletes_the_oldest_first_and_corrected_ones_last(tmp_path: Path) -> None:
    ids = [one.id for one in aged(tmp_path, 4, 3, 2, 1)]
    at(tmp_path).correct(ids[0], "So.", "eva")
    size = at(tmp_path).paths()[-1].stat().st_size
    removals = prune(at(tmp_path), RetentionPolicy(days=0, bytes=round(size * 2.5)), NOW).removals
    assert [(one.id, one.why) for one in removals] == [(ids[1], "size"), (ids[2], "size")]


def test_the_sample_of_expired_inquiries_is_the_same_each_time(tmp_path: Path) -> None:
    aged(tmp_path, *range(400, 600))
    first = {one.id for one in prune(at(tmp_path), RetentionPolicy(sample=0.3), NOW, dry_run=True).removals}
    again = {one.id for one in prune(at(tmp_path), RetentionPolicy(sample=0.3), NOW).removals}
    assert first == again
    assert 35 < len(at(tmp_path).paths()) < 90
    assert prune(at(tmp_path), RetentionPolicy(sample=0.3), NOW + timedelta(hours=1)).removals == []


def test_by_scan_the_share_of_a_year_since_the_last_scan_is_deleted(tmp_path: Path) -> None:
    aged(tmp_path, *range(100))
    policy = RetentionPolicy(by_scan=True)
    assert prune(at(tmp_path), policy, NOW).removals == [], "no time has passed at the first scan"
    removals = prune(at(tmp_path), policy, NOW + timedelta(days=36.5)).removals
    assert len(removals) == 10
    assert {one.why for one in removals} == {"scan"}
    assert len(at(tmp_path).paths()) == 90


def test_nothing_is_deleted_if_the_export_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    aged(tmp_path, 900)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export_module, "write_beside", full)
    with pytest.raises(OSError, match="No space left"):
        prune(at(tmp_path), RetentionPolicy(), NOW)
    assert len(at(tmp_path).paths()) == 1
    assert not (tmp_path / "inquiries" / retention._LAST_SCAN).exists()


def test_an_export_has_the_corrected_answer_and_json_lines_have_no_citations(tmp_path: Path) -> None:
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
    with pytest.raises(RubatoError, match=r"Cannot export to out\.txt"):
        export([], tmp_path / "out.txt")
