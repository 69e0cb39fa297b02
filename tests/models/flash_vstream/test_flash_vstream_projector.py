import pytest
import torch

from vstreamqa.errors import UserError
from vstreamqa.models.flash_vstream.projector import build_projector


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("linear", ["bias", "weight"]),
        ("identity", []),
        ("mlp1x_gelu", ["0.bias", "0.weight"]),
        ("mlp3x_gelu", ["0.bias", "0.weight", "2.bias", "2.weight", "4.bias", "4.weight"]),
    ],
)
def test_a_projector_has_the_weights_of_its_kind(kind: str, keys: list[str]) -> None:
    projector = build_projector(kind, 6, 10)
    assert sorted(projector.state_dict()) == keys
    assert projector(torch.ones(3, 6)).shape == (3, 6 if kind == "identity" else 10)


def test_layers_are_joined_by_the_exact_gelu() -> None:
    projector = build_projector("mlp2x_gelu", 1, 1)
    projector.load_state_dict(
        {"0.weight": torch.ones(1, 1), "0.bias": torch.zeros(1), "2.weight": torch.ones(1, 1), "2.bias": torch.zeros(1)}
    )
    # x Phi(x) at -1; the tanh approximation gives -0.158808.
    assert projector(torch.tensor([-1.0])).item() == pytest.approx(-0.158655, abs=2e-6)


@pytest.mark.parametrize("kind", ["mlp0x_gelu", "mlp2x_relu", "conv", ""])
def test_another_kind_is_refused(kind: str) -> None:
    with pytest.raises(UserError, match="mm_projector_type"):
        build_projector(kind, 6, 10)
