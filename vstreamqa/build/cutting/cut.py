"""Cut windows out of a long video, exactly by presentation time.

A cut holds the frames of its source that are shown at some time between its start and its end, and shows each of them
for as long as the source does: at time t - start of the cut the frame is seen that is seen at time t of the source.
Times are nanoseconds since the source's first presented frame.

Coded frames are copied where that is exact: the cut starts with a key frame, and the frames coded from there on are
those of the cut and no others. All cuts of a source for which that does not hold are copied from one common encode of
the source, which has key frames where they are needed.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from vstreamqa.build.cutting.copy import copy_cut
from vstreamqa.build.cutting.encode import encode
from vstreamqa.build.cutting.reel import Cut, Reel, scan
from vstreamqa.errors import MediaError
from vstreamqa.schema import NANOSECONDS
from vstreamqa.video.faults import unreadable

Method = Literal["copied", "encoded"]
"""How a cut was made: out of the coded frames of the source, or of an encode of it."""

logger = logging.getLogger(__name__)


def cut_video(source: Path, cuts: Mapping[Path, Cut], work: Path) -> dict[Path, Method]:
    """Make every file named in `cuts`, an mp4 with a video track and no sound.

    A file gets its name only when it is whole and verified. If there is an error, the files made before it stay.

    Args:
        source: a video file.
        cuts: what to cut out, by the path of the file to be made; folders are made as needed.
        work: an existing folder for temporary files, on the same file system as the files to be made. It is left as it
            was, also on an error; only a killed process leaves a folder `cutting-*` in it.

    Returns:
        how each file was made.

    Raises:
        MediaError: the source is missing, damaged, too short for a cut, or cannot be cut exactly.
        OSError: a file cannot be written.
    """
    if not cuts:
        return {}
    reel = scan(source, max(cut.end for cut in cuts.values()))
    for cut in cuts.values():
        _require_covered(reel, cut)
    with TemporaryDirectory(prefix="cutting-", dir=work) as folder:
        return _Cutter(reel, cuts, Path(folder)).make_all()


class _Cutter:
    """Makes the cuts of one source in a temporary folder."""

    def __init__(self, source: Reel, cuts: Mapping[Path, Cut], folder: Path) -> None:
        self._source = source
        self._cuts = cuts
        self._folder = folder

    def make_all(self) -> dict[Path, Method]:
        others = [path for path in self._cuts if not self._make(path, self._source)]
        if others:
            logger.debug("%s: %d of %d cuts need an encode", self._source.path, len(others), len(self._cuts))
            self._make_from_encode(others)
        methods: dict[Path, Method] = dict.fromkeys(self._cuts, "copied")
        return methods | dict.fromkeys(others, "encoded")

    def _make_from_encode(self, paths: Sequence[Path]) -> None:
        encoded = encode(self._source, [self._cuts[path] for path in paths], self._folder / "encoded.mp4")
        for path in paths:
            if not self._make(path, encoded):
                raise self._cannot_cut(self._cuts[path])

    def _make(self, path: Path, reel: Reel) -> bool:
        """Copy a cut out of a reel and name it; return False, and leave nothing, where that is not exact."""
        cut, made = self._cuts[path], self._folder / "cut.mp4"
        if not copy_cut(reel, cut, self._source, made):
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        made.replace(path)
        return True

    def _cannot_cut(self, cut: Cut) -> MediaError:
        return unreadable(self._source.path, f"cannot be cut exactly {_words(cut)}", "re-encode it and cut that")


def _require_covered(source: Reel, cut: Cut) -> None:
    if cut.end <= source.end:
        return
    length = source.end / NANOSECONDS
    raise MediaError(
        f"{source.path}: lasts {length:.3f} s, too short for the cut {_words(cut)}; "
        "fetch the file again, or check the times of the cut",
        path=str(source.path),
        time=length,
    )


def _words(cut: Cut) -> str:
    return f"from {cut.start / NANOSECONDS:.3f} s to {cut.end / NANOSECONDS:.3f} s"
