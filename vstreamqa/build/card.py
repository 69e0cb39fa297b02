"""The card of a built suite: what the project says of the suite, and what this build holds of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vstreamqa.errors import VStreamQAError
from vstreamqa.resources import project_folder
from vstreamqa.suites.form import DATA, QUESTIONS, SPLIT, STREAMS, STREAMS_SUFFIX, SuiteIndex

if TYPE_CHECKING:
    from datasets import Features

_PLAIN = """\
---
language:
- en
license: unknown
task_categories:
- video-text-to-text
tags:
- video
- streaming
---

# {suite}

Questions about videos. Each is asked at its time (`time`, in `unit`s) of the video in `video`. State the licence of the
questions above (`license`): what you write here, above "This build", is kept when the suite is built again.
"""

_BUILD = "## This build"

_LOADING = """\
## Loading

```python
from datasets import load_dataset

questions = load_dataset({folder!r}, {config!r}, split="{split}")
streams = load_dataset({folder!r}, {streams!r}, split="{split}")
```

`video` is a path relative to this folder (`DIR` below); media are not part of the tables. Two lines make a column of
video of it, where it names a video file (not a folder of frames or a file of features):

```python
from datasets import Video

questions = questions.map(lambda row: {{"video": DIR + "/" + row["video"]}})
questions = questions.cast_column("video", Video())   # Video(decode=False) gives the path
```

Decoding such a column needs `torchcodec`, and it shows the whole file: whoever is asked may see only what comes before
`time`, and a stream begins at its `start`.

Media may be links to where they were found: `cp -rL` makes a copy of this folder that can be moved.
"""


def make_card(index: SuiteIndex, edition: Path, questions: Features, streams: Features, standing: str | None) -> str:
    """Return the card of a suite: `README.md`, with `configs` and typed features for `datasets`.

    Args:
        index: what the suite is.
        standing: the card of the suite that stands there; what its owner has written is kept, if it is none of ours.
        edition: the folder of its tables.
        questions: columns of the tables of questions.
        streams: columns of the tables of streams.
    """
    from huggingface_hub import DatasetCard, DatasetCardData

    card = DatasetCard(_written_card(index.suite, standing))
    head: dict[str, Any] = card.data.to_dict()  # type: ignore[no-untyped-call]
    built = [name for name, entry in index.configs.items() if entry.questions]
    base = f"{DATA}/{edition.name}"
    head["configs"] = [
        {"config_name": name + suffix, "data_files": [{"split": SPLIT, "path": f"{base}/{name}/{table}"}]}
        for suffix, table in (("", QUESTIONS), (STREAMS_SUFFIX, STREAMS))
        for name in built
    ]
    head["dataset_info"] = [
        {"config_name": name + suffix, "features": features._to_yaml_list()}
        for suffix, features in (("", questions), (STREAMS_SUFFIX, streams))
        for name in built
    ]
    head["size_categories"] = [_size_category(sum(entry.questions for entry in index.configs.values()))]
    card.data = DatasetCardData(**head)
    written, _, _ = card.text.partition(_BUILD)
    card.text = "\n".join([written.rstrip(), "", *_build_lines(index), "", _loading(index, built)])
    return str(card)


def _written_card(suite: str, standing: str | None) -> str:
    try:
        path = project_folder("data_cards") / f"{suite}.md"
    except VStreamQAError:
        path = Path()
    if path.is_file():
        return path.read_text(encoding="utf-8")
    return standing or _PLAIN.format(suite=suite)


def _loading(index: SuiteIndex, built: list[str]) -> str:
    first = built[0] if built else "default"
    return _LOADING.format(folder="DIR", config=first, streams=first + STREAMS_SUFFIX, split=SPLIT)


def _build_lines(index: SuiteIndex) -> Iterator[str]:
    yield _BUILD
    yield ""
    if not all(entry.complete for entry in index.configs.values()):
        yield "**Partial**: not all of the suite is here; figures on it are not to be compared with the whole."
        yield ""
    yield "| config | questions | of | streams | of | data hash |"
    yield "|---|---|---|---|---|---|"
    for name, one in index.configs.items():
        yield (
            f"| `{name}` | {one.questions} | {one.expected_questions or '?'} | {one.streams} "
            f"| {one.expected_streams or '?'} | {one.data_hash or '-'} |"
        )
    yield ""
    yield from _fact_lines(index.facts)


def _fact_lines(facts: Mapping[str, Any]) -> Iterator[str]:
    for name, fact in facts.items():
        yield f"- {name}: {fact}"


def _size_category(questions: int) -> str:
    bounds = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"))
    return next((name for bound, name in bounds if questions < bound), "100K<n<1M")
