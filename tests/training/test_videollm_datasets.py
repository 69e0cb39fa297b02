import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vstreamqa.models.videollm_online.dialogue import V1, Assistant, Frames, Message, User, render
from vstreamqa.training.anticipation import ANTICIPATED, OBSERVED, TimedAction, anticipation_samples
from vstreamqa.training.coin import CoinVideo, Segment, coin_samples
from vstreamqa.training.livechat import Said, is_usable, streaming_dialogue
from vstreamqa.training.mistakes import SORRY, with_mistake
from vstreamqa.training.narrations import Narration, narrated_dialogue, split_videos, with_instruction
from vstreamqa.training.timed import TimedDialogue, clip

FPS = 2.0


def shown(messages: tuple[Message, ...]) -> int:
    return sum(message.count for message in messages if isinstance(message, Frames))


def narrated(*narrations: tuple[float, str], duration: float = 20.0, fps: float = FPS) -> TimedDialogue | None:
    return narrated_dialogue([Narration(*narration) for narration in narrations], fps=fps, duration=duration)


def replies(dialogue: TimedDialogue | None) -> list[tuple[int, str]]:
    """Return what is said, and after how many frames since the last time."""
    assert dialogue is not None
    return [
        (frames.count, reply.text)
        for frames, reply in zip(dialogue.messages[::2], dialogue.messages[1::2], strict=True)
        if isinstance(frames, Frames) and isinstance(reply, Assistant)
    ]


class TestNarrations:
    def test_each_is_said_at_the_first_frame_that_is_not_before_it(self) -> None:
        found = narrated((1.2, "a man waits"), (2.5, "a man goes"), (4.01, "a man stops"))
        assert replies(found) == [(1, "A man waits."), (2, "A man goes."), (4, "A man stops.")]
        assert found is not None
        assert found.frames == range(3, 10)

    def test_their_order_does_not_matter(self) -> None:
        rows = [(1.2, "a man waits"), (2.5, "a man goes"), (4.01, "a man stops")]
        assert narrated(*rows) == narrated(*reversed(rows))

    def test_of_several_at_one_frame_the_last_is_kept_and_repetitions_are_left_out(self) -> None:
        found = narrated((1.1, "a one"), (1.2, "a two"), (3.0, "a two"), (4.0, "a three"))
        assert replies(found) == [(1, "A two."), (5, "A three.")]

    def test_what_comes_after_the_last_frame_is_said_there_once(self) -> None:
        found = narrated((8.0, "a one"), (10.4, "a two"), (12.0, "a three"), duration=10.0)
        assert replies(found) == [(1, "A one."), (4, "A two.")]

    def test_too_short_ones_leave_nothing(self) -> None:
        assert narrated((1.0, "#C C"), (2.0, "...")) is None
        assert narrated() is None

    def test_a_grid_that_binary_fractions_do_not_hit_loses_no_frame(self) -> None:
        found = narrated((0.3, "a one"), (0.6, "a two"), (0.9, "a three"), fps=10.0)
        assert replies(found) == [(1, "A one."), (3, "A two."), (3, "A three.")]

    @given(times=st.lists(st.floats(0, 30), max_size=12), fps=st.sampled_from([1.0, 2.0, 10.0]))
    def test_a_dialogue_has_as_many_frames_as_it_says_and_is_well_formed(self, times: list[float], fps: float) -> None:
        found = narrated(*((time, f"a {number % 4} b") for number, time in enumerate(times)), fps=fps)
        if found is not None:
            assert shown(found.messages) == len(found.frames)
            assert found.frames.stop <= 20 * fps + 1
            render(with_instruction(found).messages, V1, bos="", eos="")

    def test_the_instruction_follows_the_first_frame_which_then_teaches_nothing(self) -> None:
        found = narrated((1.2, "a man waits"))
        assert found is not None
        assert with_instruction(found, "Narrate.").messages == (
            Frames(1, learn=False),
            User("Narrate."),
            Assistant("A man waits."),
        )

    def test_what_is_validated_or_tested_on_is_not_trained_on(self) -> None:
        found = split_videos(["a", "b", "c", "d"], validated={"b"}, tested={"b", "c", "x"})
        assert (found.train, found.val, found.test) == (("a", "d"), ("b",), ("c",))


class TestTimedDialogues:
    SAID = (
        Said("user", "What?", 2.3),
        Said("assistant", "This.", 2.3),
        Said("assistant", "That.", 4.1),
        Said("user", "And now?", 5.9),
        Said("assistant", "Nothing.", 6.0),
    )

    def test_the_user_is_heard_at_the_frame_before_and_answered_at_the_frame_after(self) -> None:
        found = streaming_dialogue(self.SAID, fps=FPS, duration=30.0, waiting=3)
        assert found is not None
        assert found.messages == (
            Frames(3, 2),
            User("What?"),
            Frames(1),
            Assistant("This."),
            Frames(4),
            Assistant("That."),
            Frames(2, 1),
            User("And now?"),
            Frames(1),
            Assistant("Nothing."),
        )
        assert found.frames == range(2, 13)
        assert shown(found.messages) == len(found.frames)

    def test_no_more_frames_are_waited_for_than_there_are(self) -> None:
        found = streaming_dialogue(self.SAID, fps=FPS, duration=30.0, waiting=20)
        assert found is not None
        assert found.messages[0] == Frames(5, 4)
        assert found.frames.start == 0

    def test_without_waiting_the_dialogue_begins_with_the_question(self) -> None:
        found = streaming_dialogue(self.SAID[:2], fps=FPS, duration=30.0)
        assert found is not None
        assert found.messages == (User("What?"), Frames(1), Assistant("This."))
        assert found.frames == range(5, 6)

    def test_the_last_of_several_replies_at_one_frame_is_kept(self) -> None:
        said = (self.SAID[0], Said("assistant", "One.", 2.4), Said("assistant", "Two.", 2.5))
        found = streaming_dialogue(said, fps=FPS, duration=30.0)
        assert found is not None
        assert found.messages[-1] == Assistant("Two.")
        assert len(found.messages) == 3

    def test_it_ends_where_times_go_back_or_beyond_the_video(self) -> None:
        found = streaming_dialogue(self.SAID, fps=FPS, duration=4.0, waiting=1)
        assert found is not None
        assert found.messages[-1] == Assistant("This.")
        back = (*self.SAID[:3], Said("user", "Before?", 1.0), *self.SAID[3:])
        again = streaming_dialogue(back, fps=FPS, duration=30.0, waiting=1)
        assert again is not None
        assert again.messages[-1] == Assistant("That.")

    @pytest.mark.parametrize(
        "said",
        [(), (Said("assistant", "A.", 1.0),), (Said("user", "Q?", 0.0),), (Said("user", "Q?", 31.0),)],
    )
    def test_it_must_begin_with_a_question_within_the_video(self, said: tuple[Said, ...]) -> None:
        assert streaming_dialogue(said, fps=FPS, duration=30.0) is None

    def test_short_long_and_counting_ones_are_not_used(self) -> None:
        assert is_usable(self.SAID, duration=60.0)
        assert not is_usable(self.SAID, duration=59.0)
        assert not is_usable(self.SAID, duration=3601.0)
        assert not is_usable((*self.SAID, Said("assistant", "12s in.", 9.0)), duration=90.0)
        assert not is_usable((*self.SAID, Said("user", "In a second?", 9.0)), duration=90.0)


def test_clipping_cuts_before_the_block_that_would_be_too_much() -> None:
    dialogue = TimedDialogue(
        (Frames(3), User("Q"), Assistant("A"), Frames(4), Assistant("B"), Frames(2), Assistant("C")), range(10, 19)
    )
    assert clip(dialogue, 9) == dialogue
    assert clip(dialogue, 8) == TimedDialogue(dialogue.messages[:5], range(10, 17))
    assert clip(dialogue, 6) == TimedDialogue(dialogue.messages[:3], range(10, 13))


class TestMistakes:
    DIALOGUE = TimedDialogue(
        (Frames(2), Assistant("One."), Frames(3), Assistant("Two."), Frames(4), Assistant("Three.")), range(5, 14)
    )

    @given(seed=st.integers(0, 10_000))
    def test_a_dialogue_with_a_mistake_has_the_same_frames_and_is_well_formed(self, seed: int) -> None:
        found = with_mistake(self.DIALOGUE, random.Random(seed))
        assert found != self.DIALOGUE
        assert shown(found.messages) == len(found.frames) == 9
        render(found.messages, V1, bos="", eos="")
        assert found.messages[-1] == Assistant("Three.")

    @given(seed=st.integers(0, 10_000))
    def test_a_mistake_is_not_taught_and_its_correction_is(self, seed: int) -> None:
        messages = with_mistake(self.DIALOGUE, random.Random(seed)).messages
        for message in messages:
            if isinstance(message, Assistant) and not message.learn:
                assert message.text in ("", "One.", "Two.", "Three.")
            if isinstance(message, Assistant) and message.text.startswith(SORRY):
                assert message.learn
                place = messages.index(message)
                assert messages[place - 1] == Frames(1)

    def test_every_kind_comes_up(self) -> None:
        found = {with_mistake(self.DIALOGUE, random.Random(seed)).messages for seed in range(200)}
        assert (Frames(2), Assistant("", learn=False), Frames(3, learn=False), *self.DIALOGUE.messages[3:]) in found
        assert (Frames(3), Assistant("One."), Frames(2), *self.DIALOGUE.messages[3:]) in found
        assert (Frames(5, 1), *self.DIALOGUE.messages[3:]) in found
        sorry = (Assistant("Two.", learn=False), Frames(1), Assistant(SORRY + "One."), Frames(2))
        assert (Frames(2), *sorry, *self.DIALOGUE.messages[3:]) in found

    def test_without_a_reply_between_frames_nothing_changes(self) -> None:
        dialogue = TimedDialogue((Frames(1), User("Q"), Assistant("A")), range(1))
        assert with_mistake(dialogue, random.Random(0)) is dialogue


class TestCoin:
    VIDEO = CoinVideo(
        task="MakeTea",
        whole=(0.4, 9.7),
        steps=(Segment(0.6, 2.0, "wash"), Segment(2.1, 4.9, "cut"), Segment(5.0, 99.0, "pour")),
        duration=8.0,
    )

    def test_a_step_is_shown_from_the_frame_after_its_start_to_the_one_after_its_end(self) -> None:
        samples = coin_samples(self.VIDEO, "step", fps=FPS)
        assert [sample.frames for sample in samples] == [range(2, 5), range(5, 11), range(10, 17)]
        assert [sample.labels for sample in samples] == [("wash",), ("cut",), ("pour",)]
        assert samples[0].messages[1:] == (Frames(3), Assistant("Wash."))

    def test_what_comes_next_is_asked_while_a_step_is_shown_and_never_after_the_last(self) -> None:
        samples = coin_samples(self.VIDEO, "next", fps=FPS)
        assert [(sample.frames.start, sample.labels) for sample in samples] == [(2, ("cut",)), (5, ("pour",))]

    def test_a_procedure_is_a_numbered_list_unless_one_step_is_left(self) -> None:
        first, second = coin_samples(self.VIDEO, "taskprocedure", fps=FPS)
        assert first.messages[2] == Assistant("1. Cut.\n2. Pour.")
        assert second.messages[2] == Assistant("Pour.")
        assert isinstance(first.messages[0], User)
        assert first.messages[0].text.startswith("To make tea, what is the next 2 actions")

    def test_the_task_is_asked_about_all_of_the_video(self) -> None:
        (sample,) = coin_samples(self.VIDEO, "task", fps=FPS)
        assert (sample.frames, sample.labels) == (range(1, 17), ("make tea",))


def test_anticipation_shows_eight_actions_and_asks_for_twenty() -> None:
    count = OBSERVED + ANTICIPATED + 1
    actions = [TimedAction(number + 0.1, number + 0.6, number % 2, number % 3) for number in range(count)]
    samples = anticipation_samples(actions, verbs=["take", "cut"], nouns=["bag", "knife", "nut"], fps=FPS, duration=99)
    assert [sample.frames for sample in samples] == [range(0, 16), range(2, 18)]
    assert isinstance(samples[0].messages[0], User)
    assert samples[0].messages[0].text.startswith("After 16 video frames, anticipate the next 20 actions.")
    assert samples[0].labels[0] == (0, 2)
    assert isinstance(samples[0].messages[2], Assistant)
    assert samples[0].messages[2].text.startswith("1. Take nut.\n2. Cut bag.\n")
    assert anticipation_samples(actions[:27], verbs=["a"], nouns=["b"], fps=FPS, duration=99) == []
