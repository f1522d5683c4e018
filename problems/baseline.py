"""Which time stands for “before” in an assessment."""

from enum import StrEnum


class Baseline(StrEnum):
    """Which time stands for “before”."""

    AFTER_FOUND = "after_found"
    BEFORE_FOUND = "before_found"
    WHEN_FOUND = "when_found"
    BEFORE_WORK = "before_work"

    @property
    def label(self) -> str:
        """Plain words for the time."""
        return {
            Baseline.AFTER_FOUND: "After it was taken on, before the work",
            Baseline.BEFORE_FOUND: "Before it was found",
            Baseline.WHEN_FOUND: "The time for which it was picked",
            Baseline.BEFORE_WORK: "Before the work",
        }[self]

    @property
    def note(self) -> str:
        """What has to be known about the time before, or nothing."""
        return {
            Baseline.BEFORE_FOUND: (
                "The time before ends before the place became a hot spot. "
                "If the trouble began only later, a fall cannot show."
            ),
            Baseline.WHEN_FOUND: (
                "No time before the work is long enough that did not also pick the place. "
                "The fall that such places make by themselves is taken off by comparison places picked in the same way."
            ),
        }.get(self, "")
