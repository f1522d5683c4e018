"""Who works in the sample city, and what they say: organisations, people, actions and notes.

Everybody is invented. The sentences are what a resident could be told.
"""

from dataclasses import dataclass
from typing import Final

from problems.actions import ActionType
from problems.categories import Group
from problems.people import Role
from problems.reasons import Outcome
from problems.verdicts import Verdict

# key: (name, kind); the e-mail addresses end in a domain that can never exist
ORGANISATIONS: dict[str, tuple[str, str]] = {
    "lighting": ("Council street lighting", "council"),
    "housing": ("Council housing", "council"),
    "cleansing": ("Council cleansing", "council"),
    "health": ("Environmental health", "council"),
    "parks": ("Parks and trees", "council"),
    "highways": ("Highway maintenance", "council"),
    "parking": ("Parking and vehicles", "council"),
    "safety": ("Community safety team", "council"),
    "police": ("Neighbourhood police team", "police"),
    "landlords": ("Fernwick Landlords' Association", "landlord"),
    "outreach": ("Lantern outreach charity", "charity"),
    "mediation": ("Common Ground mediation", "charity"),
}

# Everybody with their role and, where they act for one, their organisation.
PEOPLE: tuple[tuple[str, Role, str | None], ...] = (
    ("Amira Holt", Role.COORDINATOR, "safety"),
    ("Tom Brennock", Role.COORDINATOR, "safety"),
    ("Sgt Priya Nandal", Role.OFFICER, "police"),
    ("Callum Reave", Role.OFFICER, "safety"),
    ("Insp Helen Marsden", Role.COMMAND, "police"),
    ("Olu Adeyinka", Role.ADMIN, None),
    ("Cllr June Aspley", Role.VIEWER, None),
    ("Wes Carrow", Role.PARTNER, "lighting"),
    ("Bridget Oyle", Role.PARTNER, "housing"),
    ("Marek Zielny", Role.PARTNER, "cleansing"),
    ("Dr Samina Quresh", Role.PARTNER, "health"),
    ("Fiona Tarrant", Role.PARTNER, "parks"),
    ("Dev Patnaik", Role.PARTNER, "highways"),
    ("Lorna Weddell", Role.PARTNER, "parking"),
    ("PC Joe Lindqvist", Role.PARTNER, "police"),
    ("Gareth Pym", Role.PARTNER, "landlords"),
    ("Esther Mbeki-Rowe", Role.PARTNER, "outreach"),
    ("Ian Thackray", Role.PARTNER, "mediation"),
    ("Nadia Fenn", Role.PARTNER, "safety"),
)


@dataclass(frozen=True)
class Work:
    """One kind of action: who does it, what it is called, and what is said when it is done."""

    type: ActionType
    organisation: str
    title: str
    done: str


_T = ActionType
#: What such work costs, in whole units of money; what people do in their working hours has no price of its own.
COSTS: dict[ActionType, int] = {_T.REPAIR: 1850, _T.SECURE: 940, _T.CLEAN: 420, _T.DESIGN: 6200}
#: Steps that are ticked on the way.
STEPS: dict[ActionType, tuple[str, ...]] = {
    _T.REPAIR: ("Fault found and written down", "Parts ordered", "Repaired and tested"),
    _T.INSPECT: ("Walked from end to end", "Photo from each side"),
    _T.ENFORCE: ("Owner or driver known", "Notice served", "Date for checking set"),
}

WORKS: dict[Group, tuple[Work, ...]] = {
    Group.LIGHTING: (
        Work(_T.REPAIR, "lighting", "Replace the failed lamps and cable joint", "Seven lamps replaced, cable tested."),
        Work(_T.DESIGN, "lighting", "Fit brighter heads and shields", "New heads fitted and set to full brightness."),
        Work(_T.CLEAN, "parks", "Cut back the trees round the lamps", "Crowns lifted round every lamp."),
        Work(_T.PATROL, "police", "Evening walks until the light is back", "Ten evenings walked, notes handed over."),
    ),
    Group.PROPERTY: (
        Work(_T.SECURE, "housing", "Board up doors and windows with steel", "All openings sealed with steel sheets."),
        Work(_T.ENFORCE, "health", "Serve notice on the owner", "Notice served; the owner has begun to clear up."),
        Work(_T.ADVISE, "landlords", "Visit the owner with a letting agent", "Owner met; the house will be sold."),
        Work(_T.REPAIR, "housing", "Renew lock, closer and entry phone", "New lock fitted, fobs handed out."),
    ),
    Group.DISPUTES: (
        Work(_T.MEDIATE, "mediation", "Offer mediation to both households", "Two sessions held, agreement signed."),
        Work(_T.ENFORCE, "health", "Install noise recording and warn", "Recording done, written warning delivered."),
        Work(_T.ENGAGE, "police", "Visit both sides together", "Both households visited; contact card left."),
        Work(_T.ADVISE, "housing", "Check tenancy conditions", "Tenancy warning sent."),
    ),
    Group.ANTISOCIAL: (
        Work(_T.PATROL, "police", "Targeted patrols in the evening", "Twenty-four patrols, nine people advised."),
        Work(_T.ENGAGE, "outreach", "Street outreach three nights a week", "Eleven people met, six in support."),
        Work(_T.DESIGN, "highways", "Barrier and better light at the back lane", "Barrier fitted; the lane is lit."),
        Work(_T.CLEAN, "cleansing", "Daily sweep for needles and glass", "Swept every morning for four weeks."),
        Work(_T.ENFORCE, "safety", "Warning letters and acceptable behaviour contracts", "Five contracts signed."),
    ),
    Group.DAMAGE: (
        Work(_T.CLEAN, "cleansing", "Remove all tags within a day", "Walls cleaned and coated."),
        Work(_T.REPAIR, "highways", "Renew shelter glass in toughened panes", "Panes renewed, frame anchored."),
        Work(_T.PATROL, "police", "Patrol at school closing time", "Two weeks of patrols; two people found."),
        Work(_T.ENGAGE, "safety", "Talk with the school and the youth club", "Assembly held; mural planned."),
    ),
    Group.WASTE: (
        Work(_T.CLEAN, "cleansing", "Clear the site and empty twice a week", "Cleared; twice-weekly round set up."),
        Work(_T.DESIGN, "highways", "Block the lay-by with boulders", "Boulders and planters are in place."),
        Work(_T.ENFORCE, "health", "Search the waste for evidence and fine", "Three penalty notices issued."),
        Work(_T.ADVISE, "landlords", "Tell tenants when bulky waste is collected", "Leaflet sent to 140 homes."),
        Work(_T.INSPECT, "safety", "Camera at the dumping place for eight weeks", "Camera taken down again."),
    ),
    Group.VEHICLES: (
        Work(_T.ENFORCE, "parking", "Daily enforcement at peak times", "Fifty-two tickets in three weeks."),
        Work(_T.CLEAN, "parking", "Remove the abandoned vehicles", "Five vehicles removed."),
        Work(_T.DESIGN, "highways", "Bollards and double yellow lines", "Lines and bollards are in."),
        Work(_T.ENGAGE, "safety", "Walk-to-school week", "Held with 210 pupils."),
    ),
    Group.OVERGROWTH: (
        Work(_T.CLEAN, "parks", "Cut hedge and brambles back to the boundary", "Cut back along the whole length."),
        Work(_T.ENFORCE, "highways", "Letter to the owners of the hedges", "Nine letters sent, seven hedges cut."),
        Work(_T.INSPECT, "parks", "Check the trees for safety", "Two trees felled, four crowns lifted."),
    ),
    Group.OTHER: (
        Work(_T.INSPECT, "highways", "Inspect drains and covers", "Four covers reset."),
        Work(_T.REPAIR, "highways", "Repair covers and footway", "Footway relaid over thirty metres."),
        Work(_T.ENGAGE, "safety", "Walk the street with residents", "Walk held, list of faults passed on."),
    ),
}

OBJECTIVES: dict[Group, str] = {
    Group.LIGHTING: "Every lamp lit after dark, and no more than two reports a month.",
    Group.PROPERTY: "The building is closed to strangers and has a plan for its future.",
    Group.DISPUTES: "Both households can sleep; fewer than three calls a month.",
    Group.ANTISOCIAL: "Halve the reports within three months, without moving the trouble elsewhere.",
    Group.DAMAGE: "No visible damage for longer than two days; half the reports in three months.",
    Group.WASTE: "No dumped waste older than two days, and a third of today's reports by next quarter.",
    Group.VEHICLES: "The crossing stays clear at school times; half the reports in three months.",
    Group.OVERGROWTH: "Footway and signs clear all year.",
    Group.OTHER: "The cause is found and the faults are repaired.",
}

ANALYSIS_NOTES = (
    "Most reports come between 18 and 23 h, four in ten at weekends. Two addresses stand out.",
    "Walked the place with residents: sightlines are poor and nobody feels responsible for the corner.",
    "Compared with last year: the number has doubled, the surroundings have not changed.",
    "Spoke with six reporters. The trouble begins when the shops close and ends when the last bus has gone.",
    "Tried before: clearing alone held for three weeks. The cause has to be dealt with.",
)
PLAN_NOTES = (
    "We will deal with the cause first and keep the place tidy meanwhile; partners have been asked.",
    "Three partners have one task each; progress is looked at every fortnight.",
    "Quick repair now, change of design to follow.",
)
MOVED_NOTES = (
    "Contractor fell ill; new date agreed.",
    "Waiting for the road closure permit.",
    "Parts are delivered later than promised.",
)
BLOCKED_NOTES: dict[str, str] = {
    "waiting_owner": "The owner has not answered two letters.",
    "waiting_parts": "The part is on order, delivery takes six weeks.",
    "weather": "The ground is too wet for the machine.",
    "access": "The gate is locked and nobody has the key.",
    "budget": "This year's budget is spent; asked for a transfer.",
    "legal": "Legal services have to check the notice first.",
}

#: What command decides on an assessment of each verdict, and says with it.
CLOSING_WORDS: Final[dict[Verdict, tuple[Outcome, tuple[str, ...]]]] = {
    Verdict.FELL: (
        Outcome.EFFECTIVE,
        (
            "Reports have fallen to almost none and the neighbouring streets are quiet too.",
            "It worked: places like it went on as before.",
        ),
    ),
    Verdict.DID_NOT_FALL: (
        Outcome.NO_EFFECT,
        ("The work was done as planned, and the reports went on as before.", "No fall. Another approach is needed."),
    ),
    Verdict.ROSE: (Outcome.WORSE, ("It rose in spite of the work. We start again from the analysis.",)),
    Verdict.TOO_FEW: (
        Outcome.INCONCLUSIVE,
        (
            "Quiet now, but the counts are too small to say that it was the work.",
            "Fewer reports, but the whole ward had fewer; too early to say.",
        ),
    ),
    Verdict.NO_FAIR_COMPARISON: (
        Outcome.NOT_ASSESSABLE,
        (
            "The place is in order; there is no fair comparison for it.",
            "Too few reports before the work to compare with.",
        ),
    ),
}
