"""Questions of one session in flight together; their answers come out in the order in which they were put.

A question is put in the thread that plays the stream, which fixes what it is asked about; only its answer is waited for
elsewhere. So frames watched meanwhile, and questions put later, change nothing of it (`InputSpec.concurrent_asks`).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass

from vstreamqa.errors import VStreamQAError
from vstreamqa.models.base import Generation, Prompt, Session
from vstreamqa.replay.asking import Answer, ask, put
from vstreamqa.replay.rows import Seen, fault_of, timestamp
from vstreamqa.schema import Fault, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it was put.

    Attributes:
        question: the question.
        seen: what its session had seen by then.
        started_at: wall time at which it was put.
    """

    question: Question
    seen: Seen
    started_at: str


@dataclass(frozen=True, slots=True)
class Landed:
    """A question and what came of it: an answer, or the reason why there is none."""

    asked: Asked
    outcome: Answer | Fault


@dataclass(frozen=True, slots=True)
class _Ride:
    asked: Asked
    answer: Future[Answer]

    def land(self) -> tuple[Landed, BaseException | None]:
        """Wait for the answer; also return the exception that means more than a question refused."""
        try:
            return Landed(self.asked, self.answer.result()), None
        except VStreamQAError as refusal:
            return Landed(self.asked, fault_of(refusal)), None
        except (Exception, SystemExit) as error:
            return Landed(self.asked, fault_of(error)), error


class Flight:
    """The answers of one session on their way, at most `most` at once; with 1, each is waited for where it is put."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._rides: deque[_Ride] = deque()
        self._given_up = threading.Event()

    def ask(
        self, session: Session, question: Question, prompt: Prompt, generation: Generation, seen: Seen
    ) -> Iterator[Landed]:
        """Put a question, worded as `prompt`, as soon as there is room; give what has landed by then.

        Raises:
            Exception: the model broke; what was in flight then has landed, and nothing more should be asked.
        """
        yield from self._land(until=self._most - 1)
        asked = Asked(question=question, seen=seen, started_at=timestamp())
        if self._most == 1:
            # An exception of the model must not be held here: what it holds in turn may be the device's memory.
            yield Landed(asked, _answer_or_refusal(session, prompt, generation))
            return
        self._rides.append(_Ride(asked, self._start(session, prompt, generation)))
        yield from self._land(until=self._most)

    def land_all(self) -> Iterator[Landed]:
        """Wait for everything that is in flight.

        Raises:
            Exception: the model broke.
        """
        yield from self._land(until=0)

    def give_up(self) -> None:
        """Let go of what is in flight, without waiting for it."""
        self._given_up.set()
        self._rides.clear()

    def _land(self, *, until: int) -> Iterator[Landed]:
        """Give answers from the first on: while more than `until` are in flight, and as long as they are through."""
        while self._rides and (len(self._rides) > until or self._rides[0].answer.done()):
            landed, broken = self._rides.popleft().land()
            yield landed
            if broken is not None:
                while self._rides:
                    yield self._rides.popleft().land()[0]
                raise broken

    def _start(self, session: Session, prompt: Prompt, generation: Generation) -> Future[Answer]:
        answer: Future[Answer] = Future()
        try:
            collect = put(session, prompt, generation, given_up=self._given_up.is_set)
        except Exception as error:  # it lands in its turn
            answer.set_exception(error)
            return answer
        # A thread of its own that nobody joins: an interrupted run must not wait for a server's time limit.
        threading.Thread(target=_run, args=(collect, answer), name="answer", daemon=True).start()
        return answer


def _answer_or_refusal(session: Session, prompt: Prompt, generation: Generation) -> Answer | Fault:
    try:
        return ask(session, prompt, generation)
    except VStreamQAError as refusal:
        return fault_of(refusal)


def _run(collect: Callable[[], Answer], answer: Future[Answer]) -> None:
    try:
        answer.set_result(collect())
    except BaseException as error:  # raised again where the answer is waited for
        answer.set_exception(error)
