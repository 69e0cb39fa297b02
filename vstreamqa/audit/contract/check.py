"""Run every clause of the contract on a model."""

from __future__ import annotations

from collections.abc import Iterator

from vstreamqa.audit.contract.clauses import CLAUSES, Clause
from vstreamqa.audit.contract.material import Material, make_material
from vstreamqa.audit.contract.outcome import Broken, NotClaimed, Outcome, Unobservable
from vstreamqa.models.base import StreamingModel

FRAMES, TOKENS = 8, 12


def check_model(model: StreamingModel, *, frames: int = FRAMES, tokens: int = TOKENS) -> Iterator[Outcome]:
    """Run every clause of the contract, one after the other; none is left out because another is broken.

    Args:
        model: a loaded model.
        frames: how many frames the made-up streams have, 4 at least.
        tokens: longest answer asked for.
    """
    material = make_material(model, max(frames, 4, 2 * model.input.max_batch), tokens)
    for name, clause in CLAUSES.items():
        yield _outcome(name, clause, material)


def _outcome(name: str, clause: Clause, material: Material) -> Outcome:
    try:
        return Outcome(name, "kept", clause(material))
    except Broken as broken:
        return Outcome(name, "broken", str(broken))
    except Unobservable as reason:
        return Outcome(name, "unobservable", str(reason))
    except NotClaimed as reason:
        return Outcome(name, "not claimed", str(reason))
    except (Exception, SystemExit) as error:  # an adapter may raise anything, and that breaks the clause
        return Outcome(name, "broken", f"{type(error).__name__}: {' '.join(str(error).split())}")
