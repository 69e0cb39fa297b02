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
    """Digests of the frames that a stream is to show, read as far as they are needed."""

    def __init__(self, frames: Iterator[Due], start: int) -> None:
        self._frames = frames
        self._start = start
        self._ended = False
        self.due: list[Shown] = []
        self.certain = 0
        """How many are certainly to be shown: the last picture of a media may end before the next grid time."""

    def until(self, n: int) -> None:
        """Read the first n frames, or as many as there are."""
        while len(self.due) < n and not self._ended:
            frame = next(self._frames, None)
            if frame is None:
                self._ended = True
                return
            self.due.append((frame.position - self._start, digest(frame.content)))
            self.certain += not frame.last


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
    due = grid.count_until(sample.position)
    if put.taken > due:
        return f"{put.taken} frames were taken of the video before it was put, and {due} are due"
    return _compared(sample, log.shown[: put.shown], grid, reference)


def _put(sample: Sample, logs: Sequence[SessionLog]) -> tuple[SessionLog, Put] | None:
    """Find where a question was put, by its words: the last time, if they were put more than once, that fits."""
    question = sample.row.question
    puts = [(log, put) for log in logs for put in log.put if question.text in put.prompt.text]
    fitting = [(log, put) for log, put in puts if put.shown == sample.prediction.frames_seen]
    found = fitting or puts
    return found[-1] if found else None


def _compared(sample: Sample, shown: Sequence[Shown], grid: StreamGrid, reference: Reference | None) -> str | None:
    due = grid.count_until(sample.position)
    unit = sample.row.stream.unit
    for number, (position, _) in enumerate(shown):
        if number >= due or position != grid.position(number) - grid.start:
            at = to_value(position + grid.start, unit)
            return f"its frame {number + 1} was shown as that of {at}, out of order or off the grid"
    if reference is None:
        return None
    reference.until(due)
    for number, (mine, other) in enumerate(zip(shown, reference.due, strict=False)):
        if mine[1] != other[1]:
            return f"its frame {number + 1} (at {to_value(grid.position(number), unit)}) was another picture"
    if len(shown) < min(due, reference.certain):
        return f"{len(shown)} frames were shown, and {min(due, reference.certain)} are due"
    if len(shown) > len(reference.due):
        return f"{len(shown)} frames were shown, and the video has {len(reference.due)} until then"
    return None


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


def start_of(sample: Sample) -> int:
    """Return where a question's stream starts."""
    return to_position(sample.row.stream.start, sample.row.stream.unit)
