"""Was a session shown every frame up to its question, in order and as it is, and asked what was planned?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from vstreamqa.audit.causality.recording import Put, SessionLog, Shown, digest
from vstreamqa.audit.causality.reference import Due
from vstreamqa.audit.causality.sample import Sample
from vstreamqa.models.base import Prompt
from vstreamqa.replay.grid import StreamGrid
from vstreamqa.schema import Question, to_position, to_value


class Reference:
    """What a stream is to show, read as far as it is needed.

    Attributes:
        due: positions relative to the stream's start, with digests, of the frames read so far.
        certain: how many frames are certainly to be shown: the last picture of a media may end before the next time
            of the grid.
    """

    def __init__(self, frames: Iterator[Due], start: int) -> None:
        self._frames = frames
        self._start = start
        self._next = next(frames, None)
        self.due: list[Shown] = []
        self.certain = 0

    def until(self, position: int) -> int:
        """Read the frames up to a position of the source axis, and return how many there are."""
        while self._next is not None and self._next.position <= position:
            self.due.append((self._next.position - self._start, digest(self._next.content)))
            self.certain += not self._next.last
            self._next = next(self._frames, None)
        return sum(at + self._start <= position for at, _ in self.due)


def misshown(sample: Sample, logs: Sequence[SessionLog], grid: StreamGrid, reference: Reference | None) -> str | None:
    """Return what was wrong about what a session was shown until a question was put to it; None if nothing was.

    Args:
        sample: the question.
        logs: of the sessions that were played for its stream.
        grid: of the stream.
        reference: what the stream is to show; None if only positions can be compared.
    """
    found = _put(sample, logs)
    if found is None:
        return "it was never put"
    log, put = found
    due = grid.count_until(sample.position) if reference is None else reference.until(sample.position)
    if put.taken > due:
        return f"{put.taken} frames were taken of the video before it was put, and {due} are due"
    shown = log.shown[: put.shown]
    if sample.row.question.format == "proactive":
        # It is listened for until its stream ends, so what comes after it is due too.
        end = to_position(sample.row.stream.end, sample.row.stream.unit)
        shown, due = log.shown, grid.count_until(end) if reference is None else reference.until(end)
    return _off_the_grid(sample, shown, due, grid) if reference is None else _compared(sample, shown, due, reference)


def _put(sample: Sample, logs: Sequence[SessionLog]) -> tuple[SessionLog, Put] | None:
    """Find where a question was put, by its words: the last time, if they were put more than once, that fits."""
    question = sample.row.question
    puts = [(log, put) for log in logs for put in log.put if question.text in put.prompt.text]
    fitting = [(log, put) for log, put in puts if put.shown == sample.prediction.frames_seen]
    found = fitting or puts
    return found[-1] if found else None


def _off_the_grid(sample: Sample, shown: Sequence[Shown], due: int, grid: StreamGrid) -> str | None:
    expected = [grid.position(k) - grid.start for k in range(due)]
    for number, (position, _) in enumerate(shown):
        if number >= len(expected) or position != expected[number]:
            return _misplaced(sample, number, position)
    return None


def _compared(sample: Sample, shown: Sequence[Shown], due: int, reference: Reference) -> str | None:
    for number, (position, content) in enumerate(shown):
        if number >= due or position != reference.due[number][0]:
            return _misplaced(sample, number, position)
        if content != reference.due[number][1]:
            return f"its frame {number + 1} (at {_time(sample, position)}) was another picture"
    if len(shown) < min(due, reference.certain):
        return f"{len(shown)} frames were shown, and {min(due, reference.certain)} are due"
    return None


def _misplaced(sample: Sample, number: int, position: int) -> str:
    return f"its frame {number + 1} was shown as that of {_time(sample, position)}, which is not due there"


def _time(sample: Sample, position: int) -> object:
    stream = sample.row.stream
    return to_value(position + to_position(stream.start, stream.unit), stream.unit)


def misworded(sample: Sample, logs: Sequence[SessionLog], render: Callable[[Question], Prompt]) -> str | None:
    """Return what was wrong about the words of a question; None if they are those of the policy, which sees no gold."""
    question = sample.row.question
    expected = render(without_gold(question)).text
    if render(question).text != expected:
        return "its wording depends on its gold"
    asked = [put.prompt.text for log in logs for put in log.put]
    if expected not in asked:
        return f"it was never put in the words of the policy but {asked[-1][:60]!r}" if asked else "it was never put"
    return None


def without_gold(question: Question) -> Question:
    """Return a question without anything that its answer could be read from."""
    return msgspec.structs.replace(
        question, answer=None, answer_index=None, answers=None, spans=None, evidence=None, row=None, age=None
    )
