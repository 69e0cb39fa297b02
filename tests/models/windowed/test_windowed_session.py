import gc
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest

from vstreamqa.errors import UserError, VStreamQAError
from vstreamqa.models.base import CountsInput, FrameBatch, Generation, Piece, Pixels, Prompt, StreamInfo
from vstreamqa.models.windowed import Policy, Reply, View, WindowSession, parse_policy
from vstreamqa.schema import NANOSECONDS

STREAM = StreamInfo(unit="second", fps=2.0, seed=1)
KEYFRAMES = StreamInfo(unit="keyframe", fps=None, seed=1)


@dataclass
class Teller:
    """Answers with the frames it is shown, by their brightness, and logs how it came to them."""

    sizes: list[tuple[int, int] | None] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    finished: int = 0

    def fitted(self, frame: Pixels, size: tuple[int, int] | None) -> Pixels:
        self.sizes.append(size)
        return frame[:2, :2]

    def reply(self, view: View, prompt: Prompt, generation: Generation, preface: Prompt | None) -> Reply:
        self.views.append(view)
        before = "" if preface is None else f"{preface.text} "
        words = f"{before}{prompt.text} {[int(frame[0, 0, 0]) for frame in view.frames]}".split()
        return Reply(len(words), self._pieces(words[: generation.max_new_tokens]))

    def _pieces(self, words: list[str]) -> Iterator[Piece]:
        for word in words:
            yield Piece(word, 1)
        self.finished += 1


def batch(first: int, last: int, step: int = NANOSECONDS // 2, size: int = 3) -> FrameBatch:
    levels = np.arange(first, last, dtype=np.uint8)
    return FrameBatch(
        positions=tuple(number * step for number in range(first, last)),
        frames=np.broadcast_to(levels[:, None, None, None], (last - first, size, size, 3)).copy(),
    )


def session(model: Teller, policy: str = "uniform", most: int = 3, stream: StreamInfo = STREAM) -> WindowSession:
    return WindowSession(model, parse_policy(policy), most=most, stream=stream)


def say(opened: WindowSession, question: str = "What?") -> str:
    return "".join(piece.text for piece in opened.ask(Prompt(text=question), Generation()))


def test_a_question_is_asked_about_the_frames_of_the_policy() -> None:
    for policy, answer in {
        "uniform": "What?[0,3,5]",
        "last-frames:2": "What?[4,5]",
        "last-seconds:1.5": "What?[3,4,5]",
    }.items():
        opened = session(Teller(), policy)
        opened.watch(batch(0, 6))
        assert say(opened) == answer


def test_watching_together_is_watching_apart() -> None:
    together, apart = session(Teller(), "last-frames:5", most=4), session(Teller(), "last-frames:5", most=4)
    together.watch(batch(0, 9))
    for number in range(9):
        apart.watch(batch(number, number + 1))
        assert list(apart.ask(Prompt(text="On the way"), Generation()))
    assert say(together) == say(apart) == say(apart)


def test_a_question_before_any_frame_has_none() -> None:
    model = Teller()
    assert say(session(model)) == "What?[]"
    assert model.views[0].frames == ()
    assert model.views[0].seconds_per_frame is None


def test_an_answer_is_about_what_was_seen_when_it_was_asked() -> None:
    opened = session(Teller())
    opened.watch(batch(0, 2))
    answer = opened.ask(Prompt(text="Q"), Generation())
    opened.watch(batch(2, 4))
    assert "".join(piece.text for piece in answer) == "Q[0,1]"
    assert say(opened, "Q") == "Q[0,2,3]"


def test_tokens_put_in_are_counted() -> None:
    opened = session(Teller())
    assert isinstance(opened, CountsInput)
    assert opened.input_tokens is None
    opened.watch(batch(0, 2))
    say(opened)
    assert opened.input_tokens == 3


def test_positions_and_rate_reach_the_model() -> None:
    model = Teller()
    opened = session(model, most=3)
    opened.watch(batch(0, 5))
    say(opened)
    view = model.views[0]
    assert view.positions == (0, NANOSECONDS, 2 * NANOSECONDS)
    assert view.seconds == (0.0, 1.0, 2.0)
    assert view.seconds_per_frame == pytest.approx(2.5 / 3)


def test_ranks_have_no_seconds() -> None:
    model = Teller()
    opened = session(model, "last-frames:2", stream=KEYFRAMES)
    opened.watch(batch(0, 3, step=1))
    say(opened)
    assert model.views[0].positions == (1, 2)
    assert model.views[0].seconds is None
    assert model.views[0].seconds_per_frame is None
    with pytest.raises(UserError, match="has no seconds"):
        session(model, "last-seconds:2", stream=KEYFRAMES)


def test_frames_get_the_size_of_the_first() -> None:
    model = Teller()
    opened = session(model)
    opened.watch(batch(0, 3))
    assert model.sizes == [None, (2, 2), (2, 2)]


def test_a_frame_does_not_keep_its_batch_in_memory() -> None:
    opened = session(Teller(), "last-frames:1")
    seen = batch(0, 8)
    assert seen.frames is not None
    opened.watch(seen)
    whole = weakref.ref(seen.frames)
    seen.frames[...] = 99
    del seen
    gc.collect()
    assert whole() is None
    assert say(opened) == "What?[7]"
    assert opened.frames_held == 1


def test_an_answer_can_be_broken_off() -> None:
    model = Teller()
    opened = session(model)
    opened.watch(batch(0, 2))
    answer = opened.ask(Prompt(text="Q"), Generation())
    next(answer)
    answer.close()  # type: ignore[attr-defined]
    assert model.finished == 0
    assert say(opened) == "What?[0,1]"


def test_a_preface_stands_before_every_question() -> None:
    opened = WindowSession(Teller(), Policy("uniform"), most=2, stream=STREAM, preface=Prompt(text="Be brief."))
    assert say(opened) == "Bebrief.What?[]"


def test_a_dialogue_is_refused() -> None:
    with pytest.raises(UserError, match="dialogues are not supported"):
        session(Teller()).ask(Prompt(text="Q", commit=True), Generation())


def test_features_are_refused() -> None:
    with pytest.raises(VStreamQAError, match="frames, not features"):
        session(Teller()).watch(FrameBatch(positions=(0,), features=np.zeros((1, 4))))


def test_a_closed_session_can_be_used_no_more() -> None:
    opened = session(Teller())
    opened.close()
    opened.close()
    with pytest.raises(VStreamQAError, match="closed"):
        opened.watch(batch(0, 1))
    with pytest.raises(VStreamQAError, match="closed"):
        say(opened)
