import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
import torch
from flash_vstream_qwen_tiny import (
    SHORT,
    STREAM,
    batch,
    change_config,
    noise,
    say,
    short_checkpoint,
    short_model,
    tiny_checkpoint,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from vstreamqa.errors import UserError, VStreamQAError
from vstreamqa.models.base import CountsInput, FrameBatch, Generation, LoadRequest, Pixels, Prompt, StreamInfo
from vstreamqa.models.flash_vstream_qwen import FlashVStreamQwen
from vstreamqa.models.flash_vstream_qwen.adapter import FlashVStreamQwenSession
from vstreamqa.models.flash_vstream_qwen.memory import StreamingMemory
from vstreamqa.models.flash_vstream_qwen.preprocessing import resized
from vstreamqa.models.flash_vstream_qwen.visual import OfflineSight, StreamingSight
from vstreamqa.pretrained.devices import choose_dtype

Options = Mapping[str, Any]
KINDS: list[Options] = [{}, {"memory": "repaired"}, {"mode": "offline", "max_frames": 20}]
NONE: Options = MappingProxyType({})
QUESTION = "What is the man in the kitchen"
FULL = SHORT.keys * 16 + SHORT.clusters * 4
"""Visual tokens of a full short memory over frames of 8 x 8 patches."""


def session(seed: int = 7, options: Options = NONE) -> FlashVStreamQwenSession:
    return short_model(**options).open(StreamInfo(unit="second", fps=1.0, seed=seed))


def watching(frames: Pixels, seed: int = 7, options: Options = NONE) -> FlashVStreamQwenSession:
    opened = session(seed, options)
    for index in range(len(frames)):
        opened.watch(batch(frames[index : index + 1], index))
    return opened


@torch.inference_mode()
def seen_by(opened: FlashVStreamQwenSession) -> Tensor:
    """Return embeddings and positions of all that a session remembers, as one row per visual token."""
    assert opened._sight is not None
    visual = opened._sight.visual()
    return torch.cat([visual.embeddings, visual.positions.T.float()], dim=1)


def official_memory(opened: FlashVStreamQwenSession) -> StreamingMemory:
    assert isinstance(opened._sight, StreamingSight)
    assert isinstance(opened._sight.memory, StreamingMemory)
    return opened._sight.memory


@pytest.mark.parametrize("options", KINDS)
@settings(max_examples=6, deadline=None)
@given(splits=st.lists(st.integers(1, 8), min_size=1, max_size=5))
def test_watching_together_is_watching_apart(options: Options, splits: list[int]) -> None:
    frames = noise(sum(splits))
    together, start = session(options=options), 0
    for length in splits:
        together.watch(batch(frames[start : start + length], start))
        start += length

    assert torch.equal(seen_by(together), seen_by(watching(frames, options=options)))


@pytest.mark.parametrize("options", KINDS)
def test_asking_leaves_the_session_as_it_was(options: Options) -> None:
    frames = noise(20)
    quiet, asked = session(options=options), session(options=options)
    for index in range(len(frames)):
        quiet.watch(batch(frames[index : index + 1], index))
        asked.watch(batch(frames[index : index + 1], index))
        if index % 5 == 0:
            say(asked, "Who is this?")
            next(iter(asked.ask(Prompt(text=QUESTION), Generation())))

    assert torch.equal(seen_by(asked), seen_by(quiet))
    assert say(asked, QUESTION) == say(quiet, QUESTION) == say(asked, QUESTION)


def test_an_answer_depends_on_what_was_seen_and_what_was_asked() -> None:
    dark, bright = (np.full((12, 112, 112, 3), level, dtype=np.uint8) for level in (0, 255))
    answers = {
        say(watched, question, tokens=12)
        for watched in (watching(dark), watching(bright), session())
        for question in (QUESTION, "How many people are in the room")
    }
    assert len(answers) >= 5


def test_an_answer_does_not_depend_on_other_random_states() -> None:
    frames = noise(16)
    torch.manual_seed(1)
    first = seen_by(watching(frames))
    torch.manual_seed(2)
    assert torch.equal(seen_by(watching(frames)), first)
    assert not torch.equal(seen_by(watching(frames, seed=8)), first)


@pytest.mark.parametrize("options", KINDS)
def test_a_question_may_come_before_any_frame(options: Options) -> None:
    blind, seeing = session(options=options), watching(noise(1), options=options)
    assert isinstance(blind, CountsInput)
    assert say(blind, QUESTION)
    assert say(seeing, QUESTION)
    assert blind.input_tokens is not None
    assert seeing.input_tokens is not None
    # One frame is 16 tokens of a key frame and 4 of a cluster; two more stand around them. Without them the question's
    # first word is joined to the line before it.
    assert 21 <= seeing.input_tokens - blind.input_tokens <= 24


@pytest.mark.parametrize("options", KINDS)
def test_a_full_memory_keeps_its_size(options: Options) -> None:
    few, many = watching(noise(2 * SHORT.clusters), options=options), watching(noise(30), options=options)
    assert say(few, QUESTION)
    assert say(many, QUESTION)
    assert few.input_tokens == many.input_tokens
    assert len(seen_by(many)) == FULL


def test_released_lengths_come_to_720_tokens_of_8_by_8_patches() -> None:
    opened = FlashVStreamQwen.load(LoadRequest(checkpoint=str(tiny_checkpoint()), device="cpu")).open(STREAM)
    opened.watch(batch(noise(62)))
    assert len(seen_by(opened)) == 30 * 16 + 60 * 4


def test_positions_have_a_time_a_row_and_a_column_unless_they_are_aliased() -> None:
    frames = noise(12)
    independent, aliased = (seen_by(watching(frames, options={"axes": axes})) for axes in ("independent", "aliased"))

    assert torch.equal(independent[:, :-3], aliased[:, :-3])
    assert torch.equal(aliased[:, -3:], independent[:, -1:].expand(-1, 3))
    assert not torch.equal(independent[:, -3], independent[:, -1])
    assert not torch.equal(independent[:, -2], independent[:, -1])


def test_an_answer_to_a_choice_has_its_beginning_put_into_its_mouth() -> None:
    opened = watching(noise(3))
    say(opened, QUESTION)
    before = opened.input_tokens
    say(opened, QUESTION, question_format="choice")
    assert before is not None
    assert opened.input_tokens == before + len(short_model()._loaded.tokenizer.encode("\nBest option: (")) - 1


def test_pieces_are_as_long_as_asked_for() -> None:
    opened = watching(noise(3))
    for length in (1, 5, 9):
        answer = list(opened.ask(Prompt(text=QUESTION), Generation(max_new_tokens=length, min_new_tokens=length)))
        assert sum(piece.tokens for piece in answer) == length


def test_a_preface_reaches_the_prompt() -> None:
    model = short_model()
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
    with pytest.raises(UserError, match=r"takes \d+ tokens .* takes 4096 .*shorten the question"):
        say(opened, "what " * 4100)
    assert say(opened, QUESTION)


def test_a_closed_session_can_be_used_no_more() -> None:
    opened = watching(noise(2))
    opened.close()
    with pytest.raises(VStreamQAError, match="closed"):
        opened.watch(batch(noise(1)))
    with pytest.raises(VStreamQAError, match="closed"):
        say(opened, QUESTION)


def test_the_input_is_described() -> None:
    model = short_model()
    assert (model.input.fps, model.input.size, model.input.takes_features) == (1.0, None, None)
    assert not model.input.bounded
    assert not short_model(mode="offline").input.bounded
    assert short_model(memory="repaired").input.bounded
    assert model.dtype == "float32"
    request = LoadRequest(checkpoint=str(short_checkpoint()), device="cpu", dtype="float16", fps=2.0)
    other = FlashVStreamQwen.load(request)
    assert (other.input.fps, other.dtype) == (2.0, "float16")


def test_weights_are_in_bfloat16_on_a_gpu_unless_another_type_is_named() -> None:
    assert choose_dtype("auto", torch.device("cuda"), on_cuda="bfloat16") == "bfloat16"
    assert choose_dtype("auto", torch.device("cpu"), on_cuda="bfloat16") == "float32"
    assert choose_dtype("float16", torch.device("cuda"), on_cuda="bfloat16") == "float16"


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("options", KINDS)
def test_half_precision_answers_on_a_cpu(dtype: str, options: Options) -> None:
    request = LoadRequest(checkpoint=str(short_checkpoint()), device="cpu", dtype=dtype, options=options)
    opened = FlashVStreamQwen.load(request).open(STREAM)
    opened.watch(batch(noise(12)))
    assert say(opened, QUESTION)
    assert len(seen_by(opened)) == (FULL if options != KINDS[2] else 4 * 16 + 6 * 4)


@pytest.mark.parametrize("options", KINDS)
def test_frames_of_another_size_are_fitted_to_the_streams_first(options: Options) -> None:
    opened = session(options=options)
    opened.watch(batch(noise(1, size=112)))
    opened.watch(batch(noise(1, size=200), 1))
    wide = np.zeros((1, 90, 160, 3), dtype=np.uint8)
    opened.watch(batch(wide, 2))
    assert say(opened, QUESTION)


def test_a_frame_may_have_any_aspect_ratio_a_picture_has() -> None:
    opened = session()
    opened.watch(batch(np.zeros((1, 90, 160, 3), dtype=np.uint8)))
    # Under the tiny checkpoint's limit of pixels 90 x 160 becomes 56 x 112: 4 x 8 patches.
    assert len(seen_by(opened)) == 8 + 2
    with pytest.raises(VStreamQAError, match="too elongated"):
        session().watch(batch(np.zeros((1, 2, 500, 3), dtype=np.uint8)))


def test_fewer_pixels_make_fewer_tokens() -> None:
    opened = session(options={"max_pixels": 56 * 56})
    opened.watch(batch(noise(1)))
    assert len(seen_by(opened)) == 4 + 1


def test_the_offline_memory_is_computed_over_a_sample_of_the_prefix() -> None:
    options = {"mode": "offline", "max_frames": 4}
    frames = noise(10)
    opened = watching(frames, options=options)
    assert isinstance(opened._sight, OfflineSight)

    sampled = watching(frames[[0, 3, 6, 9]], options=options)

    assert torch.equal(seen_by(opened), seen_by(sampled))
    assert len(seen_by(opened)) == 2 * (16 + 4)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (LoadRequest(checkpoint="demo", device="abacus"), "--device abacus"),
        (LoadRequest(checkpoint="demo", device="cpu", dtype="int4"), "--dtype int4: supported: auto, float32"),
        (LoadRequest(checkpoint="demo", options={"mode": "offline", "memory": "repaired"}), "memory=repaired"),
        (LoadRequest(checkpoint="demo", options={"mode": "offline", "axes": "aliased"}), "axes=aliased"),
        (LoadRequest(checkpoint="demo", options={"max_pixels": 0}), "max_pixels=0"),
        (LoadRequest(checkpoint="demo", options={"max_frames": 1}), "max_frames=1"),
    ],
)
def test_what_is_not_possible_is_refused(request_: LoadRequest, message: str) -> None:
    with pytest.raises(UserError, match=message):
        FlashVStreamQwen.load(request_)


def test_a_repaired_session_stays_as_large_as_it_is() -> None:
    def held(opened: FlashVStreamQwenSession) -> int:
        assert isinstance(opened._sight, StreamingSight)
        clusters = opened._sight.memory._clusters  # type: ignore[attr-defined]
        parts = [clusters.rows, clusters.weights, clusters.carried, clusters.features, clusters.pooled]
        return sum(part.untyped_storage().nbytes() for part in parts)

    options = {"memory": "repaired"}
    assert held(watching(noise(40), options=options)) == held(watching(noise(12), options=options))


def test_an_official_session_keeps_every_frame_but_repeats_only_once() -> None:
    different, still = watching(noise(20)), watching(np.repeat(noise(5), 4, axis=0))
    assert (len(official_memory(different).bank), official_memory(different).bank.stored) == (20, 20)
    assert (len(official_memory(still).bank), official_memory(still).bank.stored) == (20, 5)
    assert len(official_memory(different).clusters.centroids) == SHORT.clusters


def test_a_frame_is_a_step_of_its_own_shown_twice() -> None:
    frames = noise(3)
    bank = official_memory(watching(frames)).bank
    assert len(bank) == 3
    network = short_model()._loaded.network
    shown = resized(frames[1], network.preprocessing.sizes((112, 112), FlashVStreamQwen.Options().max_pixels))
    with torch.inference_mode():
        doubled = network.encode(torch.from_numpy(np.stack([shown, shown])))
    assert torch.equal(bank.features([1]), doubled.features)


def test_what_was_watched_may_change_afterwards() -> None:
    frames = noise(4)
    opened = session(options={"mode": "offline"})
    opened.watch(FrameBatch(positions=(0, 1, 2, 3), frames=frames))
    before = seen_by(opened)
    frames[:] = 0
    assert torch.equal(seen_by(opened), before)


def test_the_longest_prompt_counts_visual_tokens(tmp_path: Path) -> None:
    folder = shutil.copytree(short_checkpoint(), tmp_path / "checkpoint")
    change_config(folder, max_position_embeddings=60)
    model = FlashVStreamQwen.load(LoadRequest(checkpoint=str(folder), device="cpu"))
    blind, seeing = model.open(STREAM), model.open(STREAM)
    seeing.watch(batch(noise(1)))
    assert say(blind, QUESTION)
    with pytest.raises(UserError, match="takes 60"):
        say(seeing, QUESTION)


@pytest.mark.gpu
@pytest.mark.parametrize("options", KINDS)
def test_cuda_agrees_with_the_cpu(options: Options) -> None:
    # Smoothly changing frames: no two clusters are so close that rounding decides between them.
    levels = np.linspace(0, 255, 20).astype(np.uint8)
    frames = np.broadcast_to(levels[:, None, None, None], (20, 112, 112, 3)).copy()
    request = LoadRequest(checkpoint=str(short_checkpoint()), device="cuda", dtype="float32", options=options)
    opened = FlashVStreamQwen.load(request).open(STREAM)
    opened.watch(batch(frames))
    torch.testing.assert_close(seen_by(opened).cpu(), seen_by(watching(frames, options=options)), rtol=0, atol=0.01)
    assert say(opened, QUESTION)
