"""What the portal says of a file: its refusal, or every problem by row, cell, field, rule and level."""

from cpl.file_checks import check_file
from cpl.formats.ota import read_ota
from cpl.formats.problems import UnreadableFile
from tests import make
from tests.corpus.cases import Case


def said_of(case: Case) -> list[str]:
    data = case.make()
    try:
        if case.name.endswith(".ota"):
            read_ota(data)
            return []
        report = check_file(data, case.name, party=None, by_panel=False, on=make.DAY)
    except UnreadableFile as error:
        return [f"refused: {error.message}"]
    return [
        " | ".join(
            (
                str(one.row or "-"),
                one.cell or "-",
                one.problem.field or "-",
                one.problem.rule,
                one.problem.level,
            )
        )
        for one in report.problems
    ]
