"""Jobs that cut Ego4D videos into clips: one a video, so that each is encoded once at most."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from vstreamqa.build.cutting import Cut, cut_video
from vstreamqa.build.draft import WORK, Job
from vstreamqa.build.lengths import SLACK
from vstreamqa.build.state import state_of
from vstreamqa.errors import MediaError
from vstreamqa.schema import Media, Stream, to_position
from vstreamqa.video.probing import probe


class Cuts:
    """Collects the clips that are to be cut, and makes a job for each video."""

    def __init__(self) -> None:
        self._wanted: dict[Path, dict[str, Cut]] = {}

    def add(self, source: Path, stream: Stream) -> None:
        """Have a stream's medium cut out of a video."""
        start, end = (to_position(value, stream.unit) for value in (stream.start, stream.end))
        self._wanted.setdefault(source, {})[stream.media.path] = Cut(start, end)

    def jobs(self) -> list[Job]:
        """Return a job for each video."""
        return [_job(source, cuts) for source, cuts in self._wanted.items()]


def _job(source: Path, cuts: Mapping[str, Cut]) -> Job:
    def run(root: Path, paths: Sequence[str]) -> None:
        _cut(source, {path: cuts[path] for path in paths}, root)

    state = f"{source.name} {state_of(source)}"
    return Job(name=source.name, keys={p: f"cut {state} {c.start} {c.end}" for p, c in cuts.items()}, run=run)


def _cut(source: Path, cuts: Mapping[str, Cut], root: Path) -> None:
    """Cut what lies within the video; raise `MediaError` about the rest, if there is any."""
    end = probe(Media(kind="video", path=source.name), source.parent, unit="second").duration
    # As everywhere, a second may lack at the end: annotations state whole ones.
    within = {path: Cut(cut.start, min(cut.end, end)) for path, cut in cuts.items() if cut.end <= end + SLACK}
    work = root / WORK / f"cutting-{source.stem}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        cut_video(source, {root / path: cut for path, cut in within.items()}, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    if len(within) < len(cuts):
        raise MediaError(
            f"{source}: ends at {end / 1e9:.3f} s, before {len(cuts) - len(within)} of its clips do; fetch it again",
            path=str(source),
            time=end / 1e9,
        )
