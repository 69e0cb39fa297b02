from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from foreign_files import flash_row, json_lines

from vstreamqa.errors import UserError
from vstreamqa.schema import Average
from vstreamqa.scoring.measured import measured_layout, read_measured

STREAM = {"lm_ppl": 3.0, "frame_diff": 2, "fluency": 0.5, "lm_correctness": 0.25, "fps": 2}
STEP = {"task": "step", "prediction": "Cut the onion.", "label": "cut onion"}
RISING = list(range(20))
CLIP = {"clip": "a_1", "verb": [RISING, [0] * 20], "noun": [RISING], "gold": {"verb": RISING, "noun": [50] * 20}}
SPAN = {"video": "v", "question": "q", "task": "EGO", "start": 0, "end": 10, "replies": []}


def figures(folder: Path, *rows: dict[str, Any], layout: str | None = None) -> dict[str, Average]:
    path = json_lines(folder / "samples.jsonl", rows)
    found = read_measured(path, layout=layout or measured_layout(path) or "none")
    return {average.name: average for average in found.averages}


@pytest.mark.parametrize(
    ("row", "layout"), [(STREAM, "narration"), (STEP, "coin"), (CLIP, "lta"), (SPAN, "pauc"), (flash_row(), None)]
)
def test_a_layout_is_known_by_its_fields(tmp_path: Path, row: dict[str, Any], layout: str | None) -> None:
    assert measured_layout(json_lines(tmp_path / "x.jsonl", [row, row])) == layout


def test_a_list_in_one_piece_has_a_layout_too(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(json.dumps([STEP], indent=1))
    assert measured_layout(tmp_path / "x.json") == "coin"


def test_what_is_no_json_has_no_layout(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("task,prediction,label\n")
    assert measured_layout(tmp_path / "x.csv") is None
    assert measured_layout(tmp_path) is None


def test_streams_are_averaged_and_frames_become_seconds(tmp_path: Path) -> None:
    other = {"lm_ppl": 2.0, "frame_diff": 1.5, "fluency": 0.7, "lm_correctness": 0.75, "fps": 2}
    found = figures(tmp_path, STREAM, other)
    assert [(name, average.value, average.unit) for name, average in found.items()] == [
        ("lm_ppl", 2.5, "perplexity"),
        ("time_diff", 0.875, "s"),
        ("fluency", 0.6, "share"),
        ("lm_correctness", 0.5, "share"),
    ]
    assert {average.n for average in found.values()} == {2}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"fps": 10}, "line 2: column 'fps' holds 10; one rate above 0, as 2 in the first row"),
        ({"fluency": 1.5}, "line 2: column 'fluency' holds 1.5; a number from 0 to 1"),
        ({"lm_ppl": None}, "line 2: column 'lm_ppl' holds None"),
        ({"frame_diff": float("nan")}, "line 2: column 'frame_diff' holds nan"),
    ],
)
def test_a_stream_that_cannot_be_is_named(tmp_path: Path, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        figures(tmp_path, STREAM, {**STREAM, **fields})


def test_coin_counts_the_nearest_name(tmp_path: Path) -> None:
    procedure = {"task": "procedure", "prediction": "1. cut onion\n2. cut onions", "label": ["cut onion", "pour water"]}
    found = figures(tmp_path, {**STEP, "categories": ["Cut onion", "pour water"]}, STEP, procedure)
    assert (found["step top-1"].value, found["step top-1"].n, found["step top-1"].note) == (1.0, 2, None)
    assert found["procedure top-1"].value == 0.5
    assert found["procedure top-1"].note == "nearest of the 2 labels of the file, no `categories` being given"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({**STEP, "task": "dance"}, "column 'task' holds 'dance'; one of step, next"),
        ({**STEP, "label": ["cut onion"]}, r"column 'label' holds \['cut onion'\]"),
        ({**STEP, "task": "procedure"}, "column 'label' holds 'cut onion'; a list of texts"),
    ],
)
def test_a_line_of_coin_that_cannot_be_is_named(tmp_path: Path, row: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        figures(tmp_path, row, layout="coin")


def test_lta_takes_the_best_candidate(tmp_path: Path) -> None:
    found = figures(tmp_path, CLIP)
    assert (found["verb_AUED"].value, found["noun_AUED"].value) == (0.0, 1.0)
    assert found["verb_AUED"].unit == "edit distance"


def test_a_clip_that_comes_twice_or_a_list_of_another_length_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"line 2: clip 'a_1' stands already at .*line 1"):
        figures(tmp_path, CLIP, CLIP)
    with pytest.raises(UserError, match=r"column 'noun' holds .*; a list of 20 whole numbers"):
        figures(tmp_path, {**CLIP, "noun": [RISING[:19]]})


def test_pauc_averages_spans_within_examples(tmp_path: Path) -> None:
    right = [{"time": 0, "score": 2, "text": "A cat."}]
    other = {**SPAN, "video": "w", "task": "WEB"}
    found = figures(tmp_path, {**SPAN, "replies": right}, {**SPAN, "start": 20, "end": 30}, other)
    assert found["PAUC@0.5"].value == pytest.approx((0.625 + 0.25) / 2)
    assert found["PAUC@0.5, mean of spans"].value == pytest.approx((1 + 0.25 + 0.25) / 3)
    assert (found["PAUC@0.5, EGO"].value, found["PAUC@0.5, WEB"].value) == (0.625, 0.25)
    assert (found["PAUC@0.5"].n, found["PAUC@0.5, mean of spans"].n) == (2, 3)


def test_replies_that_say_the_same_again_are_counted_where_their_texts_are_known(tmp_path: Path) -> None:
    replies = [{"time": time, "score": 1, "text": text} for time, text in ((1, "A cat."), (2, "a cat"), (3, "a dog"))]
    found = figures(tmp_path, {**SPAN, "replies": replies})
    assert found["repeated replies"].value == pytest.approx(1 / 3)
    del replies[0]["text"]
    assert "repeated replies" not in figures(tmp_path, {**SPAN, "replies": replies})


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"end": 0}, "line 1: the span from 0 to 0 is empty"),
        ({"replies": [{"time": 11, "score": 1}]}, "line 1: replies at .11.: not in time order within 0 to 10"),
        ({"replies": [{"time": 1, "score": 3}]}, "line 1, reply 1: column 'score' holds 3; 0, 1 or 2"),
        ({"replies": [{"time": 1}]}, "line 1, reply 1: column 'score' is missing"),
        ({"replies": None}, "line 1: column 'replies' holds None"),
        ({"start": -1}, "line 1: column 'start' holds -1"),
    ],
)
def test_a_span_that_cannot_be_is_named(tmp_path: Path, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        figures(tmp_path, {**SPAN, **fields})
