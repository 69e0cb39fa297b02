import json
from typing import Any, cast

import pytest
import torch
from flash_vstream_qwen_golden import (
    GOLDEN,
    RecordedDraws,
    assert_near,
    assert_times,
    clip,
    entries,
    fact,
    network,
    pixels,
    recording,
    tensor_beginning,
)
from torch import Tensor

from vstreamqa.models.flash_vstream_qwen.bank import FrameBank
from vstreamqa.models.flash_vstream_qwen.memory import Recollection, StreamingMemory, offline_memory
from vstreamqa.models.flash_vstream_qwen.network import Sequence, Visual
from vstreamqa.models.flash_vstream_qwen.options import Axes
from vstreamqa.models.flash_vstream_qwen.positions import Grid, prompt_positions, visual_positions
from vstreamqa.models.flash_vstream_qwen.preprocessing import patch_rows, read_preprocessing
from vstreamqa.models.flash_vstream_qwen.prompt import PromptIds
from vstreamqa.models.flash_vstream_qwen.visual import offline_visual, streaming_visual
from vstreamqa.models.shared.decoding import greedy_tokens

MODEL = "model_io"
CPU = torch.device("cpu")
TOWER = 2e-5
"""What comes out of the tower may be off by this: two threads instead of one moved the recordings by 1.6e-5."""


def tensor(name: str) -> Tensor:
    return recording(MODEL).tensors[name]


def grid() -> Grid:
    return network().grid(*fact(MODEL, "frame_hw"))


def prompt(visual: Visual) -> Sequence:
    tokens = fact(MODEL, "token_ids")
    before = [*fact(MODEL, "prefix"), tokens["vision_start_token_id"]]
    return network().assemble(PromptIds(before, [tokens["vision_end_token_id"], *fact(MODEL, "suffix")]), visual)


def assert_logits(sequence: Sequence, name: str) -> None:
    expected = tensor_beginning(MODEL, f"{name}.logits")
    output = network().language(inputs_embeds=sequence.embeddings, position_ids=sequence.position_ids)
    assert len(expected) <= output.logits.shape[1]
    torch.testing.assert_close(output.logits[0, -len(expected) :], expected, rtol=1e-4, atol=1e-4)


def assert_answer(sequence: Sequence, generated: list[int]) -> None:
    end = network().config.eos_token_ids
    if end.intersection(generated[:-1]):
        end = frozenset()  # recorded by a decoder that did not stop there
    found = greedy_tokens(network().language, sequence, end=end, max_new_tokens=len(generated))
    assert list(found) == generated


@torch.inference_mode()
def test_golden_patches() -> None:
    expected = tensor_beginning(MODEL, "pixel_values_videos_first")
    path = GOLDEN / "preprocessor_config.json"
    values = json.loads(path.read_text()) if path.exists() else {}
    preprocessing = read_preprocessing(values, patch_size=network().config.vision.patch_size, place=str(path))
    frames = preprocessing.normalisation(pixels())
    rows = patch_rows(frames, preprocessing.patch_size).flatten(0, 1)[: len(expected)]
    assert_near(rows.to(expected.dtype), expected)


@pytest.mark.parametrize("case", entries(MODEL, "cases"))
@torch.inference_mode()
def test_golden_offline_answer(case: dict[str, Any]) -> None:
    net, name, frames = network(), case["name"], clip(0, case["frames"])
    bank, draws = FrameBank(CPU), RecordedDraws([case])
    bank.add(net.encode(frames))
    assert [len(bank), grid().height, grid().width] == case["grid_thw"]

    found = offline_memory(bank, net.config.vision.memory.sizes, draws)
    visual = offline_visual(net, found, grid())
    sequence = prompt(visual)

    draws.assert_used_up()
    candidates = case.get("dam_candidates")
    if candidates is not None:
        assert_times(found.key_times, [frames[0] for frames in candidates], candidates)
    assert_near(visual.embeddings, tensor(f"{name}.visual_embeds"), TOWER)
    assert torch.equal(sequence.position_ids[:, 0], tensor(f"{name}.position_ids").long())
    assert torch.equal(_initial_positions(found, case), tensor(f"{name}.position_ids_initial").long())
    assert_logits(sequence, name)
    assert_answer(sequence, case["generated"])


def _initial_positions(found: Recollection, case: dict[str, Any]) -> Tensor:
    """Number a prompt as the original does before it knows the memory's times; decoding goes on from there."""
    keys, clusters = torch.arange(len(found.key_times)), torch.arange(len(found.cluster_times))
    initial = Visual(
        embeddings=torch.empty(0),
        positions=visual_positions(keys, clusters, grid()),
        span=offline_visual(network(), found, grid()).span,
    )
    before = len(fact(MODEL, "prefix")) + 1
    after = len(case["input_ids"]) - before - case["visual_tokens"]
    positions = prompt_positions(before, initial.positions, after, span=initial.span)[:, 0]
    assert positions.max() + 1 - positions.shape[1] == case["rope_delta"][0][0]
    return positions


@torch.inference_mode()
def test_golden_answer_without_a_video() -> None:
    recorded = fact(MODEL, "text_only")
    sequence = network().assemble(PromptIds(recorded["input_ids"], []), None)
    assert_answer(sequence, recorded["generated"])


@pytest.mark.parametrize("run", entries(MODEL, "realtime"))
@torch.inference_mode()
def test_golden_realtime_trace(run: dict[str, Any]) -> None:
    net, draws = network(), RecordedDraws(run["steps"])
    memory = StreamingMemory(net.config.vision.memory.sizes, draws, CPU)
    queries = {query["after_chunk"]: query for query in run["queries"]}
    assert [step["frames"][1] - step["frames"][0] for step in run["steps"]] == run["chunks"]

    for index, step in enumerate(run["steps"]):
        memory.update(net.encode(clip(*step["frames"])))
        found = memory.recall()
        _assert_state(memory, found, step, f"{run['name']}.step{index:02}")
        if index in queries:
            _assert_query(found, queries.pop(index), f"{run['name']}.q{index}")

    assert queries == {}
    draws.assert_used_up()


def _assert_state(memory: StreamingMemory, found: Recollection, step: dict[str, Any], name: str) -> None:
    assert_near(memory.clusters.centroids.flatten(0, 1), tensor(f"{name}.tem_x"), TOWER)
    assert_near(memory.clusters.weights, torch.tensor(step["tem_weights"]))
    assert_near(memory.clusters.times, torch.tensor(step["tem_timestamp"]))
    assert_times(found.key_times, step["spa_positions"], step.get("dam_candidates"))
    patches = [grid().height, grid().width]
    pooled = [side // 2 for side in patches]
    assert [len(found.clusters), *pooled] == step["tem_thw"]
    assert [len(found.key_frames), *patches] == step["spa_thw"]
    assert [len(memory.bank), *patches] == step["bank_thw"]
    assert [len(memory.bank), *pooled] == step["small_bank_thw"]
    embeddings = network().merge(found)
    assert list(embeddings.shape) == step["video_embeds_shape"]
    expected = recording(MODEL).tensors.get(f"{name}.video_embeds")
    # Embeddings are recorded where the choice of key frames is unambiguous.
    if expected is not None:
        assert_near(embeddings, expected, TOWER)


def _assert_query(found: Recollection, query: dict[str, Any], name: str) -> None:
    """Check the released realtime answers, and those with axes of their own."""
    aliased = [query[key] for key in query if key.startswith("generated_use_cache")]
    for axes, key, answers in (
        ("aliased", name, aliased),
        ("independent", f"{name}.fixed_axes", [query["fixed_axes_generated"]]),
    ):
        visual = streaming_visual(network(), found, grid(), cast("Axes", axes))
        assert len(visual.embeddings) == query["visual_tokens"]
        sequence = prompt(visual)
        assert torch.equal(sequence.position_ids[:, 0], tensor(f"{key}.position_ids").long())
        assert_logits(sequence, key)
        for generated in answers:
            assert_answer(sequence, generated)
