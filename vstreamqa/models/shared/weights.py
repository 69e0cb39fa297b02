"""The weight files of a folder: which they are, what they hold, and their hash."""

from __future__ import annotations

import hashlib
import pickle
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from vstreamqa.errors import UserError

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LISTED = 5


@dataclass(frozen=True, slots=True)
class WeightFiles:
    """The files that hold a model's weights, in a fixed order."""

    paths: tuple[Path, ...]

    @classmethod
    def find(cls, folder: Path, *, stems: tuple[str, str] = ("model", "pytorch_model")) -> WeightFiles:
        """Find safetensors or, without any, PyTorch `.bin` files; sharded ones through their index.

        Args:
            folder: where to look.
            stems: how the names of safetensors and of `.bin` files begin.

        Raises:
            UserError: there are none, or a shard that the index names is missing.
        """
        for stem, suffix in zip(stems, (".safetensors", ".bin"), strict=True):
            single, index = folder / f"{stem}{suffix}", folder / f"{stem}{suffix}.index.json"
            if index.exists():
                return cls(_shards(index))
            if single.exists():
                return cls((single,))
        raise UserError(
            f"{folder}: no weights; expected {stems[0]}.safetensors or {stems[1]}.bin, or an index of several"
        )

    def tensors(self) -> Iterator[tuple[str, Tensor]]:
        """Yield all tensors by name, on the CPU, file by file.

        Raises:
            UserError: a file is damaged or holds something other than tensors.
        """
        for path in self.paths:
            try:
                yield from _read_safetensors(path) if path.suffix == ".safetensors" else _read_pickle(path)
            except (SafetensorError, pickle.UnpicklingError, RuntimeError, EOFError) as error:
                reason = str(error).partition("\n")[0]
                raise UserError(f"{path}: cannot be read as weights: {reason}; fetch it again") from error

    def shapes(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Yield the shapes of all tensors by name, without reading what need not be read."""
        for path in self.paths:
            if path.suffix == ".safetensors":
                with safe_open(path, framework="pt") as file:
                    for name in file.keys():  # noqa: SIM118  # not a mapping
                        yield name, tuple(file.get_slice(name).get_shape())
            else:
                yield from ((name, tuple(tensor.shape)) for name, tensor in _read_pickle(path))

    def size_bytes(self) -> int:
        """Return the size of all files."""
        return sum(path.stat().st_size for path in self.paths)

    def digests(self) -> tuple[str, ...]:
        """Return "name sha256" of every file.

        The hub's cache names a large file after its SHA-256, which is taken from there; a file elsewhere is read.
        """
        return tuple(f"{path.name} {_digest(path)}" for path in self.paths)


def combined_hash(files: tuple[WeightFiles, ...], settings: Iterable[Path]) -> str:
    """Return one hash of weight files and settings files: SHA-256 over their names and SHA-256s."""
    lines = [line for group in files for line in group.digests()]
    lines += [f"{path.name} {_digest(path)}" for path in settings]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _shards(index: Path) -> tuple[Path, ...]:
    try:
        names = sorted(set(msgspec.json.decode(index.read_bytes())["weight_map"].values()))
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{index}: not an index of weights: {error}") from error
    missing = [name for name in names if not (index.parent / name).exists()]
    if missing:
        raise UserError(f"{index.parent}: {len(missing)} of {len(names)} weight files missing: {_listing(missing)}")
    return tuple(index.parent / name for name in names)


def _read_safetensors(path: Path) -> Iterator[tuple[str, Tensor]]:
    with safe_open(path, framework="pt") as file:
        for name in file.keys():  # noqa: SIM118  # not a mapping
            yield name, file.get_tensor(name)


def _read_pickle(path: Path) -> Iterator[tuple[str, Tensor]]:
    # Files of the old format cannot be mapped into memory.
    state = torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
    yield from state.items()


def _digest(path: Path) -> str:
    blob = path.resolve()
    if blob.parent.name == "blobs" and _SHA256.fullmatch(blob.name):
        return blob.name
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
    return f"{len(names)} {what} ({_listing(names)})" if names else ""


def _listing(names: list[str]) -> str:
    return ", ".join(names[:_LISTED]) + (", ..." if len(names) > _LISTED else "")
