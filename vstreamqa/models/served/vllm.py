"""A model on a vLLM server that is started for the run: `vllm:MODEL`.

Run against a stand-in for the `vllm` program only. Unchecked against the real one, besides what `serving.vllm` names:
`--limit-mm-per-prompt` and `--media-io-kwargs` (as of its documentation for 0.2x), and that with `num_frames` -1 it
takes every frame of a video.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from vstreamqa.errors import UserError
from vstreamqa.models.base import UNSEEN, LoadRequest, Prompt, StreamInfo
from vstreamqa.models.served.adapter import FPS, Served
from vstreamqa.models.served.options import Options as ServedOptions
from vstreamqa.models.served.server import ChatServer, named_model
from vstreamqa.models.served.session import ServedSession
from vstreamqa.models.shared.ranges import check_wait
from vstreamqa.serving.failures import ServerGoneError
from vstreamqa.serving.process import LOOPBACK, ServerProcess, StartError, free_port
from vstreamqa.serving.vllm import NOT_THERE, START_SECONDS, find_program, serve_command


@dataclass(frozen=True, slots=True, kw_only=True)
class VllmOptions(ServedOptions):
    """Options of a model on a vLLM server of one's own.

    Attributes:
        args: further arguments of `vllm serve`, as one would type them: "--max-model-len 32768 -tp 2".
        start_timeout: seconds until the server must be healthy; changes no answer.
    """

    args: str = ""
    start_timeout: float = field(default=START_SECONDS, metadata=UNSEEN)

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """Build options from values of the right types.

        Raises:
            UserError: a value out of range, or arguments that are not those of a command line.
        """
        options = super(VllmOptions, cls).parse(values)
        check_wait(options, "start_timeout")
        try:
            shlex.split(options.args)
        except ValueError as error:
            raise UserError(f"args={options.args!r}: {error}") from error
        return options


class Vllm(Served):
    """A model on a vLLM server of its own, which listens on loopback and ends with the run.

    A server that has died is started once more when the next stream is opened.
    """

    Options: ClassVar[type] = VllmOptions
    takes_base_url: ClassVar[bool] = False

    def __init__(
        self,
        process: ServerProcess,
        server: ChatServer,
        *,
        options: VllmOptions,
        fps: float,
        dtype: str,
        revision: str | None,
    ) -> None:
        super().__init__(
            server, options=options, fps=fps, device="vLLM on this machine", dtype=dtype, revision=revision
        )
        self._process = process
        self._given_up = False

    @classmethod
    def load(cls, request: LoadRequest) -> Vllm:
        """Start the server and wait until it is healthy.

        Raises:
            UserError: there is no `vllm` program, a device is named, or the server does not come up.
        """
        options = VllmOptions.parse(request.options)
        name = named_model(request.checkpoint, "vllm")
        program = find_program()
        if program is None:
            raise UserError(f"model 'vllm:{name}': {NOT_THERE}")
        if request.device != "auto":
            raise UserError(f"--device {request.device}: choose the devices of vLLM with CUDA_VISIBLE_DEVICES")
        port = free_port()
        process = ServerProcess(
            command_for(program, request, options, port),
            port=port,
            start_seconds=options.start_timeout,
            patience="--set start_timeout=SECONDS",
        )
        process.start()
        try:
            server = ChatServer(f"http://{LOOPBACK}:{port}", name, timeout=options.timeout, retries=options.retries)
            server.check()
        except BaseException:
            process.stop()
            raise
        return cls(
            process,
            server,
            options=options,
            fps=request.fps or FPS,
            dtype=request.dtype,
            revision=request.revision,
        )

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> ServedSession:
        """Start a session.

        Raises:
            ServerGoneError: the server has died and does not come up again.
        """
        if not self._process.lives():
            self._start_again()
        return super().open(stream, preface)

    def close(self) -> None:
        """End the server."""
        super().close()
        self._process.stop()

    def _start_again(self) -> None:
        if self._given_up:
            raise ServerGoneError("vLLM has died and did not come up again")
        try:
            self._process.start()
        except StartError as error:
            self._given_up = True
            raise ServerGoneError(f"vLLM has died: {error}") from error


def command_for(program: str, request: LoadRequest, options: VllmOptions, port: int) -> list[str]:
    """Return the command line of the server.

    It is told how many frames one prompt may hold, and not to choose among the frames of a video.
    """
    video = options.frames_as == "video"
    further = ["--limit-mm-per-prompt", json.dumps({"video": 1} if video else {"image": options.frames})]
    if video:
        further += ["--media-io-kwargs", json.dumps({"video": {"num_frames": -1}})]
    return serve_command(
        program,
        request.checkpoint,
        port=port,
        dtype=request.dtype,
        revision=request.revision,
        further=[*further, *shlex.split(options.args)],
    )
