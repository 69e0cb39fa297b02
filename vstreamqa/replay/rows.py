"""Make the rows of one arm of one stream."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from vstreamqa.errors import VStreamQAError
from vstreamqa.models.base import Utterance
from vstreamqa.replay.asking import Answer, sound_text, whole_number
from vstreamqa.replay.clock import CLOCK, now
from vstreamqa.replay.memory import read_memory
from vstreamqa.replay.watching import Watcher
from vstreamqa.schema import (
    Fault,
    Prediction,
    Question,
    Stream,
    StreamRecord,
    UtteranceRecord,
    Value,
    to_position,
    to_value,
)


def fault_of(error: BaseException) -> Fault:
    """Describe an exception in one line."""
    text = " ".join(str(error).split())
    return Fault(kind=type(error).__name__, message=text or type(error).__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How many frames a session had seen when it was asked, and the position of the last on the source axis."""

    frames: int = 0
    last: int | None = None


@dataclass
class RowMaker:
    """Fills in what all rows of one arm of one stream have in common."""

    run_id: str
    suite: str
    config: str
    stream: Stream
    control: str | None

    def __post_init__(self) -> None:
        self._opened = now()

    def answered(self, question: Question, answer: Answer, seen: Seen, started_at: str) -> Prediction:
        """Make the row of an answer a model gave.

        Under the logical clock a question is due when the timeline reaches it, so that latencies from the due moment
        and from the call are the same figure and the lag is zero.
        """
        return self._prediction(
            question,
            prediction=answer.text,
            status="answered",
            frames_seen=seen.frames,
            last_frame_time=self._value(seen.last),
            ask_lag_ns=0,
            ttft_ns=answer.ttft_ns,
            ttft_service_ns=answer.ttft_ns,
            answer_latency_ns=answer.latency_ns,
            answer_latency_service_ns=answer.latency_ns,
            restore_ns=answer.restore_ns,
            input_tokens=answer.input_tokens,
            output_tokens=answer.output_tokens,
            started_at=started_at,
            **msgspec.structs.asdict(read_memory()),
        )

    def given(self, question: Question, text: str) -> Prediction:
        """Make the row of an answer that no model gave: it took no time and no memory."""
        return self._prediction(question, prediction=text, status="answered", started_at=timestamp())

    def failed(self, question: Question, fault: Fault, seen: Seen) -> Prediction:
        """Make the row of a question that could not be answered."""
        return self._prediction(
            question,
            prediction=None,
            status="error",
            error=fault,
            frames_seen=seen.frames,
            last_frame_time=self._value(seen.last),
            started_at=timestamp(),
        )

    def said(
        self, utterance: Utterance, under: Question | None = None, *, within: tuple[int, int] | None = None
    ) -> UtteranceRecord:
        """Make the row of something said unasked, under a proactive question or under none.

        Args:
            utterance: what was said.
            under: the proactive question it belongs to.
            within: positions of the first and the last frame at which it can have been said; None if any will do.

        Raises:
            VStreamQAError: it is dated to another frame: what is said late would count as said in time.
        """
        start = to_position(self.stream.start, self.stream.unit)
        position = start + whole_number(utterance.position, "an utterance's position")
        if within is not None and not within[0] <= position <= within[1]:
            said_at, first, last = (to_value(one, self.stream.unit) for one in (position, *within))
            raise VStreamQAError(
                f"an utterance's position: {said_at} is no frame that was just shown ({first} to {last}); give the one "
                "after which it was said"
            )
        return msgspec.structs.replace(
            self.remarked(to_value(position, self.stream.unit), sound_text(utterance.text), under),
            output_tokens=whole_number(utterance.output_tokens, "an utterance's tokens"),
        )

    def remarked(self, time: Value, text: str, under: Question | None) -> UtteranceRecord:
        """Make the row of something said that no model generated."""
        return UtteranceRecord(
            suite=self.suite,
            config=self.config,
            stream_id=self.stream.stream_id,
            control=self.control,
            time=time,
            said_at_ns=now() - self._opened,
            text=text,
            question_id=None if under is None else under.question_id,
        )

    def unwatched(self) -> StreamRecord:
        """Make the row of a stream that no model was needed for."""
        return StreamRecord(
            suite=self.suite,
            config=self.config,
            stream_id=self.stream.stream_id,
            control=self.control,
            frames=0,
            dropped_frames=0,
            watch_ns=None,
            decode_ns=None,
            rtfx=None,
            frame_latency_ns=None,
            deadline_misses=None,
            memory=(),
            status="complete",
        )

    def watched(
        self, watcher: Watcher, *, seconds: float | None, watch_ns: int, decode_ns: int, fault: Fault | None
    ) -> StreamRecord:
        """Make the row of the stream; `seconds` is how much of it was watched, None where that has no meaning."""
        seen_any = watcher.frames > 0
        return StreamRecord(
            suite=self.suite,
            config=self.config,
            stream_id=self.stream.stream_id,
            control=self.control,
            frames=watcher.frames,
            dropped_frames=0,
            watch_ns=watch_ns if seen_any else None,
            decode_ns=decode_ns if seen_any else None,
            rtfx=seconds / (watch_ns / 1e9) if seen_any and seconds is not None and watch_ns else None,
            frame_latency_ns=watcher.latencies(),
            deadline_misses=None,  # frames have no deadline under the logical clock
            memory=watcher.memory(),
            status="error" if fault else "complete",
            error=fault,
        )

    def _prediction(self, question: Question, **fields: object) -> Prediction:
        common = {
            "run_id": self.run_id,
            "suite": self.suite,
            "config": self.config,
            "stream_id": self.stream.stream_id,
            "source_id": self.stream.source_id,
            "question_id": question.question_id,
            "asked_at": question.time,
            "clock": CLOCK,
            "control": self.control,
        }
        return Prediction(**common, **fields)  # type: ignore[arg-type]  # the callers above name fields of the record

    def _value(self, position: int | None) -> Value | None:
        return None if position is None else to_value(position, self.stream.unit)


def timestamp() -> str:
    """Return the wall time now, ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
