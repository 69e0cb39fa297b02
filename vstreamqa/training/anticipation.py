"""Ego4D's long-term anticipation turned into questions: eight actions are seen, twenty are to be named (spec, 9.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vstreamqa.models.videollm_online.dialogue import Assistant, Frames, Message, User
from vstreamqa.training.timed import last_frame

OBSERVED = 8
ANTICIPATED = 20


@dataclass(frozen=True, slots=True)
class TimedAction:
    """An action of a clip; times in seconds of the video the clip is from."""

    start: float
    end: float
    verb: int
    noun: int


@dataclass(frozen=True, slots=True)
class AnticipationSample:
    """One question.

    Attributes:
        messages: the question, the frames, the answer.
        frames: which frames of the video.
        labels: (verb, noun) of every action to be named.
    """

    messages: tuple[Message, ...]
    frames: range
    labels: tuple[tuple[int, int], ...]


def anticipation_samples(
    actions: Sequence[TimedAction], *, verbs: Sequence[str], nouns: Sequence[str], fps: float, duration: float
) -> list[AnticipationSample]:
    """Make a question for every place of a clip with eight actions before it and twenty after it.

    Times are rounded to the nearest frame.

    Args:
        actions: of one clip, in order.
        verbs: words of the verbs, by label.
        nouns: words of the nouns, by label.
        fps: frames per second of the grid.
        duration: time of the video's last frame, seconds.
    """
    end = last_frame(duration, fps)
    samples = []
    for start in range(len(actions) - OBSERVED - ANTICIPATED + 1):
        seen, coming = actions[start : start + OBSERVED], actions[start + OBSERVED : start + OBSERVED + ANTICIPATED]
        first, last = (min(max(round(time * fps), 0), end) for time in (seen[0].start, seen[-1].end))
        frames = range(first, last + 1)
        labels = [(action.verb, action.noun) for action in coming]
        messages = (User(question(len(frames))), Frames(len(frames)), Assistant(answer(labels, verbs, nouns)))
        samples.append(AnticipationSample(messages, frames, tuple(labels)))
    return samples


def question(frames: int) -> str:
    """Return how the question is put after so many frames."""
    return (
        f"After {frames} video frames, anticipate the next {ANTICIPATED} actions. Format your answer concisely, listing"
        " each action on a new line with a number prefix. No extra text output."
    )


def answer(labels: Sequence[tuple[int, int]], verbs: Sequence[str], nouns: Sequence[str]) -> str:
    """Return actions as the model is to name them, one numbered line each."""
    lines = (f"{verbs[verb]} {nouns[noun]}".capitalize() for verb, noun in labels)
    return "\n".join(f"{number}. {line}." for number, line in enumerate(lines, start=1))
