"""Find media below a folder by the names that annotations use, and link them into a suite."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from vstreamqa.atomic import build_once, hidden_beside
from vstreamqa.build.draft import Job
from vstreamqa.build.state import state_of, state_of_files
from vstreamqa.errors import UserError

VIDEO_SUFFIXES = frozenset({".mp4", ".mkv", ".webm", ".mov", ".avi", ".ts", ".m4v", ".mpg", ".mpeg", ".flv"})


class MediaFolder:
    """Everything below a folder, by name.

    Attributes:
        root: the folder, absolute.

    Raises:
        UserError: there is no such folder.
    """

    def __init__(self, root: Path, what: str) -> None:
        if not root.is_dir():
            raise UserError(f"{root}: no such folder; name the folder of {what}")
        self.root = root.resolve()
        self._files: dict[str, list[Path]] = {}
        self._folders: dict[str, list[Path]] = {}
        self._used: set[Path] = set()
        for folder, folders, files in os.walk(self.root, followlinks=True):
            for name in folders:
                self._folders.setdefault(name, []).append(Path(folder, name))
            for name in files:
                self._files.setdefault(name, []).append(Path(folder, name))

    def file(self, name: str, preferred: Sequence[str] = ()) -> Path | None:
        """Return the file of a relative path: as it stands, below a preferred folder, or the only one of its name.

        Raises:
            UserError: several files have the name, and none lies where it is expected.
        """
        if Path(name).is_absolute() or ".." in Path(name).parts:
            return None
        for parent in ("", *preferred):
            path = self.root / parent / name
            if path.is_file():
                self._used.add(path)
                return path
        return self._only(self._files.get(Path(name).name, []), name)

    def video(self, stem: str, preferred: Sequence[str] = ()) -> Path | None:
        """Return the video file of a stem, whatever its suffix.

        Raises:
            UserError: several files have the stem, and not just one of them lies in a preferred folder.
        """
        found = [path for suffix in sorted(VIDEO_SUFFIXES) for path in self._files.get(stem + suffix, [])]
        for parent in preferred:
            within = [path for path in found if path.parent.name == parent]
            if within:
                found = within
                break
        return self._only(found, stem)

    def folder(self, name: str) -> Path | None:
        """Return the folder of a name.

        Raises:
            UserError: several folders have it.
        """
        return self._only(self._folders.get(name, []), name)

    def videos(self) -> list[Path]:
        """Return every video file."""
        paths = (path for paths in self._files.values() for path in paths)
        return sorted(path for path in paths if path.suffix.lower() in VIDEO_SUFFIXES)

    def unused_videos(self) -> list[str]:
        """Return the videos that nobody has asked for, relative to the folder."""
        return [path.relative_to(self.root).as_posix() for path in self.videos() if path not in self._used]

    def _only(self, found: Sequence[Path], name: str) -> Path | None:
        if len(found) > 1:
            places = " and ".join(path.relative_to(self.root).as_posix() for path in sorted(found)[:2])
            raise UserError(f"{self.root}: {name} is there more than once ({places}); name the folder that you mean")
        self._used.update(found)
        return found[0] if found else None


def link_job(source: Path, path: str) -> Job:
    """Return the job that makes `path` a link to a file or a folder."""

    def run(root: Path, _: Sequence[str]) -> None:
        link(source, root / path)

    return Job(name=source.name, paths=(path,), key=f"link {state_of(source)}", run=run, links=source)


def link(source: Path, target: Path) -> None:
    """Make `target` a symbolic link to a file or folder, at once, in place of a file or link that was there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = hidden_beside(target)
    temporary.symlink_to(source)
    temporary.replace(target)


def link_folder_job(source: Path, names: Sequence[str], path: str) -> Job:
    """Return the job that makes `path` a folder of links to some files of a folder."""

    def run(root: Path, _: Sequence[str]) -> None:
        build_once(root / path, lambda empty: _link_all(source, names, empty))

    return Job(name=path, paths=(path,), key=f"links {state_of_files(source / name for name in names)}", run=run)


def _link_all(source: Path, names: Sequence[str], folder: Path) -> None:
    for name in names:
        (folder / name).symlink_to(source / name)
