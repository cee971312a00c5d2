"""One trigger, as both engines' modules make it."""

from dataclasses import dataclass

from django.db.backends.ddl_references import Statement


@dataclass(frozen=True)
class Trigger:
    """`mark` is what the database's catalogue says of the trigger while nobody has touched it;
    `reads_parent` that it reads another table than its own."""

    name: str
    table: str
    create: Statement
    drop: Statement
    mark: str
    reads_parent: bool = False
