"""What a run found, as `send_notices` prints it."""

from typing import TypedDict

from cpl.models import Party, Submission
from notifications.due import DueNotice, To
from notifications.facts import BLOCK
from notifications.models import Recipient
from notifications.planning import Plan


class Row(TypedDict):
    """Others rely on these names. `date` is ISO, `milestone` in months, `certificate` as listed."""

    entry: str
    certificate: str
    date: str
    milestone: int
    recipient: str
    state: str


def rows(plan: Plan) -> list[Row]:
    """One row a notice, in the order of entries and milestones. Queries: one, and one a thousand entries."""
    parties = dict(Party.objects.values_list("pk", "name"))
    submitted = _submissions(
        sorted({one.obligation.entry for one in plan.notices if _is_contact(one.obligation.recipient)})
    )
    return [_row(plan, notice, parties, submitted) for notice in plan.notices]


def _row(plan: Plan, notice: DueNotice, parties: dict[int, str], submitted: dict[int, Submission]) -> Row:
    owed = notice.obligation
    # A Party by name; a contact by the submission that named it, since many read terminals and logs.
    to = (
        f"contact for CPA of {submitted[owed.entry]}"
        if _is_contact(owed.recipient)
        else parties[int(owed.recipient.key)]
    )
    return Row(
        entry=f"{owed.entry:06d}",
        certificate=plan.behind(notice).shown.identifier,
        date=owed.date.isoformat(),
        milestone=owed.milestone,
        recipient=to,
        state=notice.state.value,
    )


def _is_contact(to: To) -> bool:
    return to.kind == Recipient.Kind.CONTACT


def _submissions(entries: list[int]) -> dict[int, Submission]:
    found: dict[int, Submission] = {}
    for start in range(0, len(entries), BLOCK):
        rows = Submission.objects.filter(entry__in=entries[start : start + BLOCK]).defer("answers")
        found |= {row.entry.number: row for row in rows.select_related("entry")}
    return found
