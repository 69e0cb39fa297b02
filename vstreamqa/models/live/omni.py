"""Client of vLLM-Omni's video chat stream: a WebSocket at `/v1/video/chat/stream`.

Written after the documentation of vLLM-Omni (docs/serving/video_stream_api.md) and run against a reference server of
our own that speaks the same messages. Unchecked against the real one: that `sampling_params_list` may name the first
stage alone, and what it does under load. Read in its source, at the time of writing: the last exchange of a connection
goes into the prompt of the next question, whence `turns`; a connection without a message for a minute is closed; a
question before the first frame is refused.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

from vstreamqa.errors import UserError, one_line
from vstreamqa.models.live.interface import ConnectionLostError
from vstreamqa.serving.failures import RefusedError
from vstreamqa.serving.urls import API_KEY, on_this_machine

_PATH = "/v1/video/chat/stream"
_OPEN_SECONDS = 15.0
_CLOSE_SECONDS = 2.0
_IDLE = "Idle timeout"

Message = dict[str, Any]


def stream_url(base_url: str) -> str:
    """Return the WebSocket's URL for the URL of a server, with or without `/v1`."""
    parts = urlsplit(base_url)
    root = parts.path.rstrip("/").removesuffix("/v1")
    return parts._replace(scheme="wss" if parts.scheme == "https" else "ws", path=root + _PATH).geturl()


@dataclass(frozen=True, slots=True, kw_only=True)
class OmniSettings:
    """What a session is told of how to see; all of it changes answers.

    Attributes:
        num_frames: frames sampled for each question, 1 to 128.
        max_frames: frames that are held, the oldest go first, 1 to 256.
        frame_filter: drop frames that look like the one before.
        frame_filter_threshold: how alike they must look, 0 to 1.
        greedy: ask for the likeliest token always; otherwise the server's own sampling.
    """

    num_frames: int
    max_frames: int
    frame_filter: bool
    frame_filter_threshold: float
    greedy: bool


class OmniServer:
    """A vLLM-Omni server.

    Attributes:
        where: URL of its WebSocket.
    """

    def __init__(self, base_url: str, model: str, settings: OmniSettings, *, timeout: float) -> None:
        """Take a server; nothing is asked of it yet.

        Args:
            base_url: http(s)://HOST[:PORT], with or without `/v1`.
            model: what it calls its model.
            settings: how its sessions see.
            timeout: seconds without a message after which an answer is lost.
        """
        self.where = stream_url(base_url)
        self._model = model
        self._settings = settings
        self._timeout = timeout

    @property
    def retained(self) -> int | None:
        """The size of its buffer; with the filter, which frames are in it only the server knows."""
        return None if self._settings.frame_filter else self._settings.max_frames

    def connect(self, *, max_tokens: int, preface: str | None) -> OmniConnection:
        """Begin a session.

        Raises:
            ConnectionLostError: nobody answers, or not with a WebSocket.
        """
        key = os.environ.get(API_KEY)
        held = ExitStack()
        try:
            socket = held.enter_context(
                connect(
                    self.where,
                    additional_headers={"Authorization": f"Bearer {key}"} if key else None,
                    compression=None,  # JPEGs do not get smaller
                    proxy=None if on_this_machine(self.where) else True,
                    max_size=None,
                    open_timeout=_OPEN_SECONDS,
                    close_timeout=_CLOSE_SECONDS,
                )
            )
        except InvalidStatus as error:
            raise ConnectionLostError(f"no WebSocket there, but status {error.response.status_code}") from error
        except (OSError, WebSocketException) as error:
            raise ConnectionLostError(f"cannot be reached ({one_line(str(error))})") from error
        connection = OmniConnection(socket, held, self._timeout, self.where)
        connection.send(self._config(max_tokens, preface))
        return connection

    def check(self, max_tokens: int) -> None:
        """Begin a session and end it at once, before any video is read.

        Raises:
            UserError: nobody is there, or the settings are refused.
        """
        try:
            connection = self.connect(max_tokens=max_tokens, preface=None)
            try:
                connection.finish()
            finally:
                connection.close()
        except ConnectionLostError as lost:
            raise UserError(f"{self.where}: {lost}; start the server, or name another --base-url") from lost
        except RefusedError as refused:
            raise UserError(str(refused)) from refused

    def _config(self, max_tokens: int, preface: str | None) -> Message:
        settings = self._settings
        message: Message = {
            "type": "session.config",
            "model": self._model,
            "modalities": ["text"],
            "num_frames": settings.num_frames,
            "max_frames": settings.max_frames,
            "use_audio_in_video": False,
            "enable_frame_filter": settings.frame_filter,
            "frame_filter_threshold": settings.frame_filter_threshold,
        }
        if preface is not None:
            message["system_prompt"] = preface
        if settings.greedy:
            message["sampling_params_list"] = [{"temperature": 0.0, "max_tokens": max_tokens}]
        return message


class OmniConnection:
    """One session on the server."""

    def __init__(self, socket: ClientConnection, held: ExitStack, timeout: float, where: str) -> None:
        self._socket = socket
        self._held = held
        self._timeout = timeout
        self._where = where

    def send(self, message: Message) -> None:
        """Send a message.

        Raises:
            ConnectionLostError: the connection is closed.
        """
        try:
            self._socket.send(json.dumps(message))
        except (OSError, WebSocketException) as error:
            raise ConnectionLostError(f"the connection was lost ({one_line(str(error))})") from error

    def push(self, jpeg: bytes) -> None:
        """Send a frame; the server acknowledges none."""
        self.send({"type": "video.frame", "data": base64.b64encode(jpeg).decode()})

    def query(self, text: str) -> Iterator[str]:
        """Ask a question; the last message may hold what was not given before."""
        self.send({"type": "video.query", "text": text})
        given = ""
        while True:
            message = self._receive()
            if message["type"] == "response.text.delta":
                delta = message.get("delta")
                if not isinstance(delta, str):
                    raise RefusedError(f"{self._where}: sent a response.text.delta without text")
                given += delta
                yield delta
            elif message["type"] == "response.text.done":
                whole = message.get("text") or given
                if whole != given:
                    yield self._rest(whole, given)
                return

    def finish(self) -> None:
        """Say that no more comes, and wait until the server has understood.

        Raises:
            RefusedError: it did not like the session.
        """
        self.send({"type": "video.done"})
        while self._receive()["type"] != "session.done":
            pass

    def close(self) -> None:
        """Leave; an answer under way is given up by the server when it notices."""
        with suppress(OSError, WebSocketException):
            self._held.close()

    def _rest(self, whole: str, given: str) -> str:
        if not whole.startswith(given):
            raise RefusedError(f"{self._where}: ended with another answer than the one it streamed")
        return whole[len(given) :]

    def _receive(self) -> Message:
        try:
            message = json.loads(self._socket.recv(timeout=self._timeout))
        except TimeoutError as error:
            raise ConnectionLostError("no message within the time limit (--set timeout=SECONDS)") from error
        except (OSError, WebSocketException) as error:
            raise ConnectionLostError(f"the connection was lost ({one_line(str(error))})") from error
        except ValueError as error:
            raise RefusedError(f"{self._where}: sent what cannot be read ({one_line(str(error))})") from error
        if not isinstance(message, dict) or "type" not in message:
            raise RefusedError(f"{self._where}: sent a message without a type")
        if message["type"] == "error":
            reason = one_line(str(message.get("message")))
            if reason == _IDLE:
                raise ConnectionLostError("it closed the connection for want of messages")
            raise RefusedError(f"{self._where}: {reason}")
        return message
