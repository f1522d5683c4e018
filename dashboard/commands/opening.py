"""What most commands begin with: the store that the settings name, and the day that an option names."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from data.settings import Settings, read_settings
from data.stores import open_store
from problems.areas import AreaKind
from problems.briefing.weeks import IsoWeek, day_of_meeting
from problems.clock import check_day
from problems.errors import InputRefused
from problems.store import Store


@contextmanager
def opened_store() -> Iterator[tuple[Store, Settings]]:
    """Open the store that the settings name, and close it again whatever happens."""
    settings = read_settings()
    store = open_store(settings.store_url)
    try:
        yield store, settings
    finally:
        store.close()


def day(text: str, option: str = "--as-of", possible: str = "Write it as year-month-day: 2025-12-31.") -> date:
    """Return the day that ``text`` names; ``possible`` says what else could be written.

    Raises
    ------
    InputRefused
        When it is not a day of the calendar, written year-month-day, or no report can be of it.
    """
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        try:
            found = date.fromisoformat(text)
        except ValueError:
            pass
        else:
            check_day(found)
            return found
    raise InputRefused(f"“{text[:40]}” is not a day for {option}.", "", possible)


def week_and_day(week: str, known_on: str | None, today: date) -> tuple[IsoWeek, date]:
    """Return the week that an option names (empty: the last whole one), and the day whose knowledge is used.

    Without a day it is the Monday on which most talk about the week, or today where that has not come.

    Raises
    ------
    InputRefused
        When one of them is not written as a week or a day.
    """
    wanted = IsoWeek.read(week) if week else IsoWeek.of(today).before
    return wanted, day_of_meeting(wanted, today) if known_on is None else day(known_on, "--known-on")


def kind_of_area(words: str, asked: str) -> AreaKind:
    """Return the kind of area that an option names, also as several: wards.

    Raises
    ------
    InputRefused
        When there is no such kind; it begins with ``asked``, what was not done.
    """
    try:
        return AreaKind(words.strip().casefold().removesuffix("s"))
    except ValueError:
        raise InputRefused(asked, f"“{words[:40]}” is no kind of area.", f"Kinds are: {', '.join(AreaKind)}.") from None
