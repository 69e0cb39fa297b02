"""A judge behind a server of the OpenAI protocol: `openai:MODEL`, OpenAI's own or any other by its URL.

Greedy, with a seed, and one reply a case. What the server says replied is the judge's revision, fixed by `check`; a
reply of another model in the middle of a run (a floating name that is moved) is an error of its case, never a verdict.

Run against scripted servers and `transformers serve` with a tiny model. Unchecked: OpenAI's own service, and what a
model that can judge makes of the wording.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import openai

from vstreamqa.scoring.judge.apart import returned, yielded
from vstreamqa.scoring.judge.asking import Reply, Trouble, reply_of, trouble_of
from vstreamqa.scoring.judge.base import Case, Identity, JudgeUnavailableError, Opinion
from vstreamqa.scoring.judge.cost import Cost, Usage, estimated_usage
from vstreamqa.scoring.judge.dialect import Dialect
from vstreamqa.scoring.judge.endpoint import Endpoint
from vstreamqa.scoring.judge.known import known_model
from vstreamqa.scoring.judge.own_rubric import OWN
from vstreamqa.scoring.judge.pacing import Pace, Patience
from vstreamqa.scoring.judge.round import Round
from vstreamqa.scoring.judge.rubric import Rubric
from vstreamqa.serving.urls import API_KEY

FIRST_TOGETHER = 16
MOST_TOGETHER = 64
TIMEOUT_SECONDS = 120.0
SCHEMA_TOKENS = 64
OTHER_TOKENS = 300
"""Most tokens of a reply, where it is an object of our schema and where the wording may ask for more."""
_CHECK_SECONDS = 30.0
_CHECK_TRIES = 3
_PROBE = Case(question="What colour is the door?", golds=("Red.",), prediction="It is red.")


class OpenAIJudge:
    """Judges through chat completions."""

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        rubric: Rubric = OWN,
        temperature: float = 0.0,
        max_tokens: int | None = None,
        name: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
        most_together: int = MOST_TOGETHER,
        patience: Patience | None = None,
    ) -> None:
        """Take a model; nothing is asked yet.

        Args:
            model: what the server calls it.
            base_url: the server; None for `OPENAI_BASE_URL`, else OpenAI.
            rubric: what is asked.
            temperature: of decoding.
            max_tokens: most tokens of a reply; None for as many as the rubric's replies may take.
            name: of its identity; `openai:MODEL` unless given.
            timeout: seconds after which a request has failed.
            most_together: most requests in flight.
            patience: how failures are borne.

        Raises:
            UserError: the URL is none.
        """
        self.model = model
        self.rubric = rubric
        self.endpoint = Endpoint.of(base_url)
        self._name = name or f"openai:{model}"
        most = max_tokens or (OTHER_TOKENS if rubric.schema is None else SCHEMA_TOKENS)
        self._dialect = Dialect(max_tokens=most, temperature=temperature, schema=rubric.schema)
        self._timeout = timeout
        self._most_together = most_together
        self._patience = patience or Patience()
        self._revision: str | None = None
        self._replied = False
        self._usage = Usage()

    @property
    def identity(self) -> Identity:
        """The revision is the model that the server says replied, None if it does not say or was not asked yet."""
        return Identity(
            name=self._name,
            revision=self._revision,
            rubric=self.rubric.hash,
            temperature=self._dialect.effective_temperature,
        )

    @property
    def server(self) -> str | None:
        """The root of the API, None for OpenAI's own."""
        return None if self.endpoint.official else self.endpoint.url

    @property
    def spent(self) -> Cost:
        """What has been asked so far, the check included."""
        return Cost.of(self.model, self._usage, official=self.endpoint.official, estimated=False)

    def estimate(self, cases: Sequence[Case]) -> Cost:
        """Say what judging cases will cost, at four characters a token."""
        usage = estimated_usage(self.rubric, cases)
        return Cost.of(self.model, usage, official=self.endpoint.official, estimated=True)

    def check(self) -> None:
        """Put one real question, of about 400 tokens.

        Raises:
            JudgeUnavailableError: no key, a wrong one, an unknown model, nobody there.
        """
        if self.endpoint.official and not self.endpoint.key:
            raise self._unavailable(f"{API_KEY} is not set; put a key into it, or name another server or judge")
        problem = returned(self._problem())
        if problem is not None:
            raise self._unavailable(problem)

    def opinions(self, cases: Sequence[Case]) -> Iterator[tuple[int, Opinion]]:
        """Yield opinions as they come; closing the iterator ends what is in flight."""
        if cases:
            yield from yielded(partial(self._judge, cases))

    def close(self) -> None:
        """Nothing is held between calls."""

    async def _judge(self, cases: Sequence[Case], put: Callable[[tuple[int, Opinion]], None]) -> None:
        async with self.endpoint.client(self._timeout) as client:
            await Round(
                cases,
                ask=lambda case: self._opinion(client, case, self._timeout),
                meaning=lambda error: trouble_of(error, self._timeout),
                line=self._line,
                pace=Pace(first=FIRST_TOGETHER, most=self._most_together, patience=self._patience),
                put=put,
            ).run()

    async def _opinion(self, client: openai.AsyncOpenAI, case: Case, seconds: float) -> Opinion:
        reply = await self._reply(client, case, seconds)
        self._revision = self._revision or reply.model
        opinion = reply.opinion
        if opinion.raw is not None:
            opinion = replace(opinion, raw=self.endpoint.scrub(opinion.raw))
        if opinion.error is not None:
            opinion = replace(opinion, error=self._line(opinion.error))
        if reply.model != self._revision:
            changed = f"the server now runs {reply.model}, the run began with {self._revision}"
            return replace(opinion, correct=None, score=None, error=self._line(changed))
        return opinion

    async def _reply(self, client: openai.AsyncOpenAI, case: Case, seconds: float) -> Reply:
        """Make one request, again at once in another form where the server does not take the first."""
        messages: Any = self.rubric.messages(case)
        while True:
            dialect = self._dialect
            try:
                async with asyncio.timeout(seconds):
                    completion = await client.chat.completions.create(
                        model=self.model, messages=messages, **dialect.arguments()
                    )
            except openai.APIStatusError as error:
                if dialect is not self._dialect:  # another request has learnt it meanwhile
                    continue
                other = dialect.without(error, untried=not self._replied)
                if other is None:
                    raise
                self._dialect = other
            else:
                reply = reply_of(completion)
                self._replied = True
                self._usage.add(reply.opinion.input_tokens, reply.opinion.output_tokens)
                return reply

    async def _problem(self) -> str | None:
        """Ask about a case that any judge can decide; return why that cannot be done, if so."""
        seconds = min(self._timeout, _CHECK_SECONDS)
        async with self.endpoint.client(seconds) as client:
            for failed in range(1, _CHECK_TRIES + 1):
                try:
                    await self._opinion(client, _PROBE, seconds)
                except Exception as error:
                    trouble = trouble_of(error, seconds)
                    if trouble.for_all or not trouble.failure.again or failed == _CHECK_TRIES:
                        return self._remedied(error, trouble)
                    await asyncio.sleep(self._patience.wait(failed, trouble.failure))
                else:
                    return None
        return None

    def _remedied(self, error: Exception, trouble: Trouble) -> str:
        reason = f"{self.endpoint.url}: {trouble.failure.reason}"
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            return f"{reason}; put the right key into {API_KEY}"
        if isinstance(error, openai.NotFoundError):
            return f"{reason}; name a model that this server has, and the root of its API"
        if trouble.for_all:
            return f"{reason}; see to the account, or name another judge"
        if trouble.failure.gone:
            return f"{reason}; start the server or mend the network, or name another with --judge-base-url"
        return f"{reason}; try again later, or name another judge"

    def _unavailable(self, problem: str) -> JudgeUnavailableError:
        known = known_model(self.model)
        retired = known.retired if known is not None and self.endpoint.official else None
        return JudgeUnavailableError(self._line(f"judge {self._name}: {problem}") + (f"; {retired}" if retired else ""))

    def _line(self, text: str) -> str:
        return self.endpoint.line(text)
