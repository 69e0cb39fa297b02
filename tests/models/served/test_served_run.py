"""Whole runs on a scripted server: one that dies on the way, and the command line."""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from chat_server import LEVELS, Act, ChatScript, ChatServer, serving
from commands import make_clip, make_questions
from fakes import grid_of, make_manifest, make_question, make_stream
from served_models import served

import vstreamqa
from vstreamqa.cli.main import run
from vstreamqa.engines.local import run_plan
from vstreamqa.prompts import OWN
from vstreamqa.replay.replayer import ReplaySettings
from vstreamqa.replay.source import FrameSource
from vstreamqa.runs.folder import RunFolder, RunReader
from vstreamqa.runs.plan import Selection, make_plan
from vstreamqa.schema import Prediction, Stream
from vstreamqa.suites.base import SuiteConfig
from vstreamqa.video.types import Frame

CONFIG = SuiteConfig(
    suite="suite",
    config="config",
    root=Path(),
    streams=(make_stream("s"), make_stream("t")),
    questions=tuple(make_question(f"{stream}{time}", time, stream_id=stream) for stream in "st" for time in (1, 3, 6)),
    data_hash="d",
)
PLAN = make_plan([CONFIG], Selection(floors=())).rows


class GreySource:
    """Ten grey frames a stream, one a second."""

    decode_ns = 0

    def __init__(self, stream: Stream) -> None:
        grid = grid_of(stream)
        self._frames = iter(
            [
                Frame(
                    position=grid.position(k),
                    presented=grid.position(k),
                    pixels=np.full((8, 8, 3), LEVELS * k, np.uint8),
                    features=None,
                )
                for k in range(10)
            ]
        )

    def __iter__(self) -> Iterator[Frame]:
        return self

    def __next__(self) -> Frame:
        return next(self._frames)

    def close(self) -> None:
        pass


def opened(suite: str, config: str, stream: Stream) -> FrameSource:
    return GreySource(stream)


def play(path: Path, server: ChatServer, *, concurrency: int = 1, retries: int = 1) -> list[Prediction]:
    settings = ReplaySettings(
        run_id="r", seed=1, fps=1.0, max_new_tokens=64, render=OWN.render, concurrency=concurrency
    )
    with RunFolder(path, make_manifest(), PLAN) as folder:
        run_plan(folder, served(server, retries=retries), opened, settings)
    return RunReader(path).predictions()


WHOLE = ["saw 0 1", "saw 0 1 2 3", "saw 0 1 2 3 4 5 6"] * 2


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vstreamqa.serving.retrying._FIRST_SECONDS", 0.05)


@pytest.mark.parametrize("concurrency", [1, 3])
def test_a_run_on_a_server(tmp_path: Path, concurrency: int) -> None:
    with serving() as server:
        rows = play(tmp_path, server, concurrency=concurrency)
    assert [row.prediction for row in rows] == WHOLE
    assert [(row.input_tokens, row.output_tokens) for row in rows[:3]] == [(23, 4), (43, 6), (73, 9)]
    for row in rows:
        assert row.ttft_ns is not None
        assert row.answer_latency_ns is not None
        assert 0 < row.ttft_ns <= row.answer_latency_ns


def test_a_server_that_dies_costs_the_open_questions_and_the_next_stream_finds_the_new_one(tmp_path: Path) -> None:
    script = ChatScript()
    first = ChatServer(script).start()
    again: list[ChatServer] = []

    def die_at_the_second(question: str) -> None:
        if "s3" in question:
            first.die()
            raise ConnectionAbortedError
        if "t1" in question:
            raise AssertionError("the dead server answers")

    script.before = die_at_the_second

    class Revived(RunFolder):
        """Sees the new server come up when the first stream is over."""

        def append(self, row: object) -> None:
            super().append(row)  # type: ignore[arg-type]
            if type(row).__name__ == "StreamRecord" and not again:
                again.append(ChatServer(ChatScript(), port=first.port).start())

    settings = ReplaySettings(run_id="r", seed=1, fps=1.0, max_new_tokens=64, render=OWN.render)
    with Revived(tmp_path, make_manifest(), PLAN) as folder:
        run_plan(folder, served(first, retries=1), opened, settings)
    again[0].die()
    rows = {row.question_id: row for row in RunReader(tmp_path).predictions()}
    assert [rows[name].prediction for name in ("s1", "s3", "s6", "t1", "t3", "t6")] == [
        WHOLE[0],
        None,
        None,
        *WHOLE[3:],
    ]
    for name in ("s3", "s6"):
        error = rows[name].error
        assert error is not None
        assert error.kind == "ServerGoneError"
        assert re.fullmatch(r"http://127.0.0.1:\d+/v1: cannot be reached \(.*\)", error.message)
    with serving() as server:
        assert [row.prediction for row in sorted(play(tmp_path, server), key=lambda row: row.question_id)] == WHOLE


def test_a_server_that_is_back_in_time_costs_nothing(tmp_path: Path) -> None:
    script = ChatScript()
    first = ChatServer(script).start()
    again: list[ChatServer] = []

    def die_once(question: str) -> None:
        if "s3" in question and not again:
            again.append(ChatServer(script, port=0))
            first.die()
            again[0].server_close()
            again[0] = ChatServer(script, port=first.port).start()
            raise ConnectionAbortedError

    script.before = die_once
    assert [row.prediction for row in play(tmp_path, first, retries=4)] == WHOLE
    again[0].die()


def test_an_answer_cut_off_costs_itself_and_the_stream_goes_on(tmp_path: Path) -> None:
    with serving(ChatScript(acts=deque([Act(), Act(cut_after=2), Act()]))) as server:
        rows = play(tmp_path, server)
    assert [row.error and row.error.kind for row in rows] == [None, "BrokenOffError", None, None, None, None]
    assert rows[2].prediction == WHOLE[2]


def test_questions_of_a_stream_are_in_flight_together(tmp_path: Path) -> None:
    gathered = threading.Barrier(3)
    script = ChatScript(before=lambda question: _wait(gathered))
    with serving(script) as server:
        rows = play(tmp_path, server, concurrency=3)
    assert script.most_together == 3
    assert [row.question_id for row in rows] == [row.question.question_id for row in PLAN]
    assert [row.prediction for row in rows] == WHOLE


def _wait(gathered: threading.Barrier) -> None:
    gathered.wait(20)


def test_the_command_line_and_what_a_run_is_named_after(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_clip(workplace)
    questions = make_questions(workplace, [{"question": "Is it?", "time": time, "answer": "Yes"} for time in (1, 2, 4)])
    command = ["eval", "--model", "served:org/seer", "--video", "clip.mp4", "--questions", str(questions)]
    command += ["--set", "timeout=5", "--concurrency", "3"]
    with serving(ChatScript(models=["org/seer"])) as server:
        assert run([*command, "--base-url", server.url]) == 0
    (folder,) = (workplace / "runs").iterdir()
    assert folder.name.startswith("served-org-seer-")
    manifest = msgspec.to_builtins(RunReader(folder).manifest())
    assert manifest["model"]["model"] == "served:org/seer"
    assert manifest["model"]["options"] == {
        "frames_as": "images",
        "policy": "uniform",
        "frames": 16,
        "max_side": 768,
        "quality": 90,
    }
    assert server.url not in json.dumps([manifest["model"], manifest["task"]])
    assert (manifest["hardware"]["device"], manifest["hardware"]["concurrency"]) == (f"server at {server.url}", 3)
    before = (folder / "predictions.jsonl").read_bytes()
    with serving(ChatScript(models=["org/seer"])) as elsewhere:
        others = [word if word != "timeout=5" else "timeout=6" for word in command[:-2]]
        assert run([*others, "--base-url", elsewhere.url.removesuffix("/v1")]) == 0
        assert elsewhere.script.asked == [], "another URL or time limit is the same run"
    assert (folder / "predictions.jsonl").read_bytes() == before
    capsys.readouterr()


def test_the_api_takes_a_server_too(tmp_path: Path) -> None:
    clip = make_clip(tmp_path)
    questions = make_questions(tmp_path, [{"question": "Is it?", "time": 2, "answer": "Yes"}])
    with serving() as server:
        results = vstreamqa.evaluate(
            "served:seer",
            video=clip,
            questions=questions,
            out=tmp_path / "run",
            floors="none",
            base_url=server.url,
            concurrency=2,
        )
        assert results.exit_code == 0
        model = vstreamqa.load_model("served:seer", base_url=server.url, frames=4)
        assert model.checkpoint.id == "seer"
