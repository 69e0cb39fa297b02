"""Make one config of the suite below a folder: annotations, media, and the digest of what the media show."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from vstreamqa.build.mini.annotate import make_question, make_stream
from vstreamqa.build.mini.ask.choose import Slot, choose
from vstreamqa.build.mini.plans import CONFIGS, ConfigPlan, plan_streams
from vstreamqa.build.mini.randomness import draws
from vstreamqa.build.mini.world import Split, World
from vstreamqa.schema import Question, Record, Stream

STREAMS, QUESTIONS, DIGESTS = "streams.jsonl", "questions.jsonl", "digests.json"
_WRITERS = 2


def write_config(name: str, split: Split, seed: int, folder: Path) -> None:
    """Write a config into an empty folder.

    Args:
        name: one of `CONFIGS`.
        split: `test` for the suite itself; `train` gives worlds that share no randomness with it.
        seed: of the family of worlds.
        folder: where to; gets `streams.jsonl`, `questions.jsonl`, `digests.json` and `media/`.
    """
    plan = CONFIGS[name]
    planned = plan_streams(plan, split, seed)
    streams = [_stream(plan, number, world) for number, (world, _) in enumerate(planned)]
    slots = [Slot(n, place, m) for n, (_, moments) in enumerate(planned) for place, m in enumerate(moments)]
    chosen = choose(slots, plan.quota, draws(split, seed, name, "choose"))
    questions = [make_question(one, streams[one.slot.stream]) for one in chosen]
    (folder / "media").mkdir()
    digests = _write_media([world for world, _ in planned], streams, folder)
    _write_lines(folder / STREAMS, streams)
    _write_lines(folder / QUESTIONS, questions)
    (folder / DIGESTS).write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")


def read_annotations(folder: Path) -> tuple[tuple[Stream, ...], tuple[Question, ...]]:
    """Read back what `write_config` wrote.

    Raises:
        OSError: a file is missing or cannot be read.
        msgspec.MsgspecError: a line is not such a record.
    """
    lines = msgspec.json.Decoder(Stream).decode_lines((folder / STREAMS).read_bytes())
    questions = msgspec.json.Decoder(Question).decode_lines((folder / QUESTIONS).read_bytes())
    return tuple(lines), tuple(questions)


def _stream(plan: ConfigPlan, number: int, world: World) -> Stream:
    stream_id = f"{plan.name}-{number:02d}"
    suffix = ".mp4" if plan.unit == "second" else ""
    return make_stream(world, stream_id, f"media/{stream_id}{suffix}")


def _write_media(worlds: Iterable[World], streams: Iterable[Stream], folder: Path) -> Mapping[str, str]:
    """Write the media of all streams and return the digest of each by its path."""
    jobs = [(world, folder / stream.media.path) for world, stream in zip(worlds, streams, strict=True)]
    with ThreadPoolExecutor(_WRITERS) as pool:
        digests = list(pool.map(_write_medium, *zip(*jobs, strict=True)))
    return {path.relative_to(folder).as_posix(): digest for (_, path), digest in zip(jobs, digests, strict=True)}


def _write_medium(world: World, path: Path) -> str:
    if world.settings.unit == "keyframe":
        from vstreamqa.build.mini.keyframes import keyframes_digest, write_keyframes

        write_keyframes(world, path)
        return keyframes_digest(path)
    from vstreamqa.build.mini.video import CAMERAS, video_digest, write_video

    write_video(world, path, CAMERAS[world.index % len(CAMERAS)])
    return video_digest(path)


def _write_lines(path: Path, records: Iterable[Record]) -> None:
    path.write_bytes(b"".join(msgspec.json.encode(record) + b"\n" for record in records))
