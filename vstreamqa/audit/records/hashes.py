"""Do the hashes of a run fit what they are hashes of?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vstreamqa.audit.finding import Finding
from vstreamqa.audit.records.reading import RunRecords
from vstreamqa.audit.records.telling import failed_if
from vstreamqa.hashing import spec_hash
from vstreamqa.runs.plan import questions_hash
from vstreamqa.schema import Manifest

NAME = "hashes"
_NAMED = {"suite", "config", "questions", "questions_hash"}
"""What a task says of each of its suites."""


def hashes(run: RunRecords) -> list[Finding]:
    """Compare the manifest's hashes with its specs, the plan with the task, and every row's run with the manifest's."""
    manifest = run.manifest
    return [
        failed_if(
            list(_faults(run)),
            check=NAME,
            found=f"task {manifest.task_hash}, model {manifest.model_hash}, scoring {manifest.scoring_hash}",
            good="manifest, plan and rows belong together",
            bad="manifest, plan and rows do not belong together: something was edited, or comes from another run",
        )
    ]


def _faults(run: RunRecords) -> Iterator[str]:
    manifest = run.manifest
    for name in ("task", "model", "scoring"):
        if spec_hash(getattr(manifest, name)) != getattr(manifest, f"{name}_hash"):
            yield f"the manifest's {name} is not what its hash says"
    if manifest.run_id != f"{manifest.task_hash[:8]}-{manifest.model_hash[:8]}":
        yield f"run {manifest.run_id!r} is not named after its task and model"
    yield from _said_otherwise(manifest)
    others = sum(row.run_id != manifest.run_id for row in run.predictions)
    if others:
        yield f"{others} rows come from another run"
    for suite in manifest.task.get("suites", ()):
        if not (isinstance(suite, Mapping) and suite.keys() >= _NAMED):
            yield f"the manifest's task holds {suite!r} in place of a suite"
            continue
        rows = [row for row in run.plan if (row.suite, row.config) == (suite["suite"], suite["config"])]
        if len(rows) != suite["questions"] or questions_hash(rows) != suite["questions_hash"]:
            yield f"the plan of {suite['suite']}/{suite['config']} is not the one that the task is a hash of"


def _said_otherwise(manifest: Manifest) -> Iterator[str]:
    """Compare what the manifest says of its own, and no hash holds, with the specs that hashes hold."""
    said = {"seed": (manifest.seed, manifest.model.get("seed")), "clock": (manifest.clock, manifest.task.get("clock"))}
    if (weights := manifest.checkpoint) is not None:
        said["checkpoint"] = weights.id, manifest.model.get("checkpoint")
        said["revision"] = weights.revision, manifest.model.get("revision")
        said["weights"] = weights.hash, manifest.model.get("weights")
    for name, (told, hashed) in said.items():
        if hashed is not None and told != hashed:
            yield f"the manifest's {name} is {told!r}, and that of its specs {hashed!r}"
