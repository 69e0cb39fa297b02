"""What a checkpoint says about how frames become its input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vstreamqa.errors import UserError
from vstreamqa.models.shared.json_file import read_object
from vstreamqa.models.shared.normalisation import RESCALE, Normalisation
from vstreamqa.video.resize import Filter, Fit

Size = tuple[int, int]
"""Height and width."""

SETTINGS = ("video_preprocessor_config.json", "processor_config.json", "preprocessor_config.json")
"""Files that may hold it, the one for video first."""

_FILTERS: dict[int, Filter] = {0: "nearest", 1: "lanczos", 2: "bilinear", 3: "bicubic", 4: "box"}
"""Pillow's numbers, as the files give them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preprocessing:
    """How pixels become a vision tower's input.

    Attributes:
        place: the file it was read from.
        size: sizes by the names of the file, pixels or (for Qwen's) numbers of pixels.
        crop: (height, width) of the centre that is cut out, None if none is.
        filter: resampling filter.
        normalisation: what is done to pixel values.
    """

    place: str
    size: Mapping[str, int]
    crop: Size | None
    filter: Filter
    normalisation: Normalisation

    def frame(self) -> tuple[Size, Fit]:
        """Return the one size that frames of any size are brought to, and how.

        Raises:
            UserError: the file gives no such size.
        """
        if self.crop is not None and self.size.get("shortest_edge") == min(self.crop):
            return self.crop, "crop"
        if self.crop is None and "height" in self.size and "width" in self.size:
            return (self.size["height"], self.size["width"]), "stretch"
        raise UserError(
            f"{self.place}: size {dict(self.size)} with crop {self.crop} is not supported;"
            " supported: height and width, or shortest_edge with a square crop_size of it"
        )


def read_preprocessing(folder: Path, *, default_filter: Filter = "bicubic") -> Preprocessing:
    """Read how a checkpoint wants its frames.

    Of the files that say so the one for video is taken before the one for images. transformers' newer
    `processor_config.json` holds both.

    Raises:
        UserError: there is no such file, it cannot be read, or it asks for something that is not supported.
    """
    place, values = _find(folder)
    for key in ("do_rescale", "do_normalize"):
        if values.get(key) is False:
            raise UserError(f"{place}: {key} is false, which is not supported")
    filter_number = values.get("resample")
    if filter_number is not None and filter_number not in _FILTERS:
        raise UserError(f"{place}: resample is {filter_number!r}, which is not supported; supported: 0 to 4")
    try:
        crop = values.get("crop_size") if values.get("do_center_crop") else None
        return Preprocessing(
            place=str(place),
            size=_size(values),
            crop=None if crop is None else (int(crop["height"]), int(crop["width"])),
            filter=default_filter if filter_number is None else _FILTERS[filter_number],
            normalisation=Normalisation(
                mean=tuple(map(float, values["image_mean"])),
                std=tuple(map(float, values["image_std"])),
                rescale=float(values.get("rescale_factor", RESCALE)),
            ),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UserError(f"{place}: not a preprocessor config ({type(error).__name__}: {error})") from error


def _find(folder: Path) -> tuple[Path, Mapping[str, Any]]:
    read = {name: read_object(folder / name) for name in SETTINGS}
    both = read["processor_config.json"] or {}
    candidates = (
        ("video_preprocessor_config.json", read["video_preprocessor_config.json"]),
        ("processor_config.json", both.get("video_processor")),
        ("preprocessor_config.json", read["preprocessor_config.json"]),
        ("processor_config.json", both.get("image_processor")),
    )
    for name, values in candidates:
        if isinstance(values, Mapping) and "image_mean" in values:
            return folder / name, values
    raise UserError(f"{folder}: no {' or '.join(SETTINGS)} with an image_mean; fetch the checkpoint again")


def _size(values: Mapping[str, Any]) -> dict[str, int]:
    # SmolVLM's file says apart how large a frame of a video is.
    size = (values.get("video_sampling") or {}).get("video_size") or values.get("size") or {}
    given = {"shortest_edge": size} if isinstance(size, int) else dict(size)
    for old, name in (("min_pixels", "shortest_edge"), ("max_pixels", "longest_edge")):
        value = values.get(old, given.pop(old, None))
        if value is not None:
            given[name] = value
    return {str(name): int(value) for name, value in given.items() if value is not None}
