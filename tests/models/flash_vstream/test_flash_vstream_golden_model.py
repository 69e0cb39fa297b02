import json
from typing import Any

import pytest
import torch
from flash_vstream_golden import GOLDEN, RecordedDraws, cases, draws_in, fact, network, pixels, recording
from torch import Tensor

from vstreamqa.models.flash_vstream.memory import OfflineMemory, StreamingMemory
from vstreamqa.models.flash_vstream.network import Network
from vstreamqa.models.flash_vstream.options import VisionSource
from vstreamqa.models.flash_vstream.prompt import IMAGE_TOKEN
from vstreamqa.models.flash_vstream.splicing import Sequences
from vstreamqa.models.flash_vstream.vision import read_normalisation
from vstreamqa.models.shared.decoding import greedy_tokens
from vstreamqa.video.resize import Resize

MODEL = "model_io"


def tensor(name: str) -> Tensor:
    return recording(MODEL).tensors[name]


def tensor_beginning(beginning: str) -> Tensor:
    """Return the one tensor whose name begins so (the rest of the name tells what of it was kept)."""
    (key,) = (key for key in recording(MODEL).tensors if key.startswith(beginning))
    return tensor(key)


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


def assert_logits(found: Tensor, name: str) -> None:
    expected = tensor_beginning(f"{name}.logits")
    assert len(expected) <= len(found)
    torch.testing.assert_close(found[-len(expected) :], expected, rtol=1e-4, atol=1e-4)


def assert_answer(sequences: Sequences, generated: list[int]) -> None:
    end = network().config.eos_token_ids
    if end.intersection(generated[:-1]):
        end = frozenset()  # recorded by a decoder that did not stop there
    found = greedy_tokens(network().language, sequences, end=end, max_new_tokens=len(generated))
    assert list(found) == generated


def offline_tokens(net: Network, frames: int, draws: RecordedDraws) -> Tensor:
    memory = OfflineMemory(net.config.memory_sizes, net.attention, lambda: draws)
    memory.update(net.frames(net.features(pixels()[:frames])))
    return memory.tokens()


@torch.inference_mode()
def test_golden_preprocessing() -> None:
    recorded = recording("preprocess")
    size = recorded.facts["crop"]
    config = GOLDEN / "clip" / "preprocessor_config.json"
    values = json.loads(config.read_text()) if config.exists() else {}
    values |= {"size": {"shortest_edge": recorded.facts["shortest_edge"]}, "crop_size": {"height": size, "width": size}}
    resize = Resize((size, size), fit="crop", filter="bicubic")
    normalise = read_normalisation(values, image_size=size, place="preprocess")

    resized = torch.stack([torch.tensor(resize(frame.numpy())) for frame in recorded.tensors["frames_uint8"]])

    assert_close(normalise(resized), recorded.tensors["pixel_values"])


@torch.inference_mode()
def test_golden_normalised_frame() -> None:
    expected = tensor("pixel_values_frame0")
    assert_close(network().normalisation(pixels()[:1])[0], expected)


@pytest.mark.parametrize("vision", ["shard", "stock"])
@torch.inference_mode()
def test_golden_vision_features(vision: VisionSource) -> None:
    first, sums = tensor_beginning("vision_features_frame"), tensor("vision_features_sum")

    features = network(vision).features(pixels())

    assert_close(features[: len(first)], first)
    torch.testing.assert_close(features.sum(dim=(1, 2)), sums, rtol=1e-4, atol=1e-6 * features[0].numel())


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in cases(MODEL)])
@torch.inference_mode()
def test_golden_offline_answer(case: dict[str, Any]) -> None:
    net, name = network(), case["name"]
    draws = draws_in([case])

    tokens = offline_tokens(net, case["frames"], draws)
    projected = net.project(tokens)
    sequences = net.assemble(tensor("input_ids"), [projected])

    draws.assert_used_up()
    assert_close(tokens, tensor(f"{name}.memory"))
    assert_close(projected, tensor(f"{name}.projected"))
    assert sequences.embeddings.shape[1] == case["seq_len"]
    assert_logits(logits(sequences)[0], name)
    assert_answer(sequences, case["generated"])


@torch.inference_mode()
def test_golden_batch_of_prompts() -> None:
    facts, net = fact(MODEL, "batch"), network()
    ids, mask = tensor("batch.input_ids"), tensor("batch.attention_mask")
    draws = draws_in([facts])
    projected = [net.project(offline_tokens(net, frames, draws)) for frames in facts["frames"]]
    # A prompt without a placeholder has had its memory computed for nothing.
    visual = [tokens if IMAGE_TOKEN in row else None for tokens, row in zip(projected, ids, strict=True)]

    sequences = net.assemble(ids, visual, attention_mask=mask)

    draws.assert_used_up()
    assert sequences.embeddings.shape[1] == fact(MODEL, "batch_seq_len")
    expected = tensor_beginning("batch.logits")
    columns = expected.shape[1]
    valid = sequences.attention_mask[:, -columns:].bool()
    assert valid.any(dim=0).all()
    found = logits(sequences)[:, -columns:]
    torch.testing.assert_close(found[valid], expected[valid], rtol=1e-4, atol=1e-4)


@torch.inference_mode()
def test_golden_still_image() -> None:
    length, net = fact(MODEL, "image_seq_len"), network()
    sequences = net.assemble(tensor("input_ids"), [net.project(net.features(pixels()[:1])[0])])

    assert sequences.embeddings.shape[1] == length
    assert_logits(logits(sequences)[0], "image")


@torch.inference_mode()
def test_golden_streaming_answers() -> None:
    facts, net = fact(MODEL, "stream"), network()
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
            assert_close(getattr(memory.state, part), tensor(f"{name}.{key}"))
        sequences = net.assemble(tensor("input_ids"), [net.project(memory.tokens())])
        assert sequences.embeddings.shape[1] == query["seq_len"]
        assert_logits(logits(sequences)[0], name)
        assert_answer(sequences, query["generated"])
        asked += 1

    assert asked == len(queries)
    draws.assert_used_up()
