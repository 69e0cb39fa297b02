from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from fakes import NumberedSource, RecordingModel, grid_of, make_manifest, make_question, make_stream

from vstreamqa.engines.local import run_plan
from vstreamqa.prompts import OWN
from vstreamqa.replay.replayer import ReplaySettings
from vstreamqa.replay.source import FrameSource
from vstreamqa.runs.folder import RunFolder, RunReader
from vstreamqa.runs.plan import Selection, make_plan
from vstreamqa.schema import Prediction, Stream, StreamRecord, UtteranceRecord
from vstreamqa.suites.base import SuiteConfig

CONFIG = SuiteConfig(
    suite="suite",
    config="config",
    root=Path(),
    streams=tuple(make_stream(name) for name in "stu"),
    questions=tuple(
        make_question(f"{stream}{time}", time, stream_id=stream, evidence=(0, time))
        for stream in "stu"
        for time in (2, 5, 9)
    ),
    data_hash="d",
)
PLAN = make_plan([CONFIG], Selection(floors=("constant", "blind", "last-frame", "swapped", "shuffled"))).rows
SETTINGS = ReplaySettings(run_id="r", seed=1, fps=1.0, max_new_tokens=4, render=OWN.render)


def open_stream(suite: str, config: str, stream: Stream) -> FrameSource:
    return NumberedSource(grid_of(stream), 11)


class Killed(BaseException):
    pass


class Mortal(RunFolder):
    """A folder whose process dies before a number of rows are written."""

    lives = 0

    def append(self, row: Prediction | UtteranceRecord | StreamRecord) -> None:
        if self.lives == 0:
            raise Killed
        self.lives -= 1
        super().append(row)


def run(path: Path, model: RecordingModel | None = None) -> None:
    with RunFolder(path, make_manifest(), PLAN) as folder:
        run_plan(folder, model or RecordingModel(), open_stream, SETTINGS)


def without_costs(path: Path) -> list[dict[str, Any]]:
    """Predictions and stream records, sorted, in all but timing and memory."""
    reader = RunReader(path)
    rows = [msgspec.to_builtins(row) for row in [*reader.predictions(), *reader.streams()]]
    for row in rows:
        for key in list(row):
            if key.endswith(("_ns", "_bytes")) or key in ("started_at", "rtfx", "memory"):
                del row[key]
    return sorted(rows, key=str)


def test_every_planned_question_has_one_row_for_every_arm(tmp_path: Path) -> None:
    run(tmp_path)
    predictions = RunReader(tmp_path).predictions()
    assert len(predictions) == len({(row.question_id, row.control) for row in predictions}) == 9 * 6
    assert [row.control for row in predictions[:9]] == [None] * 9, "the model's own arm comes first"


@pytest.mark.parametrize("lives", [0, 1, 4, 7, 20, 40])
def test_a_run_killed_and_gone_on_with_equals_an_unbroken_one(tmp_path: Path, lives: int) -> None:
    run(tmp_path / "whole")
    with Mortal(tmp_path / "broken", make_manifest(), PLAN) as folder:
        folder.lives = lives
        with pytest.raises(Killed):
            run_plan(folder, RecordingModel(), open_stream, SETTINGS)
    kept = [row for row in RunReader(tmp_path / "broken").predictions() if row.control != "constant"]
    model = RecordingModel()
    run(tmp_path / "broken", model)
    assert without_costs(tmp_path / "broken") == without_costs(tmp_path / "whole")
    assert len(model.asked) == 9 * 5 - len(kept), "an answer was asked for again"


def test_a_finished_run_asks_nothing(tmp_path: Path) -> None:
    run(tmp_path)
    model = RecordingModel()
    run(tmp_path, model)
    assert model.sessions == []


def test_one_stream_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    run(tmp_path, RecordingModel(fail_on={"What about t5?": MemoryError("out of memory")}))
    failed = {row.question_id for row in RunReader(tmp_path).predictions() if row.status == "error" and not row.control}
    assert failed == {"t5", "t9"}
    run(tmp_path)
    assert all(row.status == "answered" for row in RunReader(tmp_path).predictions()), "errors are asked again"


def test_swapped_opens_another_streams_video_and_never_its_own(tmp_path: Path) -> None:
    plan = make_plan([CONFIG], Selection(controls=("swapped",))).rows
    names: list[str] = []

    def spy(suite: str, config: str, stream: Stream) -> FrameSource:
        names.append(stream.stream_id)
        return open_stream(suite, config, stream)

    with RunFolder(tmp_path, make_manifest(), plan) as folder:
        run_plan(folder, RecordingModel(), spy, SETTINGS)
    assert names[:3] == ["s", "t", "u"], "the model's own arm"
    assert names[3:] == ["t", "u", "s"], "the stream beside it"
