"""Tell what a build came to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from vstreamqa.build.assembling import BuildReport
from vstreamqa.build.findings import finding_lines, in_order
from vstreamqa.suites.form import REPORT

_PATTERN = re.compile(r"[*?\[\]]")


def report_lines(report: BuildReport, out: Path) -> Iterator[str]:
    """Yield the lines a user reads: what was found, what there is of each config, how to go on."""
    yield from finding_lines(report.findings)
    for name, one in report.configs.items():
        state = "complete" if one.complete else "partial"
        yield f"{report.suite}/{name}: {one.counts} ({state})"
    if report.written:
        first = next(name for name, one in report.configs.items() if one.questions)
        yield f"built at {out}; everything that was found stands in {out / REPORT}"
        if _PATTERN.search(str(out)):
            yield f"note: datasets takes the signs * ? [ ] in {out} for a pattern; rename the folder to load it there"
        yield f"load it: datasets.load_dataset({str(out)!r}, {first!r}, split='test')"
        yield f"run it: vstreamqa eval --model MODEL --suite {report.suite}/{first} --data {out}"


def refusal(report: BuildReport, out: Path) -> str:
    """Return the line that says why nothing was built."""
    lacks = [one for one in in_order(report.findings) if one.incomplete]
    first = f"{lacks[0].place}: {lacks[0].text}" if lacks else "there is no question"
    if not any(one.questions for one in report.configs.values()):
        return f"{report.suite}: nothing could be built: {first} ({len(lacks)} such findings in {out / REPORT})"
    return (
        f"{report.suite}: not built, since it would not be whole ({len(lacks)} findings in {out / REPORT}, the first: "
        f"{first}); mend them, or build what is there with --allow-missing"
    )
