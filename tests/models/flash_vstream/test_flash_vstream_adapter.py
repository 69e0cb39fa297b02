from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pytest
import torch
from flash_vstream_tiny import STREAM, batch, noise, say, tiny_checkpoint, tiny_model
from hypothesis import given, settings
from hypothesis import strategies as st

from vstreamqa.errors import UserError, VStreamQAError
from vstreamqa.models.base import CountsInput, FrameBatch, Generation, LoadRequest, Pixels, Prompt, StreamInfo
from vstreamqa.models.flash_vstream import FlashVStream
from vstreamqa.models.flash_vstream.adapter import FlashVStreamSession

KINDS = [{}, {"memory": "repaired"}, {"mode": "offline"}]
QUESTION = "What is the man in the kitchen"


def session(seed: int = 7, options: Mapping[str, str] = MappingProxyType({})) -> FlashVStreamSession:
    return tiny_model(**options).open(StreamInfo(unit="second", fps=1.0, seed=seed))


def memory_of(watched: FlashVStreamSession) -> torch.Tensor:
    assert watched._memory is not None
    return watched._memory.tokens()


def watching(frames: Pixels, seed: int = 7, options: Mapping[str, str] = MappingProxyType({})) -> FlashVStreamSession:
    opened = session(seed, options)
    for index in range(len(frames)):
        opened.watch(batch(frames[index : index + 1], index))
    return opened


@pytest.mark.parametrize("options", KINDS)
@settings(max_examples=8, deadline=None)
@given(splits=st.lists(st.integers(1, 8), min_size=1, max_size=9))
def test_watching_together_is_watching_apart(options: dict[str, str], splits: list[int]) -> None:
    frames = noise(sum(splits))
    together, start = session(options=options), 0
    for length in splits:
        together.watch(batch(frames[start : start + length], start))
        start += length

    assert torch.equal(memory_of(together), memory_of(watching(frames, options=options)))


@pytest.mark.parametrize("options", KINDS)
def test_asking_leaves_the_session_as_it_was(options: dict[str, str]) -> None:
    frames = noise(32)
    quiet, asked = session(options=options), session(options=options)
    for index in range(len(frames)):
        quiet.watch(batch(frames[index : index + 1], index))
        asked.watch(batch(frames[index : index + 1], index))
        if index % 5 == 0:
            say(asked, "Who is this?")
            next(iter(asked.ask(Prompt(text=QUESTION), Generation())))

    assert torch.equal(memory_of(asked), memory_of(quiet))
    assert say(asked, QUESTION) == say(quiet, QUESTION) == say(asked, QUESTION)


def test_an_answer_depends_on_what_was_seen_and_what_was_asked() -> None:
    dark, bright = (np.full((30, 64, 64, 3), level, dtype=np.uint8) for level in (0, 255))
    answers = {
        say(watched, question, tokens=12)
        for watched in (watching(dark), watching(bright), session())
        for question in (QUESTION, "How many people are in the room")
    }
    assert len(answers) >= 5


def test_an_answer_does_not_depend_on_other_random_states() -> None:
    frames = noise(40)
    torch.manual_seed(1)
    first = memory_of(watching(frames))
    torch.manual_seed(2)
    assert torch.equal(memory_of(watching(frames)), first)
    assert not torch.equal(memory_of(watching(frames, seed=8)), first)


def test_a_question_may_come_before_any_frame() -> None:
    blind, seeing = session(), watching(noise(1))
    assert isinstance(blind, CountsInput)
    assert say(blind, QUESTION)
    assert say(seeing, QUESTION)
    assert blind.input_tokens is not None
    assert seeing.input_tokens is not None
    # One frame is 1 abstract, 4 temporal and 16 current tokens; the text falls into two pieces then.
    assert 21 < seeing.input_tokens - blind.input_tokens < 30


def test_a_full_memory_puts_in_189_visual_tokens() -> None:
    few, many = watching(noise(30)), watching(noise(60))
    say(few, QUESTION)
    say(many, QUESTION)
    assert few.input_tokens == many.input_tokens
    assert memory_of(few).shape == (189, 96)


@pytest.mark.parametrize("options", KINDS)
def test_features_of_the_tower_stand_for_frames(options: dict[str, str]) -> None:
    frames = noise(28)
    model = tiny_model(**options)
    with torch.inference_mode():
        features = torch.cat([model._loaded.network.features(torch.tensor(frame)[None]) for frame in frames]).numpy()
    assert model.input.takes_features == features.shape[1:]

    fed = model.open(STREAM)
    fed.watch(FrameBatch(positions=tuple(range(28)), features=features))

    assert torch.equal(memory_of(fed), memory_of(watching(frames, options=options)))


def test_pieces_are_as_long_as_asked_for() -> None:
    opened = watching(noise(3))
    for length in (1, 5, 9):
        answer = list(opened.ask(Prompt(text=QUESTION), Generation(max_new_tokens=length, min_new_tokens=length)))
        assert sum(piece.tokens for piece in answer) == length


def test_a_preface_reaches_the_prompt() -> None:
    model = tiny_model()
    plain, prefaced = model.open(STREAM), model.open(STREAM, Prompt(text="Answer with one word"))
    say(plain, QUESTION)
    say(prefaced, QUESTION)
    assert plain.input_tokens is not None
    assert prefaced.input_tokens == plain.input_tokens + 4


def test_a_dialogue_is_refused() -> None:
    with pytest.raises(UserError, match="dialogues are not supported"):
        session().ask(Prompt(text=QUESTION, commit=True), Generation())


def test_a_question_too_long_for_the_model_is_refused() -> None:
    opened = watching(noise(2))
    with pytest.raises(UserError, match="would cut the question off"):
        say(opened, "what " * 2100)
    assert say(opened, QUESTION)


def test_a_closed_session_can_be_used_no_more() -> None:
    opened = watching(noise(2))
    opened.close()
    with pytest.raises(VStreamQAError, match="closed"):
        opened.watch(batch(noise(1)))
    with pytest.raises(VStreamQAError, match="closed"):
        say(opened, QUESTION)


def test_the_input_is_described() -> None:
    model = tiny_model()
    assert (model.input.fps, model.input.size, model.input.fit, model.input.filter) == (
        1.0,
        (64, 64),
        "crop",
        "bicubic",
    )
    assert model.input.bounded
    assert not tiny_model(mode="offline").input.bounded
    assert model.dtype == "float32"
    request = LoadRequest(checkpoint=str(tiny_checkpoint()), device="cpu", dtype="bfloat16", fps=2.0)
    other = FlashVStream.load(request)
    assert (other.input.fps, other.dtype) == (2.0, "bfloat16")


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_answers_on_a_cpu(dtype: str) -> None:
    model = FlashVStream.load(LoadRequest(checkpoint=str(tiny_checkpoint()), device="cpu", dtype=dtype))
    opened = model.open(STREAM)
    opened.watch(batch(noise(30)))
    assert memory_of(opened).dtype == torch.float16
    torch.testing.assert_close(
        memory_of(opened).float().mean(), memory_of(watching(noise(30))).mean(), rtol=0, atol=0.02
    )
    assert say(opened, QUESTION)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (LoadRequest(checkpoint="demo", device="abacus"), "--device abacus"),
        (LoadRequest(checkpoint="demo", device="cpu", dtype="int4"), "--dtype int4: supported: auto, float32"),
        (LoadRequest(checkpoint="demo", options={"mode": "offline", "memory": "repaired"}), "memory=repaired"),
    ],
)
def test_what_is_not_possible_is_refused(request_: LoadRequest, message: str) -> None:
    with pytest.raises(UserError, match=message):
        FlashVStream.load(request_)


def test_a_session_stays_as_large_as_it_is() -> None:
    def held(opened: FlashVStreamSession) -> int:
        memory = opened._memory
        assert memory is not None
        kept = [memory._state, memory._first_frames]  # type: ignore[attr-defined]
        parts = [kept[0].current, kept[0].temporal, kept[0].abstract, kept[1]]
        return sum(part.untyped_storage().nbytes() for part in parts)

    assert held(watching(noise(120))) == held(watching(noise(40)))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("options", [{}, {"mode": "offline"}])
def test_cuda_in_half_precision_agrees_with_the_cpu(options: dict[str, str]) -> None:
    # Smoothly changing frames: no two clusters are so close that half precision decides between them.
    levels = np.linspace(0, 255, 40).astype(np.uint8)
    frames = np.broadcast_to(levels[:, None, None, None], (40, 64, 64, 3)).copy()
    request = LoadRequest(checkpoint=str(tiny_checkpoint()), device="cuda", dtype="float16", options=options)
    opened = FlashVStream.load(request).open(STREAM)
    opened.watch(batch(frames))
    torch.testing.assert_close(
        memory_of(opened).float().cpu(), memory_of(watching(frames, options=options)), rtol=0, atol=0.05
    )
    assert say(opened, QUESTION)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", ["temporal", "abstract", "retrieved"])
def test_every_memory_answers_with_a_part_withheld(kind: Mapping[str, str], part: str) -> None:
    whole, less = (watching(noise(30), options={**kind, **switch}) for switch in ({}, {part: "off"}))
    for watched in (whole, less):
        say(watched, QUESTION)
    assert whole.input_tokens is not None
    assert less.input_tokens is not None
    assert less.input_tokens < whole.input_tokens


def test_a_length_of_what_is_not_retrieved_is_refused() -> None:
    with pytest.raises(UserError, match="retrieved_length=2"):
        tiny_model(retrieved="off", retrieved_length=2)
