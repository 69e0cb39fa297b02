"""Live sessions against a reference server that speaks vLLM-Omni's messages; the real one was not run here."""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path
from typing import Any

import pytest
from commands import make_clip, make_questions
from live_omni_server import OmniScript, OmniServer, live_serving
from served_models import STREAM, batch, say

import vstreamqa
from vstreamqa.audit.contract import check_model
from vstreamqa.cli.main import run
from vstreamqa.errors import UserError, VStreamQAError
from vstreamqa.models.base import FrameBatch, Generation, LoadRequest, Prompt
from vstreamqa.models.live import LiveOmni
from vstreamqa.models.live.omni import stream_url
from vstreamqa.replay.asking import ask
from vstreamqa.runs.folder import RunReader
from vstreamqa.serving.failures import BrokenOffError, RefusedError, ServerGoneError


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vstreamqa.serving.retrying._FIRST_SECONDS", 0.05)


def live(server: OmniServer, **options: Any) -> LiveOmni:
    given = {"timeout": 5.0, "retries": 1, "idle": 0.0, **options}
    return LiveOmni.load(LoadRequest(checkpoint="omni", base_url=server.url, options=given))


def sessions(server: OmniServer) -> list[list[int]]:
    """Frames by session, without the one that only knocked."""
    return server.script.frames[1:]


def test_frames_are_pushed_once_as_they_are_watched_and_questions_rest_on_what_the_server_holds() -> None:
    with live_serving() as server:
        session = live(server, turns="kept").open(STREAM)
        session.watch(batch(1, 2))
        session.watch(batch(3))
        assert say(session) == "saw 1 2 3"
        session.watch(batch(4))
        assert say(session) == "saw 1 2 3 4 after saw 1 2 3"
        session.close()
        assert sessions(server) == [[1, 2, 3, 4]]


def test_the_session_is_configured_as_the_options_say_with_the_filter_off() -> None:
    with live_serving() as server:
        session = live(server, num_frames=7, max_frames=9).open(STREAM, Prompt(text="Be brief."))
        session.watch(batch(1))
        say(session)
        config = server.script.configs[1]
    assert config == {
        "type": "session.config",
        "model": "omni",
        "modalities": ["text"],
        "num_frames": 7,
        "max_frames": 9,
        "use_audio_in_video": False,
        "enable_frame_filter": False,
        "frame_filter_threshold": 0.95,
        "system_prompt": "Be brief.",
        "sampling_params_list": [{"temperature": 0.0, "max_tokens": 128}],
    }


def test_sampling_may_be_left_to_the_server() -> None:
    with live_serving() as server:
        live(server, sampling="server")
        assert "sampling_params_list" not in server.script.configs[-1]


def test_buffer_and_sampling_are_the_servers() -> None:
    with live_serving() as server:
        session = live(server, num_frames=3, max_frames=5).open(STREAM)
        for number in range(9):
            session.watch(batch(number))
        assert say(session) == "saw 4 6 8"
        assert say(session) == "saw 4 6 8"


def test_the_filter_drops_what_looks_alike_and_every_frame_is_sent_again_after_a_question() -> None:
    with live_serving() as server:
        session = live(server, frame_filter=True, max_frames=2).open(STREAM)
        session.watch(batch(1, 2, 14, 15, 3))
        assert say(session) == "saw 14 3"
        assert say(session) == "saw 14 3"
        assert sessions(server)[1] == [1, 2, 14, 15, 3]


def test_questions_know_nothing_of_each_other_and_what_that_takes_is_no_part_of_the_answer() -> None:
    with live_serving() as server:
        session = live(server, max_frames=4, idle=0.2).open(STREAM)
        session.watch(batch(*range(6)))
        first = ask(session, Prompt(text="What?"), Generation())
        second = ask(session, Prompt(text="And now?"), Generation())
        assert first.text == second.text == "saw 2 3 4 5"
        assert sessions(server)[:3] == [[0, 1, 2, 3, 4, 5], [2, 3, 4, 5], [2, 3, 4, 5]], "only what it may still hold"
    assert first.restore_ns is not None
    assert first.latency_ns is not None
    assert first.restore_ns > 0.2e9
    assert (first.input_tokens, first.output_tokens) == (None, None), "the server does not count"


def test_only_the_first_question_of_a_run_may_find_a_session_that_expected_another_length() -> None:
    with live_serving() as server:
        model = live(server, turns="kept")
        for _ in range(2):
            session = model.open(STREAM)
            session.watch(batch(1, 2, 3))
            assert say(session, tokens=2) == "saw 1"
        lengths = [config["sampling_params_list"][0]["max_tokens"] for config in server.script.configs]
    assert lengths == [128, 128, 2, 2], "one that knocked, one in vain, and one for each session"


def test_text_that_comes_only_at_its_end_is_given_then_and_audio_is_passed_over() -> None:
    with live_serving(OmniScript(acts=deque(["whole", "audio"]))) as server:
        session = live(server).open(STREAM)
        session.watch(batch(1, 2))
        assert say(session) == "saw 1 2"
        assert say(session) == "saw 1 2"


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        ("fail", RefusedError, "Query processing failed"),
        ("fail late", RefusedError, "Query processing failed"),
        ("contradict", RefusedError, "another answer than the one it streamed"),
        ("cut", BrokenOffError, "the connection was lost .*, within an answer"),
    ],
)
def test_a_question_that_fails_costs_itself(act: str, error: type[Exception], message: str) -> None:
    with live_serving(OmniScript(acts=deque([act]))) as server:
        session = live(server).open(STREAM)
        session.watch(batch(1, 2))
        with pytest.raises(error, match=message) as caught:
            say(session)
        assert str(caught.value).startswith(f"ws://127.0.0.1:{server.port}/v1/video/chat/stream: ")
        assert "\n" not in str(caught.value)
        assert isinstance(caught.value, VStreamQAError)
        session.watch(batch(3))
        assert say(session) == "saw 1 2 3"


def test_a_connection_lost_before_an_answer_or_between_frames_is_made_anew() -> None:
    with live_serving(OmniScript(acts=deque(["lose"]), idle_seconds=0.2)) as server:
        session = live(server).open(STREAM)
        session.watch(batch(1, 2))
        assert say(session) == "saw 1 2"
        time.sleep(0.5)
        session.watch(batch(3))
        time.sleep(0.5)
        assert say(session) == "saw 1 2 3"


def test_a_server_that_says_nothing_is_given_up() -> None:
    with live_serving(OmniScript(acts=deque(["silent"] * 2))) as server:
        session = live(server, timeout=0.2).open(STREAM)
        session.watch(batch(1))
        with pytest.raises(ServerGoneError, match="no message within the time limit"):
            say(session)


def test_a_server_that_has_gone_ends_the_stream_and_the_next_one_finds_it_again() -> None:
    with live_serving() as server:
        model = live(server)
        session = model.open(STREAM)
        session.watch(batch(1))
    with pytest.raises(ServerGoneError, match="cannot be reached") as caught:
        say(session)
    assert "\n" not in str(caught.value)
    with pytest.raises(ServerGoneError):
        model.open(STREAM).watch(batch(1))
    with live_serving(port=server.port):
        again = model.open(STREAM)
        again.watch(batch(2))
        assert say(again) == "saw 2"


def test_an_answer_given_up_leaves_nothing() -> None:
    with live_serving() as server:
        session = live(server, turns="kept").open(STREAM)
        session.watch(batch(1, 2))
        answer = session.ask(Prompt(text="What?"), Generation())
        assert next(answer).text == "saw"
        answer.close()
        assert say(session) == "saw 1 2"


def test_what_a_session_will_not_do_is_said() -> None:
    with live_serving() as server:
        session = live(server).open(STREAM)
        with pytest.raises(UserError, match=r"before a frame was seen.*--floors none"):
            session.ask(Prompt(text="What?"), Generation())
        session.watch(batch(1))
        with pytest.raises(UserError, match="dialogues are not supported"):
            session.ask(Prompt(text="And?", commit=True), Generation())
        with pytest.raises(VStreamQAError, match="frames, not features"):
            session.watch(FrameBatch(positions=(0,)))
        session.close()
        for act in (lambda: say(session), lambda: session.watch(batch(1))):
            with pytest.raises(VStreamQAError, match="closed"):
                act()


def test_the_contract_is_kept_but_for_the_blind_question() -> None:
    with live_serving() as server:
        outcomes = list(check_model(live(server, max_frames=40, num_frames=40), tokens=64))
    assert [outcome.clause for outcome in outcomes if outcome.status == "broken"] == ["blind question"]


def test_turns_that_are_kept_break_it() -> None:
    with live_serving() as server:
        outcomes = check_model(live(server, max_frames=40, num_frames=40, turns="kept"), tokens=64)
        assert "no trace" in [outcome.clause for outcome in outcomes if outcome.status == "broken"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"base_url": None}, "'live-omni:omni' needs --base-url"),
        ({"checkpoint": "none"}, "live-omni:MODEL"),
        ({"device": "cuda"}, "--device cuda: the server"),
        ({"base_url": "http://127.0.0.1:9"}, r"ws://127.0.0.1:9/.*cannot be reached \(.*start the server"),
        ({"options": {"num_frames": 0}}, "num_frames=0: must be 1 to 128"),
        ({"options": {"max_frames": 257}}, "max_frames=257: must be 1 to 256"),
        ({"options": {"frame_filter_threshold": 1.5}}, "frame_filter_threshold=1.5"),
        ({"options": {"timeout": 0.0}}, "timeout=0"),
    ],
)
def test_requests_that_cannot_be_met(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        LiveOmni.load(LoadRequest(**{"checkpoint": "omni", "base_url": "http://127.0.0.1:9", **fields}))


def test_a_server_that_is_none_or_wants_a_key_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with live_serving(OmniScript(key="right")) as server:
        monkeypatch.setenv("OPENAI_API_KEY", "wrong")
        with pytest.raises(UserError, match="no WebSocket there, but status 401"):
            live(server)
        monkeypatch.setenv("OPENAI_API_KEY", "right")
        live(server)
        with pytest.raises(UserError, match="status 404"):
            LiveOmni.load(LoadRequest(checkpoint="omni", base_url=f"http://127.0.0.1:{server.port}/other"))


def test_the_url_of_the_socket_is_that_of_the_server() -> None:
    expected = "ws://there:8000/v1/video/chat/stream"
    assert {stream_url(f"http://there:8000{path}") for path in ("", "/", "/v1", "/v1/")} == {expected}
    assert stream_url("https://there/omni/v1") == "wss://there/omni/v1/video/chat/stream"


def test_a_whole_run_whose_server_dies_on_the_way(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_clip(workplace)
    rows = [{"question": f"Is it {time}?", "time": time, "answer": "Yes"} for time in (1, 2, 4)]
    questions = make_questions(workplace, rows)
    script = OmniScript()
    with live_serving(script) as server:

        def die_at_the_second(question: str) -> None:
            if question == "Is it 2?":
                server.die()

        script.before = die_at_the_second
        command = ["eval", "--model", "live-omni:omni", "--video", "clip.mp4", "--questions", str(questions)]
        command += ["--floors", "none", "--base-url", server.url, "--set", "retries=1", "--set", "idle=0"]
        assert run(command) == 1
    (folder,) = (workplace / "runs").iterdir()
    predictions = RunReader(folder).predictions()
    assert [row.status for row in predictions] == ["answered", "error", "error"]
    assert {row.error.kind for row in predictions if row.error} == {"ServerGoneError"}
    with live_serving(port=server.port):
        assert run(command) == 0, "the same command asks what is missing"
    assert [row.status for row in RunReader(folder).predictions()] == ["answered"] * 3
    options = RunReader(folder).manifest().model["options"]
    assert {"num_frames", "max_frames", "frame_filter", "frame_filter_threshold", "turns"} <= set(options)
    assert not {"idle", "timeout", "retries"} & set(options)
    assert run([*command, "--concurrency", "2"]) == 2
    assert run(["eval", "--model", "live-omni:omni", "--base-url", "http://127.0.0.1:9", "--suite", "mini"]) == 2
    capsys.readouterr()


def test_the_api_reaches_it_too() -> None:
    with live_serving() as server:
        model = vstreamqa.load_model("live-omni:omni", base_url=server.url, max_frames=8)
        assert model.input.bounded
