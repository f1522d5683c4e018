"""Sources of reports: how exact their places and dates are, and how their files are read."""

from dataclasses import dataclass
from enum import StrEnum


class PlacePrecision(StrEnum):
    """How exact the places of a source are."""

    EXACT = "exact"
    ROUNDED = "rounded"
    SNAPPED = "snapped"

    @property
    def label(self) -> str:
        """Plain name of the precision."""
        return {
            PlacePrecision.EXACT: "Exact places",
            PlacePrecision.ROUNDED: "Rounded places",
            PlacePrecision.SNAPPED: "Places moved to anonymous points",
        }[self]


class TimePrecision(StrEnum):
    """How exact the dates of a source are."""

    MOMENT = "moment"
    DAY = "day"
    MONTH = "month"

    @property
    def label(self) -> str:
        """Plain name of the precision."""
        return {
            TimePrecision.MOMENT: "Date and time",
            TimePrecision.DAY: "Days only",
            TimePrecision.MONTH: "Months only",
        }[self]


@dataclass(frozen=True, slots=True)
class Source:
    """Who reports come from.

    ``lattice_m`` is the step of the grid that its coordinates lie on, in metres, where one was
    found. ``columns`` is the TOML that says how its files are read. ``decided_by`` is who set the
    precision, or empty where it was measured; ``why`` says in a sentence what it was measured from.
    """

    id: int
    name: str
    precision: PlacePrecision = PlacePrecision.EXACT
    time_precision: TimePrecision = TimePrecision.MOMENT
    lattice_m: float | None = None
    columns: str = ""
    decided_by: str = ""
    why: str = ""
    version: int = 1

    @property
    def is_snapped(self) -> bool:
        """Tell whether its points are good for counts by area only."""
        return self.precision is PlacePrecision.SNAPPED
