"""Answers to read: under the form's own headings, what was answered."""

from collections.abc import Mapping

from cpl.forms import SECTIONS

Answered = list[tuple[str, list[tuple[str, str, bool]]]]


def answered(kind: str, answers: Mapping[str, str]) -> Answered:
    """The form's groups with what was answered: label, text, whether it is hexadecimal."""
    groups = [
        (title, [(f.label, answers[f.name], f.kind == "hex") for f in asked if answers.get(f.name)])
        for title, asked in SECTIONS[kind]
    ]
    return [(title, found) for title, found in groups if found]
