"""Giving modules their weights, each those that belong to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from vstreamqa.errors import UserError
from vstreamqa.pretrained.files import listing


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A module of the model and the weights that belong to it.

    Attributes:
        prefix: what the names in the file have in front of the module's own names.
        module: where they go; may be on the meta device.
        dtype: type to hold them in.
        ignores: tells which names (without prefix) are not needed.
    """

    prefix: str
    module: nn.Module
    dtype: torch.dtype
    ignores: Callable[[str], bool] = lambda _: False


def fill(parts: tuple[Part, ...], tensors: Iterator[tuple[str, Tensor]], *, device: torch.device, place: str) -> None:
    """Give every module its weights; a name belongs to the first part whose prefix it has.

    Raises:
        UserError: weights are missing, left over, or of another shape.
    """
    states: tuple[dict[str, Tensor], ...] = tuple({} for _ in parts)
    unexpected = []
    for name, tensor in tensors:
        index = next((i for i, part in enumerate(parts) if name.startswith(part.prefix)), None)
        if index is None:
            unexpected.append(name)
            continue
        part, own = parts[index], name.removeprefix(parts[index].prefix)
        if not part.ignores(own):
            states[index][own] = tensor.to(device=device, dtype=part.dtype)
    problems = [_listed("unexpected", unexpected)]
    for part, state in zip(parts, states, strict=True):
        problems += _differences(part, state)
    if any(problems):
        raise UserError(f"{place}: the weights do not fit the config: {'; '.join(filter(None, problems))}")
    for part, state in zip(parts, states, strict=True):
        part.module.load_state_dict(state, assign=True)
        part.module.requires_grad_(False).eval()


def _differences(part: Part, state: Mapping[str, Tensor]) -> list[str]:
    wanted = part.module.state_dict()
    shapes = [
        f"{part.prefix}{name} {list(state[name].shape)} for {list(wanted[name].shape)}"
        for name in sorted(wanted.keys() & state.keys())
        if state[name].shape != wanted[name].shape
    ]
    return [
        _listed("missing", [part.prefix + name for name in sorted(wanted.keys() - state.keys())]),
        _listed("unexpected", [part.prefix + name for name in sorted(state.keys() - wanted.keys())]),
        _listed("of another shape", shapes),
    ]


def _listed(what: str, names: list[str]) -> str:
    return f"{len(names)} {what} ({listing(names)})" if names else ""
