"""The contract of `vstreamqa.models.base`, run on any adapter: `check_model`."""

from __future__ import annotations

from vstreamqa.audit.contract.check import check_model
from vstreamqa.audit.contract.outcome import Outcome

__all__ = ["Outcome", "check_model"]
