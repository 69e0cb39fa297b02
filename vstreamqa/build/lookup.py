"""Find media below a folder by the names that annotations use, and link them into a suite."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from vstreamqa.atomic import build_once, hidden_beside
from vstreamqa.build.draft import WORK, Job
from vstreamqa.build.state import state_of, state_of_files
from vstreamqa.errors import UserError
from vstreamqa.suites.paths import path_problem

VIDEO_SUFFIXES = frozenset({".mp4", ".mkv", ".webm", ".mov", ".avi", ".ts", ".m4v", ".mpg", ".mpeg", ".flv"})


class MediaFolder:
    """Everything below a folder, by name; links are followed, folders of built suites are left out.

    Attributes:
        root: the folder, absolute.

    Args:
        root: the folder.
        what: what it holds, and the option that names it, for the message.
        folders_only: files are not asked for, and there may be millions of them.

    Raises:
        UserError: there is no such folder.
    """

    def __init__(self, root: Path, what: str, *, folders_only: bool = False) -> None:
        if not root.is_dir():
            raise UserError(f"{root}: no such folder; name the folder of {what}")
        self.root = root.resolve()
        self._files: dict[str, list[Path]] = {}
        self._stems: dict[str, list[Path]] = {}
        self._folders: dict[str, list[Path]] = {}
        self._used: set[Path] = set()
        for path in _below(self.root, set()):
            if _is_dir(path):
                self._folders.setdefault(path.name, []).append(path)
            elif not folders_only:
                self._note(path)

    def _note(self, path: Path) -> None:
        self._files.setdefault(path.name, []).append(path)
        if path.suffix.lower() in VIDEO_SUFFIXES:
            self._stems.setdefault(path.stem, []).append(path)

    def file(self, name: str, preferred: Sequence[str] = ()) -> Path | None:
        """Return a file by its name or by the end of its path, one in a preferred folder where there are several.

        Raises:
            UserError: several files go by the name, and none lies where it is expected.
        """
        return self._found(self._files, name, preferred)

    def video(self, stem: str, preferred: Sequence[str] = ()) -> Path | None:
        """Return a video file by its name, or the end of its path, without the suffix.

        Raises:
            UserError: several files go by the name, and none lies where it is expected.
        """
        return self._found(self._stems, stem, preferred)

    def folder(self, name: str) -> Path | None:
        """Return a folder by its name or by the end of its path.

        Raises:
            UserError: several folders go by the name.
        """
        return self._found(self._folders, name, ())

    def videos(self) -> list[Path]:
        """Return every video file."""
        return sorted(path for paths in self._stems.values() for path in paths)

    def unused_videos(self) -> list[str]:
        """Return the videos that nobody has asked for, relative to the folder."""
        return [path.relative_to(self.root).as_posix() for path in self.videos() if path not in self._used]

    def _found(self, by_name: dict[str, list[Path]], name: str, preferred: Sequence[str]) -> Path | None:
        if path_problem(name) is not None:
            return None
        parts = PurePosixPath(name).parts
        found = [path for path in by_name.get(parts[-1], []) if self._ends_with(path, parts)]
        exact = [path for path in found if self._relative(path)[:-1] == parts[:-1]]
        within = [path for path in found if path.parent.name in preferred]
        chosen = exact or within or found
        if len(chosen) > 1:
            places = " and ".join("/".join(self._relative(path)) for path in sorted(chosen)[:2])
            raise UserError(f"{self.root}: {name} is there more than once ({places}); name the folder that you mean")
        self._used.update(chosen)
        return chosen[0] if chosen else None

    def _ends_with(self, path: Path, parts: Sequence[str]) -> bool:
        above = self._relative(path)[:-1]
        return len(parts) == 1 or above[-len(parts) + 1 :] == tuple(parts[:-1])

    def _relative(self, path: Path) -> tuple[str, ...]:
        return path.relative_to(self.root).parts


def _below(folder: Path, seen: set[tuple[int, int]]) -> Iterator[Path]:
    """Yield every file and folder below a folder, each folder once however many links lead to it."""
    facts = folder.stat()
    if (facts.st_dev, facts.st_ino) in seen:
        return
    seen.add((facts.st_dev, facts.st_ino))
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        path = Path(entry.path)
        if not _is_folder(entry):
            yield path
        elif not (path / WORK).is_dir():
            yield path
            yield from _below(path, seen)


def _is_dir(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads round to itself
        return False


def link_job(source: Path, path: str) -> Job:
    """Return the job that makes `path` a link to a file or a folder."""

    def run(root: Path, _: Sequence[str]) -> None:
        link(source, root / path)

    return Job(
        name=source.name,
        keys={path: f"link {state_of(source)}"},
        run=run,
        leads_to=lambda there: there.resolve() == source.resolve() or state_of(there) == state_of(source),
    )


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

    return Job(
        name=path,
        keys={path: f"links {state_of_files(source / name for name in names)}"},
        run=run,
        leads_to=lambda there: _same_links(there, source, names),
        intact=lambda there: _all_there(there / name for name in names),
    )


def _same_links(there: Path, source: Path, names: Sequence[str]) -> bool:
    """Say whether a folder holds links to just these files of a folder, or to equals of them."""
    if not there.is_dir() or {entry.name for entry in there.iterdir()} != set(names):
        return False
    if all((there / name).resolve() == (source / name).resolve() for name in names):
        return True
    return state_of_files(there / name for name in names) == state_of_files(source / name for name in names)


def _all_there(paths: Iterable[Path]) -> bool:
    return all(path.exists() for path in paths)


def _link_all(source: Path, names: Sequence[str], folder: Path) -> None:
    for name in names:
        (folder / name).symlink_to(source / name)
