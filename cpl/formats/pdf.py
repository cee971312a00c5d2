"""Looks into a PDF that a stranger handed in: what may not be kept, how many pages, what its text says.

A hostile PDF can make any reader loop or eat memory. So no web process reads one: `cpl.evidence` runs this
module as a program of its own, `python -m cpl.formats.pdf`, which takes the bytes on standard input and
writes JSON to standard output, under hard limits that it sets for itself before it reads a byte.
"""

import io
import json
import logging
import re
import resource
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from pypdf import PdfReader
from pypdf.errors import LimitReachedError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NullObject

MOST_PAGES = 500
MOST_OBJECTS = 100_000
MOST_TEXT = 400_000  # characters: more than 500 pages of a certificate hold
MEMORY = 1024**3
SECONDS = 20
# A JSON escape takes six octets for a character.
MOST_OUTPUT = 8 * MOST_TEXT
# A reader finds the end of a PDF in its last 1,024 octets (ISO 32000, annex H), and so do we.
TAIL = 1024

ANEW = "Open it, choose Print, then “Save as PDF” or “Print to PDF”, and attach what that makes."
UNSAFE = f"This PDF could not be read safely. {ANEW}"
_END = re.compile(rb"%%EOF")
_PAGE_OF_THE_WEB = re.compile(rb"<(?:!doctype|html|script|svg|body|iframe|\?php)", re.IGNORECASE)
_ARCHIVE = re.compile(rb"PK\x05\x06|PK\x03\x04")

# What a certificate has no need of, by the name of a dictionary's entry, and how a person calls it.
_ACTIVE = {
    "/JS": "a script (JavaScript)",
    "/JavaScript": "a script (JavaScript)",
    "/AA": "actions that start by themselves",
    "/XFA": "a form with scripts (XFA)",
    "/EmbeddedFiles": "files attached inside it",
    "/EF": "files attached inside it",
    "/Collection": "a portfolio of files",
    "/RichMedia": "films or sound",
    "/RichMediaContent": "films or sound",
}
_ACTIONS = {
    "/JavaScript": "a script (JavaScript)",
    "/Launch": "an action that starts a program",
    "/SubmitForm": "a form that sends what is typed",
    "/ImportData": "an action that fetches data",
    "/GoToE": "a link into an attached file",
    "/Rendition": "films or sound",
    "/Movie": "films or sound",
    "/Sound": "films or sound",
    "/RichMediaExecute": "films or sound",
}
_HARMLESS_OPENING = ("/GoTo",)


class Unfit(ValueError):
    """A PDF that is not kept; its text says what is wrong and how to save it anew."""


@dataclass(frozen=True)
class Inspection:
    """`refused`: why it is not kept, else empty. `text` is as the pages give it, cut at `MOST_TEXT`."""

    refused: str = ""
    pages: int | None = None
    text: str = ""


def inspect(data: bytes) -> Inspection:
    """Everything about one PDF. Only in a process of its own: see above."""
    try:
        _demand_whole(data)
        reader = _opened(data)
        pages = _demand_few_pages(reader)
        _demand_passive(reader)
        return Inspection(pages=pages, text=_text(reader))
    except Unfit as refusal:
        return Inspection(refused=str(refusal))
    except (Exception, RecursionError):
        # Whatever a reader stumbles over, the next one may be led astray by.
        return Inspection(refused=UNSAFE)


def _demand_whole(data: bytes) -> None:
    """A PDF from its first octet to its end, and nothing else at the same time."""
    if not data.startswith(b"%PDF-"):
        raise Unfit(f"This is not a PDF, whatever its name says. {ANEW}")
    ends = [found.end() for found in _END.finditer(data[-TAIL:])]
    if not ends:
        raise Unfit("This PDF is cut off: its end is missing. Copy or download it again, and attach it then.")
    after = data[-TAIL:][ends[-1] :]
    # What stands before the first object is nobody's text.
    if _PAGE_OF_THE_WEB.search(data[:TAIL].partition(b" obj")[0]) or _PAGE_OF_THE_WEB.search(after):
        raise Unfit(f"This file is a PDF and a web page at once. {ANEW}")
    # The end of a ZIP archive stands in a file's last 64 KB; its members may stand before the PDF's end.
    if b"PK\x05\x06" in data[-(TAIL + 65_557) :] or _ARCHIVE.search(after):
        raise Unfit(f"This file is a PDF and a ZIP archive at once. {ANEW}")


def _opened(data: bytes) -> PdfReader:
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        locked = reader.is_encrypted
    except LimitReachedError as error:
        raise Unfit(UNSAFE) from error
    except Exception as error:
        raise Unfit(f"This PDF is damaged: it cannot be opened. {ANEW}") from error
    if locked:
        raise Unfit(
            "This PDF is locked with a password or against changes, so nobody can check it. Save it without "
            f"protection. {ANEW}"
        )
    return reader


def _demand_few_pages(reader: PdfReader) -> int:
    said = reader.root_object.get("/Pages", NullObject()).get_object()
    claimed: Any = said["/Count"] if isinstance(said, DictionaryObject) and "/Count" in said else 0
    count = int(claimed)
    # What it says of itself is asked first: counting ten thousand pages is work.
    pages = count if count > MOST_PAGES else len(reader.pages)
    if pages > MOST_PAGES:
        raise Unfit(
            f"This PDF has {pages:,} pages; at most {MOST_PAGES} are taken. Print to PDF only the pages that "
            "belong here, and attach that."
        )
    if not pages:
        raise Unfit(f"This PDF is damaged: it has no page. {ANEW}")
    return pages


def _demand_passive(reader: PdfReader) -> None:
    """Nothing in any object, used or not, that acts by itself or hides another file."""
    _demand_harmless_opening(reader.root_object)
    for thing in _dictionaries(reader):
        names = {str(name) for name in thing}
        found = [words for name, words in _ACTIVE.items() if name in names and _there(thing[name])]
        action = thing.get("/S", NullObject()).get_object()
        if words := _ACTIONS.get(str(action)):
            found.append(words)
        if found:
            raise Unfit(f"This PDF holds {found[0]}, which evidence may not. {ANEW}")


def _demand_harmless_opening(root: DictionaryObject) -> None:
    """To open at a page is harmless, and every word processor writes it; to do anything else is not."""
    opening = root.get("/OpenAction", NullObject()).get_object()
    if isinstance(opening, DictionaryObject):
        does = str(opening.get("/S", NullObject()).get_object())
        if does in _ACTIONS:
            raise Unfit(f"This PDF holds {_ACTIONS[does]}, which evidence may not. {ANEW}")
        if does not in _HARMLESS_OPENING:
            raise Unfit(f"This PDF does something as soon as it is opened, which evidence may not. {ANEW}")


def _there(value: Any) -> bool:
    return not isinstance(value.get_object() if hasattr(value, "get_object") else value, NullObject)


def _dictionaries(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary of the file: that of each object by its number, and those nested in them."""
    numbers = {(number, generation) for generation, found in reader.xref.items() for number in found}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > MOST_OBJECTS:
        raise Unfit(UNSAFE)
    yield reader.trailer
    seen = 0
    for number, generation in sorted(numbers):
        waiting: list[Any] = [reader.get_object(IndirectObject(number, generation, reader))]
        while waiting:
            thing = waiting.pop()
            seen += 1
            if seen > 20 * MOST_OBJECTS:
                raise Unfit(UNSAFE)
            # References lead to objects that have their own turn.
            if isinstance(thing, DictionaryObject):
                yield thing
                waiting += thing.values()
            elif isinstance(thing, ArrayObject):
                waiting += thing


def _text(reader: PdfReader) -> str:
    parts: list[str] = []
    size = 0
    for page in reader.pages:
        part = page.extract_text()
        parts.append(part)
        size += len(part)
        if size > MOST_TEXT:
            break
    text = "\n".join(parts)[:MOST_TEXT]
    # Halves of characters and NUL are stored by no database.
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _limit() -> None:
    """Hard limits for this process, which nothing in it can raise again."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, MOST_OUTPUT),
        (resource.RLIMIT_CORE, 0),
        # No further process: pypdf knows one outside program, for pictures, and needs it for no text.
        (resource.RLIMIT_NOFILE, 32),
    ):
        resource.setrlimit(what, (most, most))


def main() -> None:
    _limit()
    logging.disable(logging.CRITICAL)
    sys.stdout.write(json.dumps(asdict(inspect(sys.stdin.buffer.read()))))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
