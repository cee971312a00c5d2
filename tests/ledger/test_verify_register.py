"""The command that an operator runs."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from ledger import journal
from tests.ledger.making import make_fact
from tests.ledger.owner import lay_down_triggers, without_triggers  # noqa: F401
from tests.ledger_app.models import Fact


def run(*arguments: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("verify_register", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_a_register_that_is_as_it_was_written_says_where_it_stands(db: None) -> None:
    make_fact(733)
    out, err = run()
    assert out == f"Nothing differs, up to record 1 with digest {journal.head()[1]}.\n"
    assert err == ""


def test_one_that_is_not_ends_with_one_and_names_what_differs(
    without_triggers: None,  # noqa: F811
) -> None:
    make_fact(733)
    lay_down_triggers()
    Fact.objects.update(remark="altered")
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 found") as failure:
        call_command("verify_register", stdout=out, stderr=io.StringIO())
    assert failure.value.returncode == 1
    assert out.getvalue() == 'fact 000733: remark is "altered", its record says "seen"\n'


def test_triggers_that_are_missing_are_a_warning(without_triggers: None) -> None:  # noqa: F811
    make_fact(733)
    lay_down_triggers()
    out, err = run()
    assert out.startswith("Nothing differs")
    assert "warning: ledger_app_fact: the trigger " in err


def test_a_kept_manifest_is_compared(db: None, tmp_path: Path) -> None:
    make_fact(733)
    serial, digest = journal.head()
    kept = tmp_path / "manifest.json"
    kept.write_text(json.dumps({"serial": serial, "digest": digest}))
    assert run("--manifest", str(kept))[0].startswith("Nothing differs")
    kept.write_text(json.dumps({"serial": serial + 1, "digest": digest}))
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("verify_register", "--manifest", str(kept), stdout=out)
    assert out.getvalue() == "manifest.json: it names record 2, which is missing\n"


@pytest.mark.parametrize("content", ["", "[]", '{"serial": 1}', '{"serial": "x", "digest": ""}'])
def test_a_file_that_is_no_manifest_is_refused_by_name(db: None, tmp_path: Path, content: str) -> None:
    file = tmp_path / "other.json"
    file.write_text(content)
    with pytest.raises(CommandError, match=r"other\.json: no manifest"):
        run("--manifest", str(file))
