"""Writes `docs/bad-files.md`, the list of the corpus: `python -m tests.corpus.page`."""

import json
from pathlib import Path

from tests.corpus.cases import CASES
from tests.make import DAY

PAGE = Path(__file__).resolve().parents[2] / "docs" / "bad-files.md"
SAID = Path(__file__).with_name("said.json")
HEAD = f"""# Bad files, and what is said of each

{len(CASES)} files, each made by code (`tests/corpus/cases.py`) from a good one with one thing wrong, and
handed to the same check that every door uses, on {DAY:%d/%m/%Y}. A file is either refused as a whole, with
a message that says what to do, or read, with every problem by cell, field, rule and level; no more is said
and no less (`tests/corpus/test_bad_files.py`). The rules are on the portal's page of rules.

This page is written by `python -m tests.corpus.page`; a test fails while it is not up to date.
"""
HEADINGS = {
    "form": "The official sheet",
    "bulk": "One device a row, as a workbook",
    "csv": "One device a row, as CSV",
    "ota": "Firmware files",
    "hostile": "Workbooks made to hurt, or none at all",
}


def expected() -> dict[str, list[str]]:
    """What is to be said of each file, in the order in which it is said."""
    found: dict[str, list[str]] = json.loads(SAID.read_text())
    return found


def page() -> str:
    said = expected()
    parts = [HEAD]
    for kind, heading in HEADINGS.items():
        parts.append(f"## {heading}\n\n| file | what is wrong | what is said |\n|---|---|---|")
        parts += [
            f"| `{case.name}` | {_plain(case.words)} | {'<br>'.join(map(_line, said[case.name]))} |"
            for case in CASES
            if _kind(case.name) == kind
        ]
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def _kind(name: str) -> str:
    start = name.partition("-")[0]
    if start in ("form", "bulk", "ota"):
        return start
    return "csv" if name.endswith(".csv") else "hostile"


def _line(said: str) -> str:
    if said.startswith("refused: "):
        return _plain(said)
    row, cell, field, rule, level = said.split(" | ")
    place = cell if cell != "-" else f"row {row}" if row != "-" else "the file"
    return f"{place} {field if field == '-' else f'`{field}`'}: {rule} ({level})".replace(" -:", ":")


def _plain(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


if __name__ == "__main__":
    PAGE.write_text(page())
