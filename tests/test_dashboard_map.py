import json
from dataclasses import replace
from datetime import date, timedelta

import folium
import numpy as np
import pytest

from dashboard import design, session
from dashboard.mapping import live_layer
from dashboard.mapping.layers import Asked, Picture, last_day, map_state
from dashboard.mapping.points import extent
from dashboard.views import map_reading
from data.settings import Settings
from problems.areas import Area, AreaKind
from problems.categories import Group
from problems.store import Box
from tests.scenes import LONDON, Scene, days_before


def test_a_map_from_outside_is_refused_when_it_is_built() -> None:
    with pytest.raises(RuntimeError, match="from outside"):
        live_layer.require_own_assets(folium.Map())
    live_map = live_layer.build_map()
    folium.Marker(icon=folium.plugins.BeautifyIcon()).add_to(live_map)
    with pytest.raises(RuntimeError, match="from outside"):
        live_layer.require_own_assets(live_map)


def test_the_map_loads_nothing_from_outside_and_can_be_zoomed() -> None:
    page = live_layer.build_map().get_root().render()
    assert "http://" not in page
    assert "https://" not in page
    assert "user-scalable" not in page


def test_the_state_cannot_end_the_script_or_begin_a_template() -> None:
    written = live_layer.script_literal({"x": "</script>`${alert(1)}`"})
    assert not set("<>`$") & set(written)
    assert json.loads(written) == {"x": "</script>`${alert(1)}`"}


def test_the_address_of_an_asset_changes_with_its_content() -> None:
    assert live_layer.versioned("live-layer.js") != live_layer.versioned("live-layer.css")
    assert live_layer.versioned("live-layer.js").startswith("/assets/live-layer.js?v=")


def test_the_period_ends_with_the_last_day_and_the_one_before_touches_it() -> None:
    asked = Asked(days=28, last=date(2026, 3, 28), groups=(Group.WASTE,))
    assert asked.first == date(2026, 3, 1)
    assert asked.before().last == date(2026, 2, 28)
    assert asked.view_parameters(7) == {"from": "2026-03-01", "to": "2026-03-28", "groups": "WST", "v": "7"}
    assert Asked(days=0, last=date(2026, 3, 28)).first is None


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (9, 100, "100 in the 28 days before"),
        (110, 100, "10% more than in the 28 days before"),
        (90, 100, "10% fewer than in the 28 days before"),
        (100, 100, "about as many as in the 28 days before"),
        (100, None, ""),
    ],
)
def test_small_counts_get_no_percentage(now: int, before: int | None, said: str) -> None:
    asked = Asked(days=28, last=date(2026, 3, 28))
    told = map_reading.compared(asked, Picture([], now, before))
    assert told == ", ".join(part for part in ("1 Mar 2026 to 28 Mar 2026", said) if part)


def test_the_legend_names_every_mark_and_class_in_words() -> None:
    legend = map_reading.legend()
    for words in ("Not started", "In progress", "Awaiting check", "Resolved", "Set aside", "1–4", "100 or more"):
        assert words in legend
    assert "volume, not risk" in legend
    assert legend.count("fx-swatch") == len(design.DENSITY_FROM)


def test_a_report_dated_in_the_future_does_not_move_the_period(scene: Scene) -> None:
    assert last_day(scene.store, scene.today, LONDON) == scene.today
    scene.send(scene.report((0, 0), scene.today - timedelta(days=3)))
    assert last_day(scene.store, scene.today, LONDON) == scene.today - timedelta(days=3)
    scene.send(scene.report((0, 0), scene.today + timedelta(days=400)))
    assert last_day(scene.store, scene.today, LONDON) == scene.today


def test_the_map_opens_with_all_of_a_town_but_not_with_its_stray_points() -> None:
    across = np.linspace(0.0, 1.0, 1001)
    town = np.column_stack([across, 50 + across])
    assert extent(town) == Box(0.0, 50.0, 1.0, 51.0)
    box = extent(np.vstack([town, [[90.0, 0.0]]]))
    assert box is not None
    assert -0.2 < box.west <= 0.0
    assert 1.0 <= box.east < 1.2
    assert 49.8 < box.south <= 50.0
    assert 51.0 <= box.north < 51.2


def test_a_chosen_area_is_what_the_map_opens_with(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "person_chosen", lambda: None)
    scene.send(*scene.spot((0, 0), days_before(date(2026, 3, 1), 5)))
    ring = [[1.0, 51.0], [1.1, 51.0], [1.1, 51.2], [1.0, 51.2], [1.0, 51.0]]
    with scene.store.writing() as unit:
        (number,) = unit.add_areas([Area(0, AreaKind.WARD, "West", {"type": "Polygon", "coordinates": [ring]})])
    asked = Asked(days=0, last=date(2026, 3, 1))

    def home(asked: Asked) -> object:
        return map_state(scene.store, Settings("sqlite:///:memory:", LONDON), asked, design.LIGHT, None, [])["home"]

    assert home(replace(asked, area_id=number)) == [1.0, 51.0, 1.1, 51.2]
    assert home(asked) != home(replace(asked, area_id=number))
    assert home(replace(asked, area_id=number + 1)) == home(asked)
