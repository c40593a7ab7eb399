"""Pages with word boxes, and what a repair makes of their files."""

from __future__ import annotations

from pathlib import Path

import fakes

from ocrfix import Edit, Span
from ocrfix.formats import read
from ocrfix.repair import apply
from ocrfix.report import AppliedEdit, Report, Result, Step

FOLDER = Path(__file__).parent / "formats"


def edited(source, *changes):
    """A result in which stretches of the text, each there once, are replaced; one step."""
    text, edits = source.document.text, []
    for old, new in changes:
        assert text.count(old) == 1, old
        start = text.index(old)
        edits.append(Edit(Span(start, start + len(old)), new))
    edits.sort(key=lambda edit: edit.span)
    step = Step("made-up", tuple(AppliedEdit(e, text[e.span.slice]) for e in edits))
    now = apply(text, edits)
    return Result(now, Report("-", (), (step,), len(text), len(now)))


def rewritten(name, *changes, **options):
    source = read(FOLDER / name, **options)
    return source.render(edited(source, *changes)).decode()


def changed_lines(name, *changes, **options):
    """The lines of a file that a repair takes away, and those that it puts in their place."""
    old, new = (
        (FOLDER / name).read_text("utf-8").splitlines(),
        rewritten(name, *changes, **options).splitlines(),
    )
    return [line.strip() for line in old if line not in new], [
        line.strip() for line in new if line not in old
    ]


class MoveUp:
    """Moves a passage to stand after another one, as the rules for broken sentences do."""

    def __init__(self, passage, after):
        self.passage, self.after = passage, after
        self.rules = (fakes.Rule("JOI090", "strayed", "moves", fakes.Safety.SAFE, fakes.DOC),)

    def find(self, document, context):
        del context
        text = document.text
        place, start = text.find(self.after), text.find(self.passage)
        if min(place, start) < 0 or text.startswith(" " + self.passage, place + len(self.after)):
            return
        end = place + len(self.after)
        source = Span(start, start + len(self.passage))
        edits = (
            Edit(Span(end, end + 1), " "),
            Edit(Span(end + 1, end + 1), self.passage, source),
            Edit(Span(end + 1, end + 2), text[end : end + 2]),
            Edit(source, ""),
        )
        yield fakes.Finding(self.rules[0], source, "strayed", edits)
