"""Reason codes: why something left the open states, in a word that can be counted."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a report, a problem or an action ended, went back or stands still."""

    FIXED = "fixed"
    MADE_SAFE = "made_safe"
    REPLACED = "replaced"
    SECURED = "secured"
    CLEANED = "cleaned"
    MEDIATED = "mediated"
    ENFORCED = "enforced"
    GONE_ON_ARRIVAL = "gone_on_arrival"
    BELOW_THRESHOLD = "below_threshold"
    PRIVATE_LAND_NO_POWER = "private_land_no_power"
    INSUFFICIENT_INFORMATION = "insufficient_information"
    RESOLVED_ITSELF = "resolved_itself"
    COST = "cost"
    LEGAL = "legal"
    ADMINISTRATIVE_TIMEOUT = "administrative_timeout"
    UNSPECIFIED = "unspecified"
    ARTEFACT = "artefact"
    DEFAULT_GEOCODE = "default_geocode"
    ONE_CALLER = "one_caller"
    NOT_OURS = "not_ours"
    REPORTER_ERROR = "reporter_error"
    WAITING_OWNER = "waiting_owner"
    WAITING_PARTS = "waiting_parts"
    WEATHER = "weather"
    ACCESS = "access"
    BUDGET = "budget"
    NO_LONGER_NEEDED = "no_longer_needed"
    HANDED_OVER = "handed_over"

    @property
    def label(self) -> str:
        """Plain words for the code."""
        return _LABELS.get(self, self.value.replace("_", " ").capitalize())


_LABELS = {
    Reason.BELOW_THRESHOLD: "Below the threshold for action",
    Reason.PRIVATE_LAND_NO_POWER: "Private land, no power to act",
    Reason.INSUFFICIENT_INFORMATION: "Too little information",
    Reason.RESOLVED_ITSELF: "Went away by itself",
    Reason.COST: "Cost out of proportion",
    Reason.LEGAL: "Legal reasons",
    Reason.ADMINISTRATIVE_TIMEOUT: "Closed administratively",
    Reason.UNSPECIFIED: "Not said",
    Reason.ARTEFACT: "Fault in the records",
    Reason.DEFAULT_GEOCODE: "Default point, not a real place",
    Reason.ONE_CALLER: "One person reporting again and again",
    Reason.NOT_OURS: "Not our responsibility",
    Reason.REPORTER_ERROR: "Reported by mistake",
    Reason.WAITING_OWNER: "Waiting for the owner",
    Reason.WAITING_PARTS: "Waiting for parts",
    Reason.ACCESS: "No access",
    Reason.BUDGET: "No budget",
    Reason.HANDED_OVER: "Goes to another organisation",
}

#: Only these (and a verified fix) count as solved.
SOLVING = frozenset(
    {
        Reason.FIXED,
        Reason.MADE_SAFE,
        Reason.REPLACED,
        Reason.SECURED,
        Reason.CLEANED,
        Reason.MEDIATED,
        Reason.ENFORCED,
    }
)

#: Ways in which a report's work can have ended. That nothing was said is for feeds alone: people say it.
RESOLUTIONS = (
    *sorted(SOLVING),
    Reason.GONE_ON_ARRIVAL,
    Reason.RESOLVED_ITSELF,
    Reason.ADMINISTRATIVE_TIMEOUT,
)
NO_ACTION_REASONS = (
    Reason.BELOW_THRESHOLD,
    Reason.PRIVATE_LAND_NO_POWER,
    Reason.INSUFFICIENT_INFORMATION,
    Reason.RESOLVED_ITSELF,
    Reason.COST,
    Reason.LEGAL,
)
DISMISSALS = (Reason.ARTEFACT, Reason.DEFAULT_GEOCODE, Reason.ONE_CALLER, Reason.BELOW_THRESHOLD)
OBSTACLES = (
    Reason.WAITING_OWNER,
    Reason.WAITING_PARTS,
    Reason.WEATHER,
    Reason.LEGAL,
    Reason.ACCESS,
    Reason.BUDGET,
)
REFUSALS = (Reason.NOT_OURS, *OBSTACLES)
CANCELLATIONS = (Reason.NO_LONGER_NEEDED, Reason.COST, Reason.LEGAL, Reason.NOT_OURS, Reason.HANDED_OVER)


class Outcome(StrEnum):
    """What an assessment concluded about the work on a problem."""

    EFFECTIVE = "effective"
    NO_EFFECT = "no_effect"
    WORSE = "worse"
    INCONCLUSIVE = "inconclusive"
    NOT_ASSESSABLE = "not_assessable"

    @property
    def label(self) -> str:
        """Plain words for the outcome."""
        return {
            Outcome.EFFECTIVE: "It worked",
            Outcome.NO_EFFECT: "No effect",
            Outcome.WORSE: "It got worse",
            Outcome.INCONCLUSIVE: "Too early or too few to say",
            Outcome.NOT_ASSESSABLE: "Cannot be assessed",
        }[self]
