from typing import Any

import numpy as np
import pytest
from transformers_video_tiny import (
    NAMES,
    QUESTION,
    STREAM,
    batch,
    loaded_of,
    noise,
    say,
    tiny_checkpoint,
    tiny_model,
    watching,
)

from vstreamqa.errors import UserError, VStreamQAError
from vstreamqa.models.base import CountsInput, Generation, LoadRequest, Prompt, StreamInfo
from vstreamqa.models.transformers_video import TransformersVideo
from vstreamqa.pretrained.devices import DTYPES


@pytest.mark.parametrize("family", NAMES)
def test_watching_together_is_watching_apart(family: str) -> None:
    frames, model = noise(11), tiny_model(family)
    together, apart = model.open(STREAM), model.open(STREAM)
    for first, last in ((0, 1), (1, 6), (6, 11)):
        together.watch(batch(frames[first:last], first))
    for number in range(11):
        apart.watch(batch(frames[number : number + 1], number))
        say(apart, "Who is this?", tokens=2)
    assert say(together) == say(apart) == say(apart)


@pytest.mark.parametrize("family", NAMES)
def test_an_answer_depends_on_what_was_seen_and_what_was_asked(family: str) -> None:
    dark, bright = (np.full((5, 56, 56, 3), level, dtype=np.uint8) for level in (0, 255))
    model = tiny_model(family)
    answers = {
        say(watched, question, tokens=12, least=12)
        for watched in (watching(model, dark), watching(model, bright), model.open(STREAM))
        for question in (QUESTION, "How many people are in the room")
    }
    assert len(answers) >= 5


@pytest.mark.parametrize("family", NAMES)
def test_a_question_may_come_before_any_frame(family: str) -> None:
    blind, seeing = tiny_model(family).open(STREAM), watching(tiny_model(family), noise(2))
    assert isinstance(blind, CountsInput)
    say(blind)
    say(seeing)
    assert blind.input_tokens is not None
    assert seeing.input_tokens is not None
    assert blind.input_tokens < seeing.input_tokens


@pytest.mark.parametrize("family", NAMES)
def test_streams_in_keyframes_are_answered(family: str) -> None:
    assert say(watching(tiny_model(family), noise(4), unit="keyframe"), least=4)


def test_the_policy_says_which_frames_a_question_rests_on() -> None:
    frames = noise(20)
    for policy, places in (
        ("uniform", [0, 6, 13, 19]),
        ("last-frames:3", [17, 18, 19]),
        ("last-seconds:2", [18, 19]),
        ("last-frames:10", [10, 13, 16, 19]),
    ):
        model = tiny_model("llava_onevision", policy=policy, frames=4)
        assert say(watching(model, frames)) == say(watching(tiny_model("llava_onevision", frames=99), frames[places]))
        assert model.input.bounded == (policy != "uniform")


def test_seconds_make_no_sense_of_ranks() -> None:
    model = tiny_model("internvl", policy="last-seconds:5")
    with pytest.raises(UserError, match="counted in keyframes and has no seconds"):
        model.open(StreamInfo(unit="keyframe", fps=None, seed=1))


@pytest.mark.parametrize("family", ["qwen2_5_vl", "qwen3_vl", "smolvlm"])
def test_when_frames_were_shown_reaches_the_models_that_are_told(family: str) -> None:
    frames, model = noise(6), tiny_model(family)
    early, late = model.open(STREAM), model.open(STREAM)
    early.watch(batch(frames))
    late.watch(batch(frames, step=20_000_000_000))
    assert say(early, tokens=12) != say(late, tokens=12)


def test_a_preface_reaches_the_prompt() -> None:
    model = tiny_model("qwen2_5_vl")
    plain, prefaced = model.open(STREAM), model.open(STREAM, Prompt(text="Answer with one word"))
    say(plain)
    say(prefaced)
    assert plain.input_tokens is not None
    assert prefaced.input_tokens == plain.input_tokens + len(
        loaded_of(model).tokenizer.encode("Answer with one word\n")
    )


def test_a_template_of_ones_own_takes_the_place_of_the_familys() -> None:
    model = tiny_model("llava_onevision", template="Look {video} and say {question}")
    asked = watching(model, noise(1))
    say(asked, "why")
    tokenizer = loaded_of(model).tokenizer
    assert asked.input_tokens == len(tokenizer.encode("Look <video>\n and say why")) - 1 + 5
    with pytest.raises(UserError, match=r"must hold .video. and then .question."):
        tiny_model("llava_onevision", template="no fields")


def test_a_prompt_too_long_for_the_model_is_refused() -> None:
    opened = watching(tiny_model("video_llava"), noise(2))
    with pytest.raises(VStreamQAError, match="the checkpoint takes 4096"):
        say(opened, "what " * 4100)
    assert say(opened)


def test_a_dialogue_is_refused() -> None:
    with pytest.raises(UserError, match="dialogues are not supported"):
        tiny_model("smolvlm").open(STREAM).ask(Prompt(text=QUESTION, commit=True), Generation())


def test_the_input_is_described() -> None:
    fixed, free = tiny_model("llava_next_video").input, tiny_model("qwen3_vl").input
    assert (fixed.fps, fixed.size, fixed.fit, fixed.filter) == (1.0, (56, 56), "crop", "bicubic")
    assert free.size is None
    request = LoadRequest(
        checkpoint=str(tiny_checkpoint("qwen3_vl")),
        device="cpu",
        dtype="bfloat16",
        fps=0.5,
        options={"family": "qwen3_vl"},
    )
    other = TransformersVideo.load(request)
    assert (other.input.fps, other.dtype, other.device) == (0.5, "bfloat16", "cpu")


@pytest.mark.parametrize("family", NAMES)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_answers_on_a_cpu(family: str, dtype: str) -> None:
    request = LoadRequest(
        checkpoint=str(tiny_checkpoint(family)), device="cpu", dtype=dtype, options={"family": family}
    )
    model = TransformersVideo.load(request)
    assert {parameter.dtype for parameter in loaded_of(model).model.parameters()} == {DTYPES[dtype]}
    assert say(watching(model, noise(3)), least=4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"policy": "first-frame"}, "policy 'first-frame': unknown"),
        ({"frames": 0}, "frames=0: must be 1 or more"),
        ({"max_pixels": 0}, "max_pixels=0: must be 1 or more"),
        ({"min_pixels": 10, "max_pixels": 5}, "min_pixels=10 is above max_pixels=5"),
    ],
)
def test_what_is_not_possible_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        TransformersVideo.load(LoadRequest(checkpoint="demo", device="cpu", options=options))


@pytest.mark.gpu
@pytest.mark.parametrize("family", NAMES)
def test_cuda_answers(family: str) -> None:
    request = LoadRequest(checkpoint=str(tiny_checkpoint(family)), device="cuda", options={"family": family})
    model = TransformersVideo.load(request)
    assert model.dtype == "bfloat16"
    assert say(watching(model, noise(3)), least=4)
