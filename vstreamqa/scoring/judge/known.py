"""What is known of OpenAI's models beside their names: prices and shutdown dates, with where that was read."""

from __future__ import annotations

import datetime
from functools import cache
from pathlib import Path

import msgspec

_FILE = Path(__file__).with_name("known_models.yaml")


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    input: float | None = None
    output: float | None = None
    prices: str | None = None
    shutdown: datetime.date | None = None
    dates: str | None = None


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    read_on: datetime.date
    prices_from: dict[str, str]
    dates_from: dict[str, str]
    models: dict[str, _Row]


class KnownModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model of OpenAI's service.

    Attributes:
        name: as it is named in requests.
        input: US dollars per million tokens read; None if no source states it.
        output: per million tokens written.
        prices_from: the day and the source of the prices.
        shutdown: the day from which the service does not answer for it; None if none is announced in what was read.
        dates_from: the source of that.
    """

    name: str
    input: float | None
    output: float | None
    prices_from: str | None
    shutdown: datetime.date | None
    dates_from: str | None

    @property
    def retired(self) -> str | None:
        """A clause that says so of a model past its shutdown date, else None."""
        if self.shutdown is None or _today() < self.shutdown:
            return None
        return f"OpenAI shut {self.name} down on {self.shutdown} (according to {self.dates_from})"

    @property
    def when(self) -> str:
        """A clause about its end, for a list."""
        if self.shutdown is None:
            return "no shutdown date known"
        return f"shut down on {self.shutdown}" if self.retired else f"shuts down on {self.shutdown}"


@cache
def known_models() -> dict[str, KnownModel]:
    """Return what is known, by name."""
    table = msgspec.yaml.decode(_FILE.read_bytes(), type=_Table)
    return {
        name: KnownModel(
            name=name,
            input=row.input,
            output=row.output,
            prices_from=table.prices_from[row.prices] if row.prices else None,
            shutdown=row.shutdown,
            dates_from=table.dates_from[row.dates] if row.dates else None,
        )
        for name, row in table.models.items()
    }


def known_model(name: str) -> KnownModel | None:
    """Return what is known of a model, None for nothing."""
    return known_models().get(name)


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()
