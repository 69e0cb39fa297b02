"""One answer: its pieces, its counts, and what becomes of it when the server fails."""

from __future__ import annotations

import time
from collections import deque

import pytest
from chat_server import Act, ChatScript, serving
from served_models import STREAM, batch, say, served

from vstreamqa.errors import VStreamQAError
from vstreamqa.models.base import CountedAnswer, Generation, Prompt
from vstreamqa.models.served.server import ChatServer
from vstreamqa.serving.failures import BrokenOffError, Failure, RefusedError, ServerGoneError
from vstreamqa.serving.retrying import Backoff


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vstreamqa.serving.retrying._FIRST_SECONDS", 0.01)


def test_pieces_come_as_they_are_generated_and_the_server_counts_them() -> None:
    with serving() as server:
        session = served(server).open(STREAM)
        session.watch(batch(1, 2, 3))
        answer = session.ask(Prompt(text="What is it?"), Generation(max_new_tokens=50))
        assert isinstance(answer, CountedAnswer)
        assert [piece.text for piece in answer] == ["saw", " 1", " 2", " 3"]
        assert (answer.input_tokens, answer.output_tokens) == (33, 5)


def test_a_request_says_all_that_an_answer_depends_on() -> None:
    with serving() as server:
        session = served(server).open(STREAM, Prompt(text="Be brief."))
        session.watch(batch(1))
        list(session.ask(Prompt(text="What?"), Generation(max_new_tokens=7, min_new_tokens=3, seed=11)))
        (body,) = server.script.asked
    assert body["messages"][0] == {"role": "system", "content": "Be brief."}
    assert [part["type"] for part in body["messages"][1]["content"]] == ["image_url", "text"]
    wanted = {"model": "seer", "max_tokens": 7, "min_tokens": 3, "temperature": 0, "seed": 11, "stream": True}
    assert {key: body[key] for key in wanted} == wanted


def test_a_server_that_does_not_count_leaves_the_counts_unknown() -> None:
    with serving(ChatScript(acts=deque([Act(usage=False)]))) as server:
        answer = served(server).open(STREAM).ask(Prompt(text="What?"), Generation())
        assert len(list(answer)) == 2
        assert isinstance(answer, CountedAnswer)
        assert (answer.input_tokens, answer.output_tokens) == (None, None)


@pytest.mark.parametrize(
    "act", [Act(status=429), Act(status=500), Act(status=503), Act(cut_after=0), Act(silent=0.5), Act(status=408)]
)
def test_a_request_that_fails_before_its_first_text_is_made_again(act: Act) -> None:
    with serving(ChatScript(acts=deque([act, act]))) as server:
        assert say(served(server, timeout=0.2).open(STREAM)) == "saw nothing"
        assert len(server.script.asked) == 3


@pytest.mark.parametrize(
    ("act", "error", "message", "tries"),
    [
        (Act(status=429), RefusedError, "answered with status 429: no, status 429", 3),
        (Act(status=500), RefusedError, "answered with status 500", 3),
        (Act(status=503), ServerGoneError, "answered with status 503", 3),
        (Act(status=400), RefusedError, "answered with status 400: no, status 400", 1),
        (Act(silent=0.5), ServerGoneError, "no byte within the time limit", 3),
        (Act(cut_after=0), RefusedError, "broke off", 3),
        (Act(error_after=0), RefusedError, "broke off: out of memory", 1),
        (Act(garbage=True), RefusedError, "sent what cannot be read", 1),
        (Act(cut_after=1), BrokenOffError, "broke off .*within an answer", 1),
        (Act(error_after=1), BrokenOffError, "out of memory, within an answer", 1),
        (Act(unfinished=True), BrokenOffError, "the answer has no end.*within an answer", 1),
    ],
)
def test_what_fails_for_good_is_one_line(act: Act, error: type[Exception], message: str, tries: int) -> None:
    with serving(ChatScript(acts=deque([act] * 4))) as server:
        with pytest.raises(error, match=message) as caught:
            say(served(server, timeout=0.2).open(STREAM))
        assert str(caught.value).startswith(server.url)
        assert "\n" not in str(caught.value)
        assert len(server.script.asked) == tries, "no answer is asked for again once a part of it was given"
        assert isinstance(caught.value, VStreamQAError) == (error is not ServerGoneError), "only a dead server is fatal"


def test_a_server_that_has_gone_is_asked_as_often_as_was_said() -> None:
    with serving() as server:
        session = served(server, retries=3).open(STREAM)
    with pytest.raises(ServerGoneError, match="cannot be reached"):
        say(session)


def test_nothing_is_asked_before_the_first_piece_is_wanted_and_closing_lets_go_of_the_connection() -> None:
    with serving(ChatScript(acts=deque([Act()]))) as server:
        session = served(server).open(STREAM)
        answer = session.ask(Prompt(text="What?"), Generation())
        assert server.script.asked == []
        next(answer)
        answer.close()  # type: ignore[attr-defined]
        with pytest.raises(StopIteration):
            next(answer)
        assert say(session) == "saw nothing"


def test_waits_double_up_to_eight_seconds_and_a_server_may_name_its_own() -> None:
    busy = Failure("busy", again=True, gone=False)
    assert [Backoff(6).seconds(n, busy) for n in range(1, 8)] == [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, None]
    assert Backoff(20).seconds(15, busy) == 8.0
    assert Backoff(1).seconds(1, Failure("busy", again=True, gone=False, wait_seconds=3)) == 3
    assert Backoff(1).seconds(1, Failure("busy", again=True, gone=False, wait_seconds=3600)) == 60
    assert Backoff(1).seconds(1, Failure("wrong", again=False, gone=False)) is None
    assert Backoff(0).seconds(1, busy) is None


def test_a_server_that_asks_for_a_pause_gets_it() -> None:
    act = Act(status=429, headers=(("retry-after", "0.3"),))
    with serving(ChatScript(acts=deque([act]))) as server:
        session = served(server).open(STREAM)
        begun = time.monotonic()
        assert say(session) == "saw nothing"
        assert time.monotonic() - begun >= 0.3


def test_proxies_of_the_environment_are_not_meant_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with serving() as server:
        ChatServer(server.url, "seer", timeout=1, retries=0).check()
