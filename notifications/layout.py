"""How a letter's text is laid out for a plain-text client: narrow, with headings that can be seen. Pure."""

import re
from textwrap import fill

# A terminal or an old mail program breaks what is longer, in the middle of a word.
WIDE = 72
HEADING = "== "
# What a line begins with, so that its continuation stands under its words.
MARGIN = re.compile(r" *(?:\* )?")


def laid_out(text: str) -> str:
    """No line is wider than `WIDE`, but for an address, which is never broken. A heading is underlined."""
    lines = (_heading(line) if line.startswith(HEADING) else _line(line) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def _heading(line: str) -> str:
    words = _line(line.removeprefix(HEADING))
    return f"{words}\n{'-' * max(map(len, words.splitlines()), default=0)}"


def _line(line: str) -> str:
    margin = " " * len(MARGIN.match(line)[0])  # type: ignore[index]  # it matches anything
    return fill(line.rstrip(), WIDE, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False)
