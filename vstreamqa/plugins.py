"""Adapters that are no part of this package: classes of other packages, and of a file of one's own."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from vstreamqa.errors import UserError, suggestion
from vstreamqa.recipes import NO_CHECKPOINT, Decoding, Recipe

_MOST_NEW_TOKENS = 128


def from_file(name: str) -> Any:
    """Import the class that `PATH.py:CLASS` names.

    Raises:
        UserError: there is no such file or class, or the file cannot be imported.
    """
    file, _, attribute = name.rpartition(":")
    path = Path(file).expanduser().resolve()
    if not path.is_file():
        raise UserError(f"model {name!r}: {path} is not there; name a Python file and a class in it, FILE.py:CLASS")
    module_name = f"vstreamqa_adapter_{path.stem}"
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise UserError(f"model {name!r}: {path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    # Dataclasses and pickling look their module up by its name.
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # whatever the file raises while it is imported
        reason = " ".join(str(error).split())
        raise UserError(f"model {name!r}: {path} cannot be imported: {type(error).__name__}: {reason}") from error
    if not hasattr(module, attribute):
        classes = [key for key, value in vars(module).items() if isinstance(value, type)]
        raise UserError(f"model {name!r}: {path} has no class {attribute!r}{suggestion(attribute, classes)}")
    return getattr(module, attribute)


def code_of_file(name: str) -> str:
    """Return what stands for the code of the file that `PATH.py:CLASS` names."""
    path = Path(name.rpartition(":")[0]).expanduser().resolve()
    return f"sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}"


def plugin_recipe(name: str, adapter: Any, value: str, code: str) -> Recipe:
    """Return the recipe of an adapter of another package: its attribute `recipe`, with what it leaves out filled in.

    Args:
        name: what the model is called.
        adapter: the class.
        value: where it is, "module:attribute" or "file.py:attribute".
        code: what stands for its code.

    Raises:
        UserError: it is no adapter, or its `recipe` is none.
    """
    for needed in ("load", "Options"):
        if not hasattr(adapter, needed):
            raise UserError(f"model {name!r}: {value} has no {needed!r}; follow vstreamqa.models.base.ModelFactory")
    if not dataclasses.is_dataclass(adapter.Options):
        raise UserError(
            f"model {name!r}: {value}.Options is no dataclass; make it one, its fields are the keys of --set"
        )
    given = getattr(adapter, "recipe", None) or {}
    if not isinstance(given, Mapping):
        raise UserError(f"model {name!r}: {value}.recipe is {given!r}; make it a mapping of fields, or leave it out")
    summary = (adapter.__doc__ or "An adapter of another package").strip().partition("\n")[0]
    fields = {
        "summary": summary,
        "checkpoint": NO_CHECKPOINT,
        "revision": None,
        "licence": "not stated",
        "fps": 1.0,
        "prompt": "own",
        "decoding": Decoding(max_new_tokens=_MOST_NEW_TOKENS),
        "presets": {"demo": {}},
        **given,
        "name": name,
        "class": value,
        "code": code,
    }
    try:
        return msgspec.convert(msgspec.to_builtins(fields), Recipe)
    except (msgspec.ValidationError, TypeError) as error:
        raise UserError(f"model {name!r}: the recipe of {value} is none: {error}") from error
