"""Which questions are asked again."""

from __future__ import annotations

from pathlib import Path

from audited import World, make_run

from vstreamqa.audit.causality import Sample, choose
from vstreamqa.runs.folder import RunReader


def chosen(path: Path, share: float, *, seed: int = 1, streams: int = 12, max_batch: int = 2) -> list[Sample]:
    if not path.exists():
        make_run(path, world=World(streams=streams))
    run = RunReader(path)
    return choose(run.plan(), run.predictions(), share=share, seed=seed, fps=1.0, max_batch=max_batch)


def ids(samples: list[Sample]) -> list[str]:
    return [sample.question_id for sample in samples]


def test_the_seed_alone_decides(tmp_path: Path) -> None:
    assert ids(chosen(tmp_path / "run", 0.2)) == ids(chosen(tmp_path / "run", 0.2))
    assert ids(chosen(tmp_path / "run", 0.2)) != ids(chosen(tmp_path / "run", 0.2, seed=2))


def test_a_few_are_asked_again_however_small_the_share(tmp_path: Path) -> None:
    assert len(chosen(tmp_path / "run", 0.001)) == 4
    assert len(chosen(tmp_path / "run", 0.5)) == 18
    assert len(chosen(tmp_path / "run", 1.0)) == 36


def test_as_many_streams_take_part_as_can(tmp_path: Path) -> None:
    samples = chosen(tmp_path / "run", 1 / 3)
    assert len({sample.row.stream.stream_id for sample in samples}) == len(samples) == 12


def test_the_middle_of_a_stream_comes_first(tmp_path: Path) -> None:
    samples = chosen(tmp_path / "run", 1 / 3)
    assert {sample.row.question.time for sample in samples} == {4.5}, "asked after another, and before another"


def test_only_the_model_s_own_answers_are_asked_again(tmp_path: Path) -> None:
    assert all(sample.prediction.control is None for sample in chosen(tmp_path / "run", 1.0))
