"""Load a checkpoint of transformers: a folder, or a name on the Hugging Face hub."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers

from vstreamqa.errors import UserError
from vstreamqa.models.shared.json_file import read_object
from vstreamqa.models.shared.provenance import provenance_of
from vstreamqa.models.transformers_video.families import FAMILIES, Family
from vstreamqa.models.transformers_video.options import Options
from vstreamqa.models.transformers_video.preprocessing import SETTINGS, read_preprocessing
from vstreamqa.models.transformers_video.tokenizer import VideoTokenizer, load_tokenizer
from vstreamqa.pretrained.hub import find_folder
from vstreamqa.pretrained.loading import load_model, reason, refuse_too_large
from vstreamqa.pretrained.weights import WeightFiles
from vstreamqa.schema import Checkpoint

_SETTINGS = ("config.json", "generation_config.json", *SETTINGS, "tokenizer.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A checkpoint in memory.

    Attributes:
        model: of transformers, for conditional generation.
        family: how it takes in a prompt and a video.
        tokenizer: text to tokens and back.
        placeholder: the token that stands for a visual one.
        end: every token that ends an answer.
        provenance: which weights these are. `hash` is SHA-256 over name and SHA-256 of every file of weights or
            settings, `weights_bytes` the size of the weights on disk.
    """

    model: Any
    family: Family
    tokenizer: VideoTokenizer
    placeholder: int
    end: frozenset[int]
    provenance: Checkpoint

    @property
    def context(self) -> int:
        """Most tokens the language model was made for, answer included."""
        return int(self.model.config.get_text_config().max_position_embeddings)


def load_checkpoint(
    checkpoint: str,
    options: Options,
    *,
    revision: str | None = None,
    name: str | None = None,
    device: torch.device,
    dtype: torch.dtype,
) -> Loaded:
    """Load a checkpoint.

    Args:
        checkpoint: folder or hub name.
        options: of the adapter; `family` is what it must be.
        revision: hub revision, None for the newest.
        name: what to call it in records, if not as given.
        device: where to put the weights.
        dtype: type of the weights.

    Raises:
        UserError: something is missing, damaged, too large for the device, or of another architecture.
    """
    folder = find_folder(checkpoint, revision)
    config = _read_config(folder, options.family)
    files = WeightFiles.find(folder)
    family = FAMILIES[options.family](config, read_preprocessing(folder), options)
    vocab_size = int(config.get_text_config().vocab_size)
    tokenizer = load_tokenizer(folder, vocab_size=vocab_size, needed=family.needed_tokens)
    refuse_too_large(files, folder, device=device, dtype=dtype)
    return Loaded(
        model=load_model(folder, config, getattr(transformers, family.model_class), device=device, dtype=dtype),
        family=family,
        tokenizer=tokenizer,
        placeholder=_id(tokenizer, family.placeholder),
        end=_end_tokens(folder, config) | {_id(tokenizer, family.turn_end)},
        provenance=provenance_of(
            checkpoint,
            folder=folder,
            revision=revision,
            name=name,
            files=(files,),
            settings=(folder / file for file in _SETTINGS),
        ),
    )


def _read_config(folder: Path, family: str) -> Any:
    path = folder / "config.json"
    values = read_object(path)
    if values is None:
        raise UserError(f"{folder}: no config.json; name the folder of a checkpoint of transformers")
    found = values.get("model_type")
    if found != family:
        remedy = f"; use --set family={found}" if found in FAMILIES else "; name another --model"
        raise UserError(f"{path}: model_type is {found!r}, not {family!r}{remedy}")
    try:
        return transformers.AutoConfig.from_pretrained(folder, local_files_only=True)
    except Exception as error:  # what an impossible value makes transformers raise is manifold
        raise UserError(f"{path}: not a config of {family}: {reason(error)}") from error


def _end_tokens(folder: Path, config: Any) -> frozenset[int]:
    path = folder / "generation_config.json"
    stated = [(read_object(path) or {}).get("eos_token_id"), getattr(config, "eos_token_id", None)]
    stated.append(getattr(config.get_text_config(), "eos_token_id", None))
    ids = [ident for value in stated for ident in (value if isinstance(value, list | tuple) else [value])]
    if not all(ident is None or isinstance(ident, int) for ident in ids):
        raise UserError(f"{path}: eos_token_id is {stated[0]!r}; it must be a number, or several")
    return frozenset(ident for ident in ids if ident is not None)


def _id(tokenizer: VideoTokenizer, token: str) -> int:
    found = tokenizer.id_of(token)
    assert found is not None, "loading a tokenizer sees to it"
    return found
