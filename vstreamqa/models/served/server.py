"""A server that speaks OpenAI's chat API, and one model on it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import openai

from vstreamqa.errors import UserError, suggestion
from vstreamqa.models.base import Generation
from vstreamqa.models.served.answer import ServedAnswer
from vstreamqa.models.served.messages import Message
from vstreamqa.recipes import NO_CHECKPOINT
from vstreamqa.serving.failures import failure_of
from vstreamqa.serving.retrying import Backoff
from vstreamqa.serving.urls import API_KEY, api_root, on_this_machine

if TYPE_CHECKING:
    from openai import Stream
    from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

_CHECK_SECONDS = 15.0


def named_model(checkpoint: str, kind: str) -> str:
    """Return the model's name.

    Raises:
        UserError: it was left out.
    """
    if checkpoint in ("", NO_CHECKPOINT):
        raise UserError(f"model {kind!r}: name the model too, {kind}:MODEL")
    return checkpoint


class ChatServer:
    """One model on a server.

    Attributes:
        url: root of the API.
        model: what the server calls the model.
    """

    def __init__(self, base_url: str, model: str, *, timeout: float, retries: int) -> None:
        """Take a server; nothing is asked of it yet.

        Args:
            base_url: http(s)://HOST[:PORT][/PATH].
            model: what the server calls the model.
            timeout: seconds without a byte after which a request has failed.
            retries: how often a request that failed is made again.
        """
        self.url = api_root(base_url)
        self.model = model
        self._backoff = Backoff(retries)
        self._client = openai.OpenAI(
            base_url=self.url,
            api_key=os.environ.get(API_KEY) or "none",
            timeout=timeout,
            max_retries=0,
            http_client=openai.DefaultHttpxClient(trust_env=not on_this_machine(self.url)),
        )

    def check(self) -> None:
        """See that the server answers and knows the model, before any video is read.

        Raises:
            UserError: it does not.
        """
        names = self._names()
        if self.model in names:
            return
        # Not every server lists what it can serve, or has a list that works: only an answer tells.
        try:
            # A server that failed over its list may close the connection without a word: one more try.
            self._client.with_options(max_retries=1).chat.completions.create(
                model=self.model, messages=[{"role": "user", "content": "Hello"}], max_tokens=1
            )
        except Exception as error:
            raise self._unusable(error, suggestion(self.model, names)) from error

    def answer(self, messages: Callable[[], list[Message]], generation: Generation) -> ServedAnswer:
        """Ask for an answer, greedily decoded; the request is made when its first piece is taken."""
        # vLLM's name for a shortest answer; other servers may refuse it, so it is sent only where it is wanted.
        shortest = {"min_tokens": generation.min_new_tokens} if generation.min_new_tokens else None

        def send(put_together: list[Message]) -> Stream[ChatCompletionChunk]:
            return self._client.chat.completions.create(
                model=self.model,
                messages=cast("list[ChatCompletionMessageParam]", put_together),
                max_tokens=generation.max_new_tokens,
                temperature=0.0,
                seed=generation.seed,
                stream=True,
                stream_options={"include_usage": True},
                extra_body=shortest,
            )

        return ServedAnswer(messages, send, where=self.url, backoff=self._backoff)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _names(self) -> list[str]:
        try:
            listed = list(self._client.with_options(timeout=_CHECK_SECONDS).models.list())
            return [model.id for model in listed if isinstance(getattr(model, "id", None), str)]
        except openai.AuthenticationError as error:
            raise self._unusable(error) from error
        except (openai.APIStatusError, AttributeError, TypeError):
            return []  # not a list of models: whether the model is served only an answer tells
        except Exception as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception, hint: str = "") -> UserError:
        failure = failure_of(error)
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            return UserError(f"{self.url}: {failure.reason}; put the right key into {API_KEY}")
        if failure.gone:
            return UserError(f"{self.url}: {failure.reason}; start the server, or name another --base-url")
        return UserError(f"{self.url}: model {self.model!r}: {failure.reason}{hint}")
