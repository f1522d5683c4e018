"""The colours and marks of the files: those of the screens in their light theme, on white paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from problems.problem import Remediation


@dataclass(frozen=True, slots=True)
class Colours:
    """What lines and areas are drawn in; each is a CSS colour, or a variable of the page."""

    ink: str
    muted: str
    hairline: str
    accent: str
    band: str
    land: str
    boundary: str
    second: str
    warn: str
    paper: str


INK: Final = "#1d2429"
#: For paper and slides.
PRINTED: Final = Colours(
    ink=INK,
    muted="#565d61",
    hairline="#ddd5c4",
    accent="#0f4c5c",
    band="#dce7e6",
    land="#f7f3ea",
    boundary="#a99f8a",
    second="#93b4b8",
    warn="#9a2c13",
    paper="#ffffff",
)
#: For the page of a browser, which has a light and a dark set of these.
ON_SCREEN: Final = Colours(**{name: f"var(--{name})" for name in PRINTED.__dataclass_fields__})
DARK: Final = Colours(
    ink="#ece7db",
    muted="#a8b0b2",
    hairline="#2d383e",
    accent="#8bcbd4",
    band="#1f3a42",
    land="#151c21",
    boundary="#5b6a72",
    second="#4f7f88",
    warn="#f2a58c",
    paper="#12181c",
)


@dataclass(frozen=True, slots=True)
class Mark:
    """How a state of the work is drawn: the shape on a 24 by 24 grid, and its fill."""

    shape: str
    fill: str
    path: str


#: Shape first, colour second, words always beside it.
MARKS: Final[Mapping[Remediation, Mark]] = {
    Remediation.NOT_STARTED: Mark("triangle", "#D55E00", "M12 2.5 22.2 20.5 1.8 20.5Z"),
    Remediation.IN_PROGRESS: Mark("square", "#E69F00", "M3.5 3.5H20.5V20.5H3.5Z"),
    Remediation.AWAITING_CHECK: Mark("diamond", "#0072B2", "M12 1.4 22.6 12 12 22.6 1.4 12Z"),
    Remediation.RESOLVED: Mark("circle", "#009E73", "M12 2.5a9.5 9.5 0 1 1 0 19a9.5 9.5 0 1 1 0-19Z"),
    Remediation.SET_ASIDE: Mark(
        "cross",
        "#9B9B93",
        "M6.2 2.4 12 8.2 17.8 2.4 21.6 6.2 15.8 12 21.6 17.8 17.8 21.6 12 15.8 6.2 21.6 2.4 17.8 8.2 12 2.4 6.2Z",
    ),
}
