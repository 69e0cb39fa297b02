"""The weight files of a folder: which they are, what they hold, and their hash."""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from vstreamqa.errors import UserError
from vstreamqa.pretrained.files import hash_of, named_digests, weight_paths


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
        return cls(weight_paths(folder, stems=stems))

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
        """Return "name sha256" of every file."""
        return named_digests(self.paths)


def combined_hash(files: tuple[WeightFiles, ...], settings: Iterable[Path]) -> str:
    """Return one hash of weight files and settings files: SHA-256 over their names and SHA-256s."""
    lines = [line for group in files for line in group.digests()]
    return hash_of([*lines, *named_digests(settings)])


def _read_safetensors(path: Path) -> Iterator[tuple[str, Tensor]]:
    with safe_open(path, framework="pt") as file:
        for name in file.keys():  # noqa: SIM118  # not a mapping
            yield name, file.get_tensor(name)


def _read_pickle(path: Path) -> Iterator[tuple[str, Tensor]]:
    # Files of the old format cannot be mapped into memory.
    state = torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
    yield from state.items()
