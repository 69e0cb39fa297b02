"""A server that speaks OpenAI's chat API by a script: it says which frames it was shown, or fails as it is told to.

Frames are grey; the level of a frame, in tens, is its number. Needs no vstreamqa, so that it can stand in for `vllm`.
"""

from __future__ import annotations

import base64
import io
import json
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import av
import numpy as np
from PIL import Image

MODEL = "seer"
LEVELS = 10


@dataclass(frozen=True)
class Act:
    """What is done with one chat request, in place of an answer.

    Attributes:
        status: refuse with this status.
        headers: of a refusal.
        cut_after: break the connection after that many pieces; 0 is after the headers.
        error_after: send an error event after that many pieces.
        silent: seconds to say nothing, before anything else.
        unfinished: end the answer in good order, but without a reason to finish.
        usage: say how many tokens there were.
        garbage: send an event that is no JSON.
    """

    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    cut_after: int | None = None
    error_after: int | None = None
    silent: float = 0.0
    unfinished: bool = False
    usage: bool = True
    garbage: bool = False


@dataclass
class ChatScript:
    """What the server does, and what it was asked.

    Attributes:
        models: names it lists; None if it has no such list.
        acts: what is done with the requests to come; once there are none left, they are answered.
        before: called with every question before it is answered, to hold it up for instance.
        key: wanted in the requests, None for any.
        asked: the bodies of all chat requests.
        known_only: refuse models that are not in the list.
    """

    models: list[str] | None = field(default_factory=lambda: [MODEL])
    acts: deque[Act] = field(default_factory=deque)
    before: Callable[[str], None] = lambda question: None
    key: str | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    known_only: bool = True
    most_together: int = 0
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def counted(self, body: dict[str, Any]) -> Iterator[Act]:
        with self._lock:
            self.asked.append(body)
            self._now += 1
            self.most_together = max(self.most_together, self._now)
            act = self.acts.popleft() if self.acts else Act()
        try:
            yield act
        finally:
            with self._lock:
                self._now -= 1


class ChatServer(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, script: ChatScript, port: int = 0, handler: type[ChatHandler] | None = None) -> None:
        super().__init__(("127.0.0.1", port), handler or ChatHandler)
        self.script = script
        self.connections: set[socket.socket] = set()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def start(self) -> ChatServer:
        self._thread.start()
        return self

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections.add(request)
        super().process_request(request, client_address)

    def die(self) -> None:
        """Stop listening and break every connection."""
        self.shutdown()
        self.server_close()
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about clients that have gone."""


@contextmanager
def serving(
    script: ChatScript | None = None, port: int = 0, handler: type[ChatHandler] | None = None
) -> Iterator[ChatServer]:
    server = ChatServer(script or ChatScript(), port, handler).start()
    try:
        yield server
    finally:
        server.die()


class ChatHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ChatServer

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        script = self.server.script
        if self.path == "/health":
            self._json(200, {})
        elif self.path == "/v1/models" and not self._allowed():
            self._json(401, {"error": {"message": "wrong key"}})
        elif self.path == "/v1/models" and script.models is not None:
            self._json(200, {"object": "list", "data": [{"id": name, "object": "model"} for name in script.models]})
        else:
            self._json(404, {"error": {"message": "no such page"}})

    def do_POST(self) -> None:
        script = self.server.script
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if not self._allowed():
            self._json(401, {"error": {"message": "wrong key"}})
            return
        if script.known_only and body["model"] not in (script.models or [MODEL]):
            self._json(404, {"error": {"message": f"there is no {body['model']}"}})
            return
        with script.counted(body) as act:
            if act.silent:
                threading.Event().wait(act.silent)
            if act.status is not None:
                self._json(act.status, {"error": {"message": f"no,\nstatus {act.status}"}}, act.headers)
                return
            script.before(question_of(body))
            if body.get("stream"):
                self._stream(body, act)
            else:
                self._json(200, _whole(body))

    def _allowed(self) -> bool:
        key = self.server.script.key
        return key is None or self.headers.get("authorization") == f"Bearer {key}"

    def _json(self, status: int, body: object, headers: tuple[tuple[str, str], ...] = ()) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _stream(self, body: dict[str, Any], act: Act) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        pieces = words_about(body)
        if act.garbage:
            self._event('{"error": "said "it" so"}')
        for number, text in enumerate(pieces):
            if number == act.cut_after:
                self._cut()
                return
            if number == act.error_after:
                self._event(json.dumps({"error": {"message": "out of\nmemory"}}))
                break
            self._event(_chunk(body, {"content": text}))
        else:
            if not act.unfinished:
                self._event(_chunk(body, {}, finish="stop"))
            if act.usage and body.get("stream_options", {}).get("include_usage"):
                self._event(_chunk(body, None, usage=_usage(body)))
            self._event("[DONE]")
        self.wfile.write(b"0\r\n\r\n")

    def _event(self, data: str) -> None:
        line = f"data: {data}\n\n".encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
        self.wfile.flush()

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


def _chunk(
    body: dict[str, Any],
    delta: dict[str, str] | None,
    *,
    finish: str | None = None,
    usage: dict[str, int] | None = None,
) -> str:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    chunk = {
        "id": "c",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": body["model"],
        "choices": choices,
        "usage": usage,
    }
    return json.dumps(chunk)


def _whole(body: dict[str, Any]) -> dict[str, Any]:
    message = {"role": "assistant", "content": "".join(words_about(body))}
    return {
        "id": "c",
        "object": "chat.completion",
        "created": 0,
        "model": body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": _usage(body),
    }


def _usage(body: dict[str, Any]) -> dict[str, int]:
    """Count ten tokens a frame and one a word of the question; one a word of the answer, and one for its end."""
    prompt = 10 * len(frames_in(body)) + len(question_of(body).split())
    completion = len(words_about(body)) + 1
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def words_about(body: dict[str, Any]) -> list[str]:
    """Return the answer's words: which frames were shown; no more than were asked for."""
    numbers = [round(float(frame[0, 0, 0]) / LEVELS) for frame in frames_in(body)]
    words = ["saw", *(f" {number}" for number in numbers)] if numbers else ["saw", " nothing"]
    return words[: body.get("max_tokens", 1_000)]


def parts_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    content = body["messages"][-1]["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def question_of(body: dict[str, Any]) -> str:
    return "".join(part["text"] for part in parts_of(body) if part["type"] == "text")


def frames_in(body: dict[str, Any]) -> list[np.ndarray[Any, np.dtype[np.uint8]]]:
    """Decode what was sent: JPEGs, or an MP4."""
    frames = []
    for part in parts_of(body):
        if part["type"] == "image_url":
            kind, content = _data_in(part["image_url"]["url"])
            assert kind == "image/jpeg"
            frames.append(np.asarray(Image.open(io.BytesIO(content))))
        if part["type"] == "video_url":
            kind, content = _data_in(part["video_url"]["url"])
            assert kind == "video/mp4"
            with av.open(io.BytesIO(content), "r") as container:
                frames += [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    return frames


def _data_in(uri: str) -> tuple[str, bytes]:
    head, _, data = uri.partition(";base64,")
    return head.removeprefix("data:"), base64.b64decode(data, validate=True)
