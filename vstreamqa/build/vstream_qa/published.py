"""The media that the makers of VStream-QA have published: zip archives, whole or in pieces, or unpacked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import Protocol

from vstreamqa.build.archives import Archive
from vstreamqa.build.draft import Job
from vstreamqa.build.lookup import VIDEO_SUFFIXES, link_folder_job, link_job
from vstreamqa.build.pieces import find_pieces
from vstreamqa.build.vstream_qa.records import FOLDERS
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


class Published(Protocol):
    """The published media of one config, by clip.

    Attributes:
        fact: where they are from, in words.
    """

    fact: str

    def close(self) -> None:
        """Let go of an open archive."""
        ...

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
        UserError: there is no such folder, an archive is not to be trusted, cut off or lacks a piece, or a folder does
            not tell which setting it is of.
    """
    if not root.is_dir():
        raise UserError(f"{root}: no such folder; name the folder of the published frames with --frames")
    setting, _, _ = config.partition("-")
    if root.name in FOLDERS.values() and root.name != FOLDERS[setting]:
        return None
    within = root if root.name == FOLDERS[setting] else root / FOLDERS[setting]
    for folder in dict.fromkeys((within, root)):
        pieces = find_pieces(folder, _ARCHIVES[config])
        if pieces:
            return _Packed(pieces, _UNPACKED[config])
        unpacked = folder / _UNPACKED[config]
        if unpacked.is_dir():
            _refuse_unclear(unpacked, root, folder is within)
            return _Unpacked(unpacked.resolve())
    return None


def where_published(config: str) -> str:
    """Return the names under which the media of a config are looked for."""
    folder = FOLDERS[config.partition("-")[0]]
    return f"{folder}/{_ARCHIVES[config]}.zip (or .partaa) and {folder}/{_UNPACKED[config]}"


def _refuse_unclear(unpacked: Path, root: Path, within_setting: bool) -> None:
    """Raise `UserError` about a folder that both settings unpack to and that lies in neither's."""
    shared = [config for config, name in _UNPACKED.items() if name == unpacked.name]
    if len(shared) > 1 and not within_setting and root.name not in FOLDERS.values():
        raise UserError(
            f"{unpacked}: {' and '.join(shared)} both unpack to a folder of this name, with other clips under the same "
            f"numbers; put it into {' or '.join(FOLDERS.values())}"
        )


class _Packed:
    def __init__(self, pieces: Sequence[Path], folder: str) -> None:
        self._archive = Archive(pieces)
        self.fact = f"published archive {pieces[0].stem}"
        members = self._archive.members()
        pictures = [path for path in members if path.suffix.lower() in SUFFIXES and path.parent.name]
        videos = [path for path in members if path.suffix.lower() in VIDEO_SUFFIXES]
        self._pictures: dict[str, dict[str, str]] = {}
        for path in self._preferred(pictures, lambda path: path.parent.parent.name == folder):
            self._add(self._pictures.setdefault(path.parent.name, {}), path.name, path)
        self._videos: dict[str, str] = {}
        for path in self._preferred(videos, lambda path: path.parent.name == folder):
            self._add(self._videos, path.stem, path)

    def _preferred(
        self, paths: Sequence[PurePosixPath], expected: Callable[[PurePosixPath], bool]
    ) -> list[PurePosixPath]:
        """Return the paths that lie where the archive should hold them, or all if none does."""
        return [path for path in paths if expected(path)] or list(paths)

    def _add(self, found: dict[str, str], name: str, path: PurePosixPath) -> None:
        other = found.setdefault(name, str(path))
        if other != str(path):
            raise UserError(
                f"{self._archive.name}: {other} and {path} would be the same; fetch the archive again, or "
                "unpack it and name the folder that is meant"
            )

    def close(self) -> None:
        self._archive.close()

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

        return Job(name=path, keys={path: f"members {self._archive.digest(members)}"}, run=run)

    def video_job(self, clip_id: str, path: str) -> Job:
        member = self._videos[clip_id]

        def run(root: Path, _: Sequence[str]) -> None:
            self._archive.extract_file(member, root / path)

        return Job(name=path, keys={path: f"member {self._archive.digest([member])}"}, run=run)


class _Unpacked:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.fact = f"published frames, unpacked ({folder.name})"

    def close(self) -> None:
        pass

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
