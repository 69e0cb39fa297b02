"""One stream, watched by a server that keeps its session."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from vstreamqa.errors import UserError, VStreamQAError
from vstreamqa.models.base import FrameBatch, Generation, Piece, Prompt, Utterance
from vstreamqa.models.live.interface import ConnectionLostError, LiveConnection, LiveServer
from vstreamqa.models.served.pictures import Encoder
from vstreamqa.models.shared.answer import StreamedAnswer
from vstreamqa.serving.failures import BrokenOffError, Failure
from vstreamqa.serving.retrying import Backoff


@dataclass(slots=True)
class ExpectedLength:
    """The longest answer that will be asked for, as far as one knows: a session is told before it is asked."""

    max_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How a server is treated.

    Attributes:
        fresh: an exchange is no part of what comes after it: the session is made anew and sent the frames again.
        idle_seconds: how long it is left alone after an answer.
        backoff: how often, and after which waits, a connection is tried again.
        sleep: waits for seconds.
    """

    fresh: bool
    idle_seconds: float
    backoff: Backoff
    sleep: Callable[[float], None] = time.sleep


class LiveSession:
    """Pushes every frame once and asks the server over what it holds.

    The frames that the server may still hold are kept here too, as JPEGs: a connection that is lost is made anew with
    them, and so is a session that has been asked something, if questions are to know nothing of each other. That is
    done after an answer, and is no part of its time.
    """

    def __init__(
        self,
        server: LiveServer,
        encoder: Encoder,
        *,
        manners: Manners,
        expected: ExpectedLength,
        preface: str | None,
    ) -> None:
        self._server = server
        self._encoder = encoder
        self._manners = manners
        self._expected = expected
        self._preface = preface
        self._kept: deque[bytes] = deque(maxlen=server.retained)
        self._connection: LiveConnection | None = None
        self._max_tokens = expected.max_tokens
        self._closed = False

    def watch(self, frames: FrameBatch) -> Sequence[Utterance]:
        """Send frames.

        Raises:
            ServerGoneError: nobody answers.
        """
        self._must_be_open()
        if frames.frames is None:
            raise VStreamQAError("a server that keeps a session takes frames, not features")
        for pixels in frames.frames:
            jpeg = self._encoder(pixels).tobytes()
            self._kept.append(jpeg)
            self._push(jpeg)
        return ()

    def ask(self, prompt: Prompt, generation: Generation) -> StreamedAnswer:
        """Ask the server over what it holds; how many tokens an answer took, it does not say.

        Raises:
            UserError: the exchange is to become part of the session, or nothing has been watched yet.
            RefusedError: while the answer is taken: the server will not answer this question.
            BrokenOffError: likewise: the connection was lost within the answer.
            ServerGoneError: likewise: nobody answers.
        """
        self._must_be_open()
        if prompt.commit:
            raise UserError("a live session answers every question by itself: dialogues are not supported")
        if not self._kept:
            raise UserError(
                f"{self._server.where} answers nothing before a frame was seen: it cannot be asked blind; "
                "leave that floor out with --floors none --control constant"
            )
        return StreamedAnswer(self._answer(prompt.text, generation.max_new_tokens))

    def close(self) -> None:
        """Leave the server's session; this one can be used no more."""
        self._closed = True
        self._drop()
        self._kept.clear()

    def _answer(self, text: str, max_tokens: int) -> Generator[Piece]:
        self._expected.max_tokens = max_tokens
        said, failed = False, 0
        while True:
            connection = self._connected(max_tokens)
            try:
                for delta in connection.query(text):
                    said = True
                    yield Piece(delta, 1)
            except ConnectionLostError as lost:
                self._drop()
                if said:
                    raise BrokenOffError(f"{self._server.where}: {lost}, within an answer") from lost
                failed += 1
                self._wait(failed, lost)
            except BaseException:  # a refusal, or nobody wants the answer any more: what is under way must end
                self._drop()
                raise
            else:
                break
        if self._manners.fresh:
            with suppress(ConnectionLostError):  # it is tried again when it is needed
                self._connect(max_tokens)
        self._manners.sleep(self._manners.idle_seconds)

    def _push(self, jpeg: bytes) -> None:
        if self._connection is not None:
            try:
                self._connection.push(jpeg)
            except ConnectionLostError:
                self._drop()
        self._connected(self._max_tokens)

    def _connected(self, max_tokens: int) -> LiveConnection:
        """Return a connection that has been sent all that is kept."""
        failed = 0
        while self._connection is None or self._max_tokens != max_tokens:
            try:
                self._connect(max_tokens)
            except ConnectionLostError as lost:
                failed += 1
                self._wait(failed, lost)
        return self._connection

    def _connect(self, max_tokens: int) -> None:
        self._drop()
        connection = self._server.connect(max_tokens=max_tokens, preface=self._preface)
        try:
            for jpeg in self._kept:
                connection.push(jpeg)
        except BaseException:
            connection.close()
            raise
        self._connection, self._max_tokens = connection, max_tokens

    def _wait(self, failed: int, lost: ConnectionLostError) -> None:
        failure = Failure(str(lost), again=True, gone=True)
        seconds = self._manners.backoff.seconds(failed, failure)
        if seconds is None:
            raise failure.error(self._server.where) from lost
        self._manners.sleep(seconds)

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _must_be_open(self) -> None:
        if self._closed:
            raise VStreamQAError("this session is closed; open another one")
