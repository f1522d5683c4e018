"""One whole life of a problem in a real browser: from the file of reports to its end, and back again."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from problems.actions import ActionStatus
from problems.history import History
from problems.problem import ProblemStatus
from tests.browsing import Visitor, uploaded
from tests.life_town import (
    COMMANDER,
    COORDINATOR,
    FIRST_DAY,
    HIGHWAYS,
    LIGHTS,
    LONDON,
    OF_HIGHWAYS,
    OF_LIGHTS,
    OFFICER,
    OTHER_OFFICER,
    Town,
    first_file,
    later_file,
    lived_in,
    second_file,
    third_file,
)
from tests.photos import a_photo

pytestmark = pytest.mark.browser

PROPOSED = FIRST_DAY + timedelta(days=1)
DECLINED = PROPOSED + timedelta(days=3)
ACCEPTED = DECLINED + timedelta(days=4)
DONE = ACCEPTED + timedelta(days=85)
VISITED = DONE + timedelta(days=1)
REWORKED = VISITED + timedelta(days=12)
CHECKED = REWORKED + timedelta(days=1)
ASSESSED = REWORKED + timedelta(days=140)
CAME_BACK = ASSESSED + timedelta(days=24)

WORK = "Renew the lamps in the underpass"
_IN_LISTS = dict.fromkeys(("Import", "Setup"), "Data")
_PATHS = {
    "Map": "", "Problems": "problem", "My organisation": "organisation", "Decisions": "decisions", "Board": "board",
    "Import": "import", "Setup": "setup",
}  # fmt: skip


def still(page: Page) -> None:
    """Wait until the page is drawn: while it is drawn anew, its end is there twice for a moment."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    expect(page.locator(".fx-footer")).to_have_count(1)


#: Up to this day the reports had come in when hot spots were looked for the second time.
SECOND_REFRESH = FIRST_DAY + timedelta(days=91)
#: What the whole way takes each of them, a field that is filled in counted as a click. No way gets longer unseen.
MOST_CLICKS = Counter(
    {COORDINATOR: 65, OF_LIGHTS: 6, OF_HIGHWAYS: 18, OFFICER: 8, OTHER_OFFICER: 4, COMMANDER: 4},
)
#: What the timeline tells at the end, oldest first: when, who, what.
TOLD = (
    (FIRST_DAY - timedelta(days=1), "Fixpoint", "Found by a refresh"),
    (PROPOSED, COORDINATOR, "Status changed from “Detected” to “Taken on”. Owner set to “Cora Reid”."),
    (PROPOSED, COORDINATOR, "Status changed from “Taken on” to “Response planned”."),
    (PROPOSED, COORDINATOR, f"Action “{WORK}” proposed to {LIGHTS}, due "),
    (DECLINED, OF_LIGHTS, "from “Proposed” to “Declined”. Reason: Not our responsibility."),
    (DECLINED, COORDINATOR, f"from “Declined” to “Proposed”, organisation changed from “{LIGHTS}” to “{HIGHWAYS}”"),
    (ACCEPTED, OF_HIGHWAYS, "from “Proposed” to “Accepted”"),
    (DONE, OF_HIGHWAYS, "Photo added (after): “Four new lamps in the underpass, all lit”."),
    (DONE, OF_HIGHWAYS, "from “Accepted” to “Done, not checked”"),
    (DONE, "Fixpoint", "Status changed from “Response planned” to “Work under way”."),
    (VISITED, OFFICER, "from “Done, not checked” to “Under way”"),
    (REWORKED, OF_HIGHWAYS, "from “Under way” to “Done, not checked”"),
    (CHECKED, OTHER_OFFICER, "from “Done, not checked” to “Checked”"),
    (CHECKED, COORDINATOR, "Status changed from “Work under way” to “Work done, awaiting check”."),
    (CHECKED, OFFICER, "Status changed from “Work done, awaiting check” to “Fix verified”. Visited on "),
    (ASSESSED, COORDINATOR, "Kept an assessment."),
    (ASSESSED, COMMANDER, "Status changed from “Fix verified” to “Closed”. Outcome set to “It worked”."),
    (CAME_BACK - timedelta(days=1), "Fixpoint", "Status changed from “Closed” to “Came back”."),
)


@dataclass
class Hand:
    """Somebody at the page, who uses what can be seen, and whose clicks are counted for the role they have."""

    page: Page
    who: str = ""
    clicks: Counter[str] = field(default_factory=Counter)

    def work_as(self, name: str) -> None:
        """Be somebody else from now on; with an account of their own nobody would have to choose themselves."""
        box = self.page.get_by_role("combobox", name=re.compile("Working as"))
        box.click()
        self.page.get_by_role("option", name=re.compile(f"^{name}")).click()
        expect(self.page).to_have_url(re.compile(f"as={name.split(maxsplit=1)[0]}"))
        still(self.page)
        self.who = name

    def click(self, target: Locator) -> None:
        """Click on something when the page stands still, and count it."""
        expect(target).to_be_visible()
        still(self.page)
        target.click()
        self.clicks[self.who] += 1

    def go(self, name: str) -> None:
        """Go to a page by its name in the bar, or in the list of the bar that has it."""
        if name in _IN_LISTS:
            self.press(_IN_LISTS[name])
        self.click(self.page.get_by_role("menuitem" if name in _IN_LISTS else "link", name=name, exact=True))
        # Until it is asked for, the page that is left stands still too.
        expect(self.page).to_have_url(re.compile(rf"^http://[^/]+/{_PATHS[name]}(\?|$)"))
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        still(self.page)

    def press(self, name: str) -> None:
        """Press a button of the page."""
        self.click(self.page.get_by_role("button", name=name, exact=True).first)

    def open(self, name: str) -> "Form":
        """Press a button that opens a form."""
        self.press(name)
        return Form(self, self.page.get_by_role("dialog"))

    def sees(self, *texts: str) -> None:
        """Make sure that the page says so."""
        for text in texts:
            expect(self.page.get_by_text(text).first).to_be_visible()


@dataclass
class Form:
    """The form that is open over the page."""

    hand: Hand
    dialog: Locator

    def fill(self, label: str, text: str) -> "Form":
        """Write into a field; one click to get there."""
        self.dialog.get_by_label(label, exact=True).fill(text)
        self.hand.clicks[self.hand.who] += 1
        return self

    def choose(self, label: str, option: str) -> "Form":
        """Choose from a list: one click opens it, one chooses."""
        self.hand.click(self.dialog.get_by_role("combobox", name=label))
        self.hand.click(self.hand.page.get_by_role("option", name=option, exact=True))
        return self

    def then(self, name: str) -> "Form":
        """Press a button that leads to another form."""
        self.hand.click(self.dialog.get_by_role("button", name=name, exact=True))
        return self

    def send(self, name: str) -> None:
        """Press the button that saves, and wait until the form is gone."""
        self.hand.click(self.dialog.get_by_role("button", name=name, exact=True))
        expect(self.dialog).to_have_count(0)
        still(self.hand.page)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with lived_in(tmp_path_factory.mktemp("life")) as served:
        yield served


@pytest.fixture
def visit(browser: Browser, town: Town) -> Iterator[Visitor]:
    visitor = Visitor(browser, town.url)
    yield visitor
    assert visitor.finish() == []


def test_a_problem_lives_from_the_first_report_to_its_end_and_comes_back(visit: Visitor, town: Town) -> None:
    hand = Hand(visit("/import"))
    hand.work_as(COORDINATOR)
    reports_arrive(hand, "june.csv", first_file())
    hand.press("Find hot spots")
    hand.sees("4 hot spots up to 1 Jun 2025: 4 new.")
    is_taken_on_and_proposed(hand, town)
    is_declined_and_proposed_to_another(hand, town)
    is_accepted_and_done(hand, town)
    is_sent_back_and_done_again(hand, town)
    is_checked_and_verified(hand, town)
    is_assessed_and_closed(hand, town)
    comes_back(hand, town)
    the_timeline_tells_all_of_it(hand)
    the_record_is_whole(hand)
    the_past_is_as_it_was(hand, town)
    assert hand.clicks <= MOST_CLICKS


def reports_arrive(hand: Hand, name: str, content: bytes) -> None:
    page = hand.page
    still(page)
    # By its name: the page that was left may still stand there, with a field for photos.
    field = page.get_by_test_id("stFileUploader").filter(has_text="File with reports")
    field.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    expect(field.get_by_text(name)).to_be_visible()
    hand.clicks[hand.who] += 2
    hand.press("Count the whole file")
    hand.click(page.get_by_role("button", name=re.compile(r"^Import [\d,]+ reports$")))
    expect(page.get_by_text(re.compile(rf"{name}: of [\d,]+ rows, [\d,]+ new"))).to_be_visible()


def open_problem(hand: Hand, tab: str = "") -> None:
    hand.go("Problems")
    hand.click(hand.page.get_by_role("link", name=re.compile("Mill Lane")))
    expect(hand.page.get_by_role("heading", level=1)).to_have_text(re.compile("Mill Lane"))
    if tab:
        hand.click(hand.page.get_by_role("tab", name=tab))


def stands(hand: Hand, status: str) -> None:
    expect(hand.page.locator(".fx-line").first).to_contain_text(status)


def is_taken_on_and_proposed(hand: Hand, town: Town) -> None:
    town.turn_to(PROPOSED)
    open_problem(hand)
    stands(hand, "Detected")
    form = hand.open("Take on")
    form.fill("Owner", COORDINATOR).fill("Objective", "Light in the lane every night by July").send("Take on")
    hand.sees("is now “Taken on”.")
    form = hand.open("Plan the response")
    form.fill("What residents could be told", "The lamps will be renewed.").send("Plan the response")
    stands(hand, "Response planned")
    hand.click(hand.page.get_by_role("tab", name="Respond"))
    form = hand.open("Add an action")
    form.fill("What is to be done", WORK).choose("Organisation", LIGHTS).send("Add action")
    hand.sees(f"“{WORK}” is proposed to {LIGHTS}.")


def is_declined_and_proposed_to_another(hand: Hand, town: Town) -> None:
    town.turn_to(DECLINED)
    hand.work_as(OF_LIGHTS)
    hand.go("My organisation")
    hand.sees("1 request for work waits for an answer.", WORK)
    form = hand.open("Decline")
    form.choose("Reason", "Not our responsibility")
    form.fill("What residents could be told", "The underpass belongs to the highways.").send("Decline")
    hand.sees(f"“{WORK}” is now “Declined”.", "Nothing is owed")
    hand.work_as(COORDINATOR)
    hand.go("Board")
    hand.sees("Declined, nobody does it", "Not our responsibility")
    form = hand.open("Propose to another")
    form.choose("Organisation", HIGHWAYS).fill("What residents could be told", "Highways see to the underpass.")
    form.send("Propose to another")
    expect(hand.page.get_by_text("nobody does it")).to_have_count(0)


def is_accepted_and_done(hand: Hand, town: Town) -> None:
    town.turn_to(ACCEPTED)
    hand.work_as(OF_HIGHWAYS)
    hand.go("My organisation")
    hand.press("Accept")
    hand.sees(f"“{WORK}” is now “Accepted”.")
    town.turn_to(DONE)
    hand.click(hand.page.get_by_role("link", name=re.compile("Mill Lane")).first)
    hand.click(hand.page.get_by_role("tab", name="Respond"))
    adds_a_photo(hand, "Four new lamps in the underpass, all lit")
    form = hand.open("More").then("Done")
    form.fill("What residents could be told", "Four lamps were renewed.").send("Done")
    hand.sees(f"“{WORK}” is now “Done, not checked”.")
    stands(hand, "Work under way")


def adds_a_photo(hand: Hand, alt: str) -> None:
    page = hand.page
    hand.click(page.get_by_text("Add a photo", exact=True))
    still(page)
    photo: FilePayload = {"name": "lamps.jpg", "mimeType": "image/jpeg", "buffer": a_photo()}
    page.locator("input[type=file]").set_input_files(photo)
    hand.clicks[hand.who] += 2
    uploaded(page, "lamps.jpg")
    hand.click(page.get_by_role("radiogroup", name="It shows the place").get_by_text("After"))
    page.get_by_label("What can be seen on it").fill(alt)
    hand.clicks[hand.who] += 1
    hand.press("Add the photo")
    expect(page.get_by_role("img", name=alt, exact=True)).to_be_visible()
    hand.sees("The photo is kept.")


def is_sent_back_and_done_again(hand: Hand, town: Town) -> None:
    town.turn_to(VISITED)
    hand.work_as(COORDINATOR)
    hand.go("Import")
    reports_arrive(hand, "until-done.csv", second_file(DONE))
    hand.press("Find hot spots")
    hand.sees("4 known already")
    hand.work_as(OFFICER)
    hand.go("Board")
    form = hand.open("More").then("Send back")
    form.fill("What residents could be told", "One of the four is dark again.").send("Send back")
    hand.sees(f"“{WORK}” is now “Under way”.")
    town.turn_to(REWORKED)
    hand.work_as(OF_HIGHWAYS)
    hand.go("My organisation")
    hand.sees("1 piece of work came back from the check.", "One of the four is dark again.")
    form = hand.open("Done")
    form.fill("What residents could be told", "Its cable was renewed as well.").send("Done")
    hand.sees("Waits for others")


def is_checked_and_verified(hand: Hand, town: Town) -> None:
    town.turn_to(CHECKED)
    hand.work_as(OTHER_OFFICER)
    hand.go("Board")
    hand.open("Check passed").fill("What residents could be told", "All four are lit.").send("Check passed")
    hand.work_as(COORDINATOR)
    open_problem(hand)
    form = hand.open("Work is done")
    form.fill("What residents could be told", "The underpass is lit.").send("Work is done")
    stands(hand, "Work done, awaiting check")
    hand.work_as(OFFICER)
    form = hand.open("Verify on site")
    form.fill("What residents could be told", "Seen at night: lit from end to end.").send("Verify on site")
    stands(hand, "Fix verified")


def is_assessed_and_closed(hand: Hand, town: Town) -> None:
    town.turn_to(ASSESSED)
    hand.work_as(COORDINATOR)
    hand.go("Import")
    reports_arrive(hand, "until-autumn.csv", later_file(DONE, ASSESSED))
    hand.go("Decisions")
    hand.sees("Verified, and not assessed yet")
    hand.click(hand.page.get_by_role("link", name="Assess it"))
    hand.sees("Did it work?")
    hand.press("Keep this assessment")
    hand.sees("Assessment 1 is kept: fell.")
    hand.work_as(COMMANDER)
    hand.go("Decisions")
    hand.sees("Assessed, waiting to be closed")
    form = hand.open("Close the problem")
    form.fill("What residents could be told", "The lane is lit, and stayed so.").send("Close the problem")
    hand.sees("Nothing waits for a decision", "Outcome set to")


def comes_back(hand: Hand, town: Town) -> None:
    town.turn_to(CAME_BACK)
    hand.work_as(COORDINATOR)
    hand.go("Import")
    reports_arrive(hand, "winter.csv", third_file(ASSESSED + timedelta(days=1), CAME_BACK - timedelta(days=1)))
    hand.press("Find hot spots")
    hand.sees("1 problem came back after the work was done.")
    hand.go("Decisions")
    hand.sees("It came back")


def the_timeline_tells_all_of_it(hand: Hand) -> None:
    open_problem(hand)
    stands(hand, "Came back")
    hand.click(hand.page.get_by_text(re.compile(r"^\d+ older$")))
    lines = hand.page.locator(".fx-timeline li")
    expect(lines).to_have_count(len(TOLD))
    for line, (day, who, what) in zip(lines.all_inner_texts()[::-1], TOLD, strict=True):
        assert line.startswith(f"{day.day} {day:%b} {day.year}, "), line
        assert f" · {who}\n" in line
        assert what in line


def the_record_is_whole(hand: Hand) -> None:
    hand.go("Setup")
    hand.click(hand.page.get_by_text("Health", exact=True))
    hand.press("Check the record of changes now")
    expect(hand.page.get_by_text(re.compile(r"All \d+ recorded changes fit together"))).to_be_visible()


def the_past_is_as_it_was(hand: Hand, town: Town) -> None:
    hand.go("Map")
    hand.press("Previous week")
    known_on = SECOND_REFRESH
    as_known = f"as known on {known_on.day} {known_on:%b} {known_on.year}"
    expect(hand.page.get_by_role("status").filter(has_text=as_known)).to_be_visible()
    hand.click(hand.page.get_by_role("button", name=re.compile("Mill Lane")))
    hand.sees(f"So it stood on {known_on.day} {known_on:%b} {known_on.year}.")
    expect(hand.page.locator(".fx-panel-head")).to_contain_text("Response planned")
    store = town.opened()
    history = History(store, LONDON)
    known = {
        day: (history.problems_on(day)[0].status, [each.status for each in history.actions_on(day)])
        for day in (FIRST_DAY, PROPOSED, DECLINED, ACCEPTED, VISITED, CHECKED, ASSESSED, CAME_BACK)
    }
    store.close()
    assert known == {
        FIRST_DAY: (ProblemStatus.DETECTED, []),
        PROPOSED: (ProblemStatus.PLANNED, [ActionStatus.PROPOSED]),
        DECLINED: (ProblemStatus.PLANNED, [ActionStatus.PROPOSED]),
        ACCEPTED: (ProblemStatus.PLANNED, [ActionStatus.ACCEPTED]),
        VISITED: (ProblemStatus.IN_PROGRESS, [ActionStatus.IN_PROGRESS]),
        CHECKED: (ProblemStatus.VERIFIED, [ActionStatus.VERIFIED]),
        ASSESSED: (ProblemStatus.CLOSED, [ActionStatus.VERIFIED]),
        CAME_BACK: (ProblemStatus.RECURRED, [ActionStatus.VERIFIED]),
    }
