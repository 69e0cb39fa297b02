from types import SimpleNamespace

import msgspec
import torch
from flash_vstream_qwen_tiny import short_model
from torch import Tensor, nn

from vstreamqa.models.flash_vstream_qwen.config import FlashVStreamQwenConfig
from vstreamqa.models.flash_vstream_qwen.network import Sequence, build_network
from vstreamqa.models.flash_vstream_qwen.positions import Grid
from vstreamqa.models.flash_vstream_qwen.preprocessing import Preprocessing
from vstreamqa.models.flash_vstream_qwen.prompt import PromptIds
from vstreamqa.models.shared.decoding import greedy_tokens

SEVEN_BILLION = {
    "hidden_size": 3584,
    "intermediate_size": 18944,
    "num_hidden_layers": 28,
    "num_attention_heads": 28,
    "num_key_value_heads": 4,
    "vocab_size": 152064,
    "rope_scaling": {"type": "mrope", "mrope_section": [16, 24, 24]},
    "vision_start_token_id": 151652,
    "vision_end_token_id": 151653,
}
"""What the base model, Qwen2-VL-7B-Instruct, has."""


def parameters(module: nn.Module) -> int:
    return sum(tensor.numel() for tensor in module.state_dict().values())


def test_the_config_of_the_base_model_gives_its_sizes() -> None:
    network = build_network(msgspec.convert(SEVEN_BILLION, FlashVStreamQwenConfig), Preprocessing())
    assert parameters(network.tower) + parameters(network.merger) == 675_759_104
    assert sum(map(parameters, (network.tower, network.merger, network.language))) == 8_291_375_616


@torch.inference_mode()
def test_steps_do_not_see_each_other_in_the_tower() -> None:
    network = short_model()._loaded.network
    frames = torch.randint(0, 256, (6, 56, 112, 3), generator=torch.Generator().manual_seed(0)).to(torch.uint8)
    together = network.encode(frames)
    assert network.grid(56, 112) == Grid(4, 8)
    assert together.features.shape == (3, 32, 64)
    assert together.pooled.shape == (3, 8, 64)
    for step in range(3):
        alone = network.encode(frames[2 * step : 2 * step + 2])
        torch.testing.assert_close(alone.features[0], together.features[step], rtol=1e-5, atol=1e-5)
        torch.testing.assert_close(alone.pooled[0], together.pooled[step], rtol=1e-5, atol=1e-5)


@torch.inference_mode()
def test_text_alone_is_read_as_by_a_language_model_without_vision() -> None:
    network = short_model()._loaded.network
    ids = list(range(20))
    sequence = network.assemble(PromptIds(ids[:12], ids[12:]), None)
    plain = network.language(input_ids=torch.tensor([ids])).logits
    found = network.language(inputs_embeds=sequence.embeddings, position_ids=sequence.position_ids).logits
    torch.testing.assert_close(found, plain, rtol=1e-5, atol=1e-5)


def test_decoding_goes_on_at_the_next_position_on_every_axis() -> None:
    positions: list[list[list[int]]] = []

    def language(*, position_ids: Tensor, **_: object) -> SimpleNamespace:
        positions.append(position_ids[:, 0].tolist())
        return SimpleNamespace(logits=torch.tensor([[[0.0, 1.0]]]), past_key_values=None)

    prompt = Sequence(
        embeddings=torch.zeros(1, 3, 2), position_ids=torch.tensor([[0, 9, 4], [0, 1, 4], [0, 2, 4]])[:, None]
    )
    assert list(greedy_tokens(language, prompt, end=(), max_new_tokens=3)) == [1, 1, 1]
    assert positions[1:] == [[[5], [5], [5]], [[6], [6], [6]]]
