"""What a report says of the audit of a run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """The certificate of a run, as far as it still holds.

    Attributes:
        valid: the files that it is about are still those; otherwise it is void.
        lines: what it came to, and what has changed since.
        findings: status, check, where, what was found, and what it means.
    """

    valid: bool
    lines: tuple[str, ...]
    findings: tuple[tuple[str, str, str, str, str], ...]
