"""What the template says of each column: the form's own words, and ours for what the form does not ask."""

from collections.abc import Mapping
from typing import NamedTuple

from cpl import fields as f
from cpl.fields import NEW_ENTRY, Field
from cpl.formats.choices import Choices
from cpl.formats.sheet_texts import FORM_TEXTS


class ColumnTexts(NamedTuple):
    """When a column is to be filled in, the form that it takes, and what may stand in it."""

    rule: str
    format: str
    values: str


OPTIONAL = "Optional."
FURTHER: Mapping[str, ColumnTexts] = {
    f.PRODUCT_NAME.name: ColumnTexts(
        OPTIONAL,
        "Up to 100 octet utf-8 string",
        "The name by which people know the product. It is searchable.",
    ),
    f.REPLACES.name: ColumnTexts(
        "Only where this entry takes the place of one that was entered wrongly.",
        "One entry number of six digits",
        "000001 to 999999. Approval then removes that entry.",
    ),
    f.UPGRADES_FROM.name: ColumnTexts(
        "Name the entries whose devices may be upgraded to this firmware, or say that there are none.",
        "Entry numbers of six digits, separated by semicolons; a range as 000015-000017; or the word none",
        "000012; 000015-000017",
    ),
    f.SECURITY_STATEMENT.name: ColumnTexts(
        "Where the model is added to a CPA certificate that exists already.",
        "Up to 2000 octet utf-8 string",
        "Why the change has no significant effect on the security functions. It is not published.",
    ),
    f.SUPPLIER.name: ColumnTexts(
        "SMETS1 Device Model: must be specified. Otherwise must be empty.",
        "Up to 200 octet utf-8 string",
        "The Supplier Party that confirmed compliance. It is not published.",
    ),
    f.SUPPLIER_CONFIRMED_ON.name: ColumnTexts(
        "SMETS1 Device Model: must be specified. Otherwise must be empty.",
        "10 octet utf-8 string in dd/mm/yyyy format",
        "The day of the Supplier Party's confirmation.",
    ),
}


def texts_of(field: Field, choices: Choices) -> ColumnTexts:
    """The texts of a column, the choices of the day written into them."""
    if field.name in FURTHER:
        return FURTHER[field.name]
    _, rule, form, values = FORM_TEXTS[field.name]
    return ColumnTexts(rule, form, choices.written_into(values, field.name).replace("\r\n", "\n").strip())


def limit_in_words(field: Field) -> str:
    if field.kind == "hex":
        return f"{2 * field.limit} hexadecimal digits"
    if field.kind == "date":
        return "10 characters"
    return f"{field.limit} octets"


FIXED_TEXTS: Mapping[str, tuple[str, ...]] = {
    field.name: FURTHER[field.name] if field.name in FURTHER else tuple(FORM_TEXTS[field.name])
    for field in NEW_ENTRY
}
