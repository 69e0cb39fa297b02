from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fakes import make_question, make_stream

from vstreamqa.errors import UserError
from vstreamqa.runs.folder import RunFolder, RunReader
from vstreamqa.schema import Fault, Git, Manifest, PlanRow, Prediction, StreamRecord, UtteranceRecord

PLAN = [
    PlanRow(suite="u", config="c", question=make_question(name, time), stream=make_stream(), controls=(None,))
    for name, time in (("a", 1), ("b", 2))
]


def manifest(model: Mapping[str, Any] | None = None, hardware: Mapping[str, Any] | None = None) -> Manifest:
    return Manifest(
        run_id="r",
        created_at="now",
        command="vstreamqa eval",
        task={"clock": "logical", "suites": [{"suite": "u", "questions": 2}]},
        task_hash="t",
        model=model or {"model": "m", "options": {"mode": "streaming"}},
        model_hash="m",
        scoring={},
        scoring_hash="s",
        seed=0,
        versions={},
        git=Git(commit=None, dirty=None),
        checkpoint=None,
        hardware=hardware or {"cpu": "x"},
        clock="logical",
        demo=True,
    )


def prediction(question: str, *, error: bool = False) -> Prediction:
    return Prediction(
        run_id="r",
        suite="u",
        config="c",
        stream_id="s",
        source_id="source-s",
        question_id=question,
        asked_at=1,
        prediction=None if error else "Yes",
        status="error" if error else "answered",
        error=Fault(kind="E", message="m") if error else None,
        clock="logical",
        started_at="now",
    )


def watched() -> StreamRecord:
    return StreamRecord(
        suite="u",
        config="c",
        stream_id="s",
        control=None,
        frames=3,
        dropped_frames=0,
        watch_ns=1,
        decode_ns=1,
        rtfx=1.0,
        frame_latency_ns=None,
        deadline_misses=None,
        memory=(),
        status="complete",
    )


def said() -> UtteranceRecord:
    return UtteranceRecord(suite="u", config="c", stream_id="s", control=None, time=1, said_at_ns=5, text="oh")


def write(path: Path, *rows: Prediction | StreamRecord | UtteranceRecord) -> None:
    with RunFolder(path, manifest(), PLAN) as folder:
        for row in rows:
            folder.append(row)


def test_the_plan_is_there_before_anything_is_answered(tmp_path: Path) -> None:
    with RunFolder(tmp_path / "run", manifest(), PLAN):
        assert RunReader(tmp_path / "run").plan() == PLAN
        assert RunReader(tmp_path / "run").predictions() == []


def test_an_answer_given_before_a_kill_is_kept_and_its_unfinished_stream_watched_again(tmp_path: Path) -> None:
    write(tmp_path, prediction("a"), said())
    with RunFolder(tmp_path, manifest(), PLAN) as folder:
        assert folder.answered == {("u", "c", "a", None)}
        assert folder.watched == frozenset()
    assert (tmp_path / "utterances.jsonl").read_bytes() == b"", "what the stream said will be said again"


def test_a_stream_that_was_listened_to_is_kept_whole_or_made_anew(tmp_path: Path) -> None:
    told = msgspec.structs.replace(PLAN[0].question, format="proactive", spans=())
    plan = [msgspec.structs.replace(PLAN[0], question=told), *PLAN[1:]]
    write(tmp_path, prediction("a"), prediction("b"), said())
    with RunFolder(tmp_path, manifest(), plan) as folder:
        assert folder.answered == folder.watched == frozenset()
        for row in (prediction("a"), prediction("b"), said(), watched()):
            folder.append(row)
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.jsonl")}
    with RunFolder(tmp_path, manifest(), plan) as folder:
        assert len(folder.answered) == 2
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.jsonl")} == before


def test_a_finished_run_has_nothing_left_to_do(tmp_path: Path) -> None:
    write(tmp_path, prediction("a"), prediction("b"), said(), watched())
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.jsonl")}
    with RunFolder(tmp_path, manifest(), PLAN) as folder:
        assert len(folder.answered) == 2
        assert folder.watched == {("u", "c", "s", None)}
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.jsonl")} == before


def test_errors_are_asked_again(tmp_path: Path) -> None:
    write(tmp_path, prediction("a"), prediction("b", error=True), watched())
    with RunFolder(tmp_path, manifest(), PLAN) as folder:
        assert folder.answered == {("u", "c", "a", None)}
        assert folder.watched == frozenset()
    assert [row.question_id for row in RunReader(tmp_path).predictions()] == ["a"]


def test_other_settings_are_refused_and_the_difference_named(tmp_path: Path) -> None:
    write(tmp_path, prediction("a"))
    other = manifest({"model": "m", "options": {"mode": "offline"}})
    with pytest.raises(UserError, match=r"another model: options\.mode was 'streaming', is 'offline'.*--fresh.*--out"):
        RunFolder(tmp_path, other, PLAN)
    assert len(RunReader(tmp_path).predictions()) == 1
    with RunFolder(tmp_path, other, PLAN, fresh=True) as folder:
        assert folder.answered == frozenset()


def test_one_process_writes_at_a_time(tmp_path: Path) -> None:
    with RunFolder(tmp_path, manifest(), PLAN), pytest.raises(UserError, match="another process"):
        RunFolder(tmp_path, manifest(), PLAN)
    with RunFolder(tmp_path, manifest(), PLAN):
        pass


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("important")
    for fresh in (False, True):
        with pytest.raises(UserError, match=r"thesis\.tex.*--out"):
            RunFolder(tmp_path, manifest(), PLAN, fresh=fresh)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_run_killed_before_its_manifest_can_start_again(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "manifest.json").unlink()
    (tmp_path / ".manifest.json.abc").write_bytes(b"{")
    with RunFolder(tmp_path, manifest(), PLAN) as folder:
        assert not folder.continued


def test_going_on_elsewhere_is_noted(tmp_path: Path) -> None:
    write(tmp_path)
    for _ in range(2):
        with RunFolder(tmp_path, manifest(hardware={"cpu": "y"}), PLAN):
            pass
    assert RunReader(tmp_path).manifest().continued == ({"hardware": {"cpu": "y"}},)
    assert RunReader(tmp_path).manifest().hardware == {"cpu": "x"}


def test_a_folder_that_is_no_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not a run folder"):
        RunReader(tmp_path)


def test_a_run_that_lost_its_plan_says_so(tmp_path: Path) -> None:
    write(tmp_path, prediction("a"))
    (tmp_path / "plan.jsonl").unlink()
    with pytest.raises(UserError, match=r"plan\.jsonl: missing.*--fresh"):
        RunReader(tmp_path).plan()
    with pytest.raises(UserError, match=r"plan\.jsonl: missing"):
        RunFolder(tmp_path, manifest(), PLAN)
    with RunFolder(tmp_path, manifest(), PLAN, fresh=True) as folder:
        assert folder.answered == frozenset()
