"""A model that vLLM-Omni serves with a session per stream: `live-omni:MODEL` with `--base-url`."""

from __future__ import annotations

from typing import ClassVar

from vstreamqa.models.base import InputSpec, LoadRequest, Prompt, StreamInfo
from vstreamqa.models.live.omni import OmniServer, OmniSettings
from vstreamqa.models.live.options import Options as LiveOptions
from vstreamqa.models.live.session import ExpectedLength, LiveSession, Manners
from vstreamqa.models.served.pictures import Encoder
from vstreamqa.models.served.reaching import where_to_reach
from vstreamqa.schema import Checkpoint
from vstreamqa.serving.retrying import Backoff

_FPS = 1.0
_MAX_BATCH = 8
_USUAL_TOKENS = 128


class LiveOmni:
    """A model whose server keeps the frames of each stream; it is told no times.

    Buffer, sampling and frame filter change what the model sees and are options of the model. Each question is answered
    by itself; see `turns`.
    """

    Options: ClassVar[type] = LiveOptions
    takes_base_url: ClassVar[bool] = True

    def __init__(
        self, server: OmniServer, model: str, *, options: LiveOptions, fps: float, revision: str | None
    ) -> None:
        self._server = server
        self._encoder = Encoder(options.quality, options.max_side)
        self._manners = Manners(
            fresh=options.turns == "fresh", idle_seconds=options.idle, backoff=Backoff(options.retries)
        )
        self._expected = ExpectedLength(_USUAL_TOKENS)
        self.checkpoint = Checkpoint(id=model, revision=revision, hash=None, weights_bytes=None)
        self.dtype = "the server's"
        self.device = f"server at {server.where}"
        self.input = InputSpec(fps=fps, max_batch=_MAX_BATCH, bounded=server.retained is not None)

    @classmethod
    def load(cls, request: LoadRequest) -> LiveOmni:
        """Reach the server and see that it accepts the settings.

        Raises:
            UserError: no URL, nobody there, settings it refuses, or an option that it has no say in.
        """
        options = LiveOptions.parse(request.options)
        name, url = where_to_reach(request, "live-omni")
        settings = OmniSettings(
            num_frames=options.num_frames,
            max_frames=options.max_frames,
            frame_filter=options.frame_filter,
            frame_filter_threshold=options.frame_filter_threshold,
            greedy=options.sampling == "greedy",
        )
        server = OmniServer(url, name, settings, timeout=options.timeout)
        server.check(_USUAL_TOKENS)
        return cls(server, name, options=options, fps=request.fps or _FPS, revision=request.revision)

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> LiveSession:
        """Start a session; the server learns of it with the first frame. A preface becomes its system prompt."""
        return LiveSession(
            self._server,
            self._encoder,
            manners=self._manners,
            expected=self._expected,
            preface=None if preface is None else preface.text,
        )
