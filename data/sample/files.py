"""The files that the sample city's council sends: first an archive, then one file a week.

A file holds the reports since the last one, the older ones that have been closed since, a few rows
that were sent before, and now and then a row that cannot be read. What it says about a report is
what was known on that day.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from data.sample.ground import Ground, city_lon_lat
from data.sample.names import TOWN_HALL
from data.sample.reports import CHANNELS, DAY_S, ENDINGS, CityReports, reporter_key
from data.sample.texts import LEAVES, text_for
from problems.categories import Taxonomy
from problems.reasons import Reason
from problems.reports import RejectedRow, Report, ReportStatus

SOURCE = "council"
#: Which column of the file is which field.
COLUMNS = {
    "id": "Reference", "category": "Type", "text": "Description", "reported": "Reported", "occurred": "Happened",
    "closed": "Closed", "status": "Status", "lat": "Latitude", "lon": "Longitude", "address": "Location",
    "area": "Ward", "channel": "Channel", "reporter": "Customer",
}  # fmt: skip
#: Names in the council's system that nobody has mapped to a category yet.
_UNMAPPED = ("Street furniture enquiry", "Drainage (other)", "Customer services callback")
_RESOLUTIONS = {
    "LGT": (Reason.FIXED, Reason.REPLACED),
    "PRP": (Reason.SECURED, Reason.ENFORCED, Reason.MADE_SAFE),
    "DSP": (Reason.MEDIATED, Reason.RESOLVED_ITSELF, Reason.ENFORCED),
    "ASB": (Reason.GONE_ON_ARRIVAL, Reason.ENFORCED, Reason.MEDIATED),
    "DMG": (Reason.CLEANED, Reason.FIXED),
    "WST": (Reason.CLEANED, Reason.CLEANED, Reason.GONE_ON_ARRIVAL),
    "VEH": (Reason.ENFORCED, Reason.GONE_ON_ARRIVAL),
    "VIS": (Reason.FIXED, Reason.ENFORCED),
    "OTH": (Reason.FIXED, Reason.ADMINISTRATIVE_TIMEOUT, Reason.UNSPECIFIED),
}
_REFUSED = (Reason.BELOW_THRESHOLD, Reason.PRIVATE_LAND_NO_POWER, Reason.INSUFFICIENT_INFORMATION)
_BROKEN = (
    ("Reported", "31/02/2025 09:15", "“31/02/2025 09:15” is not a date that exists."),
    ("Reported", "", "There is no date of reporting."),
    ("Latitude", "5338.123", "A latitude lies between -90 and 90."),
    ("Reported", "yesterday", "“yesterday” cannot be read as a date."),
    ("Reference", "", "The row is cut off after three columns."),
)


class CouncilFiles:
    """Makes the council's files from the reports of the city."""

    def __init__(self, ground: Ground, reports: CityReports, taxonomy: Taxonomy, seed: int) -> None:
        self._reports = reports
        self._rng = np.random.default_rng([seed, 4])
        self._full = _as_reports(ground, reports, taxonomy, seed)

    def rows(self, since_s: int, until_s: int, *, everything_open: bool) -> list[Report | RejectedRow]:
        """Return the rows of the file of ``until_s``, the one before having been made at ``since_s``.

        With ``everything_open`` the file also repeats every open report that was touched since it
        was reported, as council systems do at the end of a quarter.
        """
        known = self._reports
        new = (known.reported_s > since_s) & (known.reported_s <= until_s)
        old = known.reported_s <= since_s
        closed = old & (known.closed_s > since_s) & (known.closed_s <= until_s)
        again = old & (known.reported_s > since_s - DAY_S // 2) & (known.closed_s > until_s)
        if everything_open:
            again |= old & (known.closed_s > until_s) & (known.acknowledged_s <= until_s)
        chosen = np.flatnonzero(new | closed | again)
        rows: list[Report | RejectedRow] = [self._at(int(k), until_s) for k in chosen]
        return self._with_broken(rows)

    def _at(self, k: int, now_s: int) -> Report:
        known, full = self._reports, self._full[k]
        if known.closed_s[k] > now_s:
            open_as = (
                ReportStatus.IN_PROGRESS
                if known.started_s[k] <= now_s
                else ReportStatus.ACKNOWLEDGED
                if known.acknowledged_s[k] <= now_s
                else ReportStatus.NEW
            )
            return replace(full, status=open_as, resolution="", closed_at=None)
        if known.verified_s[k] <= now_s:
            return replace(full, status=ReportStatus.VERIFIED)
        return full

    def _with_broken(self, rows: list[Report | RejectedRow]) -> list[Report | RejectedRow]:
        broken = int(self._rng.poisson(len(rows) * 0.002))
        for _ in range(broken):
            place = int(self._rng.integers(0, len(rows) + 1))
            column, value, reason = _BROKEN[int(self._rng.integers(len(_BROKEN)))]
            reference = f"FW-X{int(self._rng.integers(10_000, 99_999))}"
            row = {"Reference": reference, "Type": "Rubbish and litter", "Ward": "Abbey"} | {column: value}
            rows.insert(place, RejectedRow(0, column, value, reason, row))
        return [replace(row, line=k + 2) if isinstance(row, RejectedRow) else row for k, row in enumerate(rows)]


def file_digest(rows: Sequence[Report | RejectedRow], name: str) -> str:
    """Return what stands for the SHA-256 of a file that was never written: one of its name and rows."""
    digest = hashlib.sha256(name.encode())
    for row in rows:
        digest.update((row.source_id if isinstance(row, Report) else row.reason).encode())
    return digest.hexdigest()


def _as_reports(ground: Ground, known: CityReports, taxonomy: Taxonomy, seed: int) -> list[Report]:
    """Return every report as it stands in the end, unverified."""
    lon_lat = city_lon_lat(known.xy_m).tolist()
    wards = [name for name, _ in ground.wards]
    found = []
    for k, code in enumerate(LEAVES[leaf] for leaf in known.leaf.tolist()):
        house, mapped = int(known.house[k]), bool(known.mapped[k])
        draw = known.draw[k]
        ending = ENDINGS[known.ending[k]]
        found.append(
            Report(
                id=0,
                source=SOURCE,
                source_id=f"FW-{k + 100_001}",
                category=code if mapped else None,
                category_name=taxonomy.categories[code].name if mapped else _UNMAPPED[int(draw[0] * len(_UNMAPPED))],
                reported_at=_utc(known.reported_s[k]),
                status=ReportStatus(ending),
                lon_lat=(lon_lat[k][0], lon_lat[k][1]) if known.placed[k] else None,
                occurred_at=_utc(known.occurred_s[k]),
                closed_at=_utc(min(known.closed_s[k], np.int64(4_000_000_000))),
                resolution=_resolution(code, ending, float(draw[1])),
                address=_address(ground, house, code, draw),
                text=text_for(code, draw),
                area=wards[ground.houses.ward[house]] if house >= 0 else "",
                channel=CHANNELS[known.channel[k]],
                reporter=reporter_key(seed, int(known.reporter[k])),
            )
        )
    return found


def _address(ground: Ground, house: int, code: str, draw: npt.NDArray[np.float64]) -> str:
    if house < 0:
        return TOWN_HALL
    street = ground.streets[ground.houses.street[house]].name
    if code.startswith("LGT"):
        return f"{street}, lamp {int(ground.houses.number[house]) * 3 + 100}"
    return f"{street}, near number {ground.houses.number[house]}" if draw[0] < 0.4 else ground.address(house)


def _resolution(code: str, ending: str, draw: float) -> str:
    if ending == ReportStatus.RESOLVED:
        reasons: tuple[Reason, ...] = _RESOLUTIONS[code[:3]]
    elif ending == ReportStatus.NO_ACTION:
        reasons = _REFUSED
    elif ending == ReportStatus.WITHDRAWN:
        reasons = (Reason.REPORTER_ERROR,)
    else:
        return ""
    return str(reasons[int(draw * len(reasons))])


def _utc(seconds: np.int64) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
