import pytest
import torch
from torch import Tensor
from videollm_online_golden import about, cases, clip_tokens, dialogue, facts, layout, live, loaded, tensors

from vstreamqa.models.videollm_online.dialogue import render
from vstreamqa.training.batching import Batch, Sample, collate
from vstreamqa.training.labels import label, learned_spans
from vstreamqa.training.loss import live_loss

CONVERSATIONS = cases("tokenization", "conversations")


def sample(number: int) -> Sample:
    case = CONVERSATIONS[number]
    labelled = label(dialogue(case["conversation"]), layout(), loaded().tokenizer)
    first = case["frame_offset"]
    return Sample(labelled, clip_tokens()[first : first + case["num_frames"]])


def batch_of(*samples: Sample) -> Batch:
    return collate(samples, padding=live()["pad_token_id"], placeholder=live()["v_placeholder_id"])


def find_samples(ids: Tensor, mask: Tensor) -> list[Sample]:
    """Find the recorded conversations a recorded batch is made of."""
    numbers = {tuple(case["input_ids"]): number for number, case in enumerate(CONVERSATIONS)}
    return [sample(numbers[tuple(row[kept.bool()].tolist())]) for row, kept in zip(ids, mask, strict=True)]


@torch.inference_mode()
def loss(batch: Batch, weight: float) -> float:
    network, placeholder = loaded().network, live()["v_placeholder_id"]
    embedded = network.embed(batch.ids, batch.features, placeholder=placeholder)
    logits = network.language(inputs_embeds=embedded, attention_mask=batch.attention_mask).logits
    return float(live_loss(logits, batch.labels, batch.ids, placeholder=placeholder, stream_weight=weight))


@pytest.mark.parametrize("number", range(len(CONVERSATIONS)))
def test_golden_learned_characters_and_labels(number: int) -> None:
    case, tokenizer = CONVERSATIONS[number], loaded().tokenizer
    messages = dialogue(case["conversation"])
    texts = render(messages, layout(), bos=tokenizer.bos, eos=tokenizer.eos)
    assert [list(span) for span in learned_spans(messages, texts, layout())] == case["learn_ranges"]
    labelled = sample(number).labelled
    assert list(labelled.ids) == case["input_ids"]
    assert list(labelled.labels) == case["labels"]


def test_golden_batch() -> None:
    recorded = tensors("logits")
    batch = batch_of(*find_samples(recorded["batch_input_ids"], recorded["batch_attention_mask"]))
    assert torch.equal(batch.ids, recorded["batch_input_ids"])
    assert torch.equal(batch.labels, recorded["batch_labels"])
    assert torch.equal(batch.attention_mask, recorded["batch_attention_mask"])
    torch.testing.assert_close(batch.features, recorded["batch_frame_features"], rtol=0, atol=1e-5)


@torch.inference_mode()
def test_golden_losses() -> None:
    recorded = tensors("logits")
    single = batch_of(*find_samples(recorded["input_ids"], recorded["attention_mask"]))
    several = batch_of(*find_samples(recorded["batch_input_ids"], recorded["batch_attention_mask"]))
    batches = {"single": single, f"batch{len(several.ids)}": several}
    for name, expected in facts("losses").items():
        batch, _, weight = name.partition("_w")
        assert loss(batches[batch], float(weight)) == about(expected)


@torch.inference_mode()
def test_golden_loss_of_every_position() -> None:
    recorded, placeholder = tensors("logits"), live()["v_placeholder_id"]
    logits, labels, ids = recorded["logits"], recorded["labels"], recorded["input_ids"]
    taught = labels[0] >= 0
    assert not recorded["token_ce_unweighted"][~taught].any()
    expected = recorded["token_ce_unweighted"][taught]
    found = live_loss(logits, labels, ids, placeholder=placeholder)
    torch.testing.assert_close(found, expected.mean(), rtol=1e-4, atol=1e-6)
