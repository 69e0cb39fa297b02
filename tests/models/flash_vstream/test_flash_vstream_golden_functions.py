from typing import Any

import pytest
import torch
from _pytest.mark import ParameterSet
from flash_vstream_golden import (
    RecordedDraws,
    attention_of,
    cases,
    draws_in,
    draws_of,
    recording,
    recordings,
    sizes_of,
)

from vstreamqa.errors import UserError
from vstreamqa.models.flash_vstream.kmeans import weighted_kmeans
from vstreamqa.models.flash_vstream.memory import OfflineMemory, StreamingMemory
from vstreamqa.models.flash_vstream.pooling import pool

FUNCTIONS = "compress_functions"


def named(found: list[Any]) -> list[ParameterSet]:
    return [pytest.param(case, id=case["name"]) for case in found]


def test_golden_files_are_all_there() -> None:
    assert {FUNCTIONS, "offline_memory", "model_io", "preprocess"} <= set(recordings(""))
    assert recordings("stream_trace_")


@pytest.mark.parametrize("case", named(cases(FUNCTIONS, "weighted_kmeans")))
def test_golden_weighted_kmeans(case: dict[str, Any]) -> None:
    tensors, key = recording(FUNCTIONS).tensors, f"wk.{case['name']}"
    draws = draws_of(case, tensors, key)

    clusters = weighted_kmeans(tensors[f"{key}.input"], case["K"], draws, weights=tensors.get(f"{key}.input_weights"))

    tolerance = 2e-3 if tensors[f"{key}.input"].dtype == torch.float16 else 1e-5
    torch.testing.assert_close(clusters.centroids, tensors[f"{key}.output"], rtol=tolerance, atol=tolerance)
    torch.testing.assert_close(clusters.weights, tensors[f"{key}.weights"].float(), rtol=0, atol=1e-5)
    members = [(clusters.labels == cluster).nonzero().flatten().tolist() for cluster in range(len(clusters.weights))]
    assert members == case["members"]
    draws.assert_used_up()


@pytest.mark.parametrize("case", named(cases(FUNCTIONS, "attention")))
def test_golden_attention_memory(case: dict[str, Any]) -> None:
    tensors, key = recording(FUNCTIONS).tensors, f"att.{case['name']}"
    attention = attention_of(tensors, f"{key}.", case["update_ratio"])

    torch.testing.assert_close(
        attention(tensors[f"{key}.input"], case["T0"]), tensors[f"{key}.output"], rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize("case", named(cases(FUNCTIONS, "spatial")))
def test_golden_spatial_pooling(case: dict[str, Any]) -> None:
    tensors, key = recording(FUNCTIONS).tensors, f"sp.{case['name']}"
    if case["error"] is not None:
        with pytest.raises(UserError, match="pools to"):
            pool(torch.zeros(1, case["patch_grid"] ** 2, 2), case["compress_size"])
    else:
        torch.testing.assert_close(
            pool(tensors[f"{key}.input"], case["compress_size"]), tensors[f"{key}.output"], rtol=1e-5, atol=1e-5
        )


@pytest.mark.parametrize("case", named(cases("offline_memory")))
def test_golden_offline_memory(case: dict[str, Any]) -> None:
    recorded = recording("offline_memory")
    facts = {**recorded.facts["config"], **case}
    attention = attention_of(recorded.tensors, "", facts["update_ratio"])
    draws = draws_of(case, recorded.tensors, case["name"])
    memory = OfflineMemory(sizes_of(facts), attention, lambda: draws)

    for frame in recorded.tensors["features"][: case["T"]]:
        memory.update(frame[None])
    tokens = memory.tokens()

    assert len(tokens) == case["tokens"]
    torch.testing.assert_close(tokens, recorded.tensors[f"{case['name']}.memory"], rtol=1e-5, atol=1e-5)
    draws.assert_used_up()


@pytest.mark.parametrize("name", recordings("stream_trace_"))
def test_golden_stream_trace(name: str) -> None:
    recorded = recording(name)
    facts, tensors = recorded.facts, recorded.tensors
    dtype = getattr(torch, facts["state_dtype"].removeprefix("torch."))
    tolerance = 2e-3 if dtype == torch.float16 else 1e-5
    features = tensors["features"].to(dtype)
    draws = draws_in(facts["steps"])
    memory = StreamingMemory(sizes_of(facts), attention_of(tensors, "", facts["compress_Turing_update_ratio"]), draws)

    for index, (chunk, step) in enumerate(zip(torch.split(features, facts["chunks"]), facts["steps"], strict=True)):
        memory.update(chunk)
        expected = {
            "temporal": tensors[f"step{index:03}.long"],
            "abstract": tensors[f"step{index:03}.turing"],
            "current": tensors.get(f"step{index:03}.current", features[step["current_source_frames"]]),
        }
        for part, tensor in expected.items():
            torch.testing.assert_close(getattr(memory.state, part), tensor, rtol=tolerance, atol=tolerance)
    draws.assert_used_up()


def test_golden_draws_are_guarded() -> None:
    draws = RecordedDraws([[0, 1]], [3])
    with pytest.raises(AssertionError):
        draws.permutation(3, torch.device("cpu"))
    with pytest.raises(AssertionError):
        draws.assert_used_up()
