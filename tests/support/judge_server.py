"""A judge's server by a script: it replies to a case, or does with the requests to come what it is told to."""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from chat_server import ChatHandler, ChatScript, ChatServer, serving

MODEL = "grader"
RIGHT, WRONG = '{"verdict": "yes", "score": 5}', '{"verdict": "no", "score": 1}'


@dataclass(frozen=True)
class Fault:
    """What is done with one request, in place of a reply.

    Attributes:
        status: refuse with this status.
        headers: of a refusal.
        error: body of a refusal, under `error`.
        body: send this as the body of a good answer.
        cut: break the connection in the middle of the body.
        slow: seconds to wait first.
        echo: repeat the key that was sent in the refusal.
    """

    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    error: dict[str, Any] = field(default_factory=lambda: {"message": "not now"})
    body: bytes | None = None
    cut: bool = False
    slow: float = 0.0
    echo: bool = False


@dataclass
class JudgeScript(ChatScript):
    """What the server does.

    Attributes:
        reply: makes the text of a reply of what was answered.
        faults: what is done with the requests to come; once there are none left, they are replied to.
        refuse: looks at every request's body; a fault it returns is done.
        reports: the model that it says replies; asked anew each time.
        finish: reason to finish.
        refusal: of the message.
    """

    reply: Callable[[str], str | None] = lambda answer: RIGHT if "right" in answer else WRONG
    faults: deque[Fault] = field(default_factory=deque)
    refuse: Callable[[dict[str, Any]], Fault | None] = lambda body: None
    reports: Callable[[], str | None] = lambda: f"{MODEL}-2026-01-01"
    finish: str = "stop"
    refusal: str | None = None
    usage: bool = True


class JudgeHandler(ChatHandler):
    def do_POST(self) -> None:  # noqa: N802 - the standard library's name
        script = self.server.script
        assert isinstance(script, JudgeScript)
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if not self._allowed():
            self._json(401, {"error": {"message": f"wrong key: {self.headers.get('authorization')}"}})
            return
        if body["model"] != MODEL:
            self._json(404, {"error": {"message": f"there is no {body['model']}"}})
            return
        with script.counted(body):
            fault = script.faults.popleft() if script.faults else script.refuse(body)
            if fault is None or not self._do(fault):
                self._json(200, completion(script, body))

    def _do(self, fault: Fault) -> bool:
        """Do what is to be done in place of a reply; return whether there was something."""
        if fault.slow:
            threading.Event().wait(fault.slow)
        if fault.status is not None:
            echo = {"message": f"bad key {self.headers.get('authorization')}"} if fault.echo else {}
            self._json(fault.status, {"error": {**fault.error, **echo}}, fault.headers)
            return True
        if fault.cut:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", "1000")
            self.end_headers()
            self.wfile.write(b'{"id": "c", "choi')
            self.wfile.flush()
            self._cut()
            return True
        if fault.body is not None:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(fault.body)))
            self.end_headers()
            self.wfile.write(fault.body)
            return True
        return False


def completion(script: JudgeScript, body: dict[str, Any]) -> dict[str, Any]:
    message = {"role": "assistant", "content": script.reply(answer_in(body)), "refusal": script.refusal}
    return {
        "id": "c",
        "object": "chat.completion",
        "created": 0,
        "model": script.reports(),
        "choices": [{"index": 0, "message": message, "finish_reason": script.finish}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 9, "total_tokens": 109} if script.usage else None,
    }


def answer_in(body: dict[str, Any]) -> str:
    """Return the answer that is to be judged."""
    found = re.search(r"<candidate>(.*)</candidate>", body["messages"][-1]["content"])
    assert found is not None
    return str(json.loads(found[1]))


@contextmanager
def judging(script: JudgeScript | None = None, port: int = 0) -> Iterator[ChatServer]:
    with serving(script or JudgeScript(), port, JudgeHandler) as server:
        yield server
