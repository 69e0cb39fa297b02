"""One answer of a server, piece by piece."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing

from openai import Stream
from openai.types.chat import ChatCompletionChunk

from vstreamqa.models.base import Piece
from vstreamqa.models.served.messages import Message
from vstreamqa.models.shared.answer import StreamedAnswer
from vstreamqa.serving.failures import BrokenOffError, UnfinishedError, failure_of
from vstreamqa.serving.retrying import Backoff

Send = Callable[[list[Message]], Stream[ChatCompletionChunk]]


class ServedAnswer(StreamedAnswer):
    """An answer as it arrives; closing it lets go of the connection, by which servers know to stop.

    A request that fails before its first text is made again, waits included in the answer's time. Text that a server
    marks as reasoning is no part of the answer. A piece counts as one token; what is reported is the server's count.

    Attributes:
        input_tokens: the server's count, visual tokens included; None until it said so.
        output_tokens: likewise.
    """

    def __init__(
        self,
        messages: Callable[[], list[Message]],
        send: Send,
        *,
        where: str,
        backoff: Backoff,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Take a request; it is put together and made when the first piece is asked for.

        Args:
            messages: puts the request together.
            send: makes it.
            where: the server, for messages about errors.
            backoff: when it is made again.
            sleep: waits for seconds.
        """
        super().__init__(self._insist())
        self._messages = messages
        self._send = send
        self._where = where
        self._backoff = backoff
        self._sleep = sleep
        self._begun = False

    def _insist(self) -> Generator[Piece]:
        messages = self._messages()
        failed = 0
        while True:
            said = False
            self._begun = False
            try:
                for text in self._texts(messages):
                    said = True
                    yield Piece(text, 1)
            except Exception as error:
                failure = failure_of(error, begun=self._begun)
                if said:
                    raise BrokenOffError(f"{self._where}: {failure.reason}, within an answer") from error
                failed += 1
                wait = self._backoff.seconds(failed, failure)
                if wait is None:
                    raise failure.error(self._where) from error
                self._sleep(wait)
            else:
                return

    def _texts(self, messages: list[Message]) -> Iterator[str]:
        ended = False
        with closing(self._send(messages)) as stream:
            self._begun = True
            for chunk in stream:
                if chunk.usage is not None:
                    self.input_tokens = _count(chunk.usage.prompt_tokens)
                    self.output_tokens = _count(chunk.usage.completion_tokens)
                for choice in chunk.choices or ():
                    ended = ended or choice.finish_reason is not None
                    content = choice.delta.content if choice.delta is not None else None
                    if content:
                        yield _text(content)
        if not ended:
            raise UnfinishedError("the answer has no end")


def _count(value: object) -> int | None:
    """Return a count of the server's, None if it is none: the client does not check what it is sent."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _text(content: object) -> str:
    if not isinstance(content, str):
        raise BrokenOffError(f"sent {type(content).__name__} where text belongs")
    return content
