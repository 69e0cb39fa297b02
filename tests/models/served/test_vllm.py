"""A server started for a run, with a stand-in for the `vllm` program; the real one was not run here."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from commands import make_clip, make_questions, program
from served_models import STREAM, batch, say
from vllm_stand_in import StandIn, check_it_goes_with, runs, stand_in_on_path, wait_until

from vstreamqa.cli.main import run
from vstreamqa.errors import UserError, VStreamQAError
from vstreamqa.models.base import LoadRequest
from vstreamqa.models.served import Vllm
from vstreamqa.models.served.vllm import VllmOptions, command_for
from vstreamqa.serving import guard
from vstreamqa.serving.failures import ServerGoneError


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with stand_in_on_path(tmp_path, monkeypatch) as made:
        yield made


def load(**fields: object) -> Vllm:
    request = {"checkpoint": "org/seer", "options": {"timeout": 5.0, "retries": 1, "start_timeout": 20.0}, **fields}
    return Vllm.load(LoadRequest(**request))  # type: ignore[arg-type]


def test_the_server_is_started_used_and_stopped_with_everything_it_started(stand_in: StandIn) -> None:
    model = load()
    session = model.open(STREAM)
    session.watch(batch(1, 2))
    assert say(session) == "saw 1 2"
    (call,) = stand_in.calls()
    assert call["arguments"][:5] == ["serve", "org/seer", "--host", "127.0.0.1", "--port"]
    assert len(stand_in.left()) == 2
    model.close()
    assert stand_in.left() == []
    model.close()


def test_the_command_says_what_the_run_needs() -> None:
    request = LoadRequest(checkpoint="org/seer", dtype="bfloat16", revision="abc")
    command = command_for("/bin/vllm", request, VllmOptions(frames=9, args="--max-model-len 99 -tp 2"), 8123)
    assert command == [
        *("/bin/vllm", "serve", "org/seer", "--host", "127.0.0.1", "--port", "8123", "--dtype", "bfloat16"),
        *("--revision", "abc", "--limit-mm-per-prompt", '{"image": 9}', "--max-model-len", "99", "-tp", "2"),
    ]
    movie = command_for("/bin/vllm", LoadRequest(checkpoint="m"), VllmOptions(frames_as="video"), 1)
    assert movie[9:] == ["--limit-mm-per-prompt", '{"video": 1}', "--media-io-kwargs", '{"video": {"num_frames": -1}}']


def test_a_server_that_fails_to_start_says_why_in_one_line(stand_in: StandIn) -> None:
    stand_in.mode("fails")
    with pytest.raises(
        VStreamQAError, match=r"`vllm serve org/seer` ended .*: ValueError: no such model; its log"
    ) as told:
        load()
    assert "\n" not in str(told.value)
    log = Path(str(told.value).rpartition("its log is ")[2])
    assert log.read_text().startswith("Loading")
    log.unlink()
    wait_until(lambda: stand_in.left() == [])


def test_a_server_that_does_not_become_healthy_is_given_up(stand_in: StandIn) -> None:
    stand_in.mode("hangs")
    with pytest.raises(VStreamQAError, match=r"did not answer within 1 s .*start_timeout.*it said nothing") as told:
        load(options={"start_timeout": 1.0})
    Path(str(told.value).rpartition("its log is ")[2]).unlink()
    assert stand_in.pids()
    assert stand_in.left() == []


def test_a_server_that_does_not_listen_to_reason_is_killed(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hasty = tmp_path / "guard.py"
    hasty.write_text(Path(guard.__file__).read_text().replace("GRACE_SECONDS = 10.0", "GRACE_SECONDS = 0.5"))
    monkeypatch.setattr(guard, "__file__", str(hasty))
    stand_in.mode("deaf")
    model = load()
    model.close()
    assert stand_in.left() == []


def test_a_server_that_died_is_started_again_for_the_next_stream(stand_in: StandIn) -> None:
    model = load()
    session = model.open(STREAM)
    os.kill(stand_in.pids()[0], signal.SIGKILL)
    with pytest.raises(ServerGoneError):
        say(session)
    assert say(model.open(STREAM)) == "saw nothing"
    assert len(stand_in.calls()) == 2
    model.close()
    assert stand_in.left() == [], "what the first one had started is gone too"


def test_a_server_that_cannot_be_started_again_is_tried_once_and_every_stream_says_so(stand_in: StandIn) -> None:
    stand_in.mode("once")
    model = load()
    os.kill(stand_in.pids()[0], signal.SIGKILL)
    wait_until(lambda: not runs(stand_in.pids()[0]))
    with pytest.raises(ServerGoneError, match=r"vLLM has died: .*its log is") as told:
        model.open(STREAM)
    Path(str(told.value).rpartition("its log is ")[2]).unlink()
    with pytest.raises(ServerGoneError, match="did not come up again"):
        model.open(STREAM)
    assert len(stand_in.calls()) == 2
    model.close()


HOLDER = """
import sys, time
from vstreamqa.models.base import LoadRequest
from vstreamqa.models.served import Vllm
model = Vllm.load(LoadRequest(checkpoint="seer", options={{"start_timeout": 20.0}}))
print("up", flush=True)
{end}
"""


@pytest.mark.parametrize(
    ("end", "signum"),
    [
        ("time.sleep(600)", signal.SIGKILL),
        ("time.sleep(600)", signal.SIGTERM),
        ("import os; os._exit(1)", None),
        ("raise RuntimeError('crash')", None),
        ("sys.exit(0)", None),
    ],
)
def test_the_server_goes_with_whoever_started_it(stand_in: StandIn, end: str, signum: int | None) -> None:
    check_it_goes_with(stand_in, HOLDER.format(end=end), says="up", signum=signum)


def test_the_server_goes_when_its_guard_is_killed(stand_in: StandIn) -> None:
    model = load()
    server = stand_in.pids()[0]
    os.kill(psutil.Process(server).ppid(), signal.SIGKILL)
    wait_until(lambda: not runs(server))
    model.close()


def test_a_run_interrupted_takes_its_server_down(stand_in: StandIn, workplace: Path) -> None:
    make_clip(workplace, seconds=4)
    rows = [{"question": f"Is it {k}?", "time": k % 4, "answer": "Yes"} for k in range(40)]
    arguments = ["eval", "--model", "vllm:seer", "--video", "clip.mp4", "--floors", "none"]
    with program([*arguments, "--questions", str(make_questions(workplace, rows))]) as process:
        wait_until(lambda: stand_in.pids(), 60)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    wait_until(lambda: stand_in.left() == [])


def test_a_whole_run(stand_in: StandIn, workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_clip(workplace)
    questions = make_questions(workplace, [{"question": "Is it?", "time": 2, "answer": "Yes"}])
    command = ["eval", "--model", "vllm:org/seer", "--video", "clip.mp4", "--questions", str(questions)]
    assert run([*command, "--set", "frames_as=video", "--concurrency", "2"]) == 0
    assert stand_in.left() == []
    assert run([*command, "--device", "cuda:1"]) == 2
    assert "CUDA_VISIBLE_DEVICES" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"), [({"args": "--x 'open"}, "args="), ({"start_timeout": 0.0}, "start_timeout=0")]
)
def test_options_that_cannot_be(options: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        load(options=options)
