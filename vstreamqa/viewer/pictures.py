"""Small pictures of the frames that a model was shown, made from the source when they are asked for."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from vstreamqa.asked import Place, place_of
from vstreamqa.errors import UserError, VStreamQAError
from vstreamqa.schema import Manifest, PlanRow, Stream, Value, to_position, to_value
from vstreamqa.video.resize import Filter, Fit, Resize
from vstreamqa.viewer.reading import ViewedRun
from vstreamqa.viewer.records import Strip, Thumbnail
from vstreamqa.viewer.shown import UNSTATED, Shown, shown_to

Choice = Literal["spread", "latest", "evidence", "said"]
CHOICES: tuple[Choice, ...] = ("spread", "latest", "evidence", "said")
MOST = 12
"""Pictures of one question."""
_EDGE = 320
"""Pixels of a picture's longer side, at most."""
_QUALITY = 80
_KEPT = 2048
"""Pictures that are held in memory."""
_AT_ONCE = threading.BoundedSemaphore(2)


class _Seen(msgspec.Struct, frozen=True):
    """In what form a model is shown frames: `pixels` of a manifest."""

    size: tuple[int, int] | None = None
    """Height and width; None for as large as the source."""
    fit: Fit = "crop"
    filter: Filter = "bicubic"
    reader: Literal["pyav", "decord"] = "pyav"


class Pictures:
    """The frames of a run.

    Attributes:
        path: the run folder.
    """

    def __init__(self, path: Path, manifest: Manifest, data: Path | None = None) -> None:
        """Take a run.

        Args:
            path: the run folder.
            manifest: its manifest.
            data: where the media are, if not where the run found them.

        Raises:
            UserError: the manifest says what this version does not know.
        """
        self.path = path
        self._manifest = manifest
        self._data = data
        self._fps: float | None = manifest.model.get("fps")
        self._seen = _seen(path, manifest)
        self._place = lru_cache(maxsize=None)(self._find)
        self.jpeg: Callable[[str, str, Stream, int], bytes] = lru_cache(maxsize=_KEPT)(self._jpeg)
        self._finding = threading.Lock()

    def shown(self, run: ViewedRun, row: PlanRow, control: str | None) -> Shown:
        """Return the frames that an answer of a run, as it is now, can rest on."""
        entry = run.by_question[row.suite, row.config, row.question.question_id][control]
        watched = run.watched.get((row.suite, row.config, row.stream.stream_id, control))
        return shown_to(row, control, entry.prediction, self._fps, watched)

    def strip(
        self,
        row: PlanRow,
        shown: Shown,
        choice: Choice,
        said: Sequence[Value],
        address: Callable[[int], str],
        *,
        most: int = MOST,
    ) -> Strip:
        """Choose frames to be looked at.

        Args:
            row: the planned question.
            shown: the frames that its answer can rest on.
            choice: which of them.
            said: the times of what was said unasked.
            address: where the picture of a position is found.
            most: how many of them, two or more.
        """
        unit = row.stream.unit
        positions = _chosen(row, shown, choice, said, most)
        return Strip(
            frames=tuple(Thumbnail(one, to_value(one, unit), address(one)) for one in positions),
            n=len(shown.ranks),
            remark="; ".join(filter(None, (shown.remark, self._changed(row) if positions else None))) or None,
            size=self._seen.size,
        )

    def _changed(self, row: PlanRow) -> str | None:
        """Say so if the data are others than those of the run; nothing if they are not there at all."""
        try:
            now = self._placed(row.suite, row.config).data_hash
        except VStreamQAError:
            return None
        suites: Sequence[Any] = self._manifest.task.get("suites", ())
        was = [
            one.get("data")
            for one in suites
            if isinstance(one, dict) and (one.get("suite"), one.get("config")) == (row.suite, row.config)
        ]
        changed = now is not None and was and was != [now]
        return "the data here are others than those of the run: these may not be the frames it saw" if changed else None

    def _placed(self, suite: str, config: str) -> Place:
        with self._finding:
            return self._place(suite, config)

    def _find(self, suite: str, config: str) -> Place:
        return place_of(self.path, self._manifest, (suite, config), self._data)

    def _jpeg(self, suite: str, config: str, stream: Stream, position: int) -> bytes:
        """Return the frame shown at a position, as the model saw it, as a small JPEG.

        Raises:
            VStreamQAError: the source is not there, cannot be read, or holds no pictures.
        """
        from PIL import Image

        with _AT_ONCE:
            pixels = self._pixels(self._placed(suite, config).root, stream, position)
        image = Image.fromarray(pixels)
        image.thumbnail((_EDGE, _EDGE))
        held = io.BytesIO()
        image.save(held, "JPEG", quality=_QUALITY)
        return held.getvalue()

    def _pixels(self, root: Path, stream: Stream, position: int) -> Any:
        from vstreamqa.video import open_frames

        if self._fps is None:
            raise VStreamQAError(UNSTATED)
        if stream.media.kind == "features":
            raise VStreamQAError(f"{stream.media.path}: holds features; there is no picture of them")
        assert self._fps is not None  # a run that does not state it has no position to ask for
        with open_frames(
            stream.media,
            root,
            unit=stream.unit,
            fps=self._fps,
            start=position,
            end=position,
            resize=self._resize(),
            reader=self._seen.reader,
        ) as frames:
            frame = next(frames, None)
        if frame is None or frame.pixels is None:
            raise VStreamQAError(f"{root / stream.media.path}: shows no frame at {to_value(position, stream.unit)}")
        return frame.pixels

    def _resize(self) -> Resize | None:
        seen = self._seen
        return None if seen.size is None else Resize(seen.size, seen.fit, seen.filter)


def _seen(path: Path, manifest: Manifest) -> _Seen:
    try:
        return msgspec.convert(manifest.model.get("pixels") or {}, _Seen)
    except msgspec.ValidationError as error:
        raise UserError(f"{path}: its manifest says of the pixels: {error}") from error


def _chosen(row: PlanRow, shown: Shown, choice: Choice, said: Sequence[Value], most: int) -> list[int]:
    unit, evidence = row.stream.unit, row.question.evidence
    if choice == "latest":
        return shown.latest(most)
    if choice == "evidence" and evidence is not None:
        return shown.within(to_position(evidence[0], unit), to_position(evidence[1], unit), most)
    if choice == "said" and said:
        return shown.at([to_position(time, unit) for time in said], most)
    return shown.spread(most)
