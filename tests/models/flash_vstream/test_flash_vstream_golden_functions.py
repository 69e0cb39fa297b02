from typing import Any

import pytest
import torch
from _pytest.mark import ParameterSet
from flash_vstream_golden import (
    GOLDEN,
    IS_SHIPPED,
    RecordedDraws,
    Recording,
    attention_of,
    cases,
    draws_in,
    draws_of,
    recorded_names,
    recording,
    sizes_of,
    tolerance,
)
from torch import Tensor

from vstreamqa.errors import UserError
from vstreamqa.models.flash_vstream.memory import MemorySizes, OfflineMemory, StreamingMemory
from vstreamqa.models.flash_vstream.pooling import pool
from vstreamqa.models.shared.kmeans import Clusters, weighted_kmeans

FUNCTIONS = "compress_functions"
OFFLINE = "offline_memory"
MODEL = "model_io"
TRACES = recorded_names("stream_trace_")
TESTED = {"weighted_kmeans": "wk", "attention": "att", "spatial": "sp"}
"""What the tensors of a tested function's cases begin with."""
NOT_PORTED = "extra."


def assert_near(found: Tensor, expected: Tensor) -> None:
    allowed = tolerance(expected.dtype)
    torch.testing.assert_close(found, expected, rtol=allowed, atol=allowed)


def members_of(clusters: Clusters) -> list[list[int]]:
    return [(clusters.labels == cluster).nonzero().flatten().tolist() for cluster in range(len(clusters.weights))]


def named(found: list[Any]) -> list[ParameterSet]:
    return [pytest.param(case, id=case["name"]) for case in found]


def test_golden_files_are_all_there() -> None:
    found = set(recorded_names())
    assert TRACES or found & {FUNCTIONS, OFFLINE, MODEL, "preprocess"}, f"{GOLDEN} records nothing that is tested"
    if IS_SHIPPED:
        assert found >= {FUNCTIONS, OFFLINE, MODEL, "preprocess"}
        assert TRACES
        assert recording(MODEL).facts.keys() >= {"cases", "image_seq_len", "batch", "stream"}


def test_golden_function_cases_are_all_tested() -> None:
    beginnings = tuple(f"{prefix}.{case['name']}." for fn, prefix in TESTED.items() for case in cases(FUNCTIONS, fn))

    assert [key for key in recording(FUNCTIONS).tensors if not key.startswith((*beginnings, NOT_PORTED))] == []


def test_golden_offline_cases_are_all_tested() -> None:
    beginnings = tuple(f"{case['name']}." for case in cases(OFFLINE))
    shared = ("features", "attention_model.")

    assert [key for key in recording(OFFLINE).tensors if not key.startswith((*beginnings, *shared))] == []


@pytest.mark.parametrize("case", named(cases(FUNCTIONS, "weighted_kmeans")))
def test_golden_weighted_kmeans(case: dict[str, Any]) -> None:
    tensors, key = recording(FUNCTIONS).tensors, f"wk.{case['name']}"
    draws = draws_of(case, tensors, key)

    clusters = weighted_kmeans(tensors[f"{key}.input"], case["K"], draws, weights=tensors.get(f"{key}.input_weights"))

    assert_near(clusters.centroids, tensors[f"{key}.output"])
    assert_near(clusters.weights.to(tensors[f"{key}.weights"].dtype), tensors[f"{key}.weights"])
    assert members_of(clusters) == case["members"]
    draws.assert_used_up()


@pytest.mark.parametrize("case", named(cases(FUNCTIONS, "attention")))
def test_golden_attention_memory(case: dict[str, Any]) -> None:
    tensors, key = recording(FUNCTIONS).tensors, f"att.{case['name']}"
    attention = attention_of(tensors, f"{key}.", case["update_ratio"])

    assert_near(attention(tensors[f"{key}.input"], case["T0"]), tensors[f"{key}.output"])


@pytest.mark.parametrize("case", named(cases(FUNCTIONS, "spatial")))
def test_golden_spatial_pooling(case: dict[str, Any]) -> None:
    tensors, key = recording(FUNCTIONS).tensors, f"sp.{case['name']}"
    if case.get("error") is not None:
        with pytest.raises(UserError, match="pools to"):
            pool(torch.zeros(1, case["patch_grid"] ** 2, 2), case["compress_size"])
    else:
        assert_near(pool(tensors[f"{key}.input"], case["compress_size"]), tensors[f"{key}.output"])


@pytest.mark.parametrize("case", named(cases(OFFLINE)))
def test_golden_offline_memory(case: dict[str, Any]) -> None:
    recorded = recording(OFFLINE)
    facts = {**recorded.facts["config"], **case}
    attention = attention_of(recorded.tensors, "", facts["update_ratio"])
    draws = draws_of(case, recorded.tensors, case["name"])
    memory = OfflineMemory(sizes_of(facts), attention, lambda: draws)

    for frame in recorded.tensors["features"][: case["T"]]:
        memory.update(frame[None])
    tokens = memory.tokens()

    assert len(tokens) == case["tokens"]
    assert_near(tokens, recorded.tensors[f"{case['name']}.memory"])
    draws.assert_used_up()


def chunks_of(recorded: Recording) -> tuple[torch.dtype, list[Tensor]]:
    """Return the type of a trace's memory, and its frames call by call in that type."""
    dtype: torch.dtype = getattr(torch, recorded.facts["state_dtype"].removeprefix("torch."))
    return dtype, list(torch.split(recorded.tensors["features"].to(dtype), recorded.facts["chunks"]))


def assert_clusters(rows: Tensor, sizes: MemorySizes, step: dict[str, Any]) -> None:
    draws = draws_in([step])
    clusters = weighted_kmeans(rows, sizes.temporal_length, draws)
    draws.assert_used_up()
    assert clusters.weights.tolist() == step["cluster_weights"]
    assert members_of(clusters) == step["cluster_members"]


@pytest.mark.parametrize("name", TRACES)
def test_golden_stream_trace(name: str) -> None:
    recorded = recording(name)
    facts, tensors = recorded.facts, recorded.tensors
    dtype, chunks = chunks_of(recorded)
    attention = attention_of(tensors, "", facts["compress_Turing_update_ratio"], dtype)
    draws = draws_in(facts["steps"])
    sizes = sizes_of(facts)
    memory = StreamingMemory(sizes, attention, draws)

    for index, (chunk, step) in enumerate(zip(chunks, facts["steps"], strict=True)):
        if "cluster_members" in step:
            assert_clusters(torch.cat([memory.state.temporal, pool(chunk, sizes.temporal)]), sizes, step)
        memory.update(chunk)
        assert_near(memory.state.temporal, tensors[f"step{index:03}.long"])
        assert_near(memory.state.abstract, tensors[f"step{index:03}.turing"])
        assert_near(memory.state.current, torch.cat(chunks)[step["current_source_frames"]])
        if f"step{index:03}.current" in tensors:
            assert_near(memory.state.current, tensors[f"step{index:03}.current"])
    draws.assert_used_up()


def test_golden_draws_are_guarded() -> None:
    draws = RecordedDraws([[0, 1]], [3])
    with pytest.raises(AssertionError):
        draws.permutation(3, torch.device("cpu"))
    with pytest.raises(AssertionError):
        draws.assert_used_up()
