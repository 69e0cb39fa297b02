"""How a figure is printed: fractions as percentages, nanoseconds as milliseconds, bytes as MiB, nothing as `-`."""

from __future__ import annotations

NOTHING = "-"

_NS_PER_MS = 1_000_000
_BYTES_PER_MIB = 1 << 20


def percent(share: float | None) -> str:
    """Print a fraction as a percentage with one decimal."""
    return NOTHING if share is None else f"{100 * share:.1f}"


def percent_with_interval(share: float | None, interval: tuple[float, float] | None) -> str:
    """Print a fraction with its interval as percentages: `57.3 [51.0, 63.6]`."""
    if share is None or interval is None:
        return percent(share)
    return f"{percent(share)} [{percent(interval[0])}, {percent(interval[1])}]"


def percent_over_interval(share: float | None, interval: tuple[float, float] | None) -> str:
    """Print the same in two lines, for tables with many columns."""
    return percent_with_interval(share, interval).replace(" ", "\n", 1)


def milliseconds(duration_ns: int | None) -> str:
    """Print nanoseconds as milliseconds; with two decimals below ten, so that a fast answer is not printed as 0."""
    if duration_ns is None:
        return NOTHING
    duration = duration_ns / _NS_PER_MS
    return f"{duration:,.2f}" if duration < 10 else f"{duration:,.0f}"


def two_milliseconds(p50_ns: int | None, p95_ns: int | None) -> str:
    """Print median and 95th percentile as `p50 / p95`."""
    if p50_ns is None and p95_ns is None:
        return NOTHING
    return f"{milliseconds(p50_ns)} / {milliseconds(p95_ns)}"


def mebibytes(size: int | None) -> str:
    """Print bytes as MiB."""
    return NOTHING if size is None else f"{size / _BYTES_PER_MIB:,.0f} MiB"


def two_delays(p50: float | None, p90: float | None) -> str:
    """Print median and 90th percentile of signed delays as `+0.5 / +1.2`; early is negative."""
    return NOTHING if p50 is None or p90 is None else f"{p50:+.1f} / {p90:+.1f}"


def number(value: float | None) -> str:
    """Print a rate or a ratio with one decimal."""
    return NOTHING if value is None else f"{value:,.1f}"


def points(difference: float | None) -> str:
    """Print a difference of two fractions in percentage points, always with its sign."""
    return NOTHING if difference is None else f"{100 * difference:+.1f}"


def points_with_interval(difference: float | None, interval: tuple[float, float] | None) -> str:
    """Print a difference with its interval: `+3.1 [-1.0, +7.2]`."""
    if difference is None or interval is None:
        return points(difference)
    return f"{points(difference)} [{points(interval[0])}, {points(interval[1])}]"


def p_value(probability: float | None) -> str:
    """Print a p-value with three decimals, a smaller one as a bound: none is 0."""
    if probability is None:
        return NOTHING
    return "< 0.001" if probability < 0.001 else f"{probability:.3f}"
