"""Where a model computes, and in what type."""

from __future__ import annotations

import torch

from vstreamqa.errors import UserError

DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
_DEVICES = ("cpu", "cuda", "mps")
_LONGEST_REASON = 120


def choose_device(name: str) -> torch.device:
    """Return the device a user named; `auto` is CUDA where there is one.

    Raises:
        UserError: it is unknown, not supported, or not usable here.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        if device.type not in _DEVICES:
            raise UserError(f"--device {name}: not supported; supported: auto, {', '.join(_DEVICES)}")
        torch.zeros(1, device=device).item()
    except (RuntimeError, AssertionError) as error:
        reason = str(error).partition("\n")[0][:_LONGEST_REASON]
        raise UserError(f"--device {name}: not usable here: {reason}; use --device cpu") from error
    return device


def choose_dtype(name: str, device: torch.device, *, on_cuda: str = "float16") -> str:
    """Return the name of the type of the weights; `auto` is `on_cuda` on CUDA and float32 elsewhere.

    Raises:
        UserError: it is not supported.
    """
    if name == "auto":
        return on_cuda if device.type == "cuda" else "float32"
    if name not in DTYPES:
        raise UserError(f"--dtype {name}: supported: auto, {', '.join(DTYPES)}")
    return name
