"""Runs to be looked at, on a video whose frames say which they are, and requests to the server that shows them."""

from __future__ import annotations

import http.client
import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from commands import make_clip
from footage import number_in
from kept_runs import keep_run
from PIL import Image
from scored import a_plan_row, a_question, an_answer

from vstreamqa.runs.folder import MANIFEST, UTTERANCES
from vstreamqa.runs.lines import encode_line
from vstreamqa.schema import Media, PlanRow, Prediction, Question, Stream, UtteranceRecord
from vstreamqa.viewer.reading import question_key
from vstreamqa.viewer.serving import Server
from vstreamqa.viewer.site import Site

CLIP = Stream(
    stream_id="clip",
    source_id="clip",
    media=Media(kind="video", path="clip.mp4"),
    unit="second",
    start=0,
    end=6,
)
HOSTILE = "</script><script>window.hacked=1</script><img src=x onerror='window.hacked=1'>"
OWN = {"suite": "own", "config": "clip", "stream_id": "clip", "source_id": "clip"}


def a_row(question_id: str = "q", *, controls: Sequence[str | None] = (None,), **fields: Any) -> PlanRow:
    """A planned question about the clip, asked at 3 s unless said otherwise."""
    question = a_question(
        question_id, **{"stream_id": "clip", "source_id": "clip", "time": 3, "answer": "red", **fields}
    )
    row = a_plan_row(question, suite="own", config="clip", controls=controls, closed=True)
    return msgspec.structs.replace(row, stream=CLIP)


def an_answer_to(row: PlanRow, text: str | None, **fields: Any) -> Prediction:
    return an_answer(text, question_id=row.question.question_id, asked_at=row.question.time, **{**OWN, **fields})


def keep_viewed(
    folder: Path, plan: Sequence[PlanRow], answers: Sequence[Prediction], name: str = "run", **fields: Any
) -> Path:
    """Write a run on a clip that lies in the same folder."""
    clip = folder / "clip.mp4"
    if not clip.exists():
        make_clip(folder)
    path = keep_run(folder / name, plan, answers, **fields)
    manifest = json.loads((path / MANIFEST).read_text())
    manifest["request"] = {"model": "fake", "video": str(clip), "questions": "questions.json"}
    (path / MANIFEST).write_text(json.dumps(manifest))
    return path


def say(path: Path, *said: tuple[float, str], question: Question, control: str | None = None) -> None:
    """Add what was said unasked under a question."""
    with (path / UTTERANCES).open("ab") as file:
        for time, text in said:
            row = UtteranceRecord(
                suite="own",
                config="clip",
                stream_id="clip",
                control=control,
                time=time,
                said_at_ns=0,
                text=text,
                question_id=question.question_id,
            )
            file.write(encode_line(row))


@dataclass
class Got:
    """A reply."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


@dataclass
class Served:
    """A server that runs, and how it is asked."""

    server: Server

    def get(self, path: str, *, token: str | None = None, host: str | None = None, method: str = "GET") -> Got:
        """Ask for a path below the page's address."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        try:
            headers = {"Host": host or f"127.0.0.1:{self.server.port}"}
            connection.request(method, f"/{self.server.token if token is None else token}/{path}", headers=headers)
            reply = connection.getresponse()
            return Got(reply.status, dict(reply.getheaders()), reply.read())
        finally:
            connection.close()

    def document(self) -> Any:
        """Return the document of the page."""
        return in_script(self.get("data.js").text)

    def strip(self, row: PlanRow, arm: str = "model", choice: str = "spread") -> Any:
        return json.loads(self.get(f"frames/{question_key(row)}/{arm}/{choice}.json").content)


@contextmanager
def served(*paths: Path, data: Path | None = None) -> Iterator[Served]:
    """Serve run folders in this process."""
    with Server(Site(paths, data)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield Served(server)
        finally:
            server.shutdown()
            thread.join()


def in_script(text: str) -> Any:
    """Return what a data script sets."""
    found = re.fullmatch(r"window\.RUN = (.*);\n", text)
    assert found is not None
    return json.loads(found[1])


def frame_number(jpeg: bytes) -> int:
    """Return which frame of the clip a picture shows."""
    return number_in(np.asarray(Image.open(BytesIO(jpeg)).convert("RGB")))
