"""Models by name: a recipe per model, and the adapter class it names, imported only when it is needed."""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from vstreamqa.errors import UserError, VStreamQAError, suggestion
from vstreamqa.resources import project_folder

if TYPE_CHECKING:
    from vstreamqa.models.base import ModelFactory, StreamingModel

MAX_FPS = 1000
"""More frames per second than any source has: beyond it is a slip of the pen."""

Preset = Literal["demo", "released", "paper"]


class Decoding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How answers are decoded; greedy always."""

    max_new_tokens: int


class PresetRecipe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a preset changes in a recipe."""

    notice: str | None = None
    """Shown first and in every table."""
    fps: float | None = None
    decoding: Decoding | None = None
    options: dict[str, Any] = {}


class Recipe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One named model: which adapter, which weights, which settings (`baselines/*.yaml`)."""

    name: str
    summary: str
    adapter: str = msgspec.field(name="class")
    checkpoint: str
    revision: str | None
    licence: str
    fps: float
    prompt: str
    decoding: Decoding
    options: dict[str, Any] = {}
    presets: dict[Preset, PresetRecipe] = {}

    def under(self, preset: Preset) -> Recipe:
        """Return the recipe with a preset's changes made; `demo` also means the tiny checkpoint."""
        changes = self.presets.get(preset)
        if changes is None:
            if preset == "released":
                return self
            raise UserError(f"model {self.name!r} has no preset {preset!r}{suggestion(preset, self.presets)}")
        return msgspec.structs.replace(
            self,
            checkpoint="demo" if preset == "demo" else self.checkpoint,
            revision=None if preset == "demo" else self.revision,
            fps=changes.fps or self.fps,
            decoding=changes.decoding or self.decoding,
            options={**self.options, **changes.options},
        )

    def notice(self, preset: Preset) -> str | None:
        """Return what must be said about a preset."""
        changes = self.presets.get(preset)
        return changes.notice if changes is not None else None


@cache
def recipes() -> Mapping[str, Recipe]:
    """Read every recipe, by name."""
    found = [_read_recipe(path) for path in sorted(project_folder("baselines").glob("*.yaml"))]
    return {recipe.name: recipe for recipe in found}


def recipe(name: str) -> Recipe:
    """Return the recipe of a model."""
    known = recipes()
    if name not in known:
        raise UserError(f"unknown model {name!r}{suggestion(name, known)}")
    return known[name]


def _read_recipe(path: Path) -> Recipe:
    try:
        return msgspec.yaml.decode(path.read_bytes(), type=Recipe)
    except msgspec.MsgspecError as error:
        raise UserError(f"{path.name}: not a recipe: {error}") from error


def resolve(name: str) -> Any:
    """Import what a "module:attribute" name stands for."""
    module, _, attribute = name.partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise VStreamQAError(f"cannot import {name!r}: {error}") from error


def model_factory(found: Recipe) -> ModelFactory:
    """Import the adapter class of a recipe."""
    factory: ModelFactory = resolve(found.adapter)
    return factory


def parse_options(factory: ModelFactory, model: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Check options against an adapter's `Options` and return all of them, defaults included.

    Raises:
        UserError: a key the adapter does not know, or a value it does not take.
    """
    known = {field.name for field in dataclasses.fields(factory.Options)}
    for key in given:
        if key not in known:
            raise UserError(f"--set {key}: model {model!r} has no such option{suggestion(key, known)}")
    try:
        options: Any = msgspec.convert(dict(given), factory.Options, strict=False)
    except msgspec.ValidationError as error:
        raise UserError(f"--set for model {model!r}: {_explain(str(error), factory)}") from error
    return dataclasses.asdict(options)


def _explain(message: str, factory: ModelFactory) -> str:
    what, _, key = message.partition(" - at `$.")
    key = key.rstrip("`")
    for field in dataclasses.fields(factory.Options):
        if field.name == key:
            return f"{key}: {what}; it takes {str(field.type).removeprefix('Literal')}"
    return message


def load(
    found: Recipe,
    *,
    checkpoint: str | None,
    device: str,
    dtype: str,
    fps: float | None,
    options: Mapping[str, Any],
) -> tuple[StreamingModel, dict[str, Any]]:
    """Load the model of a recipe; what is given takes the place of what the recipe says.

    Returns:
        The model, and all its options, defaults included.
    """
    from vstreamqa.models.base import LoadRequest

    if fps is not None and not 0 < fps <= MAX_FPS:
        raise UserError(f"fps {fps}: must be above 0, and at most {MAX_FPS}")
    factory = model_factory(found)
    parsed = parse_options(factory, found.name, {**found.options, **options})
    request = LoadRequest(
        checkpoint=found.checkpoint if checkpoint is None else checkpoint,
        revision=found.revision if checkpoint is None else None,
        device=device,
        dtype=dtype,
        fps=found.fps if fps is None else fps,
        options=parsed,
    )
    return factory.load(request), parsed
