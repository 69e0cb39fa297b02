"""Models by name: a recipe per model, and the adapter class it names, imported only when it is needed.

A name is that of a recipe in `baselines/`, of an entry point in the group `vstreamqa.models`, a file with a class in it
(`./my_adapter.py:MyModel`), or a recipe of a kind of models with the model's own name behind it (`served:llava`).
"""

from __future__ import annotations

import dataclasses
import importlib
import re
from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_type_hints

import msgspec

from vstreamqa.allowed import allowed_values, as_given
from vstreamqa.errors import UserError, VStreamQAError, suggestion
from vstreamqa.plugins import code_of_file, from_file, plugin_recipe
from vstreamqa.recipes import Preset, Recipe
from vstreamqa.resources import project_folder

if TYPE_CHECKING:
    from vstreamqa.models.base import LoadRequest, ModelFactory, StreamingModel

__all__ = ["MAX_FPS", "Preset", "Recipe", "load", "model_factory", "parse_options", "recipe", "recipes", "resolve"]

MAX_FPS = 1000
"""More frames per second than any source has: beyond it is a slip of the pen."""

GROUP = "vstreamqa.models"
"""Entry points of this group are models of other packages."""


@cache
def recipes() -> Mapping[str, Recipe]:
    """Read every recipe, by name; adapters of other packages are listed and not imported."""
    found = [_read_recipe(path) for path in sorted(project_folder("baselines").glob("*.yaml"))]
    return {recipe.name: recipe for recipe in found}


def plugins() -> Mapping[str, EntryPoint]:
    """Return the models of other packages, by name; nothing is imported."""
    return {point.name: point for point in entry_points(group=GROUP)}


def recipe(name: str) -> Recipe:
    """Return the recipe of a model.

    Raises:
        UserError: there is no such model, or what the name stands for cannot be imported.
    """
    known, others = recipes(), plugins()
    if name in known and not known[name].kind:
        return known[name]
    if name in others:
        return plugin_recipe(name, _loaded(others[name]), others[name].value, _code_of_package(others[name]))
    kind, colon, own = name.partition(":")
    if colon and own and kind in known and known[kind].kind:
        return msgspec.structs.replace(known[kind], name=name, checkpoint=own)
    if ".py:" in name:
        path, _, attribute = name.rpartition(":")
        return plugin_recipe(f"{Path(path).name}:{attribute}", from_file(name), name, code_of_file(name))
    if kind in known and known[kind].kind:
        raise UserError(f"model {name!r}: name the model too, {kind}:MODEL")
    raise UserError(f"unknown model {name!r}{suggestion(name, [*known, *others])}")


def _code_of_package(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist is not None else point.value


def _loaded(point: EntryPoint) -> Any:
    try:
        return point.load()
    except (Exception, SystemExit) as error:  # whatever a foreign module raises while it is imported
        reason = " ".join(str(error).split())
        place = f"model {point.name!r}: {point.value}"
        raise UserError(f"{place} cannot be imported: {reason}; mend the package, or remove it") from error


def _read_recipe(path: Path) -> Recipe:
    try:
        return msgspec.yaml.decode(path.read_bytes(), type=Recipe)
    except msgspec.MsgspecError as error:
        raise UserError(f"{path.name}: not a recipe: {error}") from error


def resolve(name: str) -> Any:
    """Import what a "module:attribute" name stands for, or a class in a file (`./my_adapter.py:MyModel`)."""
    if ".py:" in name:
        return from_file(name)
    module, _, attribute = name.partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise VStreamQAError(f"cannot import {name!r}: {error}") from error


def model_factory(found: Recipe) -> ModelFactory:
    """Import the adapter class of a recipe.

    Raises:
        UserError: the recipe only says what is missing, or a package that it needs is not installed.
    """
    if found.missing is not None:
        raise UserError(f"model {found.name!r} cannot be run: {found.missing}")
    lacking = found.lacking_packages()
    if lacking:
        remedy = f"pip install {' '.join(lacking)}"
        raise UserError(f"model {found.name!r} needs {', '.join(lacking)}, which is not installed; `{remedy}`")
    return cast("ModelFactory", resolve(found.adapter))


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
        raise UserError(f"--set for model {model!r}: {_explain(str(error), factory, given)}") from error
    return dataclasses.asdict(options)


def _explain(message: str, factory: ModelFactory, given: Mapping[str, Any]) -> str:
    _, _, place = message.partition(" - at `$.")
    key = re.split(r"\W", place, maxsplit=1)[0]
    if key not in given:
        return message
    kind = get_type_hints(factory.Options, include_extras=True)[key]
    return f"{key}={as_given(given[key])}: it takes {allowed_values(kind)}"


def load(
    found: Recipe,
    *,
    checkpoint: str | None,
    device: str,
    dtype: str,
    fps: float | None,
    options: Mapping[str, Any],
    base_url: str | None = None,
) -> tuple[StreamingModel, dict[str, Any]]:
    """Load the model of a recipe; what is given takes the place of what the recipe says.

    Returns:
        The model, and all its options that an answer can depend on, defaults included.
    """
    from vstreamqa.models.base import LoadRequest

    if fps is not None and not 0 < fps <= MAX_FPS:
        raise UserError(f"fps {fps}: must be above 0, and at most {MAX_FPS}")
    factory = model_factory(found)
    if base_url is not None and not getattr(factory, "takes_base_url", False):
        raise UserError(f"--base-url {base_url}: model {found.name!r} is not asked through a server; leave it out")
    parsed = parse_options(factory, found.name, {**found.options, **options})
    request = LoadRequest(
        checkpoint=found.checkpoint if checkpoint is None else checkpoint,
        revision=found.revision if checkpoint is None else None,
        device=device,
        dtype=dtype,
        fps=found.fps if fps is None else fps,
        options=parsed,
        base_url=base_url,
    )
    if checkpoint is not None and found.kind:
        raise UserError(f"--checkpoint {checkpoint}: {found.name!r} names its model itself; leave the option out")
    unseen = {field.name for field in dataclasses.fields(factory.Options) if field.metadata.get("unseen")}
    return _checked(_load(factory, request, found), found), {
        name: value for name, value in parsed.items() if name not in unseen
    }


def _load(factory: ModelFactory, request: LoadRequest, found: Recipe) -> StreamingModel:
    try:
        return factory.load(request)
    except VStreamQAError:
        raise
    except (Exception, SystemExit) as error:
        if found.code is None:
            raise
        reason = " ".join(str(error).split())
        raise UserError(f"model {found.name!r} cannot be loaded: {type(error).__name__}: {reason}") from error


def _checked(model: StreamingModel, found: Recipe) -> StreamingModel:
    """Return a model if it says of itself what it must.

    Raises:
        UserError: an attribute is missing, or cannot be.
    """
    from vstreamqa.models.base import InputSpec
    from vstreamqa.schema import Checkpoint

    where = f"model {found.name!r}"
    for attribute, kind in (("input", InputSpec), ("checkpoint", Checkpoint), ("dtype", str), ("device", str)):
        value = getattr(model, attribute, None)
        if not isinstance(value, kind):
            raise UserError(f"{where}: its {attribute} is {value!r}, not a {kind.__name__}; mend the adapter")
    spec = model.input
    faults = {
        f"fps {spec.fps}": not 0 < spec.fps <= MAX_FPS,
        f"max_batch {spec.max_batch}": spec.max_batch < 1,
        f"concurrent_asks {spec.concurrent_asks}": spec.concurrent_asks < 1,
        f"size {spec.size}": spec.size is not None and min(spec.size) < 1,
        "neither frames nor features": not spec.takes_frames and spec.takes_features is None,
    }
    for fault in (text for text, wrong in faults.items() if wrong):
        raise UserError(f"{where}: its input says {fault}; mend the adapter")
    return model
