"""The model behind the program: recipe, demo checkpoint, replay, run folder."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from commands import make_questions

import vstreamqa
from vstreamqa.build.mini import WorldSettings, make_world, render_all
from vstreamqa.registry import recipe


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_demo_answers_when_asked_and_speaks_unasked(workplace: Path) -> None:
    world = make_world("train", 9001, 0, WorldSettings(length=12, size=96, noise=3.0))
    np.save(workplace / "video.npy", render_all(world, range(0, 12_000, 500)))
    questions = make_questions(
        workplace, [{"question": f"What is shown at {time}?", "time": time, "answer": "red"} for time in (2, 11)]
    )
    results = vstreamqa.evaluate(
        "videollm-online",
        checkpoint="demo",
        video=workplace / "video.npy",
        rate=2,
        questions=questions,
        floors="all",
        out="run",
        options={"threshold": 0.9},
    )
    assert results.exit_code == 0
    predictions = rows_of(workplace / "run/predictions.jsonl")
    own = [row for row in predictions if row["control"] is None]
    assert [row["frames_seen"] for row in own] == [5, 23]
    assert own[0]["input_tokens"] < own[1]["input_tokens"]
    assert {row["control"] for row in predictions} >= {None, "blind", "last-frame", "shuffled"}
    utterances = rows_of(workplace / "run/utterances.jsonl")
    assert any(row["control"] is None and row["text"] for row in utterances)
    manifest = json.loads((workplace / "run/manifest.json").read_text())
    assert manifest["notice"].startswith("DEMO: a tiny checkpoint trained on the made-up world")
    assert manifest["model"]["options"]["threshold"] == 0.9


def test_the_recipe_names_the_released_adapter_and_the_settings_of_the_demonstration() -> None:
    released = recipe("videollm-online").under("released")
    assert released.checkpoint == "chenjoya/videollm-online-8b-v1plus"
    assert (released.fps, released.decoding.max_new_tokens) == (2.0, 100)
    assert released.options["threshold"] == 0.725


def test_the_contract_is_checked_on_random_weights_and_the_demo_has_trained_ones() -> None:
    found = recipe("videollm-online")
    assert found.to_check().checkpoint == "random"
    assert found.under("demo").checkpoint == "demo"
    untrained = recipe("flash-vstream-qwen")
    assert untrained.to_check() == untrained.under("demo")
