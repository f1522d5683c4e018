"""The desk at the counter of the sample city: reports written down, answered, referred, and told about.

Its days are woven into the story of the city, but it draws its own chance and writes down only what
lies apart from everything else: with it and without it the hot spots are the same.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from data.reading.masks import mask_contacts
from data.sample.courses import Course
from data.sample.desk import Desk
from data.sample.ground import EPSG, ORIGIN_M, Ground, city_lon_lat
from data.sample.texts import text_for
from geo.projection import to_metres
from problems.categories import Category, Group
from problems.clock import Clock
from problems.entries import BY_HAND, Caller, Channel, Entry
from problems.followups import Matter, Satisfaction
from problems.inbox import Asked
from problems.lifecycle import MoveAnswers
from problems.people import Principal, Role
from problems.reasons import Reason
from problems.receipts import new_receipt
from problems.reports import ReportStatus
from problems.store import Store
from problems.targets import WorkingDays
from problems.use_cases import answering, referring, reporting, telling
from problems.use_cases.answer_changes import matters_of

R = ReportStatus
#: So long the counter has been open.
ANSWERED_DAYS = 84
_APART_M = 170.0
_RECENT = timedelta(days=140)
_LOOKED_AT_A_DAY = 7
_SATURDAY = 5

_LEAVES = (
    "LGT-OUT", "WST-DUMP", "DMG-GRAF", "VIS-VEG", "VEH-ABAND", "DSP-NOISE", "PRP-ENTRY", "LGT-DAMAGE", "WST-LITTER",
)  # fmt: skip
#: The organisation that such work is given to, and how it ends when it goes well.
_WORK: dict[str, tuple[str, Reason, str]] = {
    "LGT": ("lighting", Reason.REPLACED, "The lamp has a new head and is lit again."),
    "WST": ("cleansing", Reason.CLEANED, "Everything was cleared away this morning."),
    "DMG": ("cleansing", Reason.CLEANED, "The wall was cleaned; tell us at once if it comes back."),
    "VIS": ("parks", Reason.FIXED, "The hedge was cut back to the boundary."),
    "VEH": ("parking", Reason.ENFORCED, "The vehicle was removed after seven days’ notice."),
    "DSP": ("mediation", Reason.MEDIATED, "Both households agreed on quiet hours."),
    "PRP": ("housing", Reason.SECURED, "The door has a new lock, and every flat has new keys."),
    "ASB": ("safety", Reason.ENFORCED, "Patrols were changed; the group has not been back for a week."),
    "OTH": ("highways", Reason.FIXED, "The cover was reset."),
}
_WAITS = (
    (Reason.WAITING_PARTS, "The part is ordered and takes three weeks."),
    (Reason.WAITING_OWNER, "The owner has two weeks to answer our letter."),
    (Reason.WEATHER, "The ground is too wet for the machine."),
)
_CALLERS = ("Alma Reedsmith", "Joss Tarn", "Peregrine Wold", "Nell Ashgrove", "Bram Hollis", "Ottilie Marsh")
_DAYS: Final = WorkingDays()
_LEAST_WAITING: Final = 5


def counter_days(
    desk: Desk,
    ground: Ground,
    categories: Mapping[str, Category],
    first: datetime,
    last: datetime,
    seal: Callable[[Caller], bytes] | None,
) -> Course:
    """Follow the counter from ``first`` to ``last``, a step each working day."""
    counter = _Counter(desk, ground, categories, seal)
    when = first
    while when < last:
        if when.weekday() < _SATURDAY:
            yield when.replace(hour=9, minute=int(counter.rng.integers(5, 55)), second=0, microsecond=0)
            counter.work_a_day()
        when += timedelta(days=1)


class _Counter:
    """What happens at the counter, day by day."""

    def __init__(
        self, desk: Desk, ground: Ground, categories: Mapping[str, Category], seal: Callable[[Caller], bytes] | None
    ) -> None:
        self.rng = np.random.default_rng([desk.seed, 7])
        self._desk, self._ground, self._categories, self._seal = desk, ground, categories, seal
        self._written = 0

    def work_a_day(self) -> None:
        """Write down who calls, look at what is new, and go on with what is under way."""
        if self.rng.random() < 0.75:
            self._write_down()
        self._look_at_the_new()
        for matter in self._own(R.ACKNOWLEDGED, R.IN_PROGRESS):
            self._go_on(matter)
        for matter in self._own(R.RESOLVED):
            self._check(matter)
        self._let_wait()
        self._tell()

    # -- one step each --

    def _write_down(self) -> None:
        code = _LEAVES[self._written % len(_LEAVES)]
        house = self._lonely_house(code)
        if house is None:
            return
        lon, lat = city_lon_lat(self._ground.houses.kerb_m[house : house + 1])[0].tolist()
        name = _CALLERS[self._written % len(_CALLERS)]
        caller = Caller(name, f"01632 960{self._written % 1000:03d}", f"{name.split()[0].lower()}@fernwick.invalid")
        self._written += 1
        reachable = self._seal is not None and self.rng.random() < 0.8
        reporting.add_report(
            *self._asking(Role.OFFICER),
            entry=Entry(
                category=code,
                text=text_for(code, self.rng.random(3)),
                channel=str(self.rng.choice([Channel.PHONE, Channel.PHONE, Channel.COUNTER, Channel.PATROL])),
                occurred_at=self._desk.now - timedelta(hours=float(self.rng.uniform(1, 20))),
                lon_lat=(lon, lat),
                address=self._ground.address(house),
                reporter=f"caller-{self._written}",
            ),
            receipt=new_receipt(lambda signs: signs[int(self.rng.integers(len(signs)))]),
            categories=self._categories,
            mask=mask_contacts,
            sealed=self._seal(caller) if reachable and self._seal else None,
        )

    def _lonely_house(self, code: str) -> int | None:
        """Return a house with no report of this group near it for months: a report there changes no hot spot."""
        points = self._desk.store.report_points(self._desk.now - _RECENT, None, [Group(code[:3])])
        taken = to_metres(points.lon_lat, EPSG) - ORIGIN_M if len(points) else np.zeros((0, 2))
        houses = self._ground.houses.kerb_m
        for house in self.rng.permutation(len(houses))[:400].tolist():
            if not len(taken) or float(np.hypot(*(taken - houses[house]).T).min()) > _APART_M:
                return int(house)
        return None

    def _look_at_the_new(self) -> None:
        columns = self._desk.store.inbox(Asked(statuses=frozenset({R.NEW})))
        newest = columns.ids[np.argsort(-columns.reported_s)][:_LOOKED_AT_A_DAY]
        # Today's stay new until tomorrow.
        seen = [one for one in matters_of(self._desk.store, newest.tolist()) if self._age(one) >= 0.4]
        if not seen:
            return
        who = self._who(Role.OFFICER)
        self._move(seen, R.ACKNOWLEDGED, who)
        for matter in matters_of(self._desk.store, [one.id for one in seen])[:2]:
            self._give(matter)

    def _go_on(self, matter: Matter) -> None:
        if matter.is_waiting:
            return
        draw = self.rng.random()
        if matter.status is R.ACKNOWLEDGED and draw < 0.4:
            if matter.followup.organisation_id is None:
                self._give(matter)
            self._move([matter], R.IN_PROGRESS, self._who(Role.OFFICER))
        elif matter.status is R.ACKNOWLEDGED and draw < 0.48:
            note = "This is a private road; we passed it on to its owner."
            self._move(
                [matter], R.NOT_OURS, self._who(Role.OFFICER),
                note=note, body="Fernwick Estates", referred_on=self._desk.now.date(),
            )  # fmt: skip
        elif matter.status is R.IN_PROGRESS and draw < 0.28:
            _, reason, note = _WORK[(matter.report.category or "OTH")[:3]]
            self._move([matter], R.RESOLVED, self._who(Role.OFFICER), reason=str(reason), note=note)

    def _let_wait(self) -> None:
        """Let work on one report that was given away wait now and then, and the work on others go on."""
        store, asking = self._desk.store, self._asking(Role.OFFICER)
        waiting = store.inbox(Asked(waiting=True)).ids.tolist()
        going = [number for number in waiting if self.rng.random() < 0.06]
        if going:
            referring.resume_reports(*asking, report_ids=going, seen_versions={}, days=_DAYS)
        given = store.inbox(Asked(statuses=frozenset({R.ACKNOWLEDGED, R.IN_PROGRESS}), assigned=True, waiting=False))
        # The last file of the council may end some of them: a few are left in any case.
        if len(given) and (self.rng.random() < 0.4 or len(waiting) - len(going) < _LEAST_WAITING):
            number = int(self.rng.choice(given.ids))
            why, note = _WAITS[int(self.rng.integers(len(_WAITS)))]
            referring.pause_reports(*asking, report_ids=[number], reason=str(why), note=note, seen_versions={})

    def _check(self, matter: Matter) -> None:
        draw = self.rng.random()
        if draw < 0.06:
            self._move([matter], R.IN_PROGRESS, self._who(Role.COORDINATOR), note="The resident says it is back.")
        elif draw < 0.13:
            officers = [who for who, role, _ in self._desk.people if role is Role.OFFICER]
            other = next(who for who in officers if who.key != matter.followup.done_by)
            note = f"{matter.followup.outcome} We have been there and seen it."
            self._move([matter], R.VERIFIED, other, note=note, visited_on=self._desk.now.date())

    def _tell(self) -> None:
        waiting = [matter.id for matter, _ in telling.to_be_told(self._desk.store)]
        told = [number for number in waiting if self.rng.random() < 0.06]
        if not told:
            return
        telling.mark_told(*self._asking(Role.OFFICER), report_ids=told, seen_versions={})
        for matter in matters_of(self._desk.store, told):
            if self.rng.random() < 0.8:
                answer = self.rng.choice([Satisfaction.YES, Satisfaction.PARTLY, Satisfaction.NO], p=(0.7, 0.18, 0.12))
                telling.record_satisfaction(
                    *self._asking(Role.OFFICER),
                    report_id=matter.id,
                    satisfied=Satisfaction(str(answer)),
                    seen_version=matter.version,
                )

    # -- what the steps share --

    def _own(self, *statuses: ReportStatus) -> list[Matter]:
        columns = self._desk.store.inbox(Asked(statuses=frozenset(statuses), source=BY_HAND))
        return matters_of(self._desk.store, columns.ids.tolist())

    def _give(self, matter: Matter) -> None:
        key = _WORK[(matter.report.category or "OTH")[:3]][0]
        referring.give_reports(
            *self._asking(Role.OFFICER),
            report_ids=[matter.id],
            organisation_id=self._desk.organisations[key],
            seen_versions={},
        )

    def _move(self, matters: list[Matter], target: ReportStatus, who: Principal, **answers: object) -> None:
        answering.move_reports(
            self._desk.store, who, self._desk.clock, self._desk.seed,
            report_ids=[one.id for one in matters], target=target,
            answers=MoveAnswers(**answers),  # type: ignore[arg-type] # checked by the rules
            seen_versions={}, days=_DAYS,
        )  # fmt: skip

    def _asking(self, role: Role) -> tuple[Store, Principal, Clock, int]:
        return self._desk.store, self._who(role), self._desk.clock, self._desk.seed

    def _who(self, role: Role) -> Principal:
        """Return one of the people with this role, drawn with the counter's own chance."""
        fitting = [who for who, held, _ in self._desk.people if held is role]
        return fitting[int(self.rng.integers(len(fitting)))]

    def _age(self, matter: Matter) -> float:
        return (self._desk.now - matter.report.reported_at).total_seconds() / 86400
