"""Load a judge's checkpoint: its tokenizer and config first, its weights when they are needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

from vstreamqa.errors import UserError
from vstreamqa.pretrained.devices import DTYPES, choose_device, choose_dtype
from vstreamqa.pretrained.loading import load_model, reason, refuse_too_large
from vstreamqa.pretrained.quiet import quiet_transformers
from vstreamqa.pretrained.weights import WeightFiles
from vstreamqa.scoring.judge.likelihood.network import Network

_REMEDY = "name a smaller judge, or one on a server"


def load_tokenizer(folder: Path) -> Any:
    """Return the tokenizer of a causal language model.

    Raises:
        UserError: it is none, or its tokenizer cannot be read.
    """
    _read_config(folder)
    try:
        with quiet_transformers():
            return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # what a damaged file makes transformers raise is manifold
        raise UserError(f"its tokenizer cannot be read ({type(error).__name__}: {reason(error)})") from error


def load_network(folder: Path, device: str) -> Network:
    """Load the weights: bfloat16 on CUDA, float32 elsewhere.

    Raises:
        UserError: they are damaged, of another architecture, or the device has no room for them.
    """
    config = _read_config(folder)
    place = choose_device(device)
    dtype = DTYPES[choose_dtype("auto", place, on_cuda="bfloat16")]
    refuse_too_large(WeightFiles.find(folder), folder, device=place, dtype=dtype, remedy=_REMEDY)
    return Network(load_model(folder, config, AutoModelForCausalLM, device=place, dtype=dtype, remedy=_REMEDY))


def _read_config(folder: Path) -> Any:
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # as above
        raise UserError(f"its config.json cannot be read ({type(error).__name__}: {reason(error)})") from error
    known = {name for names in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES.values() for name in _each(names)}
    stated = config.architectures or _each(MODEL_FOR_CAUSAL_LM_MAPPING_NAMES.get(config.model_type, ()))
    if not known.intersection(stated):
        what = ", ".join(stated) or config.model_type
        raise UserError(f"it is no causal language model of transformers ({what}); name one")
    return config


def _each(names: str | tuple[str, ...]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)
