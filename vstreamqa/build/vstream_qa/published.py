"""The media that the makers of VStream-QA have published: zip archives, whole or in pieces, or unpacked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from vstreamqa.build.archives import Archive
from vstreamqa.build.draft import Job
from vstreamqa.build.lookup import VIDEO_SUFFIXES, link_folder_job, link_job
from vstreamqa.build.pieces import find_pieces
from vstreamqa.errors import UserError
from vstreamqa.video.images import SUFFIXES

_ARCHIVES = {
    "rvs-ego": "ego4d_frames_online",
    "rvs-movie": "movienet_frames_online",
    "vs-ego": "ego4d_videos",
    "vs-movie": "movienet_frames",
}
_UNPACKED = {
    "rvs-ego": "ego4d_frames",
    "rvs-movie": "movienet_frames",
    "vs-ego": "ego4d_videos",
    "vs-movie": "movienet_frames",
}
"""What each archive unpacks to."""
_FOLDERS = {"rvs": "vstream-realtime", "vs": "vstream"}


class Published(Protocol):
    """The published media of one config, by clip.

    Attributes:
        fact: where they are from, in words.
    """

    fact: str

    def clips(self) -> Sequence[str]:
        """Return the names of the clips that are there."""
        ...

    def pictures(self, clip_id: str) -> tuple[str, ...]:
        """Return the file names of a clip's pictures, nothing if it has none."""
        ...

    def video(self, clip_id: str) -> str | None:
        """Return the file name of a clip's video, None if it has none."""
        ...

    def pictures_job(self, clip_id: str, names: Sequence[str], path: str) -> Job:
        """Return the job that makes `path` a folder of some of a clip's pictures."""
        ...

    def video_job(self, clip_id: str, path: str) -> Job:
        """Return the job that makes `path` a clip's video."""
        ...


def find_published(config: str, root: Path) -> Published | None:
    """Return the published media of a config below a folder, None if there are none.

    They are looked for in `vstream-realtime` and `vstream`, as they are published, then in the folder itself; archives
    before what they unpack to.

    Raises:
        UserError: there is no such folder, or an archive is not to be trusted, cut off or lacks a piece.
    """
    if not root.is_dir():
        raise UserError(f"{root}: no such folder; name the folder of the published frames with --frames")
    setting, _, _ = config.partition("-")
    for folder in (root / _FOLDERS[setting], root):
        pieces = find_pieces(folder, _ARCHIVES[config])
        if pieces:
            return _Packed(pieces)
        if (folder / _UNPACKED[config]).is_dir():
            return _Unpacked((folder / _UNPACKED[config]).resolve())
    return None


class _Packed:
    def __init__(self, pieces: Sequence[Path]) -> None:
        self._archive = Archive(pieces)
        self.fact = f"published archive {pieces[0].stem}"
        self._pictures = {
            clip_id: {Path(name).name: name for name in members if Path(name).suffix.lower() in SUFFIXES}
            for clip_id, members in self._archive.folders().items()
        }
        self._videos = {
            clip_id: name
            for clip_id, members in self._archive.stems().items()
            for name in members
            if Path(name).suffix.lower() in VIDEO_SUFFIXES
        }

    def clips(self) -> Sequence[str]:
        return sorted({*(clip_id for clip_id, names in self._pictures.items() if names), *self._videos})

    def pictures(self, clip_id: str) -> tuple[str, ...]:
        return tuple(self._pictures.get(clip_id, ()))

    def video(self, clip_id: str) -> str | None:
        name = self._videos.get(clip_id)
        return None if name is None else Path(name).name

    def pictures_job(self, clip_id: str, names: Sequence[str], path: str) -> Job:
        members = [self._pictures[clip_id][name] for name in names]

        def run(root: Path, _: Sequence[str]) -> None:
            self._archive.extract(members, root / path)

        return Job(name=path, paths=(path,), key=f"members {self._archive.digest(members)}", run=run)

    def video_job(self, clip_id: str, path: str) -> Job:
        member = self._videos[clip_id]

        def run(root: Path, _: Sequence[str]) -> None:
            self._archive.extract_file(member, root / path)

        return Job(name=path, paths=(path,), key=f"member {self._archive.digest([member])}", run=run)


class _Unpacked:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.fact = f"published frames, unpacked ({folder.name})"

    def clips(self) -> Sequence[str]:
        found = [path for path in self._folder.iterdir() if path.is_dir() or path.suffix.lower() in VIDEO_SUFFIXES]
        return sorted(path.stem if path.is_file() else path.name for path in found)

    def pictures(self, clip_id: str) -> tuple[str, ...]:
        folder = self._folder / clip_id
        names = (path.name for path in folder.iterdir()) if folder.is_dir() else ()
        return tuple(sorted(name for name in names if Path(name).suffix.lower() in SUFFIXES and name[0] != "."))

    def video(self, clip_id: str) -> str | None:
        for suffix in sorted(VIDEO_SUFFIXES):
            if (self._folder / f"{clip_id}{suffix}").is_file():
                return f"{clip_id}{suffix}"
        return None

    def pictures_job(self, clip_id: str, names: Sequence[str], path: str) -> Job:
        return link_folder_job(self._folder / clip_id, names, path)

    def video_job(self, clip_id: str, path: str) -> Job:
        name = self.video(clip_id)
        if name is None:
            raise UserError(f"{self._folder}: has no video {clip_id}; unpack the archive again")
        return link_job(self._folder / name, path)
