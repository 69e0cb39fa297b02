"""Are the media of sampled streams those that their suite was built from?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from vstreamqa.audit.causality.sample import Sample
from vstreamqa.audit.finding import Finding
from vstreamqa.audit.records.telling import failed_if, named
from vstreamqa.errors import MediaError
from vstreamqa.schema import Stream
from vstreamqa.suites.base import SuiteConfig
from vstreamqa.suites.built import read_table
from vstreamqa.suites.form import STREAMS, read_index, stream_of
from vstreamqa.video import fingerprint

NAME = "same media"


def same_media(configs: Sequence[SuiteConfig], samples: Sequence[Sample]) -> list[Finding]:
    """Compare what the media of sampled streams show with the fingerprints that were taken when the suite was built.

    A suite's hash is that of its tables: media that were exchanged since, or two that were swapped, leave it as it is.
    A video of one's own is hashed whenever it is loaded, and has no part in this.
    """
    sampled = {(one.row.suite, one.row.config, one.row.stream.stream_id): one.row.stream for one in samples}
    compared, faults = 0, list[str]()
    for config in configs:
        streams = [one for key, one in sampled.items() if key[:2] == (config.suite, config.config)]
        built = _fingerprints(config)
        if built is None:
            continue
        compared += len(streams)
        faults += _others(config, streams, built)
    if not compared:
        return []
    return [
        failed_if(
            faults,
            check=NAME,
            found=f"{compared} streams",
            good="their media show what they showed when the suite was built",
            bad="questions are asked about other pictures than they were written for; `vstreamqa validate` checks all",
        )
    ]


def _others(config: SuiteConfig, streams: Sequence[Stream], built: dict[str, str]) -> Iterator[str]:
    for stream in streams:
        name = named((config.suite, config.config, stream.stream_id, None))
        try:
            shown = fingerprint(stream.media, config.root, unit=stream.unit)
        except MediaError as error:
            yield f"{name}: {error}"
            continue
        if shown != built.get(stream.stream_id):
            yield f"{name} shows something else ({stream.media.path})"


def _fingerprints(config: SuiteConfig) -> dict[str, str] | None:
    """Return the fingerprint of every stream's medium; None where the suite was not built into a folder."""
    found = read_index(Path(config.root))
    if found is None:
        return None
    table = read_table(found[1] / config.config / STREAMS, stream_of)
    return {built.stream.stream_id: built.fingerprint for built in table}
