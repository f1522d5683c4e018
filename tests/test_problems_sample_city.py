"""Every briefing and every file for residents says of the sample city that its data are made up."""

import pytest

from data.briefing_files import RENDERERS
from problems.briefing.mailing import body_of
from problems.sample_city import ALL_SYNTHETIC, MIXED, SYNTHETIC_FACT
from tests.briefed import annex, briefed, week_of
from tests.scenes import Scene, days_before, scene
from tests.test_data_briefing_pages import words_of
from tests.test_problems_briefing import SUNDAY

__all__ = ["scene"]
WEEK = week_of(SUNDAY)
_FILES = (".pdf", ".pptx", ".html")
SAID = "The data hold a made-up sample city: nobody and nothing in it is real."


@pytest.mark.parametrize("fact", [ALL_SYNTHETIC, MIXED])
def test_every_briefing_of_a_made_up_city_says_so_and_none_of_a_real_one(scene: Scene, fact: str) -> None:
    scene.today = SUNDAY
    scene.send(*scene.spot((0, 0), days_before(SUNDAY, 12)))
    scene.refresh()
    for says in (False, True):
        if says:
            with scene.store.writing() as unit:
                unit.set_fact(SYNTHETIC_FACT, fact)
        found = briefed(scene, WEEK)
        assert (SAID in body_of(found, page="", attached=[])) is says
        for suffix in _FILES:
            assert (SAID in words_of(suffix, RENDERERS[suffix](found))) is says
        assert (SAID.encode() in annex(scene, WEEK)) is says


def test_the_briefing_of_a_sample_city_is_the_same_file_after_other_reports_came(scene: Scene) -> None:
    scene.today = SUNDAY
    scene.send(*scene.spot((0, 0), days_before(SUNDAY, 12)))
    with scene.store.writing() as unit:
        unit.set_fact(SYNTHETIC_FACT, ALL_SYNTHETIC)
    before = annex(scene, WEEK)
    with scene.store.writing() as unit:
        unit.set_fact(SYNTHETIC_FACT, MIXED)
    assert annex(scene, WEEK) == before
