"""What a run was asked for, as its manifest says it, and where the media of its streams are."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from vstreamqa.errors import UserError
from vstreamqa.request import EvalRequest
from vstreamqa.resources import data_folder
from vstreamqa.schema import Manifest
from vstreamqa.suites import load_suite


def request_in(path: Path, manifest: Manifest, other: Mapping[str, Any] | None = None) -> EvalRequest | None:
    """Return what a run was asked for, or None if it was made by a version that did not write it down.

    Of its judge it says nothing: nothing is judged again.

    Args:
        path: the run folder.
        manifest: its manifest.
        other: fields of the request that are others now; None stands for as it was.

    Raises:
        UserError: the manifest says what this version does not know.
    """
    if manifest.request is None:
        return None
    known = {field.name for field in dataclasses.fields(EvalRequest)}
    fields = {name: value for name, value in manifest.request.items() if name in known}
    fields |= {name: value for name, value in (other or {}).items() if value is not None}
    fields |= dict.fromkeys(name for name in known if name.startswith("judge"))
    try:
        return msgspec.convert(fields, EvalRequest, strict=False, dec_hook=_plain)
    except msgspec.ValidationError as error:
        raise UserError(f"{path}: its manifest says of what was asked: {error}") from error


def _plain(kind: type, value: Any) -> Any:
    return Path(value) if kind is Path and not isinstance(value, Path) else value


@dataclass(frozen=True, slots=True)
class Place:
    """Where the media of a config are.

    Attributes:
        root: folder that `Media.path` is relative to.
        data_hash: of what is there now; None if it was not read.
    """

    root: Path
    data_hash: str | None


def place_of(path: Path, manifest: Manifest, config: tuple[str, str], data: Path | None = None) -> Place:
    """Return where the media of a config of a run are; neither the model nor its recipe is needed.

    Args:
        path: the run folder.
        manifest: its manifest.
        config: suite and config.
        data: where they are now: folder of the suites, or of the user's own video; None for as it was.

    Raises:
        UserError: the suite is not there.
    """
    request = request_in(path, manifest)
    if request is not None and request.video is not None:
        return Place(data or request.video.resolve().parent, None)
    folder = data_folder(data or (None if request is None else request.data))
    (found,) = load_suite("/".join(config), folder)
    return Place(found.root, found.data_hash)
