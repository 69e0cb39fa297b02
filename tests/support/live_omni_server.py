"""A reference server for live sessions: it speaks the messages of vLLM-Omni's video chat stream, and answers by rule.

An answer names the frames that were sampled (grey frames, the level in tens is the number), and the answer before it if
the connection has one. Sampling is spread evenly over the buffer, first and last among it.
"""

from __future__ import annotations

import base64
import io
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve

PATH = "/v1/video/chat/stream"
LEVELS = 10
Message = dict[str, Any]


@dataclass
class OmniScript:
    """What the server does, and what it met.

    Attributes:
        configs: the configuration of every session.
        frames: numbers of the frames that came, session after session.
        queries: the questions.
        acts: what is done with the questions to come, in place of an answer: "lose" the connection before it, "cut" it
            after the first delta, "fail" with an error, "fail late" after the first delta, "whole" (the text only at
            its end), "silent", "contradict", "audio" (parts that nobody asked for).
        idle_seconds: a session without a message for as long is closed, with an error.
        before: called with every question.
        key: wanted in the requests.
    """

    configs: list[Message] = field(default_factory=list)
    frames: list[list[int]] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    acts: deque[str] = field(default_factory=deque)
    idle_seconds: float = 60.0
    before: Callable[[str], None] = lambda question: None
    key: str | None = None


class OmniServer:
    def __init__(self, script: OmniScript, port: int = 0) -> None:
        self.script = script
        self._open: set[ServerConnection] = set()
        self._server: Server = serve(
            self._session, "127.0.0.1", port, process_request=self._admit, max_size=None, ping_interval=None
        )
        self.port = int(self._server.socket.getsockname()[1])
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def die(self) -> threading.Thread:
        """Stop listening and break every connection; returns what sees to those that had only just begun.

        May be called while a connection is served, which then must not wait for that thread.
        """
        closing = threading.Thread(target=self._server.shutdown, daemon=True)
        closing.start()
        self._thread.join(5)
        for connection in list(self._open):
            with suppress(OSError):
                connection.socket.shutdown(2)
        return closing

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        if request.path != PATH:
            return connection.respond(404, "no such page")
        if self.script.key is not None and request.headers.get("authorization") != f"Bearer {self.script.key}":
            return connection.respond(401, "wrong key")
        return None

    def _session(self, connection: ServerConnection) -> None:
        self._open.add(connection)
        try:
            _Session(self.script, connection).run()
        except ConnectionClosed:
            pass
        finally:
            self._open.discard(connection)


class _Session:
    def __init__(self, script: OmniScript, connection: ServerConnection) -> None:
        self._script = script
        self._connection = connection
        self._before: str | None = None
        self._last: np.ndarray[Any, np.dtype[np.float64]] | None = None

    def run(self) -> None:
        config = self._receive()
        if config.get("type") != "session.config" or not 1 <= config.get("num_frames", 4) <= 128:
            self._send("error", message="Invalid session config: 1 validation error\nnum_frames")
            return
        self._config = config
        self._buffer: deque[int] = deque(maxlen=config.get("max_frames", 50))
        self._script.configs.append(config)
        self._seen: list[int] = []
        self._script.frames.append(self._seen)
        while True:
            try:
                message = self._receive(self._script.idle_seconds)
            except TimeoutError:
                self._send("error", message="Idle timeout")
                return
            if message["type"] == "video.frame":
                self._frame(message["data"])
            elif message["type"] == "video.query":
                self._script.queries.append(message["text"])
                if not self._query(message["text"]):
                    return
            elif message["type"] == "video.done":
                self._send("session.done")
                return
            else:
                self._send("error", message=f"Unknown type: {message['type']}")

    def _frame(self, data: str) -> None:
        pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(data, validate=True))), np.float64)
        number = round(float(pixels[0, 0, 0]) / LEVELS)
        self._seen.append(number)
        if self._config.get("enable_frame_filter", True) and self._last is not None:
            likeness = 1 - float(np.abs(pixels - self._last).mean()) / 255
            if likeness >= self._config.get("frame_filter_threshold", 0.95):
                return
        self._last = pixels
        self._buffer.append(number)

    def _query(self, question: str) -> bool:
        """Answer; return whether the session goes on."""
        act = self._script.acts.popleft() if self._script.acts else ""
        self._script.before(question)
        if act == "lose":
            return self._cut()
        if act == "silent":
            threading.Event().wait(1.0)
            return True
        if not self._buffer:
            self._send("error", message="No frames buffered")
            return True
        self._send("response.start")
        if act == "fail":
            self._send("error", message="Query processing\nfailed")
            self._send("response.text.done", text="")
            return True
        deltas = self._deltas()
        whole = "".join(deltas)
        for number, delta in enumerate([] if act == "whole" else deltas):
            self._send("response.text.delta", delta=delta)
            if number == 0 and act == "cut":
                return self._cut()
            if number == 0 and act == "fail late":
                self._send("error", message="Query processing failed")
            if number == 0 and act == "audio":
                self._send("response.audio.delta", data="", format="wav")
                self._send("response.audio.done")
        self._send("response.text.done", text="something else" if act == "contradict" else whole)
        self._before = whole
        return True

    def _cut(self) -> bool:
        self._connection.socket.shutdown(2)
        return False

    def _deltas(self) -> list[str]:
        held, most = list(self._buffer), self._config.get("num_frames", 4)
        if len(held) > most:
            held = [held[round(place)] for place in np.linspace(0, len(held) - 1, most)]
        parts = ["saw", *(f" {number}" for number in held)]
        if self._before is not None:
            parts.append(f" after {self._before}")
        sampling = self._config.get("sampling_params_list")
        return parts[: sampling[0]["max_tokens"]] if sampling else parts

    def _receive(self, timeout: float | None = None) -> Message:
        message = json.loads(self._connection.recv(timeout=timeout))
        assert isinstance(message, dict)
        return message

    def _send(self, kind: str, **fields: str) -> None:
        self._connection.send(json.dumps({"type": kind, **fields}))


@contextmanager
def live_serving(script: OmniScript | None = None, port: int = 0) -> Iterator[OmniServer]:
    server = OmniServer(script or OmniScript(), port)
    try:
        yield server
    finally:
        server.die().join(10)
