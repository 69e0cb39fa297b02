"""RIVER: four files, one form."""

from __future__ import annotations

import json
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from annotations import annotations_folder
from downloads import write
from footage import Encoding, regular, write_video

from vstreamqa import load_suite
from vstreamqa.build.assembling import Target
from vstreamqa.build.family import build_family
from vstreamqa.suites.family import Asked, Lack
from vstreamqa.suites.river import FILES, SUITE, read

LIVE = {
    "video_source": "LVBench",
    "video_id": "abc",
    "video_path": "00000012.mp4",
    "duration_sec": 12.0,
    "fps": 30,
    "question_type": "Live-Perception",
    "question_id": "abc@1",
    "question": "Who comes out?",
    "question_time": 5,
    "choices": ["(A) A man", "(B) A dog", "(C) Nobody"],
    "correct_answer": "B",
    "time_reference": [3, 5],
}
RETRO = LIVE | {"question_type": "Retro-Memory@short", "question_time": 9.5}
INSTANT = LIVE | {
    "video_source": "QVHighlights-Val",
    "video_id": "xyz_660.0_810.0",
    "video_path": "xyz_660.0_810.0.mp4",
    "question_type": "Pro-Response-Instant@short",
    "question_id": "xyz_660.0_810.0@1",
    "question": "Tell me when a dog comes.",
    "question_time": 2.5,
    "choices": [],
    "correct_answer": "A dog comes.",
    "time_reference": 8,
}
STREAMING = LIVE | {
    "question_type": "Pro-Response-Streaming",
    "question_id": ["abc@1", "abc@2"],
    "question": ["Narrate.", "Go on."],
    "question_time": [0.5, 6],
    "choices": [],
    "correct_answer": {"abc@1": ["You sit.", "You rise."], "abc@2": ["You go."]},
    "time_reference": {"abc@1": [1.25, 3], "abc@2": [7.5]},
}
ROWS = dict(zip(FILES.values(), ([LIVE], [RETRO], [INSTANT], [STREAMING]), strict=True))


def write_rows(root: Path, rows: dict[str, list[Any]]) -> Path:
    for name, content in rows.items():
        write(root / name, content)
    return root


def asked(root: Path) -> list[Asked]:
    return [one for one in read(root) if isinstance(one, Asked)]


def test_a_live_question_is_a_choice_with_its_evidence_and_ages_later(tmp_path: Path) -> None:
    live, retro, *_ = asked(write_rows(tmp_path, ROWS))
    question = live.question
    assert (question.question_id, question.category) == ("Live-Perception/abc@1", "Live-Perception")
    assert (question.format, question.options) == ("choice", ("A man", "A dog", "Nobody"))
    assert (question.answer, question.answer_index) == ("A dog", 1)
    assert (question.time, question.evidence, question.spans) == (5, (3, 5), None)
    assert (retro.question.question_id, retro.question.time) == ("Retro-Memory@short/abc@1", 9.5)
    assert retro.question.evidence == question.evidence


def test_a_proactive_question_has_spans_and_is_watched_as_long_as_the_last_can_be_told(tmp_path: Path) -> None:
    _, _, instant, first, second = asked(write_rows(tmp_path, ROWS))
    assert instant.question.format == "proactive"
    assert instant.question.spans is not None
    assert [(s.start, s.end, s.text) for s in instant.question.spans] == [(8, 8, "A dog comes.")]
    assert (instant.until, instant.question.source_id) == (10, "xyz")
    assert [q.question.question_id for q in (first, second)] == [
        "Pro-Response-Streaming/abc@1",
        "Pro-Response-Streaming/abc@2",
    ]
    assert first.question.spans is not None
    assert [(s.start, s.text) for s in first.question.spans] == [(1.25, "You sit."), (3, "You rise.")]
    assert (first.until, second.until) == (5, 9.5)


@pytest.mark.parametrize(
    ("name", "row", "text"),
    [
        ("Live-Perception.json", LIVE | {"correct_answer": "D"}, "'D' names none of the 3 choices"),
        ("Live-Perception.json", LIVE | {"correct_answer": ""}, "'' names none of the 3 choices"),
        ("Live-Perception.json", LIVE | {"question_time": "soon"}, "question_time"),
        ("Live-Perception.json", LIVE | {"time_reference": [3]}, "neither a moment nor"),
        ("Live-Perception.json", {"question": "?"}, "missing required field `video_source`"),
        ("Retro-Memory.json", "a row", "Expected `object`"),
        ("Pro-Response-Streaming.json", STREAMING | {"question_time": [1]}, "lists of one length"),
        ("Pro-Response-Streaming.json", STREAMING | {"time_reference": {"abc@1": [1, 2]}}, "abc@2"),
    ],
)
def test_a_bad_row_is_a_lack_with_file_row_and_reason(name: str, row: Any, text: str, tmp_path: Path) -> None:
    write_rows(tmp_path, ROWS | {name: [row]})
    lacks = [one for one in read(tmp_path) if isinstance(one, Lack) and one.place == f"{name}, row 1"]
    assert len(lacks) == 1
    assert lacks[0].text.startswith("skipped: ")
    assert text in lacks[0].text


def test_files_and_items_that_are_not_there_are_lacks(tmp_path: Path) -> None:
    write_rows(tmp_path, {"Live-Perception.json": [LIVE]})
    lacks = {one.place: one.text for one in read(tmp_path) if isinstance(one, Lack)}
    assert {one.config for one in read(tmp_path) if isinstance(one, Lack)} == set(FILES)
    assert lacks["Live-Perception.json"] == "holds 1 items where 372 are expected"
    assert "fetch the annotations of RIVER" in lacks["Retro-Memory.json"]


def test_a_built_suite_loads_with_choices_evidence_and_spans(tmp_path: Path) -> None:
    videos = tmp_path / "videos"
    for name in ("LVBench/00000012.mp4", "QVHighlights-Val/xyz_660.0_810.0.mp4"):
        (videos / name).parent.mkdir(parents=True)
        write_video(videos / name, regular(120, 10), Encoding(fps=10))
    (videos / "other").mkdir()
    write_video(videos / "other" / "00000012.mp4", regular(10, Fraction(10)), Encoding(fps=10))
    target = Target(suite="river", out=tmp_path / "out", allow_missing=True)
    report = build_family(SUITE, write_rows(tmp_path / "annotations", ROWS), videos, target)
    assert report.written
    assert any(one.kind == "extra" and one.place == "other/00000012.mp4" for one in report.findings)
    retro = load_suite("river/retro-memory", data=tmp_path / "out")
    assert retro.questions[0].options == ("A man", "A dog", "Nobody")
    assert retro.shortfall == "partial: 1 of 1488 questions, 1 of an unknown number of streams"
    streaming = load_suite("river/pro-response-streaming", data=tmp_path / "out")
    assert [stream.end for stream in streaming.streams] == [9.5]
    assert streaming.questions[1].spans is not None
    assert streaming.questions[1].spans[0].text == "You go."


def test_what_is_not_known_to_be_whole_is_partial(tmp_path: Path) -> None:
    write_rows(tmp_path / "annotations", {name: rows for name, rows in ROWS.items() if "Streaming" not in name})
    (tmp_path / "videos").mkdir()
    write_video(tmp_path / "videos" / "00000012.mp4", regular(120, 10), Encoding(fps=10))
    target = Target(suite="river", out=tmp_path / "out", allow_missing=True)
    configs = build_family(SUITE, tmp_path / "annotations", tmp_path / "videos", target).configs
    assert not any(entry.complete for entry in configs.values())
    assert (
        configs["pro-response-streaming"].counts
        == "0 of an unknown number of questions, 0 of an unknown number of streams"
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("video_path", "/etc/passwd"),
        ("video_path", "../../outside.mp4"),
        ("video_source", "/tmp"),
        ("video_source", ".."),
        ("video_path", "a\u0000b.mp4"),
        ("video_path", "x" * 300),
    ],
)
def test_a_name_that_leads_elsewhere_is_a_fault_of_its_row(field: str, value: str, tmp_path: Path) -> None:
    victim = tmp_path / "outside.mp4"
    victim.write_bytes(b"mine")
    write_rows(tmp_path / "annotations", ROWS | {"Live-Perception.json": [LIVE | {field: value}]})
    (tmp_path / "videos").mkdir()
    target = Target(suite="river", out=tmp_path / "out", allow_missing=True)
    findings = build_family(SUITE, tmp_path / "annotations", tmp_path / "videos", target).findings
    assert any(one.place == "Live-Perception.json, row 1" and "skipped: video" in one.text for one in findings)
    assert victim.read_bytes() == b"mine"


def test_real_rows_are_read_whole(record_property: Any) -> None:
    folder = annotations_folder("river")
    found = asked(folder)
    counts = Counter(one.config for one in found)
    assert counts == {
        "live-perception": 19,
        "retro-memory": 76,
        "pro-response-instant": 64,
        "pro-response-streaming": 77,
    }
    record_property("rows", len(found))
    print(f"{len(found)} questions of four configs read from real rows")  # noqa: T201 - said, as asked
    assert not [one for one in read(folder) if isinstance(one, Lack) and one.text.startswith("skipped")]
    assert len({(one.config, one.question.question_id) for one in found}) == len(found)


def test_the_same_real_questions_are_asked_live_and_at_four_ages() -> None:
    by_type: dict[str, dict[str, Asked]] = {}
    for one in asked(annotations_folder("river")):
        if one.question.format == "choice":
            kind, _, identity = one.question.question_id.partition("/")
            by_type.setdefault(kind, {})[identity] = one
    live = by_type.pop("Live-Perception")
    assert sorted(by_type) == [f"Retro-Memory@{age}" for age in ("long", "medium", "short", "very_long")]
    for later in by_type.values():
        assert {i: one.question.text for i, one in later.items()} == {i: one.question.text for i, one in live.items()}
        assert all(one.question.time > live[i].question.time for i, one in later.items())
        assert all(one.question.evidence == live[i].question.evidence for i, one in later.items())


def test_real_golds_are_the_options_that_their_letters_name() -> None:
    folder = annotations_folder("river")
    rows = {row["question_id"]: row for row in json.loads((folder / "Live-Perception.json").read_text())}
    for one in asked(folder):
        if one.config == "live-perception":
            row = rows[one.question.question_id.partition("/")[2]]
            assert one.question.answer_index is not None
            assert row["choices"][one.question.answer_index] == f"({row['correct_answer']}) {one.question.answer}"
