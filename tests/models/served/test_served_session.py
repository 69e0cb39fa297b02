from __future__ import annotations

import pytest
from chat_server import ChatScript, serving
from served_models import STREAM, batch, grey, say, served

from vstreamqa.audit.contract import check_model
from vstreamqa.errors import UserError, VStreamQAError
from vstreamqa.models.base import FrameBatch, Generation, LoadRequest, Prompt, StreamInfo
from vstreamqa.models.served import Served


@pytest.mark.parametrize("frames_as", ["images", "video"])
def test_a_question_rests_on_the_frames_of_its_window(frames_as: str) -> None:
    with serving() as server:
        for policy, expected in (
            ("uniform", "saw 0 4 8"),
            ("last-frames:4", "saw 5 7 8"),
            ("last-seconds:2", "saw 7 8"),
        ):
            session = served(server, frames_as=frames_as, policy=policy, frames=3).open(STREAM)
            for number in range(0, 9, 3):
                session.watch(batch(number, number + 1, number + 2))
            assert say(session) == expected


def test_a_question_before_any_frame_stands_alone() -> None:
    with serving() as server:
        for frames_as in ("images", "video"):
            assert say(served(server, frames_as=frames_as).open(STREAM)) == "saw nothing"
        assert all(
            [part["type"] for part in body["messages"][-1]["content"]] == ["text"] for body in server.script.asked
        )


def test_a_question_takes_its_frames_when_it_is_put() -> None:
    with serving() as server:
        session = served(server).open(STREAM)
        session.watch(batch(1, 2))
        early = session.ask(Prompt(text="What?"), Generation())
        session.watch(batch(3))
        late = session.ask(Prompt(text="What?"), Generation())
        assert "".join(piece.text for piece in late) == "saw 1 2 3"
        assert "".join(piece.text for piece in early) == "saw 1 2"


def test_ranks_have_no_seconds_and_may_be_sent_as_a_movie() -> None:
    ranks = StreamInfo(unit="keyframe", fps=None, seed=0)
    with serving() as server:
        session = served(server, frames_as="video").open(ranks)
        session.watch(FrameBatch(positions=(0, 1, 2), frames=grey(4, 5, 6)))
        assert say(session) == "saw 4 5 6"
        with pytest.raises(UserError, match="counted in keyframes"):
            served(server, policy="last-seconds:3").open(ranks)


def test_what_a_session_will_not_do_is_said() -> None:
    with serving() as server:
        session = served(server).open(STREAM)
        with pytest.raises(UserError, match="dialogues are not supported"):
            session.ask(Prompt(text="And?", commit=True), Generation())
        with pytest.raises(VStreamQAError, match="frames, not features"):
            session.watch(FrameBatch(positions=(0,)))
        session.close()
        with pytest.raises(VStreamQAError, match="closed"):
            say(session)


def test_the_contract_is_kept() -> None:
    with serving() as server:
        outcomes = list(check_model(served(server, frames=32, policy="last-frames:32"), tokens=64))
    assert {
        outcome.clause: (outcome.status, outcome.detail) for outcome in outcomes if outcome.status == "broken"
    } == {}


@pytest.mark.parametrize(
    ("script", "name", "message"),
    [
        (ChatScript(), "sear", "model 'sear': answered with status 404: there is no sear; did you mean 'seer'"),
        (ChatScript(models=None), "other", "model 'other': .*404"),
        (ChatScript(key="right"), "seer", "status 401.*OPENAI_API_KEY"),
    ],
)
def test_a_server_that_will_not_do_is_refused_before_any_video_is_read(
    script: ChatScript, name: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "wrong")
    with serving(script) as server, pytest.raises(UserError, match=message) as caught:
        served(server, name=name)
    assert "\n" not in str(caught.value)


def test_a_model_that_is_not_in_the_list_may_answer_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "right")
    with serving(ChatScript(models=["other"], known_only=False, key="right")) as server:
        model = served(server)
        assert say(model.open(STREAM)) == "saw nothing"
        model.close()
    assert (model.checkpoint.id, model.checkpoint.hash) == ("seer", None)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"base_url": None}, "'served:seer' needs --base-url"),
        ({"checkpoint": "none"}, "served:MODEL"),
        ({"device": "cuda:1"}, "--device cuda:1: the server"),
        ({"dtype": "float16"}, "--dtype float16: the server"),
        ({"base_url": "http://127.0.0.1:9"}, "http://127.0.0.1:9/v1: cannot be reached .*start the server"),
        ({"options": {"frames": 0}}, "frames=0"),
        ({"options": {"policy": "last-frames"}}, "last-frames:N"),
        ({"options": {"quality": 101}}, "quality=101"),
        ({"options": {"timeout": 0.0}}, "timeout=0"),
        ({"options": {"retries": -1}}, "retries=-1"),
        ({"options": {"max_side": -1}}, "max_side=-1"),
    ],
)
def test_requests_that_cannot_be_met(fields: dict[str, object], message: str) -> None:
    request = {"checkpoint": "seer", "base_url": "http://127.0.0.1:9", **fields}
    with pytest.raises(UserError, match=message):
        Served.load(LoadRequest(**request))  # type: ignore[arg-type]
