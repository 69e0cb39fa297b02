"""What is answered to a request of the page: its files, the run as it is now, and pictures of frames."""

from __future__ import annotations

import mimetypes
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

import msgspec

from vstreamqa.errors import VStreamQAError
from vstreamqa.keys import row_key
from vstreamqa.report.arms import MODEL
from vstreamqa.schema import PlanRow, Value
from vstreamqa.viewer.document import Viewed, as_script, read_document
from vstreamqa.viewer.files import fixed_files
from vstreamqa.viewer.pictures import CHOICES, Pictures
from vstreamqa.viewer.shown import Shown

DATA = "data.js"
_INDEX = "index.html"
_TEXT = "text/plain; charset=utf-8"
_DIGITS = 20
"""Of a position in nanoseconds, at most: three thousand years."""
_WATCHED = ("manifest.json", "plan.jsonl", "predictions.jsonl", "utterances.jsonl", "streams.jsonl", "verdicts")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer over HTTP."""

    status: int
    kind: str
    content: bytes


class Site:
    """Run folders as a site; every path is one below the page's address."""

    def __init__(self, paths: Sequence[Path], data: Path | None = None) -> None:
        """Read the runs once, so that what is wrong with them is said at once.

        Raises:
            UserError: one is no run folder or cannot be read.
        """
        self._paths = tuple(paths)
        self._reading = threading.Lock()
        self._stamp = self._state()
        self._viewed = read_document(self._paths, served=True)
        self._pictures = Pictures(self._paths[0], self._viewed.runs[0].results.manifest, data)

    def reply(self, path: str) -> Reply:
        """Return what stands at a path."""
        try:
            return self._reply(path)
        except VStreamQAError as error:
            return Reply(404, _TEXT, str(error).encode())
        except OSError as error:  # a file that went away while it was read, or may not be read
            return Reply(503, _TEXT, str(error).encode())

    def _reply(self, path: str) -> Reply:
        if path == DATA:
            return Reply(200, "text/javascript; charset=utf-8", as_script(self.now().document))
        parts = [unquote(part) for part in path.split("/")]
        if parts[0] == "frames" and len(parts) == 4:
            _, key, arm, name = parts
            stem, _, suffix = name.rpartition(".")
            if suffix == "json":
                return self._strip(key, arm, stem)
            if suffix == "jpg":
                return self._picture(key, arm, stem)
        if path in ("", _INDEX):
            return self._index()
        content = fixed_files().get(path)
        if content is None:
            raise VStreamQAError("there is no such page")
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        return Reply(200, f"{kind}; charset=utf-8" if kind.startswith("text/") else kind, content)

    def _index(self) -> Reply:
        """Return the page, or, if the runs cannot be read as they are now, why."""
        try:
            self.now()
        except VStreamQAError as error:
            return Reply(503, _TEXT, f"{error}\n\nReload this page once that is mended.\n".encode())
        return Reply(200, "text/html; charset=utf-8", fixed_files()[_INDEX])

    def now(self) -> Viewed:
        """Return the runs as they are now; they are read again only once they have changed."""
        with self._reading:
            stamp = self._state()
            if stamp != self._stamp:
                self._viewed = read_document(self._paths, served=True)
                self._stamp = stamp
            return self._viewed

    def _state(self) -> list[tuple[int, int]]:
        files = [path / name for path in self._paths for name in _WATCHED]
        return [(stat.st_mtime_ns, stat.st_size) for file in files if file.exists() for stat in (file.stat(),)]

    def _strip(self, key: str, arm: str, choice: str) -> Reply:
        if choice not in CHOICES:
            raise VStreamQAError(f"there is no such choice of frames: {choice}")
        row, shown, said = self._shown(key, arm)
        strip = self._pictures.strip(
            row, shown, choice, said, lambda position: f"frames/{key}/{quote(arm)}/{position}.jpg"
        )
        return Reply(200, "application/json", msgspec.json.encode(strip))

    def _picture(self, key: str, arm: str, position: str) -> Reply:
        row, shown, _ = self._shown(key, arm)
        # The number of digits first: Python refuses to read thousands of them.
        if not position.isdecimal() or len(position) > _DIGITS or not shown.holds(int(position)):
            raise VStreamQAError("this is no frame that was shown before the question was answered")
        jpeg = self._pictures.jpeg(row.suite, row.config, row.stream, int(position))
        return Reply(200, "image/jpeg", jpeg)

    def _shown(self, key: str, arm: str) -> tuple[PlanRow, Shown, list[Value]]:
        run, control = self._viewed.runs[0], None if arm == MODEL else arm
        row = run.by_address.get(key)
        if row is None or control not in row.controls:
            raise VStreamQAError("there is no such question, or it was not planned under this control")
        said = [one.time for one in run.said.get(row_key(row, control), ())]
        return row, self._pictures.shown(run, row, control), said
