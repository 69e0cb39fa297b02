"""The demonstration of a model that speaks unasked, from a command to a table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import vstreamqa
from vstreamqa.errors import UserError
from vstreamqa.request import make_request, prepare


def test_the_demo_is_listened_to_on_the_narration_of_the_mini_world(workplace: Path) -> None:
    results = vstreamqa.evaluate("videollm-online", limit_streams=2, out="run")
    assert results.exit_code == 0
    assert {(row.suite, row.config) for row in results.summary} == {("mini", "narration")}
    own = results.summary[0].speaking
    assert own is not None
    assert (own.n_questions, own.n_events) == (2, 14)
    controls = [row.control for row in results.summary]
    assert controls[:4] == [None, "constant", "silent", "always"]
    always = results.summary[3].speaking
    assert always is not None
    assert always.n_utterances == 2 * 120
    rows = [json.loads(line) for line in (workplace / "run/utterances.jsonl").read_text().splitlines()]
    planned = {json.loads(line)["question"]["question_id"] for line in (workplace / "run/plan.jsonl").open()}
    assert {row["question_id"] for row in rows if row["control"] == "constant"} == planned
    assert own.n_utterances == sum(row["control"] is None and bool(row["text"].strip()) for row in rows)


def test_a_model_that_never_speaks_unasked_is_refused_before_anything_is_played(workplace: Path) -> None:
    with pytest.raises(
        UserError, match=r"mini/narration: question .* wants a model that speaks unasked, and 'flash-vst"
    ):
        vstreamqa.evaluate("flash-vstream", suites="mini/narration", out="run")
    assert not (workplace / "run").exists()


def test_a_recipe_says_what_its_demo_shows() -> None:
    shown = {
        model: {c.config for c in prepare(make_request(model)).configs}
        for model in ("videollm-online", "flash-vstream")
    }
    assert shown == {
        "videollm-online": {"narration"},
        "flash-vstream": {"rvs-ego", "rvs-movie", "vs-ego", "vs-movie"},
    }
