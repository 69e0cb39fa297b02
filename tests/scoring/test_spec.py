from __future__ import annotations

from vstreamqa.hashing import spec_hash
from vstreamqa.scoring.spec import ScoringSpec


def test_the_hash_is_that_of_the_spec_as_it_stands_in_the_manifest() -> None:
    written = {
        "rule": "strict",
        "version": 2,
        "judge": None,
        "judge_revision": None,
        "rubric": None,
        "temperature": None,
        "averaging": "micro",
        "window_before": 1.0,
        "window_after": 2.0,
    }
    assert ScoringSpec().hash == spec_hash(written)


def test_each_part_of_the_spec_changes_the_hash() -> None:
    specs = [
        ScoringSpec(),
        ScoringSpec(version=3),
        ScoringSpec(judge="j"),
        ScoringSpec(rubric="j"),
        ScoringSpec(judge_revision="j"),
        ScoringSpec(temperature=0.0),
        ScoringSpec(rule="native"),
        ScoringSpec(window_after=3.0),
    ]
    assert len({spec.hash for spec in specs}) == 8
