import json
from pathlib import Path
from typing import Any

import torch
from torch import nn

from vstreamqa.models.flash_vstream.config import read_config
from vstreamqa.models.flash_vstream.network import build_network, llama_config
from vstreamqa.models.flash_vstream.vision import TowerConfig, VisionTower, config_from_shapes
from vstreamqa.models.shared.normalisation import Normalisation

CLIP_LARGE = TowerConfig(
    hidden_size=1024, intermediate_size=4096, num_hidden_layers=24, num_attention_heads=16, patch_size=14
)
RELEASED = {
    "model_type": "vstream",
    "hidden_size": 4096,
    "intermediate_size": 11008,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "vocab_size": 32000,
    "rms_norm_eps": 1e-5,
    "mm_vision_tower": "openai/clip-vit-large-patch14",
    "mm_hidden_size": 1024,
    "mm_vision_select_layer": -2,
    "mm_projector_type": "mlp2x_gelu",
    "compress_type": "mean",
    "compress_size": 8,
    "compress_long_memory_size": 4,
    "compress_Turing_memory_size": 1,
    "video_long_memory_length": 25,
    "video_Turing_memory_length": 25,
    "video_current_memory_length": 1,
    "video_sample_type": "weighted_kmeans",
}


def parameters(module: nn.Module) -> int:
    return sum(tensor.numel() for tensor in module.state_dict().values())


def write(tmp_path: Path, **changes: Any) -> Path:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({**RELEASED, **changes}))
    return path


def test_the_released_config_gives_the_released_sizes(tmp_path: Path) -> None:
    network = build_network(read_config(write(tmp_path)), CLIP_LARGE, Normalisation())
    assert parameters(network.language) == 6_738_415_616
    assert parameters(network.projector) == 20_979_712
    assert parameters(network.attention) == 2 * (1024 * 32 + 32)
    assert network.tower.feature_shape == (256, 1024)
    assert len(network.tower.encoder.layers) == 23


def test_a_towers_config_is_found_in_the_shapes_of_its_weights() -> None:
    with torch.device("meta"):
        weights = VisionTower(CLIP_LARGE, -1).state_dict()
    shapes = {name: tuple(tensor.shape) for name, tensor in weights.items()}
    assert config_from_shapes(shapes, "./ckpt/clip-vit-large-patch14") == CLIP_LARGE


def test_absent_keys_have_the_values_the_original_falls_back_to(tmp_path: Path) -> None:
    config = read_config(write(tmp_path))
    assert (config.update_ratio, config.abstract_hidden_size) == (0.2, 32)
    assert config.tokenizer_model_max_length is None
    assert config.eos_token_ids == {2}
    assert read_config(write(tmp_path, eos_token_id=[2, 7])).eos_token_ids == {2, 7}


def test_scaled_rotary_positions_reach_the_language_model(tmp_path: Path) -> None:
    config = read_config(write(tmp_path, rope_scaling={"type": "linear", "factor": 4.0}, rope_theta=5000.0))
    rope: Any = llama_config(config).rope_parameters
    assert (rope["rope_type"], rope["factor"], rope["rope_theta"]) == ("linear", 4.0, 5000.0)
