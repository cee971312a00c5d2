# ruff: noqa: E501
"""Writes `docs/roles.md` from the table and from the groups as they are laid down in the database."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db.models import Model

from cpl.founding import ROLES as GROUPS
from cpl.founding import ROOMS, VIEWS
from tests.access.table import ACTIONS, CALLS, LINES, MODELS, ROLES, WORDS, Line, named

PAGE = Path(__file__).parents[2] / "docs" / "roles.md"
HEAD = """# Who may do what

This page is written by the tests from one table (`tests/access/table.py`); each line of it is tried by
`tests/house/test_who_may_what.py`: every address, every action of the admin, every role, every method. An address
that the table does not know fails the test. After a change of the table or of the roles, write the page anew:

    WRITE=1 .venv/bin/python -m pytest tests/house/test_who_may_what.py -k up_to_date

| word | who |
|---|---|
| visitor | nobody is signed in |
| maker, rival, supplier, dcc | people of four organisations: a manufacturer, another one, an Energy Supplier, the DCC |
| officer | *Panel officer*: proposes, prepares and decides, never both about the same thing |
| approver | *Approver*: decides and designates what others proposed and prepared; proposes and prepares nothing |
| publisher | *Publisher*: publishes releases |
| auditor | *Auditor*: sees everything, the history too; changes nothing |
| administrator | *Administrator*: keeps organisations, people, reference rows; decides nothing |
| program | shows a token of the maker's to the API |

Whoever is not named is asked to sign in (nobody is signed in, or somebody who is not staff wants into the admin), is
told that it is forbidden (staff), or is told that there is no such thing (in the portal: another organisation's). A
dash: the address takes no such method. Methods other than GET, HEAD, OPTIONS and POST are refused everywhere but in
the API. Beyond a role, the second person counts: nobody decides what they had a hand in, and the database holds that.
"""


def all_models() -> Iterable[type[Model]]:
    return (model for model in apps.get_models() if model._meta.app_label in ROOMS)


def written() -> str:
    parts = [HEAD, *_roles(), *_models(), *_actions(), *_lines(), *_calls()]
    return "\n".join(parts) + "\n"


def _table(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"\n## {title}\n"
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _roles() -> Iterator[str]:
    yield "\n## The groups and their permissions\n"
    yield "As `cpl/founding.py` lays them down after each `migrate`.\n"
    views = set(Permission.objects.filter(VIEWS).values_list("pk", flat=True))
    for name in GROUPS:
        held = Group.objects.get(name=name).permissions.order_by("content_type__app_label", "codename")
        rows = list(held.values_list("pk", "content_type__app_label", "codename"))
        # The rows of tests' own models are none of the portal's.
        every = views <= {key for key, _, _ in rows}
        said = ["sees every row of the ledger, the tables, the register and the notices"] if every else []
        said += [f"`{app}.{code}`" for key, app, code in rows if not (every and key in views)]
        yield f"- **{name}**: {', '.join(said)}"


def _models() -> Iterator[str]:
    rows = [
        (f"`{label}`", _who(rows.see), _who(rows.add), _who(rows.change), _who(rows.delete))
        for label, rows in MODELS.items()
    ]
    yield from _table("Rows in the admin", ("model", "see, with history", "add", "change", "delete"), rows)


def _actions() -> Iterator[str]:
    rows = [(f"`{label}`", f"`{name}`", _who(who)) for (label, name), who in
            ((action.split(), who) for action, who in ACTIONS.items())]  # fmt: skip
    yield from _table("Actions on rows chosen in a list of the admin", ("model", "action", "who"), rows)


def _lines() -> Iterator[str]:
    titles = {
        "admin/": "Further addresses of the admin",
        "portal/": "The portal: about things of the maker's",
        "account/": "Accounts",
        "": "For everybody",
    }
    left = list(LINES)
    for start, title in titles.items():
        chosen = [line for line in left if line.route.startswith(start)]
        left = [line for line in left if line not in chosen]
        rows = [(f"`/{line.route}`", _may(line, "GET"), _may(line, "POST")) for line in chosen]
        yield from _table(title, ("address", "GET", "POST"), rows)


def _may(line: Line, method: str) -> str:
    who = line.get if method == "GET" else line.post
    return "–" if who is None else _who(who)  # noqa: RUF001


def _calls() -> Iterator[str]:
    said = {"anybody": "everybody", "nobody": "nobody", "token": "any program", "own": "program of its owner"}
    rows = [
        (f"`/api/v1/{route}`", method, said[who])
        for route, calls in CALLS.items()
        for method, who in calls.items()
    ]
    yield from _table("The API: with a token, whoever is signed in", ("address", "method", "who"), rows)


def _who(who: str) -> str:
    roles = named(who)
    for word in ("everybody", "signed-in", "nobody"):
        if roles == WORDS[word]:
            return {"signed-in": "everybody signed in"}.get(word, word)
    return ", ".join(role for role in ROLES if role in roles)
