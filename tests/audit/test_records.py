"""What the checks on records say of arms and media that are not in every run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest
from audited import Model, World, alarms, is_it_bright, make_run, warned
from fakes import make_manifest
from scored import a_plan_row, a_question, an_answer

from vstreamqa.audit.chance import by_chance, chance_of_agreeing
from vstreamqa.audit.finding import Finding
from vstreamqa.audit.records.feature_files import feature_files
from vstreamqa.audit.records.reading import RunRecords
from vstreamqa.audit.records.timeline import timeline
from vstreamqa.audit.run import audit_records
from vstreamqa.models.base import Pixels
from vstreamqa.schema import Media


def found(path: Path, check: str) -> Finding:
    (finding,) = (one for one in audit_records(path).findings if one.check == check)
    return finding


def test_a_check_whose_arm_was_not_run_says_so_and_how_to_run_it(tmp_path: Path) -> None:
    make_run(tmp_path / "run", floors=())
    assert found(tmp_path / "run", "better than blind").status == "not run"
    assert "--control swapped" in found(tmp_path / "run", "video swapped").found


def test_a_model_that_looks_is_better_than_blind_and_changes_with_the_video(tmp_path: Path) -> None:
    make_run(tmp_path / "run", world=World(streams=40), floors=("blind", "swapped"))
    better = found(tmp_path / "run", "better than blind")
    assert better.status == "ok"
    low, high = better.figures["interval"]
    assert 0 < low <= better.figures["difference"] <= high
    assert found(tmp_path / "run", "video swapped").figures["accuracy_drop"] > 0.2


def test_on_one_video_a_difference_has_no_interval(tmp_path: Path) -> None:
    make_run(tmp_path / "run", world=World(streams=1))
    assert found(tmp_path / "run", "better than blind").status == "not run"


def test_an_answer_that_order_does_not_change_is_a_warning_only(tmp_path: Path) -> None:
    def whatever_order(frames: Sequence[Pixels], text: str, seed: int) -> str:
        return f"{is_it_bright(frames[-1:], text, seed)}, {sum(int(frame[0, 0, 0]) for frame in frames)}"

    def mean(frames: Sequence[Pixels], text: str, seed: int) -> str:
        return str(sum(int(frame.sum()) for frame in frames))

    run = make_run(tmp_path / "run", Model(mean), floors=("blind", "shuffled"))
    certificate = run.audit()
    assert "frames shuffled" in warned(certificate)
    assert "frames shuffled" not in alarms(certificate)
    ordered = make_run(tmp_path / "other", Model(whatever_order), floors=("blind", "shuffled"))
    assert "frames shuffled" not in warned(ordered.audit())


@pytest.mark.parametrize(
    "floors", [("last-frame", "recent-window:2", "window"), ("shuffled", "random-frames", "oracle")]
)
def test_every_control_has_a_timeline_of_its_own(tmp_path: Path, floors: tuple[str, ...]) -> None:
    make_run(tmp_path / "run", floors=floors)
    assert found(tmp_path / "run", "timeline").status == "ok"


def test_keyframes_are_audited_by_rank(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", world=World(unit="keyframe"))
    certificate = run.audit(share=1.0)
    assert not alarms(certificate)
    assert certificate.causality == "passed"


def test_of_feature_files_it_is_said_that_nobody_can_see_how_they_were_made() -> None:
    row = a_plan_row(a_question())
    stream = msgspec.structs.replace(row.stream, media=Media(kind="features", path="f.safetensors", rate=1.0))
    run = RunRecords(
        path=Path("run"),
        manifest=make_manifest(),
        plan=[msgspec.structs.replace(row, stream=stream)],
        predictions=[an_answer("Yes")],
    )
    (finding,) = feature_files(run)
    assert (finding.status, finding.figures) == ("not run", {"streams": 1})
    assert timeline(run) == [], "without the grid's rate nothing is said of it"


def test_chance_is_that_of_the_binomial_tail() -> None:
    assert by_chance(0, 10, 0.5) == 1
    assert by_chance(14, 14, 0.5) == pytest.approx(0.5**14)
    assert by_chance(1, 2, 0.5) == pytest.approx(0.75)


def test_who_answers_alike_anyway_agrees_by_chance() -> None:
    assert chance_of_agreeing(["a", "b"], ["a", "a"]) == 0.5
    assert chance_of_agreeing(["a", "a"], ["a", "a"]) == 1
    assert chance_of_agreeing(["a", "b"], ["c", "d"]) == 0
    assert np.isclose(chance_of_agreeing(["a", "b", "c"], ["a", "b", "c"]), 1 / 3)
