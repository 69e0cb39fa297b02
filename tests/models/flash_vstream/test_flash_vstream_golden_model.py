from typing import Any

import pytest
import torch
from flash_vstream_golden import RecordedDraws, draws_in, network, pixels, recording
from torch import Tensor

from vstreamqa.models.flash_vstream.decoding import greedy_tokens
from vstreamqa.models.flash_vstream.memory import OfflineMemory, StreamingMemory
from vstreamqa.models.flash_vstream.network import Network
from vstreamqa.models.flash_vstream.options import VisionSource
from vstreamqa.models.flash_vstream.splicing import Sequences
from vstreamqa.models.flash_vstream.vision import read_normalisation
from vstreamqa.video.resize import Resize

MODEL = "model_io"
TENSORS = recording(MODEL).tensors
FACTS = recording(MODEL).facts


def assert_close(found: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


def logits(sequences: Sequences) -> Tensor:
    output = network().language(
        inputs_embeds=sequences.embeddings,
        attention_mask=sequences.attention_mask,
        position_ids=sequences.position_ids,
    )
    found: Tensor = output.logits
    return found


def recorded_logits(name: str) -> Tensor:
    (key,) = (key for key in TENSORS if key.startswith(f"{name}.logits"))
    return TENSORS[key]


def assert_logits(found: Tensor, name: str) -> None:
    expected = recorded_logits(name)
    torch.testing.assert_close(found[-len(expected) :], expected, rtol=1e-4, atol=1e-4)


def answer(sequences: Sequences, length: int) -> list[int]:
    end = network().config.eos_token_ids
    return list(greedy_tokens(network().language, sequences, end=end, max_new_tokens=length))


def offline_tokens(net: Network, frames: int, draws: RecordedDraws) -> Tensor:
    memory = OfflineMemory(net.config.memory_sizes, net.attention, lambda: draws)
    memory.update(net.frames(net.features(pixels()[:frames])))
    return memory.tokens()


@torch.inference_mode()
def test_golden_preprocessing() -> None:
    recorded = recording("preprocess")
    size = recorded.facts["crop"]
    values = {"size": {"shortest_edge": recorded.facts["shortest_edge"]}, "crop_size": {"height": size, "width": size}}
    resize = Resize((size, size), fit="crop", filter="bicubic")
    normalise = read_normalisation(values, image_size=size, place="preprocess")

    resized = torch.stack([torch.tensor(resize(frame.numpy())) for frame in recorded.tensors["frames_uint8"]])

    assert_close(normalise(resized), recorded.tensors["pixel_values"])


@torch.inference_mode()
def test_golden_normalised_frame() -> None:
    found = network().normalisation(pixels()[:1])[0]
    assert_close(found, TENSORS["pixel_values_frame0"])


@pytest.mark.parametrize("vision", ["shard", "stock"])
@torch.inference_mode()
def test_golden_vision_features(vision: VisionSource) -> None:
    features = network(vision).features(pixels())

    expected = TENSORS["vision_features_frame0_1"]
    assert_close(features[: len(expected)], expected)
    torch.testing.assert_close(features.sum(dim=(1, 2)), TENSORS["vision_features_sum"], rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in FACTS["cases"]])
@torch.inference_mode()
def test_golden_offline_answer(case: dict[str, Any]) -> None:
    net, name = network(), case["name"]
    draws = draws_in([case])

    tokens = offline_tokens(net, case["frames"], draws)
    projected = net.project(tokens)
    sequences = net.assemble(TENSORS["input_ids"], [projected])

    draws.assert_used_up()
    assert_close(tokens, TENSORS[f"{name}.memory"])
    assert_close(projected, TENSORS[f"{name}.projected"])
    assert sequences.embeddings.shape[1] == case["seq_len"]
    assert_logits(logits(sequences)[0], name)
    assert answer(sequences, len(case["generated"])) == case["generated"]


@torch.inference_mode()
def test_golden_batch_of_prompts() -> None:
    net, facts = network(), FACTS["batch"]
    draws = draws_in([facts])
    visual = [net.project(offline_tokens(net, frames, draws)) for frames in facts["frames"]]

    sequences = net.assemble(TENSORS["batch.input_ids"], visual, attention_mask=TENSORS["batch.attention_mask"])

    draws.assert_used_up()
    assert sequences.embeddings.shape[1] == FACTS["batch_seq_len"]
    expected = recorded_logits("batch")
    columns = expected.shape[1]
    valid = sequences.attention_mask[:, -columns:].bool()
    assert valid.any(dim=0).all()
    found = logits(sequences)[:, -columns:]
    torch.testing.assert_close(found[valid], expected[valid], rtol=1e-4, atol=1e-4)


@torch.inference_mode()
def test_golden_still_image() -> None:
    net = network()
    sequences = net.assemble(TENSORS["input_ids"], [net.project(net.features(pixels()[:1])[0])])

    assert sequences.embeddings.shape[1] == FACTS["image_seq_len"]
    assert_logits(logits(sequences)[0], "image")


@torch.inference_mode()
def test_golden_streaming_answers() -> None:
    net, facts = network(), FACTS["stream"]
    draws = draws_in(facts["steps"])
    memory = StreamingMemory(net.config.memory_sizes, net.attention, draws)
    queries = {query["after_frame"]: query for query in facts["queries"]}
    asked = 0

    for index in range(len(facts["steps"])):
        memory.update(net.frames(net.features(pixels()[index : index + 1])))
        if index not in queries:
            continue
        query, name = queries[index], f"stream.q{index}"
        for part, key in (("current", "current"), ("temporal", "long"), ("abstract", "turing")):
            assert_close(getattr(memory.state, part), TENSORS[f"{name}.{key}"])
        sequences = net.assemble(TENSORS["input_ids"], [net.project(memory.tokens())])
        assert sequences.embeddings.shape[1] == query["seq_len"]
        assert_logits(logits(sequences)[0], name)
        assert answer(sequences, len(query["generated"])) == query["generated"]
        asked += 1

    assert asked == len(queries)
    draws.assert_used_up()
