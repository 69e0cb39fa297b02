"""What a user has fetched, and where the pictures of a config are taken from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from vstreamqa.build.draft import Job
from vstreamqa.build.lookup import MediaFolder, link_job
from vstreamqa.build.vstream_qa.published import Published, find_published
from vstreamqa.build.vstream_qa.records import CONFIGS, Annotations
from vstreamqa.errors import UserError
from vstreamqa.suites.form import MEDIA

Cutting = Literal["uncut", "official"]


@dataclass(frozen=True, kw_only=True)
class Downloads:
    """Folders that a user has named.

    Attributes:
        annotations: annotation files, in either layout.
        ego4d: Ego4D videos, at any depth.
        movienet: folders of MovieNet keyframes, one a film, at any depth.
        frames: the published archives, or what they unpack to.
        features: `CONFIG/CLIP.safetensors`; a config that has a folder there shows features in place of pictures.
    """

    annotations: Path
    ego4d: Path | None = None
    movienet: Path | None = None
    frames: Path | None = None
    features: Path | None = None

    @cached_property
    def ego4d_folder(self) -> MediaFolder | None:
        """The Ego4D videos, by name."""
        return None if self.ego4d is None else MediaFolder(self.ego4d, "Ego4D videos with --ego4d")

    @cached_property
    def movienet_folder(self) -> MediaFolder | None:
        """The folders of keyframes, by name."""
        return (
            None
            if self.movienet is None
            else MediaFolder(self.movienet, "MovieNet keyframes with --movienet", folders_only=True)
        )

    def published(self, config: str) -> Published | None:
        """Return the published media of a config, None if there are none."""
        if self.frames is None:
            return None
        if config not in self._published:
            self._published[config] = find_published(config, self.frames)
        return self._published[config]

    def close(self) -> None:
        """Let go of open archives."""
        for published in self._published.values():
            if published is not None:
                published.close()

    @cached_property
    def _published(self) -> dict[str, Published | None]:
        return {}

    def feature_folder(self, config: str) -> Path | None:
        """Return the folder of a config's features, None if there is none: its pictures are shown then."""
        if self.features is None:
            return None
        if not any((self.features / name).is_dir() for name in CONFIGS):
            raise UserError(
                f"{self.features}: holds none of the folders {', '.join(CONFIGS)}; name the folder above them with "
                "--features"
            )
        folder = self.features.resolve() / config
        return folder if folder.is_dir() else None

    def feature_file(self, folder: Path, config: str, clip_id: str) -> tuple[str, Job] | str:
        """Return the path of a clip's features in the suite and the job that links them, or why there are none."""
        found = folder / f"{clip_id}.safetensors"
        if not found.is_file():
            return f"no {config}/{clip_id}.safetensors below {self.features}"
        path = f"{MEDIA}/features/{config}/{clip_id}.safetensors"
        return path, link_job(found, path)


def unnamed_clips(annotations: Annotations) -> str:
    """Return what to add to a message about a clip that is not found by its name."""
    if annotations.layout == "official":
        return ""
    return "; the ReKV layout has no names of clips, use the official annotations"
