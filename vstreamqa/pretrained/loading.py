"""Load a network through transformers, and refuse what it would let pass."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
import torch

from vstreamqa.errors import UserError
from vstreamqa.pretrained.files import listing
from vstreamqa.pretrained.quiet import quiet_transformers
from vstreamqa.pretrained.weights import WeightFiles

_GB = 1e9
_LONGEST_REASON = 300
_MISFITS = {"missing": "missing_keys", "unexpected": "unexpected_keys", "of another shape": "mismatched_keys"}
_BUFFERS = ("position_ids", "inv_freq")
"""Ends of names that older versions of transformers wrote and that hold nothing learnt."""
REMEDY = "use a smaller --dtype or another --device"


def load_model(
    folder: Path, config: Any, kind: Any, *, device: torch.device, dtype: torch.dtype, remedy: str = REMEDY
) -> Any:
    """Load weights into a network that is not to learn any more.

    Args:
        folder: where they are.
        config: of transformers.
        kind: a class of transformers with `from_pretrained`.
        device: where to put the weights.
        dtype: type of the weights.
        remedy: what helps where they do not fit.

    Raises:
        UserError: they are damaged, do not fit the config, or not onto the device.
    """
    try:
        with quiet_transformers():
            model, report = kind.from_pretrained(
                folder,
                config=config,
                dtype=dtype,
                local_files_only=True,
                output_loading_info=True,
                ignore_mismatched_sizes=True,
            )
        _refuse_misfit(report, folder)
        return model.to(device).requires_grad_(False).eval()
    except torch.OutOfMemoryError as error:
        raise UserError(f"{folder}: too large for {device}: {reason(error)}; {remedy}") from error
    except UserError:
        raise
    except Exception as error:  # damaged files and impossible sizes make it raise all sorts of errors
        raise UserError(f"{folder}: cannot be loaded ({type(error).__name__}: {reason(error)})") from error


def refuse_too_large(
    files: WeightFiles, folder: Path, *, device: torch.device, dtype: torch.dtype, remedy: str = REMEDY
) -> None:
    """Refuse weights that the device has no room for, before they are read.

    Raises:
        UserError: they take more than is free, or cannot be read.
    """
    try:
        numbers = sum(torch.Size(shape).numel() for _, shape in files.shapes())
    except Exception as error:  # whatever a damaged file makes its reader raise
        raise UserError(f"{folder}: its weights cannot be read: {reason(error)}; fetch it again") from error
    needed = numbers * torch.empty((), dtype=dtype).element_size()
    free = _free_bytes(device)
    if free is not None and needed > free:
        kind = str(dtype).removeprefix("torch.")
        raise UserError(
            f"{folder}: its weights take {needed / _GB:.1f} GB as {kind}, and {device} has {free / _GB:.1f} GB free;"
            f" {remedy}"
        )


def reason(error: Exception) -> str:
    """Return what an error says, in one line of readable length."""
    return " ".join(str(error).split())[:_LONGEST_REASON]


def _refuse_misfit(report: Mapping[str, Any], folder: Path) -> None:
    """Refuse weights that transformers would draw at random, or leave out."""
    problems = []
    for what, key in _MISFITS.items():
        found = sorted(name for name in map(_named, report.get(key, ())) if not name.endswith(_BUFFERS))
        if found:
            problems.append(f"{len(found)} {what} ({listing(found)})")
    if problems:
        raise UserError(f"{folder}: the weights do not fit the config: {'; '.join(problems)}")


def _named(key: Any) -> str:
    return key if isinstance(key, str) else str(key[0])


def _free_bytes(device: torch.device) -> int | None:
    if device.type == "cpu":
        return int(psutil.virtual_memory().available)
    return int(torch.cuda.mem_get_info(device)[0]) if device.type == "cuda" else None
