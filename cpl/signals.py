"""What the register tells whoever listens, after the commit. A signal is a hint; the rows are the truth."""

from django.dispatch import Signal

moved = Signal()  # submission_id: a submission took a step
released = Signal()  # number: a release was published
job_waits = Signal()  # job_id: long work waits for a worker
