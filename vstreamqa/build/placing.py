"""Put the media of a suite in place and measure them, side by side, going on where an earlier build was stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NoReturn, TypeVar

from tqdm import tqdm

from vstreamqa.atomic import remove
from vstreamqa.build.draft import WORK, Job
from vstreamqa.build.measuring import Journal, Measured
from vstreamqa.errors import MediaError, UserError
from vstreamqa.runs.lines import Appender, read_cache
from vstreamqa.schema import Media, Record, Stream, Unit
from vstreamqa.suites.form import DATA, MEDIA
from vstreamqa.suites.paths import path_problem

T = TypeVar("T")


class Made(Record, frozen=True, kw_only=True):
    """A path that a job has made, and what from."""

    path: str
    key: str


@dataclass(slots=True)
class Placed:
    """What became of the media.

    Attributes:
        measured: medium and unit to what is known of it.
        faults: path of a medium to why it is not there or cannot be used, one line.
    """

    measured: dict[tuple[Media, Unit], Measured] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)


def place(
    root: Path, jobs: Sequence[Job], streams: Iterable[Stream], *, workers: int, protected: frozenset[str] = frozenset()
) -> Placed:
    """Run all jobs, then measure the medium of every stream.

    Args:
        root: the suite's folder.
        jobs: what puts the media there.
        streams: every stream of every config.
        workers: how many videos are worked on at once.
        protected: paths of a suite that stands there already; they are never replaced, so that a build that is stopped
            leaves that suite as it was.

    Raises:
        UserError: a protected path would have to be made from something else.
        OSError: the disk is full, or the folder cannot be written to.
    """
    _refuse_outside(jobs)
    _sweep(root / MEDIA)
    placed = Placed()
    wanted = dict.fromkeys((stream.media, stream.unit) for stream in streams)
    with tqdm(total=len(jobs) + len(wanted), unit="medium", disable=None, dynamic_ncols=True) as bar:
        _run_jobs(root, jobs, protected, placed, workers, bar)
        _measure(root, [one for one in wanted if one[0].path not in placed.faults], placed, workers, bar)
    return placed


def _refuse_linked(root: Path, paths: Iterable[str]) -> None:
    """Raise `UserError` if a path lies below a link: what is written there would be written somewhere else."""
    for path in paths:
        parent = (root / path).parent.resolve()
        if not parent.is_relative_to(root.resolve()):
            raise UserError(f"{root / path}: {parent} lies outside the suite's folder; remove the link to it")


def _refuse_outside(jobs: Iterable[Job]) -> None:
    """Raise `UserError` if a job would make anything but media: names out of annotations are not to be trusted."""
    for path in (path for job in jobs for path in job.keys):
        if path_problem(path) is not None or PurePosixPath(path).parts[0] != MEDIA:
            raise UserError(f"{path!r}: a medium cannot be put there; correct the name in the annotations")


def _sweep(media: Path) -> None:
    """Remove what builds that were killed have left half-made; nobody else works on the folder."""
    for left in list(media.rglob(".*-building-*")):
        remove(left)


def _run_jobs(
    root: Path, jobs: Sequence[Job], protected: frozenset[str], placed: Placed, workers: int, bar: tqdm[NoReturn]
) -> None:
    ledger = _Ledger(root)

    def work(job: Job) -> None:
        bar.set_postfix_str(job.name)
        todo = ledger.todo(job)
        try:
            if todo:
                job.run(root, todo)
        finally:
            # A name is given only to what is whole: what is there counts, even if the job failed later.
            ledger.made(job, [path for path in todo if (root / path).exists()])

    def failed(job: Job, error: Exception) -> None:
        # A job may have made some of its paths before it failed.
        placed.faults.update({path: str(error) for path in job.keys if not ledger.stands(path, job)})

    try:
        ledger.refuse_to_replace(jobs, protected)
        _side_by_side(jobs, work, failed, workers, bar)
    finally:
        ledger.close()


def _measure(
    root: Path, wanted: Sequence[tuple[Media, Unit]], placed: Placed, workers: int, bar: tqdm[NoReturn]
) -> None:
    journal = Journal(root / WORK / "measured.jsonl")

    def work(one: tuple[Media, Unit]) -> None:
        bar.set_postfix_str(one[0].path)
        placed.measured[one] = journal.measure(*one, root)

    def failed(one: tuple[Media, Unit], error: Exception) -> None:
        placed.faults[one[0].path] = str(error)

    try:
        _side_by_side(wanted, work, failed, workers, bar)
    finally:
        journal.close()


def _side_by_side(
    items: Sequence[T],
    work: Callable[[T], None],
    failed: Callable[[T, Exception], None],
    workers: int,
    bar: tqdm[NoReturn],
) -> None:
    """Work on all items; what is wrong with one of them is told, anything else ends the work.

    What is under way then is not waited for: it takes its name only when it is whole.
    """
    pool = ThreadPoolExecutor(workers)
    futures: dict[Future[None], T] = {pool.submit(work, item): item for item in items}
    try:
        for future in as_completed(futures):
            try:
                future.result()
            except (UserError, MediaError) as error:
                failed(futures[future], error)
            bar.update()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


class _Ledger:
    """Which paths earlier builds have made, and what from; safe to share between threads."""

    def __init__(self, root: Path) -> None:
        path = root / WORK / "made.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        self._root = root
        self._keys = {one.path: one.key for one in read_cache(path, Made)}
        self._appender = Appender(path)
        self._lock = threading.Lock()

    def refuse_to_replace(self, jobs: Iterable[Job], protected: frozenset[str]) -> None:
        """Raise `UserError` if a job would replace a path that is protected and can still be used."""
        for job in jobs:
            for path in job.keys:
                there = self._root / path
                if path in protected and _usable(there) and not self.stands(path, job):
                    origin = (
                        f"was made from something else than {job.name}"
                        if path in self._keys
                        else "is of no known origin"
                    )
                    raise UserError(
                        f"{there}: the suite built here shows it, and it {origin}; build into another --out, or give "
                        f"that suite up first by removing {self._root / DATA}"
                    )

    def stands(self, path: str, job: Job) -> bool:
        """Say whether a path is there, can be used, and is made from what the job would make it from."""
        there = self._root / path
        if not there.exists() or (job.intact is not None and not job.intact(there)):
            return False
        return self._keys.get(path) == job.keys[path] or (job.leads_to is not None and job.leads_to(there))

    def todo(self, job: Job) -> list[str]:
        """Return the paths of a job that are to be made, with what was made from something else removed."""
        todo = [path for path in job.keys if not self.stands(path, job)]
        _refuse_linked(self._root, todo)
        for path in todo:
            remove(self._root / path)
        return todo

    def made(self, job: Job, paths: Iterable[str]) -> None:
        """Note that paths have been made."""
        with self._lock:
            for path in paths:
                self._keys[path] = job.keys[path]
                self._appender.append(Made(path=path, key=job.keys[path]))

    def close(self) -> None:
        """Close the file."""
        self._appender.close()


def _usable(path: Path) -> bool:
    """Say whether a medium that stands can still be shown: no link in it leads nowhere."""
    return path.exists() and (not path.is_dir() or all(entry.exists() for entry in path.iterdir()))
