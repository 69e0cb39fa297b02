from __future__ import annotations

from vstreamqa.report.reported import labels

FIRST = {"model": "m", "options": {"memory": "official", "mode": "streaming"}, "fps": 1.0, "weights": "a"}


def test_runs_are_called_by_the_settings_that_differ() -> None:
    other = {**FIRST, "options": {"memory": "repaired", "mode": "streaming"}, "weights": "b"}
    assert labels([FIRST, other], ["x", "y"]) == ["m memory=official", "m memory=repaired"]


def test_another_model_needs_no_setting_to_be_told_apart() -> None:
    assert labels([FIRST, {**FIRST, "model": "n"}], ["x", "y"]) == ["m", "n"]


def test_runs_that_are_the_same_are_called_by_their_folders() -> None:
    assert labels([FIRST, FIRST], ["x", "y"]) == ["m (x)", "m (y)"]
