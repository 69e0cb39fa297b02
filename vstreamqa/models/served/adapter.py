"""A model on a server that is running: `served:MODEL` with `--base-url`."""

from __future__ import annotations

from typing import ClassVar

from vstreamqa.models.base import InputSpec, LoadRequest, Prompt, StreamInfo
from vstreamqa.models.served.options import Options as ServedOptions
from vstreamqa.models.served.pictures import Encoder
from vstreamqa.models.served.reaching import where_to_reach
from vstreamqa.models.served.server import ChatServer
from vstreamqa.models.served.session import ServedSession
from vstreamqa.models.windowed.keeping import new_keeper
from vstreamqa.schema import Checkpoint

FPS = 1.0
MAX_BATCH = 8
MOST_TOGETHER = 256
"""More requests in flight than that are more threads than the answers are worth."""


class Served:
    """Any model behind an OpenAI-compatible server; it sees a window of the stream as images or as a video.

    What a server computes with is its own affair: `device` and `dtype` say so, and the weights have no hash. Which URL
    it is reached at is no part of the model settings; what the server calls the model is.
    """

    Options: ClassVar[type] = ServedOptions
    takes_base_url: ClassVar[bool] = True

    def __init__(
        self,
        server: ChatServer,
        *,
        options: ServedOptions,
        fps: float,
        device: str,
        dtype: str,
        revision: str | None = None,
    ) -> None:
        self._server = server
        self._options = options
        self._encoder = Encoder(options.quality, options.max_side)
        self.checkpoint = Checkpoint(id=server.model, revision=revision, hash=None, weights_bytes=None)
        self.dtype = dtype
        self.device = device
        self.input = InputSpec(
            fps=fps, max_batch=MAX_BATCH, bounded=options.window.bounded, concurrent_asks=MOST_TOGETHER
        )

    @classmethod
    def load(cls, request: LoadRequest) -> Served:
        """Reach the server and see that it has the model.

        Raises:
            UserError: no URL, a server that is not there or does not know the model, or an option that it has no say
                in.
        """
        options = ServedOptions.parse(request.options)
        name, url = where_to_reach(request, "served")
        server = ChatServer(url, name, timeout=options.timeout, retries=options.retries)
        server.check()
        return cls(
            server,
            options=options,
            fps=request.fps or FPS,
            device=f"server at {server.url}",
            dtype="the server's",
            revision=request.revision,
        )

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> ServedSession:
        """Start a session; a preface becomes the system's message of every question."""
        options = self._options
        return ServedSession(
            self._server,
            new_keeper(options.window, options.frames, stream.unit),
            self._encoder,
            frames_as=options.frames_as,
            stream=stream,
            preface=preface,
        )

    def close(self) -> None:
        """Close the connections."""
        self._server.close()
