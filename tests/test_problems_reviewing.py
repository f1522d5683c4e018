from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from data.taxonomy import listable, listed_taxonomy, load_taxonomy, names_csv, read_names, taxonomy_of
from problems.categories import FeedName, Taxonomy
from problems.errors import InputRefused, NotAllowed, NotFound, Stale
from problems.events import Subject
from problems.feed_names import all_rows, decisions, left_for_later
from problems.use_cases import reviewing
from tests.scenes import COORDINATOR, OFFICER, Scene

JANUARY, MARCH = date(2026, 1, 10), date(2026, 3, 1)
LAMPS = "Lamp bother"


def sent(scene: Scene, name: str, *days: date, code: str | None = None, source: str = "council") -> None:
    """Put reports with a category name of their source into the store."""

    scene.send(*(replace(scene.report((0, 0), day, code=code), category_name=name, source=source) for day in days))


def codes(scene: Scene) -> list[str | None]:
    return [report.category for report in scene.store.all_reports()]


def mapped(scene: Scene, code: str = "LGT-OUT", name: str = LAMPS, **more: object) -> int:
    return reviewing.map_name(
        *(scene.store, COORDINATOR, scene.clock, 1),
        source="council",
        name=name,
        code=code,
        taxonomy=listed_taxonomy(scene.store),
        **more,  # type: ignore[arg-type] # the tests name the arguments they give
    )


def unmapped(scene: Scene, name: str = LAMPS) -> int:
    return reviewing.unmap_name(
        *(scene.store, COORDINATOR, scene.clock, 1), source="council", name=name, taxonomy=listed_taxonomy(scene.store)
    )


def meaning(scene: Scene, name: str = LAMPS, day: date = MARCH, source: str = "council") -> str | None:
    return taxonomy_of(scene.store).code_for(source, name, day)


def listed(scene: Scene, text: str, *, past_too: bool, dry_run: bool = False) -> reviewing.NamesChange:
    taxonomy = listed_taxonomy(scene.store)
    names = read_names("names.csv", text.encode(), taxonomy.categories) if text else all_rows(load_taxonomy())
    return reviewing.replace_names(
        *(scene.store, COORDINATOR, scene.clock, 1),
        text=text,
        names=names,
        taxonomy=taxonomy,
        past_too=past_too,
        dry_run=dry_run,
    )


def names_text(scene: Scene, *more: FeedName, without: str = "") -> str:
    rows = [row for row in all_rows(taxonomy_of(scene.store)) if row.name != without]
    return names_csv(listable([*more, *rows]))


def test_a_name_means_the_same_for_past_and_later_reports(scene: Scene) -> None:
    sent(scene, LAMPS, JANUARY, MARCH)
    sent(scene, LAMPS, MARCH, source="police")
    assert mapped(scene) == 2
    assert codes(scene) == ["LGT-OUT", "LGT-OUT", None]
    assert meaning(scene) == "LGT-OUT"
    assert meaning(scene, source="police") is None


def test_spellings_of_one_name_are_mapped_together(scene: Scene) -> None:
    sent(scene, "Lamp bother", MARCH)
    sent(scene, "LAMP-BOTHER ", MARCH)
    assert mapped(scene) == 2
    assert scene.store.unmapped_names() == []


def test_a_name_is_mapped_anew_without_touching_what_people_chose_for_single_reports(scene: Scene) -> None:
    sent(scene, LAMPS, JANUARY, MARCH)
    mapped(scene)
    sent(scene, LAMPS, MARCH, code="WST-DUMP")
    assert mapped(scene, "LGT-DAMAGE", instead_of="LGT-OUT") == 2
    assert codes(scene) == ["LGT-DAMAGE", "LGT-DAMAGE", "WST-DUMP"]
    assert meaning(scene) == "LGT-DAMAGE"
    assert [one.row.code for one in decisions(scene.store.events(Subject.STORE))] == ["LGT-DAMAGE"]


def test_taking_a_decision_back_lets_the_reports_wait_again(scene: Scene) -> None:
    sent(scene, LAMPS, JANUARY, MARCH)
    mapped(scene)
    assert unmapped(scene) == 2
    assert codes(scene) == [None, None]
    assert meaning(scene) is None
    with pytest.raises(NotFound):
        unmapped(scene)


def test_taking_back_a_decision_about_a_listed_name_returns_to_the_list(scene: Scene) -> None:
    sent(scene, "Street lighting", MARCH, code="LGT-OUT")
    assert mapped(scene, "LGT-DARK", "Street lighting", instead_of="LGT-OUT") == 1
    assert codes(scene) == ["LGT-DARK"]
    assert unmapped(scene, "street lighting") == 1
    assert codes(scene) == ["LGT-OUT"]


def test_a_name_can_mean_something_for_some_days_only(scene: Scene) -> None:
    sent(scene, LAMPS, JANUARY, date(2026, 1, 31), date(2026, 2, 1))
    assert mapped(scene, valid_to=date(2026, 1, 31)) == 2
    assert codes(scene) == ["LGT-OUT", "LGT-OUT", None]
    assert mapped(scene, "LGT-DAMAGE", valid_from=date(2026, 2, 1)) == 1
    assert (meaning(scene, day=JANUARY), meaning(scene)) == ("LGT-OUT", "LGT-DAMAGE")
    assert unmapped(scene) == 3
    assert codes(scene) == [None, None, None]


def test_a_name_can_begin_to_mean_something_later(scene: Scene) -> None:
    sent(scene, LAMPS, JANUARY)
    assert mapped(scene, valid_from=MARCH) == 0
    assert codes(scene) == [None]
    assert (meaning(scene, day=JANUARY), meaning(scene)) == (None, "LGT-OUT")


def test_the_second_to_change_a_name_is_told(scene: Scene) -> None:
    sent(scene, LAMPS, MARCH)
    mapped(scene)
    mapped(scene, "LGT-DAMAGE", instead_of="LGT-OUT")
    with pytest.raises(Stale) as told:
        mapped(scene, "WST-DUMP", instead_of="LGT-OUT")
    assert told.value.changed_by == "Cora Reid"
    with pytest.raises(NotFound):
        mapped(scene, "WST-DUMP")
    assert codes(scene) == ["LGT-DAMAGE"]


@pytest.mark.parametrize(
    ("code", "name", "more", "said"),
    [
        ("XXX-NONE", LAMPS, {}, "no category “XXX-NONE”"),
        ("LGT-OUT", "wst-dump", {}, "code of a category"),
        ("LGT-OUT", LAMPS, {"instead_of": "LGT-OUT"}, "means that already"),
        ("LGT-OUT", LAMPS, {"valid_from": MARCH, "valid_to": JANUARY}, "last day is before the first"),
    ],
)
def test_a_meaning_that_cannot_be_is_refused(
    scene: Scene, code: str, name: str, more: dict[str, object], said: str
) -> None:
    sent(scene, name, MARCH)
    version = scene.store.version()
    with pytest.raises(InputRefused, match=said):
        mapped(scene, code, name, **more)
    assert scene.store.version() == version


def test_only_coordinators_say_what_names_mean(scene: Scene) -> None:
    sent(scene, LAMPS, MARCH)
    asking = (scene.store, OFFICER, scene.clock, 1)
    taxonomy = load_taxonomy()
    with pytest.raises(NotAllowed):
        reviewing.map_name(*asking, source="council", name=LAMPS, code="LGT-OUT", taxonomy=taxonomy)
    with pytest.raises(NotAllowed):
        reviewing.unmap_name(*asking, source="council", name=LAMPS, taxonomy=taxonomy)
    with pytest.raises(NotAllowed):
        reviewing.leave_name(*asking, source="council", name=LAMPS)
    with pytest.raises(NotAllowed):
        reviewing.replace_names(*asking, text="", names=[], taxonomy=taxonomy, past_too=False)


def test_a_name_is_left_for_later_and_taken_up_again(scene: Scene) -> None:
    sent(scene, LAMPS, MARCH)
    for later in (True, False):
        reviewing.leave_name(
            scene.store, COORDINATOR, scene.clock, 1, source="council", name="LAMP bother", later=later
        )
        left = left_for_later(scene.store.events(Subject.STORE))
        assert left == (frozenset({("council", "lamp bother")}) if later else frozenset())
    assert codes(scene) == [None]


# -- the list of names --


def test_another_list_is_counted_before_it_is_kept(scene: Scene) -> None:
    sent(scene, LAMPS, JANUARY, MARCH)
    sent(scene, "Street lighting", MARCH, code="LGT-OUT")
    sent(scene, "Street lighting", MARCH, code="WST-DUMP")
    text = names_text(scene, FeedName("council", LAMPS, "LGT-OUT"), without="Street lighting")
    version = scene.store.version()
    counted = listed(scene, text, past_too=True, dry_run=True)
    assert counted == reviewing.NamesChange(added=1, changed=0, removed=1, reports=3)
    assert scene.store.version() == version
    assert listed(scene, text, past_too=True) == counted
    assert codes(scene) == ["LGT-OUT", "LGT-OUT", None, "WST-DUMP"]
    assert meaning(scene, "Street lighting") is None


def test_another_list_can_hold_for_later_reports_only(scene: Scene) -> None:
    sent(scene, LAMPS, JANUARY)
    assert listed(scene, names_text(scene, FeedName("council", LAMPS, "LGT-OUT")), past_too=False).reports == 0
    assert codes(scene) == [None]
    assert meaning(scene) == "LGT-OUT"


def test_a_list_holds_what_was_decided_before_it_and_ends_those_decisions(scene: Scene) -> None:
    sent(scene, LAMPS, MARCH)
    mapped(scene)
    assert listed(scene, names_text(scene), past_too=True).is_nothing
    assert decisions(scene.store.events(Subject.STORE)) == []
    assert meaning(scene) == "LGT-OUT"
    with pytest.raises(NotFound):
        unmapped(scene)
    # Back to the list of the program, which does not know the name.
    assert listed(scene, "", past_too=True) == reviewing.NamesChange(added=0, changed=0, removed=1, reports=1)
    assert codes(scene) == [None]


def test_a_list_follows_the_days_of_past_reports(scene: Scene) -> None:
    sent(scene, LAMPS, JANUARY, MARCH)
    rows = (
        FeedName("*", LAMPS, "LGT-OUT", None, date(2026, 2, 1)),
        FeedName("*", LAMPS, "LGT-DAMAGE", date(2026, 2, 2), None),
    )
    assert listed(scene, names_text(scene, *rows), past_too=True).reports == 2
    assert codes(scene) == ["LGT-OUT", "LGT-DAMAGE"]


def test_meanings_cover_all_days_without_gaps() -> None:
    rows = [FeedName("*", "a", "LGT-OUT", date(2025, 1, 1), date(2025, 1, 31)), FeedName("x", "a", "WST-DUMP", MARCH)]
    taxonomy = Taxonomy.build(load_taxonomy().categories.values(), rows)
    told = [(one.since, one.until, one.code) for one in taxonomy.meanings("x", "A!")]
    assert told == [
        (None, date(2025, 1, 1), None),
        (date(2025, 1, 1), date(2025, 2, 1), "LGT-OUT"),
        (date(2025, 2, 1), MARCH, None),
        (MARCH, None, "WST-DUMP"),
    ]
    for since, until, code in told:
        for day in (since, date.fromordinal(until.toordinal() - 1) if until else None):
            assert day is None or taxonomy.code_for("x", "a", day) == code


def test_decisions_of_a_day_go_by_the_zone_of_the_installation(scene: Scene) -> None:

    late = replace(scene.report((0, 0), MARCH, code=None), category_name=LAMPS)
    scene.send(replace(late, reported_at=datetime(2026, 2, 1, 3, tzinfo=UTC)))  # still January in New York
    clock = lambda: scene.clock().astimezone(ZoneInfo("America/New_York"))  # noqa: E731 - a clock is a function
    reviewing.map_name(
        *(scene.store, COORDINATOR, clock, 1),
        source="council",
        name=LAMPS,
        code="LGT-OUT",
        taxonomy=load_taxonomy(),
        valid_to=date(2026, 1, 31),
    )
    assert codes(scene) == ["LGT-OUT"]
