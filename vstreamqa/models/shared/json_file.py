"""The JSON files that stand beside weights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from vstreamqa.errors import UserError

StructT = TypeVar("StructT", bound=msgspec.Struct)


def read_object(path: Path) -> dict[str, Any] | None:
    """Read a JSON object; None if there is no such file.

    Raises:
        UserError: the file holds something else.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise UserError(f"{path}: not a JSON object: {error}") from error


def as_struct(values: Mapping[str, Any], kind: type[StructT], *, path: Path, what: str) -> StructT:
    """Return what a file holds as a struct.

    Args:
        values: what it holds.
        kind: the struct.
        path: the file, for the message.
        what: what it should be, likewise: "an adapter's config".

    Raises:
        UserError: a key is missing or has a value of another type.
    """
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise UserError(f"{path}: not {what}: {error}") from error


def read_config(path: Path, kind: type[StructT], *, model_type: str, model: str) -> StructT:
    """Read the config.json of a checkpoint of one architecture.

    Args:
        path: the file.
        kind: the struct of what it holds.
        model_type: what the file must say it is.
        model: the model's name, for messages.

    Raises:
        UserError: the file is missing, is no config, or is of another architecture.
    """
    values = read_object(path)
    if values is None:
        raise UserError(f"{path.parent}: no {path.name}; name the folder of a {model} checkpoint")
    found = values.get("model_type")
    if found != model_type:
        raise UserError(f"{path}: model_type is {found!r}, but {model} reads {model_type!r}; name another --model")
    return as_struct(values, kind, path=path, what=f"a {model} config")


def write_object(path: Path, values: Mapping[str, Any]) -> None:
    """Write a JSON object, the keys in their order."""
    path.write_text(json.dumps(values, indent=1) + "\n")
