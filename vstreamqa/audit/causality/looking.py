"""Look at what sessions were shown and asked while a stream was played as in the run."""

from __future__ import annotations

from collections.abc import Sequence

from vstreamqa.audit.causality.bench import Bench
from vstreamqa.audit.causality.findings import Tallies
from vstreamqa.audit.causality.playing import Played
from vstreamqa.audit.causality.sample import Sample
from vstreamqa.audit.causality.showing import Reference, misshown, misworded
from vstreamqa.audit.causality.strand import Strand
from vstreamqa.replay.grid import StreamGrid
from vstreamqa.schema import to_position


def look(bench: Bench, strand: Strand, samples: Sequence[Sample], played: Played, tallies: Tallies) -> None:
    """Compare what was shown and put with what is due, for every sampled question of a playing."""
    row, stream = strand.row, strand.row.stream
    grid = StreamGrid.of(stream.unit, to_position(stream.start, stream.unit), bench.settings.fps)
    reference = None
    if bench.reference is not None:
        reference = Reference(bench.reference(row.suite, row.config, stream), grid.start)
    for sample in samples:
        tallies.frames.add(sample, misshown(sample, played.logs, grid, reference))
        tallies.wording.add(sample, misworded(sample, played.logs, bench.settings.render))
