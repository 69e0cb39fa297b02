"""The strict rule on real annotation rows, which are no part of the project."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from vstreamqa.letters import letter_of
from vstreamqa.scoring.extraction import read_choice, read_polarity
from vstreamqa.scoring.match import words_of
from vstreamqa.scoring.polarity import by_polarity, polar_golds

VARIABLE = "VSTREAMQA_ANNOTATIONS"


@pytest.fixture(scope="module")
def folder() -> Path:
    named = os.environ.get(VARIABLE)
    if not named:
        pytest.skip(f"{VARIABLE} names no folder of annotations")
    return Path(named)


def conversations(path: Path) -> Iterator[dict[str, Any]]:
    for item in json.loads(path.read_text(encoding="utf-8")):
        yield from item["conversations"]


@pytest.mark.parametrize(("name", "rows", "with_content"), [("rvs_ego", 88, 6), ("rvs_movie", 129, 2)])
def test_golds_of_rvs_are_read_by_polarity(folder: Path, name: str, rows: int, with_content: int) -> None:
    golds = [row["answer"] for row in conversations(folder / "vstreamqa" / f"{name}.rekv.json")]
    polar = {gold: polar_golds([gold]) for gold in golds}
    found = [read for gold in golds if (read := polar[gold]) is not None]
    assert len(golds) == rows
    bare = sum(gold.strip().rstrip(".").lower() in ("yes", "no") for gold in golds)
    assert sum(not gold.content for (gold,) in found) == bare
    assert sum(bool(gold.content) for (gold,) in found) == with_content
    for gold, read in polar.items():
        if read is not None:
            assert by_polarity(read, gold).correct is True
            assert by_polarity(read, "No" if read[0].polarity == "yes" else "Yes").correct is False


def test_open_golds_that_only_sound_like_a_polarity_are_left_alone(folder: Path) -> None:
    golds = [row["answer"] for row in conversations(folder / "vstreamqa" / "rvs_ego.rekv.json")]
    odd = [gold for gold in golds if gold.lower().startswith(("no", "yes")) and read_polarity(gold) is None]
    assert sorted(gold.split()[0] for gold in odd) == ["No", "Nothing,"]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("streamingbench/real.hermes.json", 110),
        ("mvbench/mvbench.hermes.json", 82),
        ("videomme/videomme.hermes.json", 117),
    ],
)
def test_every_option_of_a_real_choice_can_be_named_and_none_is_taken_for_another(
    folder: Path, name: str, rows: int
) -> None:
    asked = [row["choices"] for row in conversations(folder / name)]
    assert len(asked) == rows
    readings: list[int | None] = []
    for options in asked:
        for index, option in enumerate(options):
            letter = letter_of(index)
            assert read_choice(f"({letter})", options) == index
            assert read_choice(f"{letter}. {option}", options) == index
            unique = [words_of(other) for other in options].count(words_of(option)) == 1
            readings.append(read_choice(option, options) if unique else index)
            assert readings[-1] in (index, None)
    assert readings.count(None) <= 1
