"""One stream for a served model: frames are kept here, and sent with every question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vstreamqa.errors import UserError, VStreamQAError
from vstreamqa.models.base import FrameBatch, Generation, Piece, Prompt, StreamInfo, Utterance
from vstreamqa.models.served.messages import FramesAs, chat_messages
from vstreamqa.models.served.pictures import Encoder
from vstreamqa.models.served.server import ChatServer
from vstreamqa.models.windowed.keeping import Keeper, Kept


class ServedSession:
    """Keeps a window of a stream's frames; the server keeps nothing.

    Several questions may be in flight: each takes its frames when it is put.
    """

    def __init__(
        self,
        server: ChatServer,
        keeper: Keeper,
        encoder: Encoder,
        *,
        frames_as: FramesAs,
        stream: StreamInfo,
        preface: Prompt | None,
    ) -> None:
        self._server = server
        self._keeper: Keeper | None = keeper
        self._encoder = encoder
        self._frames_as = frames_as
        self._unit = stream.unit
        self._preface = preface

    def watch(self, frames: FrameBatch) -> Sequence[Utterance]:
        """Encode frames and keep them; nothing is sent before a question comes."""
        keeper = self._open_keeper()
        if frames.frames is None:
            raise VStreamQAError("a served model takes frames, not features")
        for position, pixels in zip(frames.positions, frames.frames, strict=True):
            # A keeper does not look into what it keeps: here, the bytes of a JPEG.
            keeper.keep(Kept(position, self._encoder(pixels)))
        return ()

    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        """Answer about the frames that are kept now, whatever is watched before the answer is through.

        Raises:
            UserError: the exchange is to become part of the session.
            RefusedError: while the answer is taken: the server will not answer this question.
            BrokenOffError: likewise: it ended an answer half-way.
            ServerGoneError: likewise: nobody answers, whatever is asked.
        """
        shown = self._open_keeper().shown()
        if prompt.commit:
            raise UserError("a served model answers every question in a fresh chat: dialogues are not supported")
        return self._server.answer(
            lambda: chat_messages(shown, prompt, self._preface, frames_as=self._frames_as, unit=self._unit), generation
        )

    def close(self) -> None:
        """Let go of the frames; the session can be used no more."""
        self._keeper = None

    def _open_keeper(self) -> Keeper:
        if self._keeper is None:
            raise VStreamQAError("this session is closed; open another one")
        return self._keeper
