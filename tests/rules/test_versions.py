"""TS and GBCS versions, as the tables hold them on the day."""

import datetime

import pytest

from tests import make
from tests.rules.said import ids, of


def meter(ts: str, gbcs: str, on: datetime.date = make.DAY):
    return make.make_case(make.make_answers(ts_version=ts, gbcs_version=gbcs), on=on)


def test_a_combination_that_the_tables_hold_may_be_named():
    assert "V-combination" not in ids(meter("SMETS V5.1", "GBCS Version 4.1"))


def test_a_combination_that_they_do_not_hold_is_refused_with_those_that_they_do():
    (problem,) = of("V-combination", meter("SMETS V4.3", "GBCS Version 4.1"))
    assert "SMETS V5.1 with GBCS Version 4.1" in problem.expected
    assert problem.found == f"{make.ESME} with SMETS V4.3 and GBCS Version 4.1"


def test_a_gbcs_version_may_be_named_until_the_last_day_of_its_period():
    last = datetime.date(2026, 12, 31)
    assert "V-combination" not in ids(meter("SMETS V3.1", "GBCS Version 2.0", last))
    after = meter("SMETS V3.1", "GBCS Version 2.0", last + datetime.timedelta(days=1))
    assert "V-combination" in ids(after)


def test_a_ts_version_may_be_named_until_ivp_and_mvp_are_both_over():
    last = datetime.date(2020, 10, 27)
    assert "V-combination" not in ids(meter("SMETS V2.0", "GBCS Version 1.1", last))
    after = meter("SMETS V2.0", "GBCS Version 1.1", last + datetime.timedelta(days=1))
    (problem,) = of("V-combination", after)
    assert "27 October 2020" in problem.message
    assert "SMETS V2.0" not in problem.expected


def test_smets1_versions_go_together():
    assert "V-combination" in ids(make.make_smets1_case(gbcs_version="GBCS Version 4.1"))
    assert "V-combination" in ids(meter("SMETS V5.1", "GBCS Version 0.0"))


@pytest.mark.parametrize("device_type", [make.HCALCS])
def test_a_load_control_switch_cannot_be_smets1(device_type):
    assert "V-combination" in ids(make.make_smets1_case(device_type=device_type))


def test_a_hub_names_chts_or_is_smets1():
    smets1 = make.make_smets1_answers(device_type=make.HUB)
    assert "V-document" not in ids(make.make_case(make.make_hub_answers()))
    assert "V-document" not in ids(make.make_case(smets1, by_dcc=True))
    found = ids(make.make_case(make.make_hub_answers(ts_version="SMETS V5.1")))
    assert "V-document" in found
    assert "V-combination" not in found  # the cause is said once


def test_a_meter_names_smets():
    assert "V-document" in ids(meter("CHTS V1.5", "GBCS Version 4.1"))


def test_an_unknown_device_type_is_not_judged_by_its_versions():
    found = ids(make.make_case(make.make_answers(device_type="CAD")))
    assert not found & {"V-document", "V-combination"}


def test_without_an_edition_in_force_nothing_can_be_admitted():
    found = ids(make.make_case(tables=None))
    assert found == {"V-tables"}
