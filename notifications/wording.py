"""The words around an e-mail's facts: those that officers wrote, or else those that the program brings.

They are plain text with a few places for facts, such as `{date}`. A place is filled by its name alone: none
leads into a value, and none is a template's language. What is not known is named when the words are saved.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter

from notifications.models import LetterWords, Message

Kind = Message.Kind


@dataclass(frozen=True)
class Wording:
    """Subject, opening and closing of one kind of letter, with places in braces."""

    subject: str
    opening: str = ""
    closing: str = ""

    def filled(self, facts: Mapping[str, str]) -> "Wording":
        return Wording(*(fill(text, facts) for text in (self.subject, self.opening, self.closing)))


@dataclass(frozen=True)
class Place:
    """What may stand in braces, and what it becomes."""

    name: str
    means: str


ALWAYS = (Place("date", "the day of the e-mail, as 2026-08-31"), Place("to", "whom it is for"),
          Place("portal", "the portal's address"), Place("ask", "the Panel's own address"))  # fmt: skip
PLACES: dict[str, tuple[Place, ...]] = {
    Kind.CERTIFICATE: (
        Place("certificates", "how many, as “1 certificate”"),
        Place("need", "“needs”, or “need” where there are several"),
        Place("entries", "how many, as “2 entries”"),
        Place("first", "the first date in it, as 31 August 2027"),
    ),
    Kind.STEP: (
        Place("reference", "the submission's reference"),
        Place("done", "what was done, as “returned”"),
        Place("as_entry", "“ as entry 000123” where it became one, else nothing"),
        Place("submission", "what it is about"),
    ),
    Kind.RELEASE: (Place("release", "the number of the release"),),
    Kind.DESIGNATION: (
        Place("edition", "as “edition 3”"),
        Place("title", "the edition's title"),
        Place("effective", "the day from which it decides"),
        Place("entries", "how many Current entries it touches, as “2 entries”"),
    ),
    Kind.VALIDITY: (
        Place("dates", "how many, as “2 dates”"),
        Place("first", "the first date in it, as 31 August 2027"),
    ),
    Kind.DIGEST: (Place("every", "“daily” or “weekly”"),),
}
BROUGHT: dict[str, Wording] = {
    Kind.CERTIFICATE: Wording(
        "CPL {date}: {certificates} {need} attention by {first} ({entries})",
        "The certificates below carry entries of the Central Products List. Each will expire, or has to be "
        "renewed, on the date shown. The Panel tells those concerned 12 months and then 6 months before "
        "that date.",
    ),
    Kind.STEP: Wording("CPL {reference}: {done}{as_entry}"),
    Kind.RELEASE: Wording(
        "CPL {date}: release {release} of the Central Products List",
        "",
        "Match the devices that you are responsible for with this release. A device in use has to conform to "
        "a Current entry.",
    ),
    Kind.DESIGNATION: Wording(
        "CPL {date}: {edition} of the TS Applicability Tables ({entries} touched)",
        "The TS Applicability Tables have a new edition. Below are the dates that it changes, and how many "
        "Current entries of the Central Products List that touches. Every Party is told this once.",
    ),
    Kind.VALIDITY: Wording(
        "CPL {date}: {dates} of the TS Applicability Tables by {first}",
        "You asked to be told when a version comes to the end of a period in the TS Applicability Tables.",
    ),
    Kind.DIGEST: Wording(
        "CPL {date}: {every} digest",
        "What happened on the Central Products List that you asked to be told of together.",
    ),
}  # fmt: skip


def words_of(kind: str) -> Wording:
    """The officers' words for a kind of letter, or the program's. One query."""
    row = LetterWords.objects.filter(kind=kind).first()
    return Wording(row.subject, row.opening, row.closing) if row else BROUGHT[kind]


def places(kind: str) -> tuple[Place, ...]:
    return (*ALWAYS, *PLACES[kind])


def problems(kind: str, text: str, *, one_line: bool = False) -> list[str]:
    """What is wrong with words that somebody wants to save, each with what to do."""
    known = {place.name for place in places(kind)}
    try:
        named = list(_named(text))
    except ValueError as error:
        return [f"A brace has no partner ({error}). Write {{{{ and }}}} for braces that are to be read."]
    found = [
        f"“{{{name}}}” is no place in these words. Use one of: {', '.join(sorted(known))}."
        for name in named
        if name not in known
    ]
    if one_line and len(text.splitlines()) > 1:
        found.append("A subject is one line. Take the line breaks out.")
    if any(not (letter.isprintable() or letter in "\r\n\t") for letter in text):
        found.append("It holds a control character. Type the words anew where it stands.")
    return found


def fill(text: str, facts: Mapping[str, str]) -> str:
    """Puts the facts into their places. A place that nobody fills is left as it was written."""
    try:
        return "".join(
            literal + ("" if name is None else facts.get(_whole(name, spec, how), _as_written(name)))
            for literal, name, spec, how in Formatter().parse(text)
        )
    except ValueError:
        return text


def _named(text: str) -> Iterator[str]:
    """The names in braces, with whatever a format would make of them: that is in no list of places."""
    for _, name, spec, how in Formatter().parse(text):
        if name is not None:
            yield _whole(name, spec, how)


def _whole(name: str, spec: str | None, how: str | None) -> str:
    return name + (f"!{how}" if how else "") + (f":{spec}" if spec else "")


def _as_written(name: str) -> str:
    return f"{{{name}}}"
