"""What geometry refuses, in words fit to be shown.

::

    GeoError    points, distances or a coordinate system that cannot be used (a ValueError)
"""


class GeoError(ValueError):
    """A refusal in three parts: what was asked, why not, what is possible instead.

    ``str(error)`` is the whole text.

    Examples
    --------
    >>> print(GeoError("Radius -5 m was asked for.", "A radius is above 0.", "Try 75 m."))
    Radius -5 m was asked for. A radius is above 0. Try 75 m.
    """

    def __init__(self, asked: str, why: str, possible: str) -> None:
        self.asked = asked
        self.why = why
        self.possible = possible
        super().__init__(f"{asked} {why} {possible}")
