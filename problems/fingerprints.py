"""Fingerprints of what a feed says about a report: one changed character is seen, however many rows there are.

A fingerprint holds the status apart from the rest, so that a later import can tell what the feed itself
said last time from what people made of it. The category code is left out: it follows from the name
and may be mapped by people; so are flags and boundaries, which Fixpoint works out itself.
"""

from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from problems.report_columns import NEVER, Ints, ReportColumns, microseconds_of
from problems.reports import Report

#: Marks a fingerprint that knows of due dates, changes and assets. Older ones have no mark and 24 bytes.
_MARK = b"2"
_CONTENT_BYTES = 16
_STATUS_BYTES = 8
_OLD_BYTES = _CONTENT_BYTES + _STATUS_BYTES
_TEXTS = ("category_name", "address", "text", "area", "channel", "reporter", "asset")
_TIMES = ("reported_at", "occurred_at", "due_at", "updated_at")


def contents_of(columns: ReportColumns) -> list[bytes]:
    """Return the fingerprint of every report, 25 bytes each."""
    status = _statuses(columns)
    numbers = np.empty((len(columns), len(_TIMES) + 3), dtype="<i8")
    for place, name in enumerate(_TIMES):
        numbers[:, place] = getattr(columns, name)
    # Adding zero makes one of the two zeros; all that is no number is one.
    lon_lat = np.where(np.isfinite(columns.lon_lat), columns.lon_lat + 0.0, np.nan)
    numbers[:, -3:-1] = lon_lat.astype("<f8").view("<i8")
    numbers[:, -1] = status.view("<i8")
    packed = numbers.tobytes()
    ends = status.astype("<u8").tobytes()
    width = numbers.shape[1] * 8
    texts = zip(*(getattr(columns, name).tolist() for name in _TEXTS), strict=True)
    found = []
    for place, told in enumerate(texts):
        # No text holds a NUL that can be kept, so that joined texts differ where one of them does.
        whole = blake2b("\0".join(told).encode("utf-8", "surrogatepass"), digest_size=_CONTENT_BYTES)
        whole.update(packed[place * width : (place + 1) * width])
        found.append(_MARK + whole.digest() + ends[place * 8 : place * 8 + 8])
    return found


def content_of(report: Report) -> bytes:
    """Return the fingerprint of one report."""
    return contents_of(ReportColumns.of([report]))[0]


def says_the_same(kept: bytes, now: bytes, columns: ReportColumns, place: int) -> bool:
    """Tell whether the feed said before (``kept``) what it says now, with fingerprints of any age.

    A fingerprint from before due dates were kept is of something else as soon as there is one:
    the report is then taken again, once.
    """
    if len(kept) != _OLD_BYTES:
        # The status at the end may be of another row (see seen_only); the rest is made of this one’s too.
        return kept[:-_STATUS_BYTES] == now[:-_STATUS_BYTES]
    knows_more = columns.asset[place] or columns.due_at[place] != NEVER or columns.updated_at[place] != NEVER
    return not knows_more and kept == old_content_of(columns.report(place))


def seen_only(kept: bytes, now: bytes) -> bytes:
    """Return the fingerprint of a row that is known from now on, with the status of the one that was ``kept``.

    A row that tells of an older state is not taken again, and is not what the feed says now.
    """
    return now if len(kept) == _OLD_BYTES else now[:-_STATUS_BYTES] + kept[-_STATUS_BYTES:]


def status_stands(report: Report, told: bytes) -> bool:
    """Tell whether a kept report has the status with which the feed told of it in the fingerprint ``told``."""
    if len(told) == _OLD_BYTES:
        return _old_status(report) == told[_CONTENT_BYTES:]
    return _status_of(report) == told[-_STATUS_BYTES:]


def _status_of(report: Report) -> bytes:
    seed = np.array([_seed(str(report.status), report.resolution)], dtype=np.uint64)
    closed = np.array([microseconds_of(report.closed_at)], dtype=np.int64)
    return _mixed(seed, closed).astype("<u8").tobytes()


def _statuses(columns: ReportColumns) -> npt.NDArray[np.uint64]:
    # By the identity of each status: a list of words hashes its members many times slower than text.
    words = {id(status): status for status in columns.status.tolist()}
    pairs = list(zip(map(id, columns.status.tolist()), columns.resolution.tolist(), strict=True))
    seeds = {pair: _seed(str(words[pair[0]]), pair[1]) for pair in set(pairs)}
    found = np.fromiter(map(seeds.__getitem__, pairs), dtype=np.uint64, count=len(pairs))
    return _mixed(found, columns.closed_at)


def _seed(status: str, resolution: str) -> int:
    told = f"{status}|{resolution}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(told, digest_size=8).digest(), "little")


def _mixed(seeds: npt.NDArray[np.uint64], closed_at: Ints) -> npt.NDArray[np.uint64]:
    """Return one number for each status and closing time: different for different times of one status."""
    number = seeds ^ closed_at.astype(np.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        number = (number ^ (number >> np.uint64(shift))) * np.uint64(factor)
    return number ^ (number >> np.uint64(31))


# -- as they were made before schema 0002: stores hold these until the feed says something new --


def old_content_of(report: Report) -> bytes:
    """Return the fingerprint of a report as it was made before schema 0002."""
    told = (
        report.category_name,
        report.reported_at.isoformat(),
        report.occurred_at.isoformat() if report.occurred_at else "",
        report.lon_lat,
        report.address,
        report.text,
        report.area,
        report.channel,
        report.reporter,
    )
    status = _old_status(report)
    whole = blake2b(repr(told).encode(), digest_size=_CONTENT_BYTES)
    whole.update(status)
    return whole.digest() + status


def _old_status(report: Report) -> bytes:
    closed = report.closed_at.isoformat() if report.closed_at else ""
    return blake2b(f"{report.status}|{report.resolution}|{closed}".encode(), digest_size=_STATUS_BYTES).digest()
