"""One request to a judge's server, and what its failures mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import openai
from openai.types.chat import ChatCompletion

from vstreamqa.scoring.judge.base import Opinion
from vstreamqa.scoring.judge.reading import read_reply
from vstreamqa.serving.failures import Failure, failure_of

_BUSY = 429
_ASKS_TO_WAIT = 503
_FOR_ALL = (401, 403, 404)
_NO_CREDIT = ("insufficient_quota", "billing_not_active", "billing_hard_limit_reached")
CUT = "length"
FILTERED = "content_filter"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a failed request means for this case and for the others.

    Attributes:
        failure: what happened.
        busy: the server has too much to do; no case is at fault.
        for_all: no other request will fare better: the key, the model or the credit is at fault.
    """

    failure: Failure
    busy: bool
    for_all: bool


def trouble_of(error: Exception, timeout: float) -> Trouble:
    """Say what an exception of the SDK means; `timeout` is that of the request, seconds."""
    if isinstance(error, openai.APITimeoutError | TimeoutError):
        return Trouble(Failure(f"no reply within {timeout:g} s", again=True, gone=False), busy=False, for_all=False)
    failure = failure_of(error)
    status = error.status_code if isinstance(error, openai.APIStatusError) else None
    no_credit = status == _BUSY and getattr(error, "code", None) in _NO_CREDIT
    busy = status == _BUSY or (status == _ASKS_TO_WAIT and failure.wait_seconds is not None)
    return Trouble(failure, busy=busy and not no_credit, for_all=status in _FOR_ALL or no_credit)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server replied.

    Attributes:
        opinion: what the reply says.
        model: what the server says replied; None if it does not say.
    """

    opinion: Opinion
    model: str | None


def reply_of(completion: object) -> Reply:
    """Read a chat completion, whose types the SDK does not check.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(completion, ChatCompletion):
        raise ValueError(f"{type(completion).__name__} in place of a chat completion")  # noqa: TRY004 - of the server
    choices: Any = completion.choices
    if not isinstance(choices, list) or not choices:
        said = getattr(completion, "error", None)  # as some gateways report what went wrong behind them
        raise ValueError("a chat completion without choices" + (f": {said}" if said else ""))
    usage: Any = completion.usage
    model: Any = completion.model
    tokens = (_count(getattr(usage, name, None)) for name in ("prompt_tokens", "completion_tokens"))
    opinion = _opinion(choices[0], *tokens)
    return Reply(opinion, model if isinstance(model, str) and model else None)


def _opinion(choice: Any, input_tokens: int | None, output_tokens: int | None) -> Opinion:
    message = getattr(choice, "message", None)
    content, refusal = (_text(getattr(message, name, None)) for name in ("content", "refusal"))
    ended = getattr(choice, "finish_reason", None)

    def none(error: str, raw: str | None) -> Opinion:
        return Opinion(correct=None, raw=raw, error=error, input_tokens=input_tokens, output_tokens=output_tokens)

    if refusal:
        return none(f"the judge refused: {' '.join(refusal.split())}", refusal)
    if ended == FILTERED:
        return none("the server's content filter stopped the reply", content)
    if content is None:
        return none("the reply has no text", None)
    reading = read_reply(content, cut=ended == CUT)
    return Opinion(
        correct=reading.correct,
        score=reading.score,
        raw=content,
        error=reading.error,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
    )


def _text(value: object) -> str | None:
    """Return text that can be written as UTF-8: JSON can hold halves of characters."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
