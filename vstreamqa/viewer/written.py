"""The page as files: the run, and a limited number of small pictures beside it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from vstreamqa.errors import UserError, VStreamQAError
from vstreamqa.hashing import spec_hash
from vstreamqa.report.arms import MODEL
from vstreamqa.reporting import refuse_inside, write_file
from vstreamqa.schema import PlanRow
from vstreamqa.viewer.document import Viewed, as_script, read_document
from vstreamqa.viewer.files import fixed_files
from vstreamqa.viewer.pictures import Pictures
from vstreamqa.viewer.reading import question_key
from vstreamqa.viewer.records import Strip, Thumbnail
from vstreamqa.viewer.site import DATA

FRAMES_EACH = 6
"""Pictures of one question."""
MOST_BYTES = 64 << 20
"""Of all pictures together."""
_LEFT_OUT = f"left out: the pictures of a page that is written out are limited to {MOST_BYTES >> 20} MiB"


class _Album:
    """Pictures that are written into a folder, up to a number of bytes."""

    def __init__(self, folder: Path, pictures: Pictures) -> None:
        self._folder = folder
        self._pictures = pictures
        self._written: dict[str, bool] = {}
        self.size = 0
        self.left_out = 0

    @property
    def n(self) -> int:
        """How many pictures there are."""
        return sum(self._written.values())

    def strip(self, viewed: Viewed, row: PlanRow) -> Strip:
        """Write the pictures of a question of the model's own arm, and return which they are."""
        shown = self._pictures.shown(viewed.runs[0], row, None)
        folder = f"frames/{spec_hash({'stream': [row.suite, row.config, row.stream.stream_id]})}"
        strip = self._pictures.strip(
            row, shown, "spread", (), lambda position: f"{folder}/{position}.jpg", most=FRAMES_EACH
        )
        remarks, kept = [strip.remark], []
        for frame in strip.frames:
            try:
                if self._write(row, frame):
                    kept.append(frame)
                else:
                    remarks.append(_LEFT_OUT)
            except VStreamQAError as error:
                remarks.append(str(error))
        self.left_out += _LEFT_OUT in remarks
        remark = "; ".join(filter(None, dict.fromkeys(remarks))) or None
        return msgspec.structs.replace(strip, frames=tuple(kept), remark=remark)

    def _write(self, row: PlanRow, frame: Thumbnail) -> bool:
        if frame.src not in self._written:
            jpeg = self._pictures.jpeg(row.suite, row.config, row.stream, frame.position)
            there = self.size + len(jpeg) <= MOST_BYTES
            if there:
                path = self._folder / frame.src
                path.parent.mkdir(parents=True, exist_ok=True)
                write_file(path, jpeg)
                self.size += len(jpeg)
            self._written[frame.src] = there
        return self._written[frame.src]


def write(paths: Sequence[Path], out: Path, data: Path | None = None) -> str:
    """Write the page of one run, or of two, into a folder that is not there yet, or is empty.

    Returns:
        what was written, in a sentence.

    Raises:
        UserError: one is no run folder, or the folder cannot be written, holds something, or lies in a run.
    """
    refuse_inside("--out", out, paths)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(f"--out {out}: is there and not empty; name a new folder")
    viewed = read_document(paths, served=False)
    run = viewed.runs[0].results
    out.mkdir(parents=True, exist_ok=True)
    album = _Album(out, Pictures(paths[0], run.manifest, data))
    strips = {question_key(row): album.strip(viewed, row) for row in _with_progress(run.plan) if None in row.controls}
    for name, content in fixed_files().items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        write_file(out / name, content)
    write_file(out / DATA, as_script(msgspec.structs.replace(viewed.document, strips=strips)))
    left_out = f", left out at {album.left_out:,} questions for their size" if album.left_out else ""
    return (
        f"{out / 'index.html'}: {len(run.plan):,} questions, {album.n:,} pictures "
        f"({album.size / (1 << 20):.1f} MiB; at most {FRAMES_EACH} a question, of the arm {MODEL!r}{left_out})"
    )


def _with_progress(plan: Sequence[PlanRow]) -> Iterable[PlanRow]:
    from tqdm import tqdm

    return tqdm(plan, desc="pictures", unit="", disable=None, file=sys.stderr)
