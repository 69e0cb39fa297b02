"""COIN's annotated segments turned into questions about them (spec, section 9.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from vstreamqa.models.videollm_online.dialogue import Assistant, Frames, Message, User
from vstreamqa.scoring.videollm_online.coin_labels import step_name, task_name
from vstreamqa.training.timed import frame_from, last_frame

Task = Literal["step", "next", "task", "procedure", "taskprocedure"]

MOST_STEPS = 5
"""Most steps that are asked for at once."""

_BRIEFLY = "Format your answer concisely. No extra text output."
_AS_LIST = "Format your answer concisely, listing each action on a new line with a number prefix. No extra text output."


@dataclass(frozen=True, slots=True)
class Segment:
    """A step and when it happens, seconds."""

    start: float
    end: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoinVideo:
    """One annotated video.

    Attributes:
        task: name of what is done in it, as in the annotations.
        whole: (start, end) of all of it, seconds.
        steps: in time order.
        duration: time of its last frame, seconds.
    """

    task: str
    whole: tuple[float, float]
    steps: tuple[Segment, ...]
    duration: float


@dataclass(frozen=True, slots=True)
class CoinSample:
    """One question.

    Attributes:
        messages: the question, the frames, the answer.
        frames: which frames of the video.
        labels: what is right, in lower case: one name, or one for each step asked for.
    """

    messages: tuple[Message, ...]
    frames: range
    labels: tuple[str, ...]


def coin_samples(video: CoinVideo, task: Task, *, fps: float) -> list[CoinSample]:
    """Make the questions of one kind about a video."""
    if task == "task":
        name = task_name(video.task)
        return [_sample(video, video.whole, question("task"), [name], fps)]
    samples = []
    for number, segment in enumerate(video.steps):
        later = video.steps[number + 1 : number + 1 + (1 if task == "next" else MOST_STEPS)]
        asked = [segment] if task == "step" else later
        if not asked:
            continue
        text = question(task, count=len(asked), goal=task_name(video.task))
        names = [step_name(step.label) for step in asked]
        samples.append(_sample(video, (segment.start, segment.end), text, names, fps))
    return samples


def categories(videos: Iterable[CoinVideo], task: Task) -> list[str]:
    """Return every name that can be an answer about some videos, in lower case, sorted."""
    if task == "task":
        return sorted({task_name(video.task).lower() for video in videos})
    return sorted({step_name(step.label).lower() for video in videos for step in video.steps})


def read_videos(
    database: Mapping[str, Mapping[str, object]], durations: Mapping[str, float], *, subset: str
) -> dict[str, CoinVideo]:
    """Read COIN's annotations, by video, in their order; videos without features (no duration) are left out.

    Args:
        database: the `database` of COIN's file.
        durations: time of the last frame of every video that has features, seconds.
        subset: `training` or `testing`.
    """
    return {
        uid: _video(entry, durations[uid])
        for uid, entry in database.items()
        if entry["subset"] == subset and uid in durations
    }


def question(task: Task, *, count: int = 1, goal: str = "") -> str:
    """Return how a question is put.

    Args:
        task: its kind.
        count: steps asked for, in procedures.
        goal: name of the task, where it is told.
    """
    if task == "step":
        return f"What is the action in the video? {_BRIEFLY}"
    if task == "task":
        return f"What is the overall activity in the video? {_BRIEFLY}"
    begin = f"To {goal}, what" if task == "taskprocedure" else "What"
    if count == 1:
        return f"{begin} is the next action for the video? {_BRIEFLY}"
    return f"{begin} is the next {count} actions for the video? {_AS_LIST}"


def _sample(video: CoinVideo, span: tuple[float, float], text: str, names: Sequence[str], fps: float) -> CoinSample:
    end = last_frame(video.duration, fps)
    first, last = (min(max(frame_from(time, fps), 0), end) for time in span)
    frames = range(first, last + 1)
    messages = (User(text), Frames(len(frames)), Assistant(_answer(names)))
    return CoinSample(messages, frames, tuple(name.lower() for name in names))


def _answer(names: Sequence[str]) -> str:
    lines = [f"{name.capitalize()}." for name in names]
    return lines[0] if len(lines) == 1 else "\n".join(f"{k}. {line}" for k, line in enumerate(lines, start=1))


def _video(entry: Mapping[str, object], duration: float) -> CoinVideo:
    annotation: object = entry["annotation"]
    assert isinstance(annotation, list)
    steps = tuple(Segment(float(step["segment"][0]), float(step["segment"][1]), step["label"]) for step in annotation)
    start, end = entry["start"], entry["end"]
    assert isinstance(start, int | float)
    assert isinstance(end, int | float)
    return CoinVideo(task=str(entry["class"]), whole=(float(start), float(end)), steps=steps, duration=duration)
