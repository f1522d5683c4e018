"""When in the week it happens: a sentence, and a table of weekdays and hours that is shaded by its figures."""

from typing import Final

import numpy as np

from dashboard.design import Html
from dashboard.parts.markup import draw, element, joined
from dashboard.parts.notices import remark
from dashboard.wording import count, share
from problems.hours import DAY_NAMES, MIN_INCIDENTS, HoursTable, Stretch, TimeOf

#: Shades of the density scale on which text stays readable in every theme.
_SHADES: Final = (1, 2, 5, 6)


def show_hours(table: HoursTable, stretch: Stretch | None, of_what: str) -> None:
    """Draw the hours of the week; ``of_what`` says which incidents, such as ``in the past year``."""
    draw(element("p", reading(table, stretch), css="fx-reading"))
    if not table.is_enough:
        return
    if table.time_of is TimeOf.REPORT:
        remark("This is when it was reported, not when it happened: people report when they have time.", tone="accent")
    draw(hours_html(table))
    draw(element("p", _counted(table, of_what), css="fx-quiet"))


def reading(table: HoursTable, stretch: Stretch | None) -> str:
    """Say in one sentence when most of it falls."""
    if not table.is_enough:
        return (
            f"Too few to say at what hours: the time of day is known of {count(table.incidents, 'incident')}, "
            f"and it takes {MIN_INCIDENTS}."
        )
    what = "it happens" if table.time_of is TimeOf.INCIDENT else "it is reported"
    if stretch is None:
        return f"No day and no hour stands out: {what} all over the week."
    held = "Half of it" if stretch.share < 0.55 else f"{share(stretch.share)} of it"
    verb = "falls" if table.time_of is TimeOf.INCIDENT else "is reported"
    return f"{held} {verb} {stretch.words}."


def _counted(table: HoursTable, of_what: str) -> str:
    parts = [f"{count(table.incidents, 'distinct incident')} {of_what}"]
    if table.hours.spread:
        parts.append(
            f"of {table.hours.spread:,} only the day is known: they count in parts in every hour of it that is possible"
        )
    if table.left_out:
        parts.append(f"{table.left_out:,} without a known time are left out")
    return "; ".join(parts) + "."


def hours_html(table: HoursTable) -> Html:
    """Return the table: a row for each hour or three hours, a column for each day."""
    blocks = table.blocks
    most = float(blocks.max())
    head = joined(element("th", element("abbr", name[:2], title=name), scope="col") for name in DAY_NAMES)
    rows = joined(
        element(
            "tr",
            element("th", _hours(at, table.block_hours), scope="row"),
            joined(
                element("td", _figure(value), css=f"fx-heat-{_shade(value, most)}") for value in blocks[:, at].tolist()
            ),
        )
        for at in range(blocks.shape[1])
    )
    caption = "Distinct incidents by hour and weekday"
    drawn = element(
        "table",
        element("caption", caption, css="fx-unseen"),
        element("thead", element("tr", element("td", ""), head)),
        element("tbody", rows),
        css="fx-heat",
    )
    return element("div", drawn, css="fx-table-wrap fx-whole", tabindex="0", role="region", aria_label=caption)


def _hours(at: int, wide: int) -> str:
    return f"{at * wide:02d}–{(at + 1) * wide:02d}"


def _figure(value: float) -> str:
    return f"{value:.0f}" if np.isclose(value, round(value)) else f"{value:.1f}"


def _shade(value: float, most: float) -> int:
    """Return the step of the scale: 0 for nothing, then quarters of the highest figure."""
    if value <= 0 or most <= 0:
        return 0
    return _SHADES[min(len(_SHADES) - 1, int(len(_SHADES) * value / most))]
