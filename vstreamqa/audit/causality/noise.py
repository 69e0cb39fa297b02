"""What happens to answers if the model is shown noise from the first frame on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from vstreamqa.audit.causality.sample import Sample
from vstreamqa.audit.chance import SURELY, by_chance, chance_of_agreeing
from vstreamqa.audit.finding import Finding, Status

NAME = "noise shown"


@dataclass(slots=True)
class Unseen:
    """Counts the answers that stay the same.

    Attributes:
        samples: questions before which something was shown.
        same: those whose answer noise does not change.
        by_name: those of them whose answer changes if the stream is called otherwise, noise or not.
    """

    samples: list[Sample] = field(default_factory=list)
    same: list[Sample] = field(default_factory=list)
    by_name: list[Sample] = field(default_factory=list)

    def add(self, samples: Sequence[Sample], same: Sequence[Sample], by_name: Sequence[Sample]) -> None:
        """Count the questions of a moment."""
        self.samples += samples
        self.same += same
        self.by_name += by_name

    def finding(self) -> Finding:
        """Return what to say of it: that answers rest on something else than frames, or may."""
        if not self.samples:
            return Finding(check=NAME, status="not run", found="no question after a frame", means="nobody knows")
        answers = [sample.prediction.prediction for sample in self.samples]
        chance = by_chance(len(self.same), len(answers), chance_of_agreeing(answers, answers))
        status: Status = "ok"
        if len(self.same) == len(answers) and chance <= SURELY:
            status = "failed"
        means = "answers rest on what is shown, or too few were compared"
        if status == "failed":
            means = "no answer rests on what frames show, but on their number, or on what the model has from elsewhere"
            if self.by_name:
                means = "answers rest on which stream it is, not on its frames: the model has them from somewhere else"
        return Finding(
            check=NAME,
            status=status,
            found=f"{len(self.same)} of {len(self.samples)} answers stay the same if every frame is noise",
            means=means,
            figures={"same": len(self.same), "n": len(self.samples), "by_name": len(self.by_name)},
        )
