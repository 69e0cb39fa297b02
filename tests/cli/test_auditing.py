"""`vstreamqa audit` from the command line: a run of one's own model, its certificate, and what bad input gets."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from vstreamqa import load_suite
from vstreamqa.cli.main import run
from vstreamqa.schema import NOT_STATED

HONEST = """
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from vstreamqa.models.base import FrameBatch, Generation, InputSpec, LoadRequest, Piece, Prompt, StreamInfo
from vstreamqa.schema import Checkpoint

@dataclass(frozen=True)
class Options:
    pass

SEEN: list[str] = []

class Watcher:
    Options = Options
    recipe = {"licence": "Apache-2.0", "decoding": {"max_new_tokens": 16}}

    def __init__(self, request: LoadRequest) -> None:
        self.input = InputSpec(fps=1.0, size=(4, 4), max_batch=3)
        self.checkpoint = Checkpoint(id=request.checkpoint, revision=None, hash=None, weights_bytes=None)
        self.dtype, self.device = "float32", "cpu"
    @classmethod
    def load(cls, request: LoadRequest) -> "Watcher":
        return cls(request)
    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> "Session":
        return Session()

class Session:
    def __init__(self) -> None:
        self.frames: list[int] = []
    def watch(self, frames: FrameBatch) -> Sequence[object]:
        self.frames += [int(one[0, 0, 0]) for one in frames.frames]
        return ()
    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        yield Piece(ANSWER, tokens=1)
    def close(self) -> None:
        pass
"""
FRAMES = "f'{self.frames}'"
QUESTIONS = "f'{self.frames} {SEEN} {SEEN.append(prompt.text)}'"


@pytest.fixture
def folder(workplace: Path) -> Path:
    np.save(workplace / "v.npy", np.random.default_rng(0).integers(0, 256, (12, 4, 4, 3), dtype=np.uint8))
    rows = [{"id": f"q{time}", "time": time, "question": f"What at {time}?", "answer": "x"} for time in (2, 5, 6.5, 9)]
    (workplace / "q.json").write_text(json.dumps(rows))
    return workplace


def evaluate(folder: Path, answer: str, *more: str) -> int:
    (folder / "watcher.py").write_text(HONEST.replace("ANSWER", answer))
    command = ["eval", "--model", "./watcher.py:Watcher", "--video", "v.npy", "--rate", "1", "--questions", "q.json"]
    return run([*command, "--judge", "rules", "--out", "run", *more])


def certificate(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "run" / "audit.json").read_text())
    return found


def test_an_honest_run_gets_its_certificate(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(folder, FRAMES) == 0
    assert run(["audit", "run"]) == 0
    printed = capsys.readouterr().out
    assert "causality: passed, 4 questions asked again" in printed
    assert "answers need nothing after their question" in re.sub(r"\s+", " ", printed)
    assert certificate(folder)["causality"] == "passed"
    assert json.loads((folder / "run" / "manifest.json").read_text())["audit"] == "audit.json"


def test_questions_that_contaminate_each_other_fail_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evaluate(folder, QUESTIONS)
    capsys.readouterr()
    assert run(["audit", "run", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["causality"] == "failed"
    assert found == certificate(folder)


def test_without_the_model_causality_stays_open(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evaluate(folder, FRAMES)
    (folder / "watcher.py").unlink()
    assert run(["audit", "run", "--no-model"]) == 0
    assert certificate(folder)["causality"] == "not run"
    capsys.readouterr()
    assert run(["audit", "run"]) == 2
    assert "watcher.py" in capsys.readouterr().err


def test_another_gold_than_the_plan_s_is_found(folder: Path) -> None:
    evaluate(folder, FRAMES)
    questions = folder / "q.json"
    questions.write_text(questions.read_text().replace('"x"', '"y"'))
    assert run(["audit", "run"]) == 1
    findings = certificate(folder)["findings"]
    assert isinstance(findings, list)
    assert [one["check"] for one in findings if one["status"] == "failed"] == ["same model and data"]


def failed_checks(folder: Path) -> list[str]:
    assert run(["audit", "run"]) == 1
    findings = certificate(folder)["findings"]
    assert isinstance(findings, list)
    return [one["check"] for one in findings if one["status"] == "failed"]


def test_a_demonstration_that_is_passed_off_as_none_is_found(folder: Path) -> None:
    evaluate(folder, FRAMES)
    path = folder / "run" / "manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps({**manifest, "demo": not manifest["demo"]}))
    assert failed_checks(folder) == ["same model and data"]


def test_an_arm_that_was_taken_out_without_a_trace_is_found(folder: Path) -> None:
    evaluate(folder, FRAMES)
    for name in ("predictions.jsonl", "streams.jsonl"):
        lines = (folder / "run" / name).read_text().splitlines(keepends=True)
        kept = [line for line in lines if json.loads(line)["control"] != "blind"]
        (folder / "run" / name).write_text("".join(kept))
    plan = folder / "run" / "plan.jsonl"
    plan.write_text(plan.read_text().replace(',"blind"', "").replace('"blind",', ""))
    run(["score", "run"])
    assert failed_checks(folder) == ["same model and data"]


@pytest.mark.parametrize("order", [(("--control", "shuffled"), ()), ((), ("--control", "shuffled"))])
def test_a_run_that_went_on_with_other_arms_is_an_honest_one(folder: Path, order: tuple[tuple[str, ...], ...]) -> None:
    for controls in order:
        evaluate(folder, FRAMES, *controls)
    assert run(["audit", "run"]) == 0


def test_a_fresh_run_has_no_certificate(folder: Path) -> None:
    evaluate(folder, FRAMES)
    run(["audit", "run", "--no-model"])
    evaluate(folder, FRAMES, "--fresh")
    assert not (folder / "run" / "audit.json").exists()
    assert json.loads((folder / "run" / "manifest.json").read_text())["audit"] is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["audit", "nowhere"], "nowhere: not a run folder"),
        (["audit", "run", "--share", "0"], "--share 0.0: must be above 0 and at most 1"),
        (["audit", "run", "--share", "2"], "--share 2.0: must be above 0 and at most 1"),
        (["audit", "run", "--base-url", "http://127.0.0.1:1"], "is not asked through a server"),
        (["audit", "run", "--data", "elsewhere"], "--data: run: is about a video of one's own"),
        (["audit", "run", "--no-model", "--share", "1"], "--share: nothing is asked again with --no-model; leave it"),
        (["audit", "run", "--no-model", "--device", "cpu", "--seed", "3"], "--seed, --device: nothing is asked again"),
    ],
)
def test_a_mistake_gets_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    evaluate(folder, FRAMES)
    capsys.readouterr()
    assert run(arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_a_run_that_does_not_say_what_was_asked_for_can_be_audited_without_its_model(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluate(folder, FRAMES)
    path = folder / "run" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "request": None}))
    capsys.readouterr()
    assert run(["audit", "run"]) == 2
    assert "--no-model" in capsys.readouterr().err
    assert run(["audit", "run", "--no-model"]) == 0


def test_of_a_run_that_another_project_has_answered_no_share_is_asked_again(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluate(folder, FRAMES)
    path = folder / "run" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "clock": NOT_STATED}))
    capsys.readouterr()
    assert run(["audit", "run", "--share", "0.5"]) == 2
    assert capsys.readouterr().err.startswith("vstreamqa: --share: run: another project has answered")


def test_an_audit_can_be_repeated_by_its_seed(folder: Path) -> None:
    evaluate(folder, FRAMES)
    assert run(["audit", "run"]) == 0
    first = certificate(folder)
    assert run(["audit", "run", "--seed", str(first["seed"])]) == 0
    again = certificate(folder)
    assert (first["seed"], first["questions"]) == (again["seed"], again["questions"])


def test_a_run_that_is_being_written_is_left_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evaluate(folder, FRAMES)
    capsys.readouterr()
    with FileLock(folder / "run" / ".lock"):
        assert run(["audit", "run", "--no-model"]) == 2
    assert "another process is writing this run" in capsys.readouterr().err
    assert not (folder / "run" / "audit.json").exists()


def test_two_videos_that_were_swapped_after_the_suite_was_built_are_found(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built = load_suite("mini/vs-ego")
    root = folder / "data" / "mini" / built.root.name
    shutil.copytree(built.root, root)
    (folder / "watcher.py").write_text(HONEST.replace("ANSWER", FRAMES))
    model = ["--model", "./watcher.py:Watcher", "--suite", "mini/vs-ego", "--limit-streams", "3", "--floors", "none"]
    _swap(*(root / stream.media.path for stream in built.streams[:2]))
    place = ["--data", "data", "--judge", "rules", "--out", "run"]
    assert run(["eval", *model, *place]) == 0
    assert run(["audit", "run"]) == 1
    findings = certificate(folder)["findings"]
    assert isinstance(findings, list)
    (media,) = (one for one in findings if one["check"] == "same media")
    assert media["figures"]["faults"] == 2


def _swap(one: Path, other: Path) -> None:
    content = one.read_bytes(), other.read_bytes()
    for path, of_the_other in zip((one, other), reversed(content), strict=True):
        path.unlink()
        path.write_bytes(of_the_other)
