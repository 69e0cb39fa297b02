import pytest
import torch
from videollm_online_tiny import tiny_model

from vstreamqa.models.videollm_online.dialogue import V1, V1PLUS, Assistant, Frames, Layout, Message, User
from vstreamqa.models.videollm_online.tokens import stream_tokens
from vstreamqa.training.batching import Sample, collate
from vstreamqa.training.labels import IGNORED, Labelled, label
from vstreamqa.training.loss import live_loss

TOKENIZER = tiny_model()._loaded.tokenizer
TOKENS = stream_tokens(TOKENIZER, V1PLUS)


def taught(messages: list[Message], layout: Layout = V1PLUS) -> list[tuple[str, str]]:
    """Return what stands at every position that teaches something, and what it teaches."""
    labelled = label(messages, layout, TOKENIZER)
    return [
        (name(token), name(wanted))
        for token, wanted in zip(labelled.ids, labelled.labels, strict=True)
        if wanted != IGNORED
    ]


def name(token: int) -> str:
    known = {TOKENIZER.placeholder_id: "<v>", TOKENIZER.eos_id: "<end>", TOKENS.speech: "]\n"}
    return known.get(token) or TOKENIZER.decode([token])


def test_behind_frames_silence_is_taught_and_behind_the_last_speech_and_then_the_words() -> None:
    assert taught([Frames(3), Assistant("No")]) == [
        ("<v>", ","),
        ("<v>", ","),
        ("<v>", "]\n"),
        ("]\n", "Assistant"),
        ("Assistant", ":"),
        (":", " No"),
        (" No", "<end>"),
    ]


def test_a_number_teaches_so_many_frames_from_the_first_on() -> None:
    assert taught([Frames(4, learn=2), User("Q")]) == [("<v>", ",")] * 2
    assert taught([Frames(2, learn=2), User("Q")]) == [("<v>", ","), ("<v>", "]\n")]
    assert taught([Frames(2, learn=0), User("Q")]) == []


def test_what_is_not_to_be_learned_teaches_nothing() -> None:
    assert taught([Frames(3, learn=False), User("Q"), Assistant("A", learn=False)]) == []


def test_without_separator_the_end_token_is_taught_as_silence() -> None:
    assert taught([Frames(3), Assistant("No", learn=False)], V1) == [("<v>", "<end>"), ("<v>", "<end>"), ("<v>", "]\n")]


def test_a_dialogue_that_is_not_well_formed_has_no_labels() -> None:
    with pytest.raises(ValueError, match="cannot follow"):
        label([Frames(1), Frames(1)], V1PLUS, TOKENIZER)


def test_the_loss_weighs_moments_and_divides_by_all_labels() -> None:
    ids = torch.tensor([[9, 9, 5, 6]])
    labels = torch.tensor([[-100, 1, 2, -100]])
    logits = torch.zeros(1, 4, 4)
    even = float(torch.log(torch.tensor(4.0)))
    assert float(live_loss(logits, labels, ids, placeholder=9)) == pytest.approx(even)
    assert float(live_loss(logits, labels, ids, placeholder=9, stream_weight=3.0)) == pytest.approx((3 + 1) / 2 * even)


def test_the_loss_has_a_gradient_at_taught_positions_alone() -> None:
    logits = torch.zeros(1, 3, 4, requires_grad=True)
    live_loss(logits, torch.tensor([[-100, 1, -100]]), torch.tensor([[9, 9, 9]]), placeholder=9).backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    assert logits.grad.abs().sum(dim=-1).bool().tolist() == [[False, True, False]]


def test_a_batch_without_labels_has_no_loss() -> None:
    with pytest.raises(ValueError, match="no labels"):
        live_loss(torch.zeros(1, 2, 3), torch.full((1, 2), -100), torch.zeros(1, 2), placeholder=9)


def sample(length: int, frames: int) -> Sample:
    ids = (9,) * (2 * frames) + tuple(range(length))
    return Sample(Labelled(ids, (-100,) * len(ids)), torch.full((frames, 2, 3), float(frames)))


def test_dialogues_are_padded_on_the_left_and_their_frames_joined_in_order() -> None:
    batch = collate([sample(3, 1), sample(2, 3)], padding=7, placeholder=9)
    assert batch.ids.tolist() == [[7, 7, 7, 9, 9, 0, 1, 2], [9, 9, 9, 9, 9, 9, 0, 1]]
    assert batch.attention_mask.tolist() == [[0, 0, 0, 1, 1, 1, 1, 1], [1] * 8]
    assert batch.labels.shape == (2, 8)
    assert batch.features[:, 0, 0].tolist() == [1.0, 3.0, 3.0, 3.0]


def test_a_dialogue_whose_frames_do_not_fit_is_named() -> None:
    wrong = Sample(sample(3, 1).labelled, torch.zeros(1, 1, 3))
    with pytest.raises(ValueError, match="sample 1: 2 placeholders for 1 visual tokens"):
        collate([sample(3, 1), wrong], padding=7, placeholder=9)
