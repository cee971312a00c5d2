"""What answers have in common: the kinds of value in them, and the sentence that none goes without."""

from typing import Annotated

from pydantic import BeforeValidator, Field

PREVAIL = "The Smart Energy Code and the Licences prevail over anything shown here."

Number = Annotated[
    str, Field(pattern=r"^[0-9]{1,6}$", description="An entry number; answers write its six digits.")
]
OpenDate = Annotated[
    str,
    BeforeValidator(str),
    Field(
        pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2}|none|unknown)$",
        description="A day in London, both ends included; `none`: the tables set none; `unknown`: "
        "this register has not been told.",
        examples=["2018-12-05", "none", "unknown"],
    ),
]
# PostgreSQL takes no NUL in a text.
Words = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
Prevail = Annotated[str, Field(description="Who prevails where this differs from the law.")]
