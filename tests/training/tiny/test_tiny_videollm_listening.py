from collections.abc import Iterator, Sequence
from random import Random
from typing import cast

import pytest

from vstreamqa.build.mini import WorldSettings, make_world
from vstreamqa.build.mini.narrate import narrate
from vstreamqa.models.base import FrameBatch, Generation, Piece, Prompt, StreamInfo, StreamingModel, Utterance
from vstreamqa.training.tiny.footage import watch
from vstreamqa.training.tiny.videollm_online.dialogues import frame_times
from vstreamqa.training.tiny.videollm_online.figures import FIRST_HELD_OUT, Shown, quiz
from vstreamqa.training.tiny.videollm_online.listening import EARLY, LATE, Heard, Said, judge, listen, timing_clusters

WORLD = make_world("train", 5, 1, WorldSettings(length=40))
EVENTS = [event for event in narrate(WORLD) if event.time <= frame_times(WORLD)[-1]]
TRUTH = [Said(event.time, event.text) for event in EVENTS]


class Parrot:
    """Says the same after every frame, and when asked."""

    def __init__(self, text: str) -> None:
        self.text, self.asked = text, list[Prompt]()

    def open(self, stream: StreamInfo, preface: Prompt | None = None) -> "Parrot":
        return self

    def watch(self, frames: FrameBatch) -> Sequence[Utterance]:
        told = 0 if frames.question_due else 1
        return [Utterance(position=frames.positions[-1], text=self.text, output_tokens=1)] * told

    def ask(self, prompt: Prompt, generation: Generation) -> Iterator[Piece]:
        self.asked.append(prompt)
        yield Piece(self.text, tokens=1)

    def close(self) -> None:
        pass


def f1(said: Sequence[Said], *, joint: bool = False) -> float:
    return timing_clusters([judge(WORLD, said)], joint=joint).accuracy


def test_the_truth_is_in_time_and_right_and_silence_is_neither() -> None:
    assert f1(TRUTH) == f1(TRUTH, joint=True) == 1
    assert f1([]) == 0


@pytest.mark.parametrize(("off", "in_time"), [(-EARLY, True), (-EARLY - 1, False), (LATE, True), (LATE + 1, False)])
def test_what_is_said_counts_within_the_window_only(off: int, in_time: bool) -> None:
    alone = TRUTH[0]
    heard = judge(WORLD, [Said(alone.time + off, alone.text)])
    assert (heard.matched > 0) == in_time
    assert heard.delays == ((off,) if in_time else ())


def test_one_thing_said_stands_for_one_event_only() -> None:
    twice = judge(WORLD, [*TRUTH[:1], *TRUTH[:1]])
    assert (twice.said, twice.matched, twice.right) == (2, 1, 1)


def test_a_world_in_which_nothing_happens_and_nothing_is_said_is_no_cluster() -> None:
    quiet = Heard(events=0, said=0, matched=0, right=0, delays=())
    assert len(timing_clusters([judge(WORLD, TRUTH), quiet])) == 1


def test_the_wrong_thing_in_time_is_in_time_but_not_right() -> None:
    wrong = [Said(one.time, "The redball is sleeping.") for one in TRUTH]
    assert (f1(wrong), f1(wrong, joint=True)) == (1, 0)


def test_a_model_is_asked_once_and_for_good_at_the_first_frame() -> None:
    parrot = Parrot("Hello.")
    said = listen(cast(StreamingModel, parrot), WORLD, watch(WORLD, frame_times(WORLD), Random(0)))
    assert [prompt.commit for prompt in parrot.asked] == [True]
    assert [one.time for one in said] == frame_times(WORLD)
    assert f1(said) < 0.5


def test_questions_are_right_when_the_answer_is() -> None:
    shown = Shown(FIRST_HELD_OUT, WORLD, watch(WORLD, frame_times(WORLD), Random(0)))
    verdicts = list(quiz(cast(StreamingModel, Parrot("Yes")), shown))
    assert {one.right for one in verdicts if one.kind == "appeared"} <= {True, False}
    assert not any(one.right for one in verdicts if one.kind == "room now")
    assert any(one.right for one in verdicts)
