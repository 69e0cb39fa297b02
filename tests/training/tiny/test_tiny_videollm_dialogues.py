from itertools import pairwise
from random import Random

import pytest

from vstreamqa.build.mini import SECOND, World, WorldSettings, make_world
from vstreamqa.build.mini.narrate import narrate
from vstreamqa.build.mini.narration import INSTRUCTION
from vstreamqa.models.videollm_online.dialogue import V1PLUS, Assistant, Frames, User
from vstreamqa.models.videollm_online.stream_tokenizer import BOS, EOS
from vstreamqa.models.videollm_online.tokenizer import StreamTokenizer
from vstreamqa.training.labels import IGNORED, label
from vstreamqa.training.tiny.videollm_online.dialogues import Habits, dialogue, frame_times, narrations_by_frame
from vstreamqa.training.tiny.videollm_online.words import mini_tokenizer

ALONE = Habits(instructed=0.0, moments=0)
WORLD = make_world("train", 5, 1, WorldSettings(length=40))
KEYFRAMES = make_world("train", 5, 2, WorldSettings(length=36, unit="keyframe", shot=3))


@pytest.fixture(scope="module")
def tokenizer() -> StreamTokenizer:
    return StreamTokenizer(mini_tokenizer(), bos=BOS, eos=EOS)


def frames_of(world: World, habits: Habits, seed: int = 0) -> int:
    return sum(message.count for message in dialogue(world, Random(seed), habits) if isinstance(message, Frames))


@pytest.mark.parametrize("world", [WORLD, KEYFRAMES], ids=["seconds", "keyframes"])
def test_every_narration_is_a_reply_after_the_first_frame_that_can_show_it(world: World) -> None:
    step = frame_times(world)[1]
    shown, replies = 0, []
    for message in dialogue(world, Random(0), ALONE):
        if isinstance(message, Frames):
            shown += message.count
        else:
            assert isinstance(message, Assistant)
            replies.append(((shown - 1) * step, message.text))
    expected = [(-(-said.time // step) * step, said.text) for said in narrate(world)]
    assert replies == [(time, text) for time, text in expected if time < world.settings.duration]
    assert len(replies) > 3


def test_two_frames_a_second_or_every_keyframe_and_all_of_them() -> None:
    assert frame_times(WORLD)[:3] == [0, 500, 1000]
    assert frame_times(KEYFRAMES)[:3] == [0, 1000, 2000]
    for habits in (ALONE, Habits()):
        assert frames_of(WORLD, habits) == 80
        assert frames_of(KEYFRAMES, habits) == 36


def test_silence_is_taught_after_every_frame_without_a_narration(tokenizer: StreamTokenizer) -> None:
    labelled = label(dialogue(WORLD, Random(0), ALONE), V1PLUS, tokenizer)
    behind = [
        token
        for place, token in zip(labelled.ids, labelled.labels, strict=True)
        if place == tokenizer.placeholder_id and token != IGNORED
    ]
    said = narrations_by_frame(WORLD)
    assert behind.count(tokenizer.single("]\n")) == len(said)
    # Whether to speak after the last frame is left open.
    assert behind.count(tokenizer.single(",")) == 80 - 1 - len(said)


def test_the_instruction_comes_with_the_first_frame_and_is_answered_with_nothing_yet(
    tokenizer: StreamTokenizer,
) -> None:
    first, asked, answered, *_ = dialogue(WORLD, Random(0), Habits(instructed=1.0, moments=0))
    assert (first, asked, answered) == (Frames(1, learn=0), User(INSTRUCTION), Assistant(""))
    labelled = label((first, asked, answered), V1PLUS, tokenizer)
    assert [token for token in labelled.labels if token != IGNORED][-1] == tokenizer.eos_id


def test_behind_a_question_nothing_is_taught_about_speaking() -> None:
    for seed in range(20):
        messages = dialogue(WORLD, Random(seed), Habits())
        for one, other in pairwise(messages):
            if isinstance(one, Frames) and isinstance(other, User):
                assert one.learn == one.count - 1


def test_narrations_stay_where_they_are_whatever_is_asked_in_between() -> None:
    names = {said.text for said in narrate(WORLD) if said.time <= WORLD.settings.duration - SECOND}
    for seed in range(10):
        messages = dialogue(WORLD, Random(seed), Habits())
        assert names <= {message.text for message in messages if isinstance(message, Assistant)}


def test_whatever_is_said_and_asked_is_made_of_whole_words(tokenizer: StreamTokenizer) -> None:
    for seed in range(40):
        for message in dialogue(WORLD, Random(seed), Habits()):
            if isinstance(message, (User, Assistant)):
                words = message.text.replace("(", " ").replace("\n", " ").split()
                signs = sum(not letter.isalnum() and not letter.isspace() for letter in message.text)
                assert len(tokenizer.encode(f" {message.text}")) <= len(words) + 2 * signs + 3, message.text
