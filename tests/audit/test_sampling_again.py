"""An audit that nobody can foresee, that can be repeated, and that asks the floors again too."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from audited import Model, ModelSession, Run, World, alarms, is_it_bright, make_run, warned

from vstreamqa.audit.causality import Bench, Sample, choose, further
from vstreamqa.audit.causality.bench import fresh_seed
from vstreamqa.audit.run import audit_with
from vstreamqa.models.base import Pixels, Prompt, Session, StreamInfo
from vstreamqa.replay.controls import FLOORS
from vstreamqa.runs.folder import RunReader
from vstreamqa.schema import Question, Stream


def edit_one_in_two(run: Run, control: str) -> None:
    path = run.path / "predictions.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for row in rows[::2]:
        if row["control"] == control:
            row["prediction"] = "worse"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.mark.parametrize("control", ["blind", "constant", "swapped", "last-frame", "recent-window:2", "window"])
def test_rows_of_a_floor_that_were_changed_are_found(tmp_path: Path, control: str) -> None:
    run = make_run(tmp_path / "run", floors=(control,))
    edit_one_in_two(run, control)
    found = alarms(run.audit())["floors repeated"]
    assert f"[{control}] answer 'worse' becomes" in found.found


def test_all_floors_give_their_rows_again(tmp_path: Path) -> None:
    controls = tuple(name for name in FLOORS["all"] if name != "oracle")
    run = make_run(tmp_path / "run", Model(is_it_bright, max_batch=3), floors=controls)
    certificate = run.audit()
    assert not alarms(certificate)
    (found,) = (one for one in certificate.findings if one.check == "floors repeated")
    assert found.figures["questions"] == 4 * len(controls)


def test_without_floors_there_is_nothing_to_say_of_them(tmp_path: Path) -> None:
    certificate = make_run(tmp_path / "run", floors=()).audit()
    assert "floors repeated" not in {finding.check for finding in certificate.findings}


def test_the_seed_is_not_the_run_s_and_stands_in_the_certificate(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")

    def audit(**more: int) -> tuple[int | None, list[str]]:
        bench = Bench(
            model=run.model,
            open_stream=run.world.open,
            reference=run.world.reference,
            settings=run.settings,
            **more,  # type: ignore[arg-type]
        )
        found = audit_with(run.path, bench, share=0.2)
        return found.seed, [question.question_id for question in found.questions]

    seed, asked = audit()
    assert seed is not None
    assert audit(seed=seed) == (seed, asked)
    assert len({fresh_seed() for _ in range(20)}) == 20


def chosen(path: Path, share: float) -> tuple[list[Sample], list[Sample]]:
    rows = RunReader(path)
    plan, predictions = rows.plan(), rows.predictions()
    samples = choose(plan, predictions, share=share, seed=3, fps=1.0, max_batch=2)
    return samples, further(plan, predictions, samples, seed=3)


def test_enough_questions_are_put_over_other_frames(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    samples, more = chosen(run.path, 0.02)
    assert (len(samples), len(more)) == (4, 10)
    assert not {sample.question_id for sample in samples} & {sample.question_id for sample in more}
    assert chosen(run.path, 0.5)[1] == []


def test_what_is_listened_for_takes_part_beside_what_is_asked(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", Model(speaks=True), World(proactive=True), floors=())
    samples, _ = chosen(run.path, 0.02)
    formats = [sample.row.question.format for sample in samples]
    assert (formats.count("proactive"), formats.count("yes_no")) == (4, 4)


def test_a_model_that_counts_frames_is_found_by_a_small_audit(tmp_path: Path) -> None:
    def counts(frames: Sequence[Pixels], text: str, seed: int) -> str:
        return f"{'Yes' if len(frames) % 2 else 'No'}, {text}, {len(frames)}"

    run = make_run(tmp_path / "run", Model(counts), floors=())
    found = alarms(run.audit(share=0.02))["noise shown"]
    assert found.figures == {"same": 14, "n": 14, "by_name": 0, "kept": 0}


def test_where_no_answer_changes_and_there_are_few_it_warns(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", Model(lambda frames, text, seed: text), World(streams=1), floors=())
    certificate = run.audit()
    assert "noise shown" not in alarms(certificate)
    assert "raise --share" in warned(certificate)["noise shown"].means


class OnlyListened(World):
    """Nobody is asked anything."""

    def questions(self, stream: Stream) -> Iterator[Question]:
        return (question for question in super().questions(stream) if question.format == "proactive")


def test_who_never_speaks_is_certified_in_part(tmp_path: Path) -> None:
    class Silent(Model):
        def open(self, stream: StreamInfo, preface: Prompt | None = None) -> Session:
            return ModelSession(Model(lambda frames, text, seed: ""), stream)

    run = make_run(tmp_path / "run", Silent(speaks=True), OnlyListened(proactive=True), floors=())
    certificate = run.audit()
    assert {one.check for one in certificate.findings if one.status == "not run"} == {
        "noise shown",
        "frames hardly altered",
    }
    assert certificate.causality == "passed in part"


def test_a_speaker_that_is_never_asked_can_pass(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", Model(speaks=True), OnlyListened(proactive=True), floors=())
    certificate = run.audit()
    assert certificate.causality == "passed"
    assert {"earlier playings", "batches", "noise shown"} <= {one.check for one in certificate.findings}
