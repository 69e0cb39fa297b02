"""Vision, connector, updates, tokenizer and template, one by one."""

import pytest
import torch
from videollm_online_tiny import tiny_model

from vstreamqa.errors import UserError
from vstreamqa.models.videollm_online.connector import build_connector
from vstreamqa.models.videollm_online.dialogue import V1, V1PLUS, Assistant, Frames, Layout, Message, User, render
from vstreamqa.models.videollm_online.language import CachedLanguage
from vstreamqa.models.videollm_online.lora import apply_updates, new_updates
from vstreamqa.models.videollm_online.tokens import stream_tokens
from vstreamqa.models.videollm_online.vision import frame_tokens, normalise


def written(*messages: Message, layout: Layout = V1PLUS) -> str:
    return "".join(render(messages, layout, bos="<s>", eos="</s>", system="System."))


def test_pixels_come_to_lie_between_minus_one_and_one_channels_first() -> None:
    pixels = torch.zeros(1, 2, 3, 3, dtype=torch.uint8)
    pixels[0, 1, 2] = torch.tensor([0, 51, 255])
    normalised = normalise(pixels)
    assert normalised.shape == (1, 3, 2, 3)
    torch.testing.assert_close(normalised[0, :, 1, 2], torch.tensor([-1.0, -0.6, 1.0]))


@pytest.mark.parametrize(("side", "windows"), [(6, [(0, 2), (2, 4), (4, 6)]), (8, [(0, 3), (2, 6), (5, 8)])])
def test_a_grid_is_averaged_over_windows_that_may_overlap(side: int, windows: list[tuple[int, int]]) -> None:
    patches, pooled = torch.randn(2, side * side, 5), torch.randn(2, 5)
    square = patches.reshape(2, side, side, 5)
    averages = [square[:, a:b, c:d].mean(dim=(1, 2)) for a, b in windows for c, d in windows]
    expected = torch.stack([pooled, *averages], dim=1)
    torch.testing.assert_close(frame_tokens(patches, pooled, V1PLUS), expected)
    torch.testing.assert_close(frame_tokens(patches, pooled, V1), pooled[:, None])


def test_the_connectors_activation_is_the_exact_one() -> None:
    connector = build_connector(3, 4)
    inputs = torch.linspace(-3, 3, 30).reshape(10, 3)
    first, last = connector[0](inputs), connector[2]
    exact = 0.5 * first * (1 + torch.erf(first / 2**0.5))
    torch.testing.assert_close(connector(inputs), last(exact))
    assert sorted(connector.state_dict()) == ["0.bias", "0.weight", "2.bias", "2.weight"]


@pytest.mark.parametrize("merge", [True, False])
def test_updates_add_their_product_to_a_layer(merge: bool) -> None:
    model = torch.nn.ModuleDict({"inner": torch.nn.ModuleDict({"layer": torch.nn.Linear(6, 4)})})
    inputs, before = torch.randn(3, 6), model["inner"]
    expected = before["layer"](inputs)  # type: ignore[index]
    updates = new_updates(model, ["inner.layer"], 2).to_empty(device="cpu")
    down, up = torch.randn(2, 6), torch.randn(4, 2)
    updates.load_state_dict({"inner.layer.lora_A.weight": down, "inner.layer.lora_B.weight": up})
    apply_updates(model, updates, scaling=0.5, merge=merge)
    found = model.get_submodule("inner.layer")(inputs)
    torch.testing.assert_close(found, expected + 0.5 * inputs @ down.T @ up.T)


def test_a_dialogue_is_written_in_the_template() -> None:
    frame = "<v>" * 10
    assert written(Frames(1), User("Q?"), Assistant("A."), Frames(2), Assistant("B.")) == (
        f"<s>System.\n\n[{frame}]\nUser: Q?\nAssistant: A.</s>\n[{frame},{frame}]\nAssistant: B.</s>"
    )
    assert written(User("Q?"), Frames(3), layout=V1) == "<s>System.\n\nUser: Q?\n[<v><v><v>]"


@pytest.mark.parametrize(
    "messages",
    [
        [Assistant("A")],
        [User("Q"), Assistant("A"), Assistant("B")],
        [Frames(1), Frames(1)],
        [Frames(0)],
    ],
)
def test_a_dialogue_that_is_not_well_formed_is_refused(messages: list[Message]) -> None:
    with pytest.raises(ValueError, match=r"cannot follow|it needs 1 or more"):
        written(*messages)


def test_a_closing_bracket_and_its_line_end_are_one_token_wherever_they_stand() -> None:
    tokenizer = tiny_model()._loaded.tokenizer
    tokens = stream_tokens(tokenizer, V1PLUS)
    text = (
        written(Frames(1), User("What?"), Assistant("No.")).replace("<s>", tokenizer.bos).replace("</s>", tokenizer.eos)
    )
    ids, _ = tokenizer.encode_dialogue(text)
    assert ids.count(tokens.speech) == 1
    assert tokens.speak[0] == tokens.query("What?")[0] == tokens.speech
    assert tokens.start[0] == tokenizer.bos_id
    assert tokenizer.decode(tokens.query("What?")) == "]\nUser: What?\nAssistant:"


def test_the_name_of_a_special_token_is_special_in_a_dialogue_only() -> None:
    tokenizer = tiny_model()._loaded.tokenizer
    assert tokenizer.encode_dialogue("<v><v>")[0] == [tokenizer.placeholder_id] * 2
    assert tokenizer.placeholder_id not in tokenizer.encode("<v><v>")
    assert tokenizer.decode([*tokenizer.encode("<v>"), tokenizer.eos_id]) == "<v>"


def test_a_text_that_is_several_tokens_is_refused_where_one_is_needed() -> None:
    tokenizer = tiny_model()._loaded.tokenizer
    with pytest.raises(UserError, match="LIVE needs it to be one"):
        stream_tokens(tokenizer, Layout(True, (3, 3), "[]()"))


def test_without_separator_the_end_token_stands_for_silence_and_nothing_is_fed_for_it() -> None:
    tokens = stream_tokens(tiny_model()._loaded.tokenizer, V1)
    assert tokens.silence == tokens.end
    assert tokens.interval == ()


def test_placeholders_and_visual_tokens_must_be_as_many() -> None:
    loaded = tiny_model()._loaded
    ids = torch.tensor([[5, *[loaded.tokenizer.placeholder_id] * 10, 6]])
    embedded = loaded.network.embed(ids, torch.zeros(1, 10, 64), placeholder=loaded.tokenizer.placeholder_id)
    assert embedded.shape == (1, 12, 96)
    for frames in (torch.zeros(2, 10, 64), torch.zeros(1, 1, 64), None):
        with pytest.raises(ValueError, match="10 placeholders for"):
            loaded.network.embed(ids, frames, placeholder=loaded.tokenizer.placeholder_id)


@torch.inference_mode()
def test_a_cache_cut_back_gives_what_it_gave_before() -> None:
    language = CachedLanguage(tiny_model()._loaded.network.language)
    language.feed([1, 2, 3])
    length, expected = len(language), language.feed([4, 5]).best()
    language.cut(length)
    language.feed([7, 8, 9])
    language.cut(length)
    assert len(language) == 3
    assert language.feed([4, 5]).best() == expected
    language.cut(0)
    assert len(language) == 0
