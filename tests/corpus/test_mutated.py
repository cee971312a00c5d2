"""A few mutants at each run; `python -m tests.corpus.mutate 10000`, or MUTANTS=10000 here, reads all."""

import os

from tests.corpus.mutate import MOST_OCTETS, run

COUNT = int(os.environ.get("MUTANTS", "240"))


def test_mutated_files_are_read_or_refused_and_nothing_else_within_bounded_memory() -> None:
    tally = run(COUNT)
    assert tally.bugs == []
    assert tally.most_octets < MOST_OCTETS
    # The mutants must reach the readers: were all refused at the door, nothing would have been tried.
    for kind in ("workbook", "part", "csv", "ota"):
        assert {outcome for of, outcome in tally.outcomes if of == kind} == {"read", "refused"}, kind
