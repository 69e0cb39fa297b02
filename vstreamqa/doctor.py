"""What this machine can run: its hardware and packages, and for every model whether it can be run here."""

from __future__ import annotations

import platform
import re
import shutil
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from vstreamqa.errors import UserError
from vstreamqa.recipes import NO_CHECKPOINT, Recipe
from vstreamqa.registry import plugins, recipes
from vstreamqa.resources import cache_folder, data_folder, project_folder

_GB = 1e9
_PACKAGES = ("torch", "transformers", "datasets", "av", "decord", "openai", "vllm")
_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")


def needs_of(recipe: Recipe) -> str:
    """Return what a model needs, in words: weights, device memory, packages; or why it cannot be run."""
    if recipe.missing is not None:
        return f"not to be run: {recipe.missing}"
    needs = recipe.needs
    known = [
        "no weights" if recipe.checkpoint == NO_CHECKPOINT else None,
        None if needs.weights_gb is None else f"weights {needs.weights_gb:g} GB",
        None if needs.vram_gb is None else f"about {needs.vram_gb:g} GB of device memory",
        f"packages {', '.join(needs.packages)}" if needs.packages else None,
        needs.note,
    ]
    return "; ".join(part for part in known if part) or "needs not stated"


def machine_lines() -> Iterator[str]:
    """Yield what this machine is: system, memory, disk, device, packages. Imports torch."""
    memory = psutil.virtual_memory()
    yield f"system: {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    yield f"memory: {memory.total / _GB:.1f} GB, {memory.available / _GB:.1f} GB free"
    yield f"device: {device_name()}"
    for name, folder in (("data", data_folder()), ("cache", cache_folder())):
        yield f"{name}: {folder}, {free_bytes(folder) / _GB:.1f} GB free"
    yield "packages: " + ", ".join(f"{name} {_version(name) or 'missing'}" for name in _PACKAGES)


def model_lines(*, device_bytes: int | None) -> Iterator[tuple[str, str]]:
    """Yield every model and whether it can be run here.

    Args:
        device_bytes: memory of the device, None without one.
    """
    for name, found in recipes().items():
        yield name, _verdict(found, device_bytes)
    for name, point in plugins().items():
        yield name, f"of another package ({point.value}); `vstreamqa check-model {name}`"


def _verdict(found: Recipe, device_bytes: int | None) -> str:
    if found.missing is not None:
        return needs_of(found)
    lacking = found.lacking_packages()
    if lacking:
        return f"lacks packages: pip install {' '.join(lacking)}"
    if found.kind:
        return f"runs as {found.name}:MODEL"
    parts = []
    if found.presets.get("demo") is not None:
        parts.append("its demo runs")
    parts.append(_released(found, device_bytes))
    return "; ".join(parts)


def _released(found: Recipe, device_bytes: int | None) -> str:
    if found.checkpoint == NO_CHECKPOINT:
        return "has no weights"
    needed = found.needs.vram_gb
    if needed is None:
        return f"{found.checkpoint}: its needs are not stated"
    if device_bytes is None:
        return f"{found.checkpoint}: wants a device of about {needed:g} GB, and there is none"
    fits = needed * _GB <= device_bytes
    return f"{found.checkpoint}: {'fits' if fits else 'does not fit'} ({needed:g} of {device_bytes / _GB:.0f} GB)"


def device_name() -> str:
    """Return the name and the memory of the device that `auto` stands for. Imports torch."""
    import torch

    if not torch.cuda.is_available():
        return f"none ({torch.__version__} computes on the CPU)"
    return f"{torch.cuda.get_device_name()}, {(device_bytes() or 0) / _GB:.0f} GB, CUDA {torch.version.cuda}"


def device_bytes() -> int | None:
    """Return the memory of the device that `auto` stands for, None without one. Imports torch."""
    import torch

    return int(torch.cuda.get_device_properties(0).total_memory) if torch.cuda.is_available() else None


def free_bytes(folder: Path) -> int:
    """Return the free bytes of the disk that a folder is, or would be, on."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def pin(folder: Path | None = None) -> Mapping[str, str]:
    """Write the revision that the hub resolves now into every recipe that states none.

    Args:
        folder: of the recipes; None for those of this installation.

    Returns:
        recipe to the revision written.

    Raises:
        UserError: the hub is not reached, or a recipe cannot be written.
    """
    from huggingface_hub import HfApi

    folder = folder or project_folder("baselines")
    api, pinned = HfApi(), {}
    for found in recipes().values():
        path = folder / f"{found.name}.yaml"
        if found.revision is not None or found.missing or not _HUB_NAME.fullmatch(found.checkpoint):
            continue
        try:
            sha = api.model_info(found.checkpoint).sha
            text = path.read_text(encoding="utf-8")
            path.write_text(_with_revision(text, str(sha)), encoding="utf-8")
        except Exception as error:  # what the hub's client raises depends on its version and its transport
            reason = " ".join(str(error).split())
            raise UserError(f"{found.name}: {found.checkpoint} cannot be pinned: {reason}; try again online") from error
        pinned[found.name] = str(sha)
    return pinned


def _with_revision(text: str, sha: str) -> str:
    return re.sub(r"^revision:.*$", f"revision: {sha}", text, count=1, flags=re.MULTILINE)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
