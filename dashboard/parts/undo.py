"""Taking an import back: offered where it is possible, confirmed with what will happen, told afterwards."""

from collections.abc import Mapping
from typing import Final

from dashboard.parts.desk import Desk
from dashboard.parts.forms import Answers, Field, Form, form_button
from dashboard.parts.notices import remark
from dashboard.wording import count, listed, moment
from problems.errors import InputRefused
from problems.events import EventKind, Subject
from problems.people import Role
from problems.reports import Batch, BatchState
from problems.use_cases import undoing

#: Who is offered it; the use case itself decides.
_OFFERED: Final = (Role.COORDINATOR, Role.ADMIN)


def offer_undo(desk: Desk, batch: Batch) -> None:
    """Draw the button that takes an import back, for those who may and while there is something to take back."""
    if batch.state is BatchState.DONE and desk.principal.has(*_OFFERED):
        form_button(undo_form(batch), key=f"undo-{batch.id}", label="Undo this import")


def undo_form(batch: Batch) -> Form:
    """Return the form that says what undoing does, asks why, and does it."""

    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        note = str(answers.get("note") or "").strip()
        if not note:
            raise InputRefused(
                f"The import of {batch.file_name} was not undone.",
                "No reason is given.",
                "Say why: others who look at the history will ask.",
            )
        undoing.undo_import(*at.asking, batch_id=batch.id, note=note)
        told = undone_words(at, batch.id)
        return f"{batch.file_name} was undone: {told} Find hot spots again to see the map without it."

    parts = [f"{count(batch.accepted, 'new report')} of it will be counted nowhere"] if batch.accepted else []
    parts += [f"{count(batch.updated, 'changed report')} will be as before"] if batch.updated else []
    effect = f"{listed(parts)}. " if parts else ""
    intro = (
        f"{effect}Reports that people worked on since stay as they are. Nothing is erased: "
        "the import stays in the list, and importing the same file again brings its reports back."
    )
    question = Field(
        "note", "Why is it undone?", "text", placeholder="Wrong file, wrong columns, a test …", needed=True
    )
    return Form(f"Undo the import of {batch.file_name}?", "Undo this import", (question,), save, None, intro)


def undone_words(desk: Desk, batch_id: int) -> str:
    """Say what undoing an import did, from its event; empty where it was not undone."""
    told = [one for one in desk.store.events(Subject.IMPORT, batch_id) if one.kind is EventKind.UNDONE]
    if not told:
        return ""
    numbers = {name: int(str(told[-1].details.get(name) or 0)) for name in ("undone", "put_back", "kept")}
    parts = [f"{count(numbers['undone'], 'report')} taken back"]
    parts += [f"{numbers['put_back']:,} put back as they were"] if numbers["put_back"] else []
    parts += [f"{numbers['kept']:,} kept because people worked on them"] if numbers["kept"] else []
    return f"{listed(parts)}."


def show_undone(desk: Desk, batch: Batch, who: Mapping[str, str]) -> None:
    """Say of an undone import who undid it, when, why, and what that did."""
    if batch.state is not BatchState.UNDONE:
        return
    told = [one for one in desk.store.events(Subject.IMPORT, batch.id) if one.kind is EventKind.UNDONE]
    why = f" “{told[-1].note}”" if told and told[-1].note else ""
    by = who.get(batch.undone_by, batch.undone_by) or "somebody"
    remark(
        f"Undone by {by}, {moment(batch.undone_at, desk.zone)}: {undone_words(desk, batch.id)}{why} "
        "Importing the same file again brings its reports back.",
        tone="accent",
    )
