"""Ego4D's timed narrations turned into streaming dialogues (spec, section 10)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from vstreamqa.models.videollm_online.dialogue import Assistant, Frames, Message, User
from vstreamqa.training.timed import TimedDialogue, frame_from, last_frame

NARRATE = (
    "Please concisely narrate the video in real time. Use the tag 'C' to denote the camera wearer, and other letter"
    " tags, such as 'X', to denote other individuals in the scene."
)

_TAGS = ("#C", "#c", "@c", "#O", "#o", "#Unsure", "#unsure", "#")
_AROUND = "., \n"
_FEWEST_WORDS = 2


@dataclass(frozen=True, slots=True)
class Narration:
    """What somebody wrote about a moment; `time` in seconds."""

    time: float
    text: str


def clean_narration(text: str) -> str:
    """Take away Ego4D's tags and write a narration as a sentence.

    The first word is capitalised, which makes the rest of it lower-case.
    """
    for tag in _TAGS:
        text = text.replace(tag, "")
    text = re.sub(" +", " ", text.strip(_AROUND) + ".")
    first, space, rest = text.partition(" ")
    return f"{first.capitalize()}{space}{rest}"


def narrated_dialogue(narrations: Iterable[Narration], *, fps: float, duration: float) -> TimedDialogue | None:
    """Turn the narrations of one annotator of one video into a dialogue that is taught throughout.

    A narration is a reply after the first frame at or after its time (the last frame, at the latest). A narration that
    repeats the one before is left out; of several at one frame the last is kept; nothing follows the last frame. The
    dialogue begins with the frame of the first narration.

    Args:
        narrations: as annotated, in any order; those of fewer than two words are left out.
        fps: frames per second of the grid.
        duration: time of the last frame, seconds.

    Returns:
        The dialogue, without instruction; None if there is nothing to narrate.
    """
    end = last_frame(duration, fps)
    messages: list[Message] = []
    first = last = 0
    before = None
    for narration in sorted(narrations, key=lambda narration: narration.time):
        text = clean_narration(narration.text)
        if len(text.split(" ")) < _FEWEST_WORDS:
            continue
        frame = min(max(frame_from(narration.time, fps), 0), end)
        if not messages:
            first, last = frame, frame - 1
        if last >= end:
            break
        if text == before:
            continue
        before = text
        if messages and frame == last:
            messages[-1] = Assistant(text)
        else:
            messages += [Frames(frame - last), Assistant(text)]
        last = frame
    return TimedDialogue(tuple(messages), range(first, last + 1)) if messages else None


def with_instruction(dialogue: TimedDialogue, instruction: str = NARRATE) -> TimedDialogue:
    """Have the user ask for the narration after the first block, which then teaches nothing."""
    first, *rest = dialogue.messages
    assert isinstance(first, Frames)
    return replace(dialogue, messages=(replace(first, learn=False), User(instruction), *rest))


@dataclass(frozen=True, slots=True)
class Splits:
    """Videos by what they are for, each in the order given."""

    train: tuple[str, ...]
    val: tuple[str, ...]
    test: tuple[str, ...]


def split_videos(videos: Sequence[str], *, validated: Collection[str], tested: Collection[str]) -> Splits:
    """Keep apart what Ego4D's benchmarks validate or test on.

    Args:
        videos: all narrated ones.
        validated: videos in the validation set of any benchmark.
        tested: videos in the unannotated test set of any; one that is validated on is no test video.
    """
    val = [video for video in videos if video in validated]
    test = [video for video in videos if video in tested and video not in validated]
    train = [video for video in videos if video not in validated and video not in tested]
    return Splits(tuple(train), tuple(val), tuple(test))
