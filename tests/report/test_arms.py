from __future__ import annotations

import pytest

from vstreamqa.report.arms import arm_label


@pytest.mark.parametrize(
    ("control", "label"),
    [
        (None, "model"),
        ("constant", "floor: constant"),
        ("blind", "floor: blind"),
        ("recent-window:60", "floor: recent-window:60"),
        ("window", "control: window (ceiling, not a submission)"),
        ("oracle", "control: oracle (the gold, not a submission)"),
    ],
)
def test_every_arm_says_what_it_is(control: str | None, label: str) -> None:
    assert arm_label(control) == label


def test_an_oracle_that_forgets_is_a_ceiling() -> None:
    assert arm_label("oracle:30") == "control: oracle:30 (ceiling, not a submission)"
