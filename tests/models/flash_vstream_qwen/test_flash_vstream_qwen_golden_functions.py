from typing import Any

import pytest
import torch
from flash_vstream_qwen_golden import (
    GOLDEN,
    IS_SHIPPED,
    RecordedDraws,
    assert_near,
    assert_times,
    entries,
    fact,
    recorded_names,
    recording,
    sizes_of,
)
from torch import Tensor

from vstreamqa.models.flash_vstream_qwen.bank import FrameBank, Steps
from vstreamqa.models.flash_vstream_qwen.clustering import ordered_kmeans
from vstreamqa.models.flash_vstream_qwen.memory import offline_memory
from vstreamqa.models.flash_vstream_qwen.positions import Grid, prompt_positions, visual_positions
from vstreamqa.models.flash_vstream_qwen.preprocessing import patch_rows, pooled_frames

FUNCTIONS = "compress_functions"
MEMORY = "flash_memory"
MODEL = "model_io"
CPU = torch.device("cpu")


def test_golden_files_are_all_there() -> None:
    if not GOLDEN.is_dir():
        pytest.skip(f"{GOLDEN} is not part of this set")
    assert recorded_names() & {FUNCTIONS, MEMORY, MODEL}, f"{GOLDEN} records nothing that is tested"
    if IS_SHIPPED:
        assert recorded_names() >= {FUNCTIONS, MEMORY, MODEL}
        assert recording(MODEL).facts.keys() >= {"cases", "realtime", "text_only"}


def test_golden_clustering_cases_are_all_tested() -> None:
    names = tuple(f"{case['name']}." for case in fact(FUNCTIONS, "cases"))
    assert [key for key in recording(FUNCTIONS).tensors if not key.startswith(names)] == []


@pytest.mark.parametrize("case", entries(FUNCTIONS, "cases"))
def test_golden_ordered_kmeans(case: dict[str, Any]) -> None:
    assert case["fn"] == "weighted_kmeans_ordered"
    tensors, name = recording(FUNCTIONS).tensors, case["name"]
    draws = RecordedDraws([case])

    # Supplied times (`input_times`) are overwritten in the original, so they are not asked for.
    found = ordered_kmeans(tensors[f"{name}.input"], case["K"], draws, weights=tensors.get(f"{name}.input_weights"))

    draws.assert_used_up()
    if case.get("error") is not None:
        assert len(found.centroids) == case["K"]  # where the original divides by zero, an empty cluster is kept
        return
    assert_near(found.centroids, tensors[f"{name}.output"])
    assert_near(found.weights, tensors[f"{name}.weights"])
    assert_near(found.times, tensors[f"{name}.timestamps"])
    assert [list(members) for members in found.members] == case["members"]


@pytest.mark.parametrize("case", entries(MEMORY, "cases"))
def test_golden_flash_memory(case: dict[str, Any]) -> None:
    tensors, name, grid = recording(MEMORY).tensors, case["name"], Grid(case["h"], case["w"])
    features = tensors[f"{name}.features"]
    bank, draws = FrameBank(CPU), RecordedDraws([case])
    bank.add(Steps(features=features, pooled=tensors[f"{name}.small_features"]))

    found = offline_memory(bank, sizes_of(fact(MEMORY, "flash_memory_config")), draws)

    draws.assert_used_up()
    assert_times(found.key_times, case["spa_positions"], case.get("dam_candidates"))
    assert found.cluster_times.tolist() == case["tem_positions"]
    assert len(found.rows()) == grid.height * grid.width * len(found.key_times) + found.clusters.shape[:2].numel()
    # Where another frame was chosen than in the recording, what was recorded of it is no standard.
    same = found.key_times == torch.tensor(case["spa_positions"])
    expected = tensors[f"{name}.output"]
    keys = expected[: grid.height * grid.width * len(same)].reshape(len(same), -1, features.shape[-1])
    assert_near(found.key_frames[same], keys[same])
    assert torch.equal(found.key_frames, features[found.key_times])
    assert_near(found.rows()[keys.shape[:2].numel() :], expected[keys.shape[:2].numel() :])
    _assert_positions(case, visual_positions(found.key_times, found.cluster_times, grid), same)


def _assert_positions(case: dict[str, Any], visual: Tensor, same: Tensor) -> None:
    assert visual.shape[1] == case["visual_tokens"]
    start, tokens = case["visual_start"], visual.shape[1]
    found = prompt_positions(start, visual, case["seq_len"] - start - tokens, span=tokens)[:, 0]
    expected = recording(MEMORY).tensors[f"{case['name']}.position_ids"].long()
    comparable = torch.ones(case["seq_len"], dtype=torch.bool)
    key_tokens = same.repeat_interleave(case["h"] * case["w"] // 4)
    comparable[start : start + len(key_tokens)] = key_tokens
    assert torch.equal(found[:, comparable], expected[:, comparable])
    assert torch.equal(found[1:], expected[1:])


def test_golden_pixel_pooling() -> None:
    steps, height, width = fact(MEMORY, "pool")["thw_in"]
    tensors = recording(MEMORY).tensors
    rows = tensors["pool.input"].float()
    patch = int((rows.shape[1] // (3 * 2)) ** 0.5)
    # Rows back into frames: [steps, rows / 2, columns / 2, 2, 2, channels, frames of the step, pixels, pixels].
    cut = rows.reshape(steps, height // 2, width // 2, 2, 2, 3, 2, patch, patch)
    frames = cut.permute(0, 6, 5, 1, 3, 7, 2, 4, 8).reshape(2 * steps, 3, height * patch, width * patch)
    assert torch.equal(patch_rows(frames, patch).flatten(0, 1), rows)

    pooled = patch_rows(pooled_frames(frames), patch).flatten(0, 1)

    assert len(pooled) == torch.tensor(fact(MEMORY, "pool")["thw_out"]).prod()
    torch.testing.assert_close(pooled, tensors["pool.output"].float(), rtol=1e-3, atol=1e-3)
    assert_near(pooled.to(tensors["pool.output"].dtype), tensors["pool.output"])


@pytest.mark.parametrize("case", entries(MEMORY, "real_grids"))
def test_golden_token_counts(case: dict[str, Any]) -> None:
    steps, height, width = case["thw"]
    sizes = sizes_of({f"flash_memory_{name}": case[name] for name in ("temporal_length", "spatial_length")})
    keys, clusters = min(steps, sizes.keys), min(steps, sizes.clusters)
    assert (case["dam"], case["csm"]) == ([keys, height, width], [clusters, height // 2, width // 2])

    positions = visual_positions(torch.arange(keys), torch.arange(clusters), Grid(height, width))

    assert positions.shape == (3, case["visual_tokens"])


def test_golden_draws_are_guarded() -> None:
    draws = RecordedDraws([{"randperm": [[0, 1]], "python_randint_draws": [3]}])
    with pytest.raises(AssertionError):
        draws.permutation(3, CPU)
    with pytest.raises(AssertionError):
        draws.assert_used_up()
