"""Every rule there is: registered once, said in words, broken by one case and by no valid one."""

import re

import pytest

from cpl import fields
from cpl.fields import BY_KIND
from cpl.models import Submission
from cpl.rules import all_rules, check
from cpl.rules.problem import Level
from cpl.rules.reading import read_answers
from cpl.rules.registry import Rule
from tests import make
from tests.rules.broken import BROKEN, MISREAD, OF_FILES
from tests.rules.said import of

# What no submitter ever reads.
FOR_OFFICERS = {"N-open-other"}
VALID = {
    "electricity meter": make.make_case(),
    "hub": make.make_case(make.make_hub_answers()),
    "pre-payment interface": make.make_case(make.make_ppmid_answers()),
    "SMETS1 meter": make.make_smets1_case(),
    **{kind: make.make_case(kind=kind) for kind in BY_KIND if kind != "new_entry"},
}


@pytest.mark.parametrize("name", VALID)
def test_a_valid_submission_has_no_problem(name):
    assert check(VALID[name]) == ()


@pytest.mark.parametrize("kind", VALID)
def test_a_valid_submission_reads_as_it_stands(kind):
    case = VALID[kind]
    reading = read_answers(case.kind, case.answers)
    assert reading.answers == dict(case.answers)
    assert reading.problems == ()


ASKS = re.compile(
    r"\b(give|write|type|name|leave|choose|state|attach|send|save|keep|shorten|format|withdraw|compare|submit"
    r"|say|make sure|must|has to|have to|should)\b|\{why\}",
    re.IGNORECASE,
)


def test_every_rule_that_stops_or_warns_says_what_to_do():
    for rule in all_rules():
        if rule.level in (Level.REFUSE, Level.WARN) and rule.id not in FOR_OFFICERS:
            assert ASKS.search(rule.message), (rule.id, rule.message)


def test_every_rule_has_a_case_that_breaks_it():
    assert {rule.id for rule in all_rules()} == {*BROKEN, *MISREAD, *OF_FILES}


@pytest.mark.parametrize("rule", [rule for rule in all_rules() if rule.check], ids=lambda rule: rule.id)
def test_a_broken_rule_is_named_with_its_field_and_words(rule: Rule):
    found = of(rule.id, BROKEN[rule.id])
    assert found, "the rule said nothing"
    for problem in found:
        assert problem.field in {field.name for field in rule.fields}
        assert problem.level == rule.level
        assert problem.source == rule.source
        assert not re.search(r"[{}]", problem.message)
        assert problem.expected or rule.level == Level.WARN


@pytest.mark.parametrize(
    "rule", [rule for rule in all_rules() if rule.id in MISREAD], ids=lambda rule: rule.id
)
def test_what_cannot_be_read_is_named_with_its_field_and_words(rule: Rule):
    name, value = MISREAD[rule.id]
    field = getattr(fields, name.upper())
    (problem,) = read_answers("new_entry", {**make.make_answers(), field.name: value}).problems
    assert (problem.rule, problem.field, problem.level) == (rule.id, field.name, rule.level)
    assert field in rule.fields
    assert problem.expected and not re.search(r"[{}]", problem.message)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_a_rule_can_be_printed_for_the_help_page(rule: Rule):
    assert rule.in_general[0].isupper() or rule.in_general[0] in "…“"
    assert rule.in_general.endswith((".", "…"))
    assert "{" not in rule.in_general
    assert rule.source and rule.fields and rule.kinds


def test_a_rule_says_nothing_of_kinds_that_it_is_not_about():
    removal = make.make_case(make.make_removal_answers(), "removal")
    assert not of("U-stated", removal)


def test_problems_come_in_the_order_of_the_form():
    answers = make.make_answers(upgrades_from="", model="FFC0", fir_city="", manufacturer="FFFF")
    found = [problem.field for problem in check(make.make_case(answers))]
    order = [field.name for field in BY_KIND["new_entry"]]
    assert found == sorted(found, key=order.index)
    assert len(found) == 4


def test_an_empty_form_is_answered_with_everything_at_once():
    found = {problem.rule for problem in check(make.make_case({}))}
    assert found == {"F-required", "U-stated"}


def test_a_problem_is_written_as_the_json_that_programs_read():
    (problem,) = check(make.make_case(make.make_answers(model="FFC0")))
    assert problem.as_json() == {
        "field": "Device_Model.model_identifier",
        "rule": "F-model-range",
        "level": "refuse",
        "found": "FFC0",
        "expected": "0000 to FFBF",
        "message": "Model identifier FFC0 has a special meaning in the OTA specification. "
        "It must be from 0000 to FFBF.",
        "source": "form, row 11 (column F)",
    }


def test_the_kinds_of_submission_are_those_of_the_model():
    assert set(BY_KIND) == set(Submission.Kind.values)


def test_submissions_of_one_shape_have_one_set_of_fields():
    assert set(BY_KIND["offer"]) - set(BY_KIND["renewal"]) == {fields.SUBMISSIONS}
