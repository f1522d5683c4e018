"""The addresses beside the pages, asked by people of each role: nobody is told what is not theirs."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from dashboard import session
from data.stores import SqlStore
from problems.categories import Group
from problems.errors import NotAllowed
from problems.people import LAPTOP, Person, Role
from problems.seeing import seen_by
from problems.sharing import is_placed
from problems.use_cases import working
from tests.test_dashboard_routes import Answer, Client

WIDE = "bbox=-180,-90,180,90&z=18"


@pytest.fixture
def city(sample_read_only: SqlStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqlStore]:
    monkeypatch.setenv("FIXPOINT_STORE", "sqlite:///unused.db")
    session.forget()
    monkeypatch.setattr(session, "get_store", lambda: sample_read_only)
    yield sample_read_only
    session.forget()


def somebody(city: SqlStore, role: Role) -> Person:
    """Return somebody with a role; a partner with whom something is shared."""
    owed = {one.organisation_id for one in city.actions()}
    people = [one for one in city.people() if one.role is role]
    return next(one for one in people if role is not Role.PARTNER or one.organisation_id in owed)


def ask(address: str, person: Person | None = None) -> Answer:
    sign = "&" if "?" in address else "?"
    return Client(["127.0.0.1"]).get(f"{address}{sign}as={person.key}" if person else address)


def box_of_one_street(city: SqlStore) -> str:
    lon, lat = city.problems()[0].lon_lat
    return f"bbox={lon - 0.002},{lat - 0.001},{lon + 0.002},{lat + 0.001}&z=18"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PARTNER])
def test_the_map_shows_counts_and_never_dots_to_those_who_may_not_see_reports(city: SqlStore, role: Role) -> None:
    street = box_of_one_street(city)
    assert ask(f"/api/view?{street}", somebody(city, Role.OFFICER)).json()["kind"] == "points"
    for box in (street, WIDE):
        told: dict[str, Any] = ask(f"/api/view?{box}", somebody(city, role)).json()
        assert told["kind"] == "hexagons"
        assert told["resolution"] <= 9
        assert all(count >= 3 for count, *_corners in told["rows"])


def test_a_smaller_box_does_not_count_fewer_reports_of_a_hexagon(city: SqlStore) -> None:
    viewer = somebody(city, Role.VIEWER)
    wide = {tuple(corners): count for count, *corners in ask(f"/api/view?{WIDE}", viewer).json()["rows"]}
    lon, lat = city.problems()[0].lon_lat
    near = f"bbox={lon - 0.01},{lat - 0.006},{lon + 0.01},{lat + 0.006}&z=18"
    found = ask(f"/api/view?{near}", viewer).json()["rows"]
    assert found
    assert all(wide[tuple(corners)] == count for count, *corners in found)


@pytest.mark.parametrize("address", ["/api/problems?all=1", "/api/problems?all=1&places=candidates"])
def test_the_map_shows_a_partner_what_is_shared_and_nothing_else(city: SqlStore, address: str) -> None:
    person = somebody(city, Role.PARTNER)
    shared = {one.problem_id for one in city.actions() if one.organisation_id == person.organisation_id}
    shared |= {one.id for one in city.problems() if one.owner_organisation_id == person.organisation_id}
    # Of disputes a partner learns that they exist, not where.
    hidden = {one.id for one in seen_by(city, person.principal()).problems() if not is_placed(one)}
    assert hidden < shared
    assert {city.problem(one).group for one in hidden} == {Group.DISPUTES}
    told = ask(address, person).json()
    assert {one["id"] for one in told["problems"]} == shared - hidden
    assert told["places"] == []
    assert len(ask(address).json()["problems"]) == len(city.problems())


def test_files_hold_what_the_person_may_see(city: SqlStore) -> None:
    person, viewer = somebody(city, Role.PARTNER), somebody(city, Role.VIEWER)
    shared = len(ask("/api/problems?all=1", person).json()["problems"])
    geojson = json.loads(ask("/api/export/problems.geojson", person).content)
    assert len([one for one in geojson["features"] if one["geometry"]]) == shared
    told = ask("/api/export/problems.csv", viewer).content.decode()
    for one in city.problems():
        assert not one.objective or one.objective not in told
    assert ask("/api/export/reports.csv").status == 200


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PARTNER])
@pytest.mark.parametrize(
    "address",
    [
        "/api/export/reports.csv",
        "/api/export/reports.geojson",
        "/api/export/rejected.csv",
        "/api/quality.csv?source=Fernwick%20311&show=unmapped",
        "/api/quality.csv?source=x&show=rejected",
    ],
)
def test_single_reports_are_handed_to_neither_partners_nor_viewers(city: SqlStore, role: Role, address: str) -> None:
    answer = ask(address, somebody(city, role))
    assert answer.status == 403
    assert b"may not" in answer.content


def test_an_address_for_somebody_unknown_is_not_answered_as_if_it_were_for_nobody(city: SqlStore) -> None:
    for address in ("/api/view?" + WIDE, "/api/problems", "/api/export/reports.csv", "/api/assessment/1.csv"):
        sign = "&" if "?" in address else "?"
        assert Client(["127.0.0.1"]).get(f"{address}{sign}as=nobody-at-all").status == 404


def test_people_are_known_by_their_key_and_by_what_the_bar_calls_them(city: SqlStore) -> None:
    person = somebody(city, Role.PARTNER)
    assert session.principal_named(person.key) == person.principal()
    assert session.principal_named(session.person_label(person)) == person.principal()


def test_who_has_left_does_not_become_the_one_who_may_do_everything(
    city: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = somebody(city, Role.PARTNER)
    for chosen, expected in (("", LAPTOP), (person.key, person.principal()), ("person-999", session.GONE)):
        monkeypatch.setattr(session.st, "session_state", {session.WORKING_AS: chosen})
        assert session.principal() == expected
    with pytest.raises(NotAllowed):
        working.note_problem(city, session.GONE, session.get_clock(), 1, problem_id=1, note="Seen.")
    assert session.seen_store(session.GONE) is not city
