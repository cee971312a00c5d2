"""Statements on entries that are on the list: what approval writes, and that the latest counts."""

import pytest
from django.contrib.auth.models import User

from cpl import copying, workflow
from cpl import fields as f
from cpl.checking import problems
from cpl.models import Entry, FirmwareInformation, Submission, UpgradePath
from cpl.public.days import read_days
from cpl.public.entries import _context
from cpl.published import Published
from cpl.rules.problem import refusals
from cpl.workflow import NotPossible
from ledger.models import Record
from ledger.verify import differences
from tests.cast import party_of
from tests.make import DAY, FIRMWARE_INFORMATION, make_answers, make_statement_answers
from tests.register.conftest import AT, submit
from tests.register.test_admitting import admit, approve

pytestmark = pytest.mark.django_db
STATEMENT = "The change is in the display alone."
INFORMATION = {name: make_answers()[getattr(f, name.upper()).name] for name in FIRMWARE_INFORMATION}


@pytest.fixture
def three(tables: None, maker: User, officer: User) -> list[Entry]:
    """Three firmwares of one device, on one CPA certificate."""
    first = admit(maker, officer, firmware="0A0B0C01")
    later = {"security_statement": STATEMENT}
    return [first, *(admit(maker, officer, firmware=one, **later) for one in ("0A0B0C02", "0A0B0C03"))]


def state(by: User, officer: User, **changes: str) -> Submission:
    return approve(submit(by, make_statement_answers(**changes), "statement"), officer)


def sources(target: Entry) -> list[int | None]:
    paths = UpgradePath.objects.in_force().filter(target=target)
    return list(paths.order_by("source").values_list("source", flat=True))


def test_stated_paths_take_the_place_of_what_was_stated_before(
    three: list[Entry], maker: User, officer: User
) -> None:
    first, second, third = three
    assert sources(third) == [None]
    state(maker, officer, entries="000003", upgrades_from="000001; 000002")
    assert sources(third) == [1, 2]
    # The same path again, and one less: what was wrong is put right by a further row.
    state(maker, officer, entries="000003", upgrades_from="000002")
    assert sources(third) == [2]
    assert UpgradePath.objects.filter(target=third).count() == 4
    assert sources(first) == sources(second) == [None]
    assert not list(differences())


def test_a_statement_of_information_alone_leaves_the_paths(
    three: list[Entry], maker: User, officer: User
) -> None:
    state(maker, officer, entries="000003", upgrades_from="000001")
    state(maker, officer, **{**INFORMATION, "entries": "000003", "upgrades_from": "", "fir_city": "Hull"})
    assert sources(three[2]) == [1]
    latest = FirmwareInformation.objects.filter(entry=3).last()
    assert latest and latest.contact.city == "Hull"
    assert FirmwareInformation.objects.filter(entry=3).count() == 2


def test_the_public_entry_page_and_targets_show_the_latest_statement(
    three: list[Entry], maker: User, officer: User
) -> None:
    state(maker, officer, entries="000003", upgrades_from="000001; 000002")
    between = Record.objects.latest("serial").serial
    state(
        maker, officer, **{**INFORMATION, "entries": "000003", "upgrades_from": "000002", "fir_city": "Hull"}
    )
    now = Record.objects.latest("serial").serial
    for serial, expected, city in ((between, ["000001", "000002"], "Leeds"), (now, ["000002"], "Hull")):
        # A release that names a serial: the page shows what stood in the journal by then.
        known = Published(serial, _Released(), None)  # type: ignore[arg-type]
        context = _context(Entry.objects.with_status(DAY).get(pk=3), known, read_days(_Asked(), DAY))
        paths = context["upgrades_from"]
        assert sorted(str(path.source) for path in paths) == expected  # type: ignore[attr-defined]
        assert context["information"].contact.city == city  # type: ignore[attr-defined]
        stated = [path.target for path in known.rows(UpgradePath.objects.in_force(serial)).filter(source=1)]
        assert [str(one) for one in stated] == (["000003"] if "000001" in expected else [])


class _Released:
    """Enough of a release for what is asked here."""


class _Asked(dict):  # type: ignore[type-arg]
    """An address without questions."""


def test_nobody_states_something_for_another_manufacturers_entry(three: list[Entry], rival: User) -> None:
    with pytest.raises(NotPossible) as refused:
        submit(rival, make_statement_answers(entries="000003", upgrades_from="000001"), "statement")
    assert [problem.rule for problem in refusals(refused.value.problems)] == ["A-own"]


def test_staff_may_state_something_for_any_entry(
    three: list[Entry], officer: User, second_officer: User
) -> None:
    state(officer, second_officer, entries="000003", upgrades_from="000001")
    assert sources(three[2]) == [1]


def test_a_statement_begins_with_what_stands(three: list[Entry], maker: User, officer: User) -> None:
    state(maker, officer, entries="000003", upgrades_from="000001; 000002")
    draft = copying.state_of_entry(three[2], party=party_of(maker), by=maker, at=AT)
    assert draft.answers[f.ENTRIES.name] == "000003"
    assert draft.answers[f.UPGRADES_FROM.name] == "000001; 000002"
    assert draft.answers[f.FIR_CITY.name] == "Leeds"
    assert not refusals(problems(draft, DAY))


def test_a_copy_of_an_entry_says_what_the_list_says_and_is_a_duplicate_until_it_differs(
    three: list[Entry], maker: User
) -> None:
    draft = copying.copy_entry(three[0], party=party_of(maker), by=maker, at=AT, on=DAY)
    copied = dict(draft.answers)
    expected = make_answers(firmware="0A0B0C01", upgrades_from="")
    assert copied == {name: text for name, text in expected.items() if text}
    assert draft.copied_from == three[0]
    assert {problem.rule for problem in refusals(problems(draft, DAY))} == {"N-twice", "U-stated"}
    changed = {**copied, f.FIRMWARE.name: "0A0B0C04", f.UPGRADES_FROM.name: "000001"}
    changed[f.SECURITY_STATEMENT.name] = STATEMENT
    workflow.save(draft.pk, changed, by=maker)
    assert workflow.submit(draft.pk, by=maker, at=AT, on=DAY).status == "submitted"


def test_a_copy_that_replaces_the_entry_is_no_duplicate(
    three: list[Entry], maker: User, officer: User
) -> None:
    draft = copying.copy_entry(three[0], party=party_of(maker), by=maker, at=AT, on=DAY, replaces=True)
    assert draft.answers[f.REPLACES.name] == "000001"
    workflow.save(draft.pk, {**draft.answers, f.IMAGE_HASH.name: "E" * 64}, by=maker)
    entry = approve(workflow.submit(draft.pk, by=maker, at=AT, on=DAY), officer).entry
    assert (entry.replaces_id, Entry.objects.get(pk=1).removal.other_entry_id) == (1, entry.number)


def test_another_organisation_gets_neither_contacts_nor_files(three: list[Entry], rival: User) -> None:
    draft = copying.copy_entry(three[0], party=party_of(rival), by=rival, at=AT, on=DAY)
    assert not {field.name for field in f.CONTACT_FIELDS} & set(draft.answers)
    assert not draft.evidence.exists()
    assert draft.answers[f.CPA_ID.name] == "[E] 20261101-7701"


def test_ones_own_submission_is_copied_with_contacts_and_files(
    three: list[Entry], maker: User, rival: User
) -> None:
    earlier = three[0].submission
    assert earlier
    draft = copying.copy_submission(earlier.pk, party=party_of(maker), by=maker, at=AT)
    assert draft.answers[f.CONTACT_NAME.name] == "Ada Quill"
    assert f.UPGRADES_FROM.name not in draft.answers
    assert draft.copied_from == three[0]
    files = [set(one.evidence.values_list("what", "sha256")) for one in (earlier, draft)]
    assert files[0] == files[1] != set()
    with pytest.raises(Submission.DoesNotExist):
        copying.copy_submission(earlier.pk, party=party_of(rival), by=rival, at=AT)
