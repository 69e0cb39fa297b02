"""Low-rank updates of linear layers: added to the weights, or kept apart.

Hu et al., LoRA, https://arxiv.org/abs/2106.09685, section 4.1: W + (alpha / r) B A.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import torch
from torch import Tensor, nn


class Update(nn.Module):
    """The update of one layer, named as PEFT names it: x -> B (A x), [..., in] -> [..., out]."""

    def __init__(self, inputs: int, outputs: int, rank: int) -> None:
        super().__init__()
        self.lora_A = nn.Linear(inputs, rank, bias=False)
        self.lora_B = nn.Linear(rank, outputs, bias=False)

    def forward(self, inputs: Tensor) -> Tensor:
        """Map [..., in] to [..., out]."""
        outputs: Tensor = self.lora_B(self.lora_A(inputs))
        return outputs


class UpdatedLinear(nn.Module):
    """A linear layer and its update kept apart; dropout is off."""

    def __init__(self, base: nn.Linear, update: Update, scaling: float) -> None:
        super().__init__()
        self.base = base
        self.update = update
        self.scaling = scaling

    def forward(self, inputs: Tensor) -> Tensor:
        """Map [..., in] to [..., out]."""
        outputs: Tensor = self.base(inputs) + self.update(inputs) * self.scaling
        return outputs


def new_updates(model: nn.Module, layers: Iterable[str], rank: int) -> nn.Module:
    """Build the updates of some linear layers, without weights, each at the place of its layer.

    Args:
        model: what the layers are in.
        layers: their names.
        rank: of the updates.

    Returns:
        A module that has, under the name of each layer, its `Update`; on the meta device.
    """
    updates = nn.Module()
    for name in layers:
        layer = model.get_submodule(name)
        assert isinstance(layer, nn.Linear), name
        parent, _, attribute = name.rpartition(".")
        with torch.device("meta"):
            _place(updates, parent).add_module(attribute, Update(layer.in_features, layer.out_features, rank))
    return updates


def apply_updates(model: nn.Module, updates: nn.Module, *, scaling: float, merge: bool) -> None:
    """Put updates into a model.

    Args:
        model: its layers are changed or replaced.
        updates: as `new_updates` builds them, with weights of the model's type on its device.
        scaling: alpha / rank.
        merge: add to the weights (in float32, then rounded to their type) instead of keeping the updates apart. In
            float32 both give the same up to rounding; in half precision they differ in the last bits.
    """
    for name, update in list(_updates_in(updates)):
        layer = model.get_submodule(name)
        assert isinstance(layer, nn.Linear), name
        if merge:
            layer.weight = nn.Parameter(_merged(layer.weight, update, scaling), requires_grad=False)
        else:
            parent, _, attribute = name.rpartition(".")
            setattr(model.get_submodule(parent), attribute, UpdatedLinear(layer, update, scaling))


def _updates_in(updates: nn.Module) -> Iterator[tuple[str, Update]]:
    for name, module in updates.named_modules():
        if isinstance(module, Update):
            yield name, module


def _merged(weight: Tensor, update: Update, scaling: float) -> Tensor:
    up, down = (part.weight.to(torch.float32) for part in (update.lora_B, update.lora_A))
    return (weight.to(torch.float32) + scaling * (up @ down)).to(weight.dtype)


def _place(root: nn.Module, name: str) -> nn.Module:
    for part in filter(None, name.split(".")):
        if part not in dict(root.named_children()):
            root.add_module(part, nn.Module())
        root = root.get_submodule(part)
    return root
