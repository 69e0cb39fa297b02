from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from vstreamqa.models.flash_vstream_qwen.bank import FrameBank, Steps
from vstreamqa.models.flash_vstream_qwen.clustering import ordered_kmeans
from vstreamqa.models.flash_vstream_qwen.memory import Memory, MemorySizes, StreamingMemory, offline_memory
from vstreamqa.models.flash_vstream_qwen.repaired import RepairedMemory
from vstreamqa.models.shared.draws import SeededDraws

CPU = torch.device("cpu")
DIM = 6
SIZES = MemorySizes(clusters=6, keys=3)


def streaming(seed: int = 0, sizes: MemorySizes = SIZES) -> StreamingMemory:
    return StreamingMemory(sizes, SeededDraws(seed), CPU)


def repaired(seed: int = 0, sizes: MemorySizes = SIZES) -> RepairedMemory:
    return RepairedMemory(sizes, SeededDraws(seed))


def video(steps: int, seed: int = 0) -> Tensor:
    return torch.randn(steps, 2, DIM, generator=torch.Generator().manual_seed(seed))


def encoded(pooled: Tensor) -> Steps:
    """Give each step of a pooled video features that tell which step it is."""
    features = pooled.repeat_interleave(4, dim=1) + torch.arange(8.0)[:, None]
    return Steps(features=features, pooled=pooled)


def watched(memory: Memory, pooled: Tensor, at_once: int = 1) -> Memory:
    steps = encoded(pooled)
    for begin in range(0, len(steps), at_once):
        memory.update(steps[begin : begin + at_once])
    return memory


def bank_of(pooled: Tensor) -> FrameBank:
    bank = FrameBank(CPU)
    bank.add(encoded(pooled))
    return bank


@pytest.mark.parametrize("memory", [streaming, repaired])
@pytest.mark.parametrize(("steps", "keys", "clusters"), [(1, 1, 1), (3, 3, 3), (5, 3, 5), (6, 3, 6), (30, 3, 6)])
def test_a_streaming_memory_fills_and_then_keeps_its_size(
    memory: Callable[..., Memory], steps: int, keys: int, clusters: int
) -> None:
    found = watched(memory(), video(steps)).recall()
    assert found.key_frames.shape == (keys, 8, DIM)
    assert found.clusters.shape == (clusters, 2, DIM)
    assert found.rows().shape == (keys * 8 + clusters * 2, DIM)
    assert len(found.key_times) == keys
    assert len(found.cluster_times) == clusters


@pytest.mark.parametrize("memory", [streaming, repaired])
def test_before_anything_is_compressed_every_step_has_its_own_time(memory: Callable[..., Memory]) -> None:
    frames = video(5)
    found = watched(memory(), frames).recall()
    assert torch.equal(found.clusters, frames)
    assert found.cluster_times.tolist() == [0, 1, 2, 3, 4]
    assert found.key_times.tolist() == [0, 1, 2]


def test_key_frames_come_first_at_full_resolution() -> None:
    frames = video(3)
    found = watched(streaming(), frames).recall()
    assert torch.equal(found.rows()[:24], encoded(frames).features.flatten(0, 1))
    assert torch.equal(found.rows()[24:], frames.flatten(0, 1))


def scenes(*lengths: int) -> Tensor:
    """Return a video of scenes that are far apart, each with a little movement."""
    levels = torch.cat([torch.full((length,), 100.0 * scene) for scene, length in enumerate(lengths)])
    return levels[:, None, None] + 0.01 * video(len(levels))


def test_repaired_key_frames_are_steps_of_the_heaviest_scenes_heaviest_first() -> None:
    frames = scenes(20, 8, 30, 2, 2, 2)
    found = watched(repaired(), frames).recall()
    assert [round(float(frames[time].mean()) / 100) for time in found.key_times.tolist()] == [2, 0, 1]
    assert torch.equal(found.key_frames, encoded(frames).features[found.key_times])


def test_official_key_frames_are_the_steps_nearest_to_the_heaviest_clusters_heaviest_first() -> None:
    frames = video(40)
    found = offline_memory(bank_of(frames), SIZES, SeededDraws(2))
    clusters = ordered_kmeans(frames, SIZES.clusters, SeededDraws(2))
    weights = clusters.weights.tolist()
    heaviest = sorted(range(len(weights)), key=lambda cluster: -weights[cluster])[: SIZES.keys]
    distances = (frames[:, None] - clusters.centroids[None, heaviest]).double().square().sum(dim=(2, 3))
    assert found.key_times.tolist() == distances.argmin(dim=0).tolist()
    assert torch.equal(found.key_frames, encoded(frames).features[found.key_times])


def test_of_two_equally_near_steps_the_first_is_retrieved() -> None:
    rows = torch.zeros(5, 2, DIM)
    rows[:, 0, 0] = torch.tensor([10.0, 0.3, 7.0, 0.9, 20.0])
    midpoint = (rows[1] + rows[3]) / 2
    assert bank_of(rows).nearest(midpoint[None]) == [1]
    assert bank_of(rows.flip(0)).nearest(midpoint[None]) == [1]
    assert bank_of(rows).nearest(torch.stack([rows[4], rows[2], rows[4]])) == [4, 2, 4]


def test_a_bank_finds_the_nearest_step_wherever_it_lies() -> None:
    frames = video(200)
    targets = frames[[0, 63, 64, 130, 199]] + 0.001
    assert bank_of(frames).nearest(targets) == [0, 63, 64, 130, 199]


def test_a_bank_stores_a_repeated_step_once_and_still_counts_it() -> None:
    frames = video(4)[[0, 1, 1, 0, 2, 1, 3]]
    bank = bank_of(frames)
    assert (len(bank), bank.stored) == (7, 4)
    assert torch.equal(bank.pooled(), frames)
    assert torch.equal(bank.features([3, 6, 5]), encoded(frames).features[[3, 6, 5]])
    assert bank.nearest(frames) == [0, 1, 1, 0, 4, 1, 6]


def test_steps_that_agree_only_when_pooled_are_stored_apart() -> None:
    pooled = video(1).expand(2, -1, -1)
    features = encoded(pooled).features.clone()
    features[1] += 1
    bank = FrameBank(CPU)
    bank.add(Steps(features=features, pooled=pooled))
    assert bank.stored == 2
    assert torch.equal(bank.features([0, 1]), features)
    assert bank.nearest(pooled) == [0, 0]


def test_a_bank_keeps_nothing_of_what_it_was_given_but_the_steps() -> None:
    frames = video(6)
    steps = encoded(frames)
    bank = FrameBank(CPU)
    bank.add(steps[:2])
    before = bank.pooled()
    steps.pooled.zero_()
    assert torch.equal(bank.pooled(), before)


def test_official_weights_add_up_only_after_the_first_compression() -> None:
    memory = streaming()
    watched(memory, video(SIZES.clusters))
    assert memory.clusters.weights.tolist() == [1.0] * SIZES.clusters
    watched(memory, video(14, seed=1))
    assert memory.clusters.weights.sum() == SIZES.clusters + 14


def test_official_times_are_places_in_what_was_clustered_and_never_grow() -> None:
    memory = streaming()
    found = watched(memory, video(60)).recall()
    assert found.cluster_times.max() <= SIZES.clusters
    assert torch.equal(memory.clusters.times, memory.clusters.times.sort().values)


def test_official_key_times_are_true_numbers_of_steps() -> None:
    frames = scenes(*[4] * 12)
    found = watched(streaming(), frames).recall()
    assert found.key_times.max() > SIZES.clusters
    assert torch.equal(found.key_frames, encoded(frames).features[found.key_times])


def test_steps_of_one_call_are_compressed_together() -> None:
    frames = video(12)
    together, apart = streaming(), streaming()
    watched(together, frames, at_once=6)
    watched(apart, frames)
    assert len(together.clusters.centroids) == len(apart.clusters.centroids) == SIZES.clusters
    assert not torch.equal(together.clusters.centroids, apart.clusters.centroids)


def test_recalling_changes_nothing() -> None:
    frames = video(25)
    for memory, other in ((streaming(), streaming()), (repaired(), repaired())):
        for index in range(len(frames)):
            memory.update(encoded(frames)[index : index + 1])
            memory.recall()
            other.update(encoded(frames)[index : index + 1])
        assert torch.equal(memory.recall().rows(), other.recall().rows())


def test_draws_decide_what_an_official_memory_keeps_and_nothing_of_a_repaired_one() -> None:
    frames = video(40)
    assert torch.equal(watched(streaming(1), frames).recall().rows(), watched(streaming(1), frames).recall().rows())
    assert not torch.equal(watched(streaming(1), frames).recall().rows(), watched(streaming(2), frames).recall().rows())
    assert torch.equal(watched(repaired(1), frames).recall().rows(), watched(repaired(2), frames).recall().rows())


def test_an_offline_memory_is_of_clusters_of_the_whole() -> None:
    frames = video(40)
    found = offline_memory(bank_of(frames), SIZES, SeededDraws(0))
    assert found.clusters.shape == (6, 2, DIM)
    assert found.cluster_times.max() < 40
    assert torch.equal(found.cluster_times, found.cluster_times.sort().values)


@pytest.mark.parametrize("memory", [streaming, repaired])
def test_a_memory_without_key_frames_has_clusters_alone(memory: Callable[..., Memory]) -> None:
    sizes = MemorySizes(clusters=6, keys=0)
    for steps in (1, 20):
        found = watched(memory(sizes=sizes), video(steps)).recall()
        assert found.key_frames.shape == (0, 8, DIM)
        assert torch.equal(found.rows(), found.clusters.flatten(0, 1))


def test_repaired_times_are_mean_times_of_the_stream() -> None:
    found = watched(repaired(), scenes(10, 10, 10, 10, 10, 10)).recall()
    assert found.cluster_times.tolist() == [4, 14, 24, 34, 44, 54]
    levels = found.clusters.mean(dim=(1, 2)) / 100
    assert levels.round().tolist() == [0, 1, 2, 3, 4, 5]


def test_a_repaired_memory_keeps_a_rare_event_with_its_time() -> None:
    rare = 40.0 + video(1, seed=1)
    frames = torch.cat([0.1 * video(30), rare, 0.1 * video(150, seed=2)])
    found = watched(repaired(), frames).recall()
    (place,) = ((found.clusters - rare).flatten(1).abs().max(dim=1).values < 1e-3).nonzero().flatten().tolist()
    assert found.cluster_times[place] == 30


def test_repaired_key_frames_are_different_real_steps() -> None:
    frames = video(60)
    found = watched(repaired(), frames).recall()
    assert len(set(found.key_times.tolist())) == SIZES.keys
    assert torch.equal(found.key_frames, encoded(frames).features[found.key_times])


def test_a_repaired_memory_takes_steps_in_one_by_one_however_they_come() -> None:
    frames = video(30)
    assert torch.equal(
        watched(repaired(), frames, at_once=7).recall().rows(), watched(repaired(), frames).recall().rows()
    )


def test_a_repaired_memory_of_a_still_picture_is_one_cluster() -> None:
    still = video(1).expand(SIZES.clusters + 1, -1, -1)
    found = watched(repaired(), still).recall()
    assert torch.equal(found.clusters, still[:1])
    assert found.key_times.tolist() == [0]
