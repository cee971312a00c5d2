"""On the real list: every Current entry gets an answer, and what nobody dates is counted as such."""

from collections import Counter

import pytest
from django.test import Client

from cpl.deadlines import State, deadlines
from cpl.models import CURRENT, Entry
from cpl.standing import basis, standings
from tests.bringing.conftest import bring
from tests.public.making import DAY
from tests.real_list import WORKBOOK, needs_real_list

pytestmark = [pytest.mark.django_db, needs_real_list]
UNDATED = {State.UNKNOWN: 615, State.NO_ROW: 1, State.DUE: 78}


def test_each_of_the_694_current_entries_gets_an_answer(tables: None, client: Client) -> None:
    bring(WORKBOOK.read_bytes(), WORKBOOK.name)
    current = Entry.objects.current(DAY).select_related("removal")
    found = standings(current, on=DAY, known=DAY)
    assert len(found) == 694
    for standing in found.values():
        for answer in (standing.install, standing.maintain, standing.update):
            assert answer.words
            assert "edition 1" in answer.decided_by
            assert answer.actor.licence

    assert Counter(one.install.verdict for one in found.values()) == {"no": 377, "unknown": 317}
    assert Counter(one.maintain.verdict for one in found.values()) == {"no": 78, "unknown": 616}

    told = deadlines(Entry.objects.all(), basis=basis(known=DAY), on=DAY)
    of_current = [one for one in told if one.status == CURRENT]
    assert Counter(one.state for one in of_current) == UNDATED
    assert sum(not one.held for one in of_current) == 79
    assert sum(one.undated for one in of_current) == 693

    counted: Counter[State] = Counter()
    for who in ("dcc", "suppliers"):
        answer = client.get(f"/applicability/deadlines/{who}/")
        counted.update({count.state: count.current for count, _, _ in answer.context["counts"]})
    assert {state: number for state, number in counted.items() if number} == UNDATED
