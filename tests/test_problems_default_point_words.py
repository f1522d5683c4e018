"""A briefing calls a point that is no real place what the map and the glossary call it."""

from tests.briefed import briefed, week_of
from tests.scenes import Scene, days_before, scene
from tests.test_problems_briefing import SUNDAY

__all__ = ["scene"]


def test_a_briefing_tells_of_default_points_under_their_one_name(scene: Scene) -> None:
    scene.today = SUNDAY
    days = days_before(SUNDAY, 30)
    scene.send(
        *(
            scene.report((0, 0), day, code=code)
            for code in ("LGT-OUT", "WST-FLY", "DSP-NOISE", "WST-DUMP")
            for day in days
        )
    )
    scene.refresh()
    said = "120 reports on 1 default point were left out of the search for hot spots: those are no real places."
    assert said in str(briefed(scene, week_of(SUNDAY)))
