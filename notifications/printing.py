"""What a run found, as `send_notices` prints it."""

from typing import TypedDict

from cpl.models import Party
from notifications.due import DueNotice
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
    """One row a notice, in the order of entries and milestones. One query."""
    parties = dict(Party.objects.values_list("pk", "name"))
    return [_row(plan, notice, parties) for notice in plan.notices]


def _row(plan: Plan, notice: DueNotice, parties: dict[int, str]) -> Row:
    owed = notice.obligation
    return Row(
        entry=f"{owed.entry:06d}",
        certificate=plan.behind(notice).shown.identifier,
        date=owed.date.isoformat(),
        milestone=owed.milestone,
        recipient=_recipient(plan, notice, parties),
        state=notice.state.value,
    )


def _recipient(plan: Plan, notice: DueNotice, parties: dict[int, str]) -> str:
    """A Party by name; a contact by the submission that named it, since many read terminals and logs."""
    to = notice.obligation.recipient
    if to.kind == Recipient.Kind.PARTY:
        return parties[int(to.key)]
    return f"contact for CPA of {plan.behind(notice).entry.submission}"
