"""Cases judged in turn are judged as each by itself, and a rule is asked again only where it has to be."""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from cpl import fields as f
from cpl.rules import all_rules, check, in_turn
from cpl.rules.case import Case
from cpl.rules.in_turn import InTurn
from cpl.rules.registry import Finding
from tests import make
from tests.rules.broken import BROKEN


@pytest.mark.parametrize("kind", f.BY_KIND)
def test_cases_in_turn_are_judged_as_each_by_itself(kind):
    """Those that break rules and good ones, each after many others."""
    cases = [*(case for case in BROKEN.values() if case.kind == kind), make.make_case(kind=kind)]
    expected = [check(case) for case in cases]
    turn, chance = InTurn(kind), random.Random(kind)  # noqa: S311
    for place in chance.choices(range(len(cases)), k=20 * len(cases)):
        assert turn.check(cases[place]) == expected[place]


def test_a_case_that_differs_in_one_answer_or_fact_is_judged_as_by_itself():
    """From a good case to one with a part of a broken one's, and back."""
    good = make.make_case()
    for broken in BROKEN.values():
        if broken.kind != good.kind:
            continue
        turn = InTurn(good.kind)
        for case in (good, *parts_of(broken, good), good, broken):
            assert turn.check(case) == check(case)


def parts_of(broken: Case, good: Case) -> Iterator[Case]:
    for name in {*broken.answers, *good.answers}:
        yield replace(good, answers={**good.answers, name: broken.answers.get(name, "")})
    for name in ("facts", *in_turn._FRAME):
        yield replace(good, **{name: getattr(broken, name)})


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """The firmware of each case in which a rule was asked that looks at the device and at what waits."""
    cases: list[str] = []

    def one(case: Case) -> Iterator[Finding]:
        cases.append(case.device[-1])
        if case.facts.open_submissions:
            yield Finding(f.FIRMWARE)

    def other(case: Case) -> Iterator[Finding]:
        cases.append(case.device[-1])
        yield from ()

    rule = next(rule for rule in all_rules() if rule.id == "F-required")
    monkeypatch.setattr(in_turn, "checks", lambda kind: ((rule, one), (rule, other)))
    return cases


def test_a_rule_is_asked_again_only_where_something_that_it_looked_at_differs(asked):
    turn = InTurn("new_entry")
    first = make.make_case()
    turn.check(first)
    turn.check(make.make_case(make.make_answers(product_name="Tidewater T200")))
    assert len(asked) == 2
    (problem,) = turn.check(replace(first, facts=make.make_facts(open_submissions=("S-000001",))))
    assert (len(asked), problem.field) == (3, f.FIRMWARE.name)


def test_what_was_worked_out_for_another_rule_counts_as_looked_at(asked):
    turn = InTurn("new_entry")
    for firmware in ("00000001", "00000002"):
        turn.check(make.make_case(make.make_answers(firmware=firmware)))
    assert asked == ["00000001", "00000001", "00000002", "00000002"]


def test_another_day_asks_every_rule_again(asked):
    turn = InTurn("new_entry")
    turn.check(make.make_case())
    turn.check(make.make_case(on=make.DAY.replace(year=2027)))
    assert len(asked) == 4
