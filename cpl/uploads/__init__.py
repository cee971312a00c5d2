"""Files of new entries: handed in, checked row by row, put right in place, and taken as submissions.

    received  -->  checked  -->  taken
        \\-> unreadable  \\-> discarded

Long parts are jobs (`cpl.jobs`) in parts of some hundred rows, each part one transaction, so that whoever
goes on after a lost worker neither loses nor doubles a row.
"""

from cpl.uploads.certificates import CertificateNamed, attach, certificates_named
from cpl.uploads.correcting import CELLS, check_again, confirm_repairs, put_right, set_further
from cpl.uploads.drafting import draft_of, is_one_form
from cpl.uploads.everywhere import put_right_everywhere
from cpl.uploads.forgetting import forget
from cpl.uploads.leftovers import left_behind, left_behind_csv
from cpl.uploads.limits import (
    FURTHER,
    MOST_FILES,
    MOST_ROWS,
    WORKABLE,
    AlreadyOpen,
    discard,
    open_job,
    open_uploads,
)
from cpl.uploads.reading import do_check
from cpl.uploads.receiving import receive
from cpl.uploads.submitting import do_submit, submit_all
from cpl.uploads.taking import Takeable, do_take, take, takeable

__all__ = [
    "CELLS",
    "FURTHER",
    "MOST_FILES",
    "MOST_ROWS",
    "WORKABLE",
    "AlreadyOpen",
    "CertificateNamed",
    "Takeable",
    "attach",
    "certificates_named",
    "check_again",
    "confirm_repairs",
    "discard",
    "do_check",
    "do_submit",
    "do_take",
    "draft_of",
    "forget",
    "is_one_form",
    "left_behind",
    "left_behind_csv",
    "open_job",
    "open_uploads",
    "put_right",
    "put_right_everywhere",
    "receive",
    "set_further",
    "submit_all",
    "take",
    "takeable",
]
