from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from vstreamqa.models.flash_vstream.attention import AbstractAttention
from vstreamqa.models.flash_vstream.memory import (
    Memory,
    MemorySizes,
    OfflineMemory,
    Part,
    StreamingMemory,
    retrieved_rows,
)
from vstreamqa.models.flash_vstream.pooling import pool
from vstreamqa.models.flash_vstream.repaired import RepairedMemory
from vstreamqa.models.shared.draws import SeededDraws
from vstreamqa.models.shared.merging import spread_start

DIM = 8
SIZES = MemorySizes(frame=4, temporal=2, abstract=1, temporal_length=6, abstract_length=5, current_length=1)
TOKENS_OF_A_FULL_MEMORY = 5 * 1 + 6 * 4 + (3 + 1) * 16


def attention() -> AbstractAttention:
    torch.manual_seed(0)
    return AbstractAttention(DIM, 4, 0.2).requires_grad_(False)


def streaming(seed: int = 0) -> StreamingMemory:
    return StreamingMemory(SIZES, attention(), SeededDraws(seed))


def repaired(seed: int = 0) -> RepairedMemory:
    return RepairedMemory(SIZES, attention(), SeededDraws(seed))


def offline(seed: int = 0) -> OfflineMemory:
    return OfflineMemory(SIZES, attention(), lambda: SeededDraws(seed))


def video(frames: int, seed: int = 0) -> Tensor:
    return torch.randn(frames, 16, DIM, generator=torch.Generator().manual_seed(seed))


def watched(memory: Memory, frames: Tensor) -> Memory:
    for frame in frames:
        memory.update(frame[None])
    return memory


@pytest.mark.parametrize(
    ("frames", "tokens"), [(1, 1 + 4 + 16), (2, 2 * 5 + 3 * 16), (4, 4 * 5 + 4 * 16), (30, TOKENS_OF_A_FULL_MEMORY)]
)
def test_a_streaming_memory_fills_and_then_keeps_its_size(frames: int, tokens: int) -> None:
    assert watched(streaming(), video(frames)).tokens().shape == (tokens, DIM)


@pytest.mark.parametrize(("frames", "tokens"), [(1, 16), (2, 1 + 4 + 2 * 16), (30, TOKENS_OF_A_FULL_MEMORY)])
def test_an_offline_memory_leaves_the_current_frame_out_of_the_past(frames: int, tokens: int) -> None:
    assert watched(offline(), video(frames)).tokens().shape == (tokens, DIM)


@pytest.mark.parametrize("memory", [streaming, repaired, offline])
def test_the_newest_frame_comes_last(memory: Callable[[], Memory]) -> None:
    frames = video(20)
    assert torch.equal(watched(memory(), frames).tokens()[-16:], frames[-1])


def test_official_key_frames_never_leave_the_beginning_of_the_stream() -> None:
    frames = video(40)
    memory = streaming()
    for index, frame in enumerate(frames):
        memory.update(frame[None])
        if index == 0:
            continue
        for key in memory.state.current[:-1]:
            assert any(torch.equal(key, early) for early in frames[: SIZES.temporal_length])


def test_one_frame_at_a_time_the_abstract_memory_is_a_moving_average() -> None:
    frames = video(SIZES.abstract_length + 1)
    before = frames[:-1].mean(dim=1, keepdim=True)
    after = watched(streaming(), frames)
    assert isinstance(after, StreamingMemory)
    torch.testing.assert_close(after.state.abstract, 0.8 * before + 0.2 * frames[-1].mean(0), rtol=1e-5, atol=1e-5)


def test_asking_an_offline_memory_changes_nothing() -> None:
    memory, other = offline(), offline()
    for frame in video(25):
        memory.update(frame[None])
        memory.tokens()
        other.update(frame[None])
    assert torch.equal(memory.tokens(), other.tokens())


def test_an_offline_memory_does_not_depend_on_how_frames_came() -> None:
    frames = video(25)
    together = offline()
    for chunk in (frames[:11], frames[11:12], frames[12:]):
        together.update(chunk)
    torch.testing.assert_close(together.tokens(), watched(offline(), frames).tokens(), rtol=1e-5, atol=1e-6)


def test_draws_decide_what_an_official_memory_keeps() -> None:
    frames = video(40)
    assert torch.equal(watched(streaming(1), frames).tokens(), watched(streaming(1), frames).tokens())
    assert not torch.equal(watched(streaming(1), frames).tokens(), watched(streaming(2), frames).tokens())


def test_a_spread_start_drops_the_later_of_the_closest_pairs() -> None:
    rows = torch.tensor([0.0, 10.0, 10.5, 30.0, 30.1, 60.0])[:, None, None]
    assert spread_start(rows, 5).tolist() == [0, 1, 2, 3, 5]
    assert spread_start(rows, 4).tolist() == [0, 1, 3, 5]
    assert spread_start(rows, 6).tolist() == [0, 1, 2, 3, 4, 5]


def test_a_repaired_memory_keeps_a_rare_event() -> None:
    rare = 40.0 + video(1, seed=1)
    frames = torch.cat([video(30) * 0.1, rare, video(150, seed=2) * 0.1])
    memory = repaired()
    watched(memory, frames)
    offsets = (memory.state.temporal - pool(rare, SIZES.temporal)).flatten(1).abs().max(dim=1).values
    assert (offsets < 1e-3).sum() == 1


def test_repaired_clusters_stand_in_the_order_of_time_and_average_all_their_frames() -> None:
    scenes = torch.arange(60) // 15
    frames = 100.0 * scenes[:, None, None] + video(60)
    memory = repaired()
    watched(memory, frames)
    levels = memory.state.temporal.mean(dim=(1, 2)) / 100
    assert torch.equal(levels.round(), levels.round().sort().values)
    assert set(levels.round().tolist()) == {0.0, 1.0, 2.0, 3.0}


def test_repaired_key_frames_are_real_frames_of_the_heaviest_scenes() -> None:
    scenes = torch.tensor([0] * 6 + [1] * 30 + [2] * 50 + [3] * 6)
    frames = 100.0 * scenes[:, None, None] + 0.01 * video(len(scenes))
    memory = repaired()
    watched(memory, frames)
    keys = memory.state.current[:-1]
    assert len(keys) == 3
    assert all(any(torch.equal(key, frame) for frame in frames) for key in keys)
    assert round(float(keys[0].mean()) / 100) == 2
    assert any(round(float(key.mean()) / 100) == 1 for key in keys)


def test_a_repaired_memory_takes_frames_in_one_by_one_however_they_come() -> None:
    frames = video(30)
    together = repaired()
    together.update(frames)
    assert torch.equal(together.tokens(), watched(repaired(), frames).tokens())


def test_a_repaired_memory_of_a_still_picture_is_one_cluster() -> None:
    memory = repaired()
    still = video(1).expand(SIZES.temporal_length + 1, -1, -1)
    watched(memory, still)
    assert torch.equal(memory.state.temporal, pool(still[:1], SIZES.temporal))


def test_of_equally_heavy_clusters_the_first_give_the_key_frames() -> None:
    rows = torch.randn(40, 2, 8, generator=torch.Generator().manual_seed(0))
    assert retrieved_rows(rows, torch.ones(25)).tolist() == [0, 1, 2]
    weights = torch.ones(25)
    weights[[20, 7]] = 3.0
    assert retrieved_rows(rows, weights).tolist() == [7, 20, 0]


@pytest.mark.parametrize("memory", [StreamingMemory, RepairedMemory])
def test_parts_can_be_withheld_and_resized(memory: type[StreamingMemory | RepairedMemory]) -> None:
    def tokens(retrieved: int, *without: Part, temporal_length: int = 4) -> Tensor:
        sizes = MemorySizes(
            frame=2,
            temporal=1,
            abstract=1,
            temporal_length=temporal_length,
            abstract_length=3,
            current_length=1,
            retrieved_length=retrieved,
        )
        watching = memory(sizes, AbstractAttention(8, 4, 0.2).requires_grad_(False), SeededDraws(0))
        for frame in torch.randn(12, 1, 4, 8, generator=torch.Generator().manual_seed(1)):
            watching.update(frame)
        return watching.tokens(without)

    whole = tokens(3)
    assert len(whole) == 3 + 4 + 3 * 4 + 4
    assert torch.equal(tokens(3, "abstract"), whole[3:])
    assert torch.equal(tokens(3, "temporal"), torch.cat([whole[:3], whole[7:]]))
    assert torch.equal(tokens(0, "abstract", "temporal"), whole[-4:])
    assert len(tokens(1, temporal_length=6)) == 3 + 6 + 4 + 4
