"""What ``brief --mail`` does: the briefing of a week, mailed to those whom the settings name."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from dashboard.commands.opening import day, opened_store
from dashboard.commands.output import FINE, REFUSED, Output, count, table
from data.briefing_files import renderer_for
from data.briefing_pages.parts import Paper
from data.calendars import working_days
from data.mail import Failure, NotSent, Post, written
from data.mail_settings import MailSettings, Recipients, password_of
from data.settings import SEED, Settings
from data.targets import targets_of
from data.taxonomy import names_of_kinds
from problems.briefing.briefing import Briefing
from problems.briefing.mailing import Mail, Mailed, body_of, file_name, message_id, subject_of
from problems.briefing.weeks import IsoWeek
from problems.clock import Clock, clock_in
from problems.errors import AreaUnknown, InputRefused, ProblemError
from problems.people import SYSTEM, Principal
from problems.store import Store
from problems.use_cases.briefing import brief
from problems.use_cases.mailing import begin_mail, end_mail, is_with_others, mails_sent, reader_for

#: Seconds until what may pass is tried again: so many at first, then each time twice as many.
FIRST_WAIT_S: Final = 15.0
_ASKED = "The briefing was not mailed."
_SENT, _ALREADY, _ELSEWHERE, _FAILED, _WOULD = "sent", "sent before", "with another run", "not sent", "would be sent"
#: No server was asked: there was nothing to send.
_NOT_MADE = "not made"


@dataclass(frozen=True)
class _Letter:
    """One mail with what it is made of: whose eyes, which files."""

    mail: Mail
    reader: Principal
    formats: tuple[str, ...]
    state: str = ""
    why: str = ""

    @property
    def words(self) -> str:
        """What stands in the log of it: nothing of its contents."""
        area = self.mail.area or "the whole place"
        return f"{self.mail.week}, {area}, {self.mail.to}: {self.state}" + (f". {self.why}" if self.why else "")


@dataclass
class _Run:
    """One run: the store, the settings, the day of knowledge, and what was made so far."""

    store: Store
    settings: Settings
    clock: Clock
    week: IsoWeek
    known_on: date
    paper: Paper
    again: bool
    output: Output
    made: dict[tuple[str, int | None], Briefing] = field(default_factory=dict)
    files: dict[tuple[str, int | None, str], bytes] = field(default_factory=dict)

    @property
    def asking(self) -> tuple[Store, Principal, Clock, int]:
        """Who asks the use cases: Fixpoint itself."""
        return self.store, SYSTEM, self.clock, SEED

    def briefing_for(self, letter: _Letter) -> Briefing:
        """Return the briefing that a letter holds, made once for all letters with the same."""
        of = (letter.mail.area, letter.mail.organisation_id)
        if of not in self.made:
            settings = self.settings
            self.made[of] = brief(
                self.store,
                letter.reader,
                self.clock,
                SEED,
                week=self.week,
                zone=settings.zone,
                settings=settings.detection,
                targets=targets_of(self.store),
                days=working_days(settings.calendar),
                kinds=names_of_kinds(),
                area=letter.mail.area,
                known_on=self.known_on,
            )
        return self.made[of]

    def attached_to(self, letter: _Letter) -> dict[str, bytes]:
        """Return the files of a letter by name."""
        briefing = self.briefing_for(letter)
        for suffix in letter.formats:
            of = (letter.mail.area, letter.mail.organisation_id, suffix)
            if of not in self.files:
                self.files[of] = renderer_for(Path(f"briefing{suffix}"), self.paper)(briefing)
        of_letter = (letter.mail.area, letter.mail.organisation_id)
        return {file_name(briefing, suffix): self.files[(*of_letter, suffix)] for suffix in letter.formats}


def run_mail(
    output: Output,
    *,
    week: str,
    area: str,
    known_on: str | None,
    paper: str | None,
    again: bool,
    dry_run: bool,
    wait: Callable[[float], None] = time.sleep,
) -> int:
    """Mail the briefing of a week (empty: the last whole one) to those whom the settings name, each once."""
    asked = IsoWeek.read(week) if week else None
    known = None if known_on is None else day(known_on, "--known-on")
    size = None if paper is None else Paper.read(paper)
    with opened_store() as (store, settings):
        if settings.mail is None:
            possible = "Put a section [mail] into the settings file (docs/mail.md shows one)."
            raise InputRefused(_ASKED, "No mail server is set.", possible)
        clock = clock_in(settings.zone)
        today = clock().date()
        of = asked or IsoWeek.of(today).before
        before, first = mails_sent(store, SYSTEM, clock, SEED, week=of)
        chosen = known or (None if again else first) or today
        run = _Run(store, settings, clock, of, chosen, size or settings.paper, again, output)
        letters = [
            one for one in _letters(run, settings.mail) if not area or one.mail.area.casefold() == area.casefold()
        ]
        if not letters:
            areas = sorted({one.area for one in settings.mail.recipients if one.area})
            possible = f"The settings name recipients for: {', '.join(areas) or 'the whole place alone'}."
            raise InputRefused(_ASKED, f"Nobody gets the briefing of “{area[:60]}”.", possible)
        if dry_run:
            done = [_foreseen(run, one, before) for one in letters]
        else:
            done = _sent(run, settings.mail, letters, before, wait)
    return _answered(output, run, done, dry_run=dry_run)


def _letters(run: _Run, mail: MailSettings) -> Iterator[_Letter]:
    for group in mail.recipients:
        reader = reader_for(*run.asking, organisation=group.organisation, addresses=group.to)
        yield from _letters_of(run, group, reader)


def _letters_of(run: _Run, group: Recipients, reader: Principal) -> Iterator[_Letter]:
    for address in group.to:
        yield _Letter(Mail(run.week, group.area, address, reader.organisation_id), reader, group.formats)


def _foreseen(run: _Run, letter: _Letter, before: Mapping[str, Mailed]) -> _Letter:
    """Return what would become of a letter; its briefing is made, so that what cannot be made is seen now."""
    try:
        run.briefing_for(letter)
    except ProblemError as refusal:
        return _not_made(letter, refusal)
    return _left(run, letter, before) or replace(letter, state=_WOULD)


def _not_made(letter: _Letter, refusal: ProblemError) -> _Letter:
    """Return a letter whose briefing was refused, with the reason, and where its area stands if that is the reason."""
    why = f"{refusal} The mail server was not asked"
    if isinstance(refusal, AreaUnknown):
        why += f": “{letter.mail.area[:60]}” is the area of a group of recipients in the settings"
    return replace(letter, state=_NOT_MADE, why=f"{why}.")


def _left(run: _Run, letter: _Letter, before: Mapping[str, Mailed]) -> _Letter | None:
    """Return a letter that is not to be sent in this run, with the reason; None where it is."""
    known = before.get(letter.mail.key)
    if known is None or run.again:
        return None
    if known.sent:
        return replace(letter, state=_ALREADY, why=f"On {known.at.astimezone(run.settings.zone):%Y-%m-%d %H:%M}")
    if is_with_others(known, run.clock):
        why = (
            f"It began at {known.at.astimezone(run.settings.zone):%H:%M}; if it was killed, try again 15 minutes later."
        )
        return replace(letter, state=_ELSEWHERE, why=why)
    return None


def _sent(
    run: _Run, mail: MailSettings, letters: list[_Letter], before: Mapping[str, Mailed], wait: Callable[[float], None]
) -> list[_Letter]:
    """Send what is not sent yet, and what fails but may pass again and again until the attempts are used up."""
    done = {letter.mail.key: left for letter in letters if (left := _left(run, letter, before))}
    pending = [letter for letter in letters if letter.mail.key not in done]
    password = password_of(mail, os.environ) if pending else ""
    with Post(mail, password) as post:
        for attempt in range(mail.attempts):
            if attempt and pending:
                seconds = FIRST_WAIT_S * 2 ** (attempt - 1)
                why = " ".join(dict.fromkeys(done[one.mail.key].why for one in pending))
                run.output.note(
                    f"{count(len(pending), 'mail')} not sent yet: {why} Trying again in {seconds:g} seconds."
                )
                post.close()
                wait(seconds)
            pending = _round(run, mail, post, pending, done)
    return [done[letter.mail.key] for letter in letters]


def _round(
    run: _Run, mail: MailSettings, post: Post, pending: list[_Letter], done: dict[str, _Letter]
) -> list[_Letter]:
    """Try every letter once, and return those for which another try may help."""
    later: list[_Letter] = []
    stopped: Failure | None = None
    for letter in pending:
        if stopped is None:
            tried, failure = _tried(run, mail, post, letter)
            if tried.state == _SENT:
                # What was not sent is told once, in the answer.
                run.output.note(tried.words)
        else:
            tried, failure = replace(letter, state=_FAILED, why=stopped.words), stopped
        done[letter.mail.key] = tried
        if failure is not None and failure.passes:
            later.append(letter)
        if failure is not None and failure.of_server:
            stopped = failure
    return later


def _tried(run: _Run, mail: MailSettings, post: Post, letter: _Letter) -> tuple[_Letter, Failure | None]:
    try:
        files = run.attached_to(letter)
    except ProblemError as refusal:
        return _not_made(letter, refusal), None
    number = begin_mail(*run.asking, mail=letter.mail, known_on=run.known_on, again=run.again)
    if number is None:
        return replace(letter, state=_ELSEWHERE, why="Another run took it on at the same time."), None
    why = "Stopped."
    try:
        post.send(_message(run, mail, letter, files, number), letter.mail.to)
        why = ""
    except NotSent as error:
        why = error.failure.words
        return replace(letter, state=_FAILED, why=why), error.failure
    finally:
        # Also when somebody stops the run: what is known of the mail must be known next time.
        end_mail(*run.asking, mail=letter.mail, known_on=run.known_on, why=why)
    return replace(letter, state=_SENT), None


def _message(run: _Run, mail: MailSettings, letter: _Letter, files: Mapping[str, bytes], number: int) -> EmailMessage:
    briefing = run.briefing_for(letter)
    return written(
        mail,
        to=letter.mail.to,
        subject=subject_of(briefing),
        body=body_of(briefing, page=mail.page, attached=list(files)),
        files=files,
        identity=message_id(letter.mail, number, mail.sender.rpartition("@")[2]),
        at=run.clock(),
    )


def _answered(output: Output, run: _Run, done: list[_Letter], *, dry_run: bool) -> int:
    failed = [one for one in done if one.state in (_FAILED, _ELSEWHERE, _NOT_MADE)]
    unmade = sum(one.state == _NOT_MADE for one in failed)
    left = [(len(failed) - unmade, "could not be sent"), (unmade, "could not be made")]
    values = {
        "week": str(run.week),
        "known_on": run.known_on.isoformat(),
        "dry_run": dry_run,
        "mails": [
            {
                "to": one.mail.to,
                "area": one.mail.area,
                "as": one.reader.name if one.mail.organisation_id is not None else "",
                "files": [suffix[1:] for suffix in one.formats],
                "state": one.state,
                "why": one.why,
            }
            for one in done
        ],
    }
    rows = [
        (one.mail.to, one.mail.area or "the whole place", _eyes(one), ", ".join(f[1:] for f in one.formats), one.state)
        for one in done
    ]
    sent = sum(one.state == _SENT for one in done)
    said = "This was a dry run: nothing was sent." if dry_run else f"{count(sent, 'mail')} sent."
    lines = [
        f"Briefing of {run.week.words}, as known on {run.known_on.isoformat()}",
        *table(("To", "Of", "Shown", "Files", "State"), rows),
        *(one.words for one in failed),
        said + "".join(f" {number} {what}: see above." for number, what in left if number),
    ]
    output.answer(values, lines)
    return REFUSED if failed else FINE


def _eyes(letter: _Letter) -> str:
    return "all of it" if letter.mail.organisation_id is None else f"what {letter.reader.name} is shown"
