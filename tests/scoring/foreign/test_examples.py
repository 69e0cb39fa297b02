"""The examples of the page on scoring are files as they are read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vstreamqa.scoring.foreign import read_foreign
from vstreamqa.scoring.score import score_run

PAGE = Path(__file__).parents[3] / "docs" / "scoring.md"


@pytest.mark.parametrize(
    ("layout", "correct"),
    [("flash-vstream", [None, True]), ("rekv-open", [True]), ("rekv-choice", [True]), ("ovo-bench", [True, True])],
)
def test_an_example_of_every_layout_is_recognised_and_scored(
    tmp_path: Path, layout: str, correct: list[bool | None]
) -> None:
    after = PAGE.read_text(encoding="utf-8").partition(f"**`{layout}`**")[2]
    example = re.search(r"```(?:json)?\n(.*?)```", after, re.DOTALL)
    assert example is not None
    path = tmp_path / "example"
    path.write_text(example[1], encoding="utf-8")
    found = read_foreign(path)
    assert found.layout == layout
    assert [verdict.correct for verdict in score_run(found.plan, found.predictions)] == correct
